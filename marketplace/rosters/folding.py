"""When two names may be one firm's: forms of company, city marks, width and brackets do not count."""

from __future__ import annotations

import re
from collections.abc import Mapping

from marketplace.imports.profiles import firm_key
from marketplace.taxonomy.values import Division

_FORMS = re.compile("有限责任公司|有限公司|股份公司")
_LONGEST_PLACE = 12
_MARKS = re.compile("(?:省|市|县|区|镇|自治区|自治州)$")


class Folding:
    """Folds names; knows the places that a name may begin with."""

    def __init__(self, divisions: Mapping[str, Division]) -> None:
        self._places: dict[str, str] = {}
        for division in divisions.values():
            short = _MARKS.sub("", division.name)
            if len(short) >= 2:
                self._places[division.name] = self._places[short] = short

    def fold(self, name: str) -> str:
        """「平顶山市示例（集团）有限责任公司」 and 「平顶山示例集团有限公司」 fold to one."""
        bare = _FORMS.sub("公司", firm_key(name))
        places, at = [], 0
        while found := self._place(bare, at):
            places.append(self._places[found])
            at += len(found)
        return "".join(places) + bare[at:]

    def _place(self, text: str, at: int) -> str:
        """The longest place that stands at this point; "" for none."""
        for length in range(min(_LONGEST_PLACE, len(text) - at), 1, -1):
            if text[at : at + length] in self._places:
                return text[at : at + length]
        return ""
