"""The fields of a type as a record shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.core.i18n import N_, render, translate
from marketplace.core.terms import TermContent
from marketplace.taxonomy.entries import readable, written
from marketplace.taxonomy.values import TypeField

_CLOSED = N_("只有本单位、受邀单位和主办单位看得到")


def term_lines(
    fields: Sequence[TypeField], terms: Iterable[TermContent], locale: str, *, closed_too: bool
) -> list[dict[str, Any]]:
    """What was filled in, as ``label`` and ``value``, in the order of the fields. ``note`` marks what few may read."""
    said = tuple(terms)
    words = (render("entries.yes", {}, locale), render("entries.no", {}, locale))
    lines: list[dict[str, Any]] = []
    for field in readable(fields, closed_too=closed_too):
        value = written(field, said, locale, words)
        if value:
            line: dict[str, Any] = {"key": field.key, "label": field.label(locale), "value": value}
            if field.closed:
                line["note"] = translate(_CLOSED, locale)
            lines.append(line)
    return lines
