"""The matcher's findings as sentences in a reader's language: keys of the taxonomy become labels, free text stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import marketplace.core.match_words  # noqa: F401 - registers the sentences
from marketplace.core.i18n import render
from marketplace.core.quantities import in_english
from marketplace.taxonomy.lists import lists_of
from marketplace.taxonomy.values import Named, TypeField

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class _Finding(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]: ...


AnyFinding = _Finding | Sequence[Any]
"""A matching.Finding, or ``[code, params]`` as proposals and match entries store it."""


class Wording:
    """Sentences in one language. ``session`` None reads the labels from seeds/; five small queries at most otherwise."""

    def __init__(self, session: Session | None, locale: str) -> None:
        self.locale = locale
        self._lists = lists_of(session)
        self._labels: dict[tuple[str, str], str] = {}

    def line(self, finding: AnyFinding) -> str:
        """One finding, without the word of its group."""
        if isinstance(finding, Sequence):
            code, params = finding[0], finding[1]
        else:
            code, params = finding.code, finding.params
        return render(code, {name: self._shown(name, value) for name, value in params.items()}, self.locale)

    def lines(self, findings: Iterable[AnyFinding]) -> list[str]:
        return [self.line(finding) for finding in findings]

    def marked(self, group: str, findings: Iterable[AnyFinding]) -> list[str]:
        """The lines with 命中, 未证实 or 缺口 before them; ``group``: met, unproven or gap."""
        return [render(f"findings.{group}", {"line": line}, self.locale) for line in self.lines(findings)]

    def cause(self, code: str) -> str:
        """Why capabilities fell out for a need (a code of ``unmatched_causes``)."""
        return render(f"cause.{code}", {}, self.locale)

    def label(self, kind: str, key: str) -> str:
        """The label of a key (kind: certificate, link, chain, industry, division, type), or the text itself."""
        known = self._labels.get((kind, key))
        if known is None:
            known = self._labels[kind, key] = self._find(kind, key)
        return known

    def _shown(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if name in _KINDS:
            return self.label(name, value)
        if name in ("wanted", "offered"):
            return self._term_value(value)
        if self.locale != "zh" and name.endswith("words"):
            return value.replace("、", ", ")
        if self.locale != "zh" and name in _AMOUNTS:
            return in_english(value)
        return value

    def _term_value(self, value: str) -> str:
        """「security:credit,mortgage」 by the labels of the options, in this language; anything else as it stands."""
        key, colon, keys = value.partition(":")
        field = self._fields.get(key) if colon else None
        if field is None:
            return value if self.locale == "zh" else in_english(value)
        if field.kind == "yes_no":
            return render(f"entries.{keys}", {}, self.locale)
        labels = [option.label(self.locale) for one in keys.split(",") if (option := field.option(one))]
        return ("、" if self.locale == "zh" else ", ").join(labels) or value

    @cached_property
    def _fields(self) -> dict[str, TypeField]:
        """By key, the need's side before the offer's: what both sides call it."""
        return {field.key: field for field in reversed(self._lists.type_fields)}

    def _find(self, kind: str, key: str) -> str:
        if kind == "term":
            return self._fields[key].label(self.locale) if key in self._fields else key
        if kind == "division":
            found = self._lists.divisions.get(key)
            return key if found is None else found.label("en") if self.locale == "en" else found.full_name
        named: Named | None
        if kind == "industry":
            named = self._industry(key)
        elif kind == "chain":
            named = next((chain for chain in self._lists.chains if chain.key == key), None)
        else:
            named = _KINDS[kind](self._lists).get(key)
        return key if named is None else named.label(self.locale)

    def _industry(self, code: str) -> Named | None:
        """The narrowest industry on file at or above a code that has a name in this language."""
        for length in range(len(code), 0, -1):
            found = self._lists.industries.get(code[:length])
            if found is not None and (self.locale == "zh" or found.name_en):
                return found
        return None


_AMOUNTS = frozenset({"capacity", "quantity", "moq"})
_KINDS: dict[str, Any] = {
    "certificate": lambda lists: lists.certificate_kinds,
    "link": lambda lists: lists.links,
    "type": lambda lists: lists.need_types,
    "chain": None,
    "industry": None,
    "division": None,
    "term": None,
}
