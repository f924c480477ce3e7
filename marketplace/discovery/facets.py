"""The filters of the browse pages: which there are, what their values are called, in which order they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core.i18n import N_, render, translate
from marketplace.firms.models import PARTY_KINDS
from marketplace.needs.rules import PROCEDURES
from marketplace.taxonomy.entries import DIRECTIONS
from marketplace.taxonomy.lists import lists_of
from marketplace.taxonomy.values import Named

LABELS = {
    "direction": N_("方向"),
    "chain": N_("产业链"),
    "link": N_("环节"),
    "type": N_("类型"),
    "division": N_("地区"),
    "certificate": N_("资质"),
    "procedure": N_("采购方式"),
    "openness": N_("企业条件"),
    "party": N_("单位类型"),
}
OF_KIND = {
    "need": ("chain", "link", "type", "division", "party", "certificate", "procedure", "openness"),
    "capability": ("direction", "type", "chain", "link", "division", "certificate", "party"),
    "firm": ("chain", "link", "division", "certificate", "party"),
}
# Facets whose values are codes of our own, in words.py.
CODES = {
    "procedure": PROCEDURES,
    "openness": ("sme", "first_of_kind", "splitting"),
    "party": (*PARTY_KINDS, "chain_leader"),
    "direction": DIRECTIONS,
}
# How many values of one filter a page offers.
MOST_SHOWN = 40


class Names:
    """The labels of facet values in one language; each reference list is asked for once."""

    def __init__(self, session: Session, locale: str) -> None:
        self.locale = locale
        self._lists = lists_of(session)

    def of(self, facet: str, value: str) -> str:
        """The label, or the value as the address wrote it where it is none of ours."""
        if facet in CODES:
            return render(f"discovery.{facet}.{value}", {}, self.locale) if value in CODES[facet] else value
        found = self._known(facet).get(value)
        return found.label(self.locale) if found is not None else value

    def place(self, code: str | None) -> str:
        """A division's full name; in English its own."""
        found = self._lists.divisions.get(code or "")
        if found is None:
            return code or ""
        return found.label(self.locale) if self.locale == "en" else found.full_name

    def served(self, codes: Iterable[str]) -> str:
        """Divisions in one cell, so that an import reads the same ones: full names, in English with the code."""
        if self.locale == "zh":
            return "、".join(self.place(code) for code in sorted(codes))
        names = {code: self.place(code) for code in sorted(codes)}
        return ", ".join(code if name == code else f"{name} ({code})" for code, name in names.items())

    def short_list(self, facet: str, kind: str) -> tuple[str, ...]:
        """Every value of a filter that has a handful of them; () for links, places and certificates, which have too many."""
        if facet == "direction" and kind == "capability":
            return ("make", "open")
        if facet in CODES:
            return CODES[facet]
        return tuple(self._known(facet)) if facet in ("chain", "type") else ()

    def _known(self, facet: str) -> Mapping[str, Named]:
        match facet:
            case "chain":
                return {chain.key: chain for chain in self._lists.chains}
            case "link":
                return self._lists.links
            case "type":
                return self._lists.need_types
            case "certificate":
                return self._lists.certificate_kinds
            case _:
                return self._lists.divisions


def facet_groups(
    names: Names, kind: str, counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """The filter groups as the facet_list component takes them: most frequent first, what is on always there."""
    groups = []
    for facet in OF_KIND[kind]:
        on = chosen.get(facet, ())
        values = {**dict.fromkeys(on, 0), **counts.get(facet, {})}
        ordered = sorted(values.items(), key=lambda pair: (pair[0] not in on, -pair[1], pair[0]))[:MOST_SHOWN]
        if ordered:
            groups.append(_group(names, facet, on, ordered))
    return groups


def listed_groups(
    names: Names, kind: str, occurring: Mapping[str, Sequence[str]], chosen: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """The same without counts, for the time in which nothing counts: every value of the short lists, of the long ones
    those that occur, and what is on."""
    groups = []
    for facet in OF_KIND[kind]:
        on = chosen.get(facet, ())
        offered = names.short_list(facet, kind) or occurring.get(facet, ())
        values = dict.fromkeys((*on, *offered))
        if values:
            groups.append(_group(names, facet, on, [(value, None) for value in values]))
    return groups


def _group(
    names: Names, facet: str, on: tuple[str, ...], values: Iterable[tuple[str, int | None]]
) -> dict[str, Any]:
    return {
        "name": facet,
        "label": translate(LABELS[facet], names.locale),
        "open": bool(on) or facet in ("direction", "chain", "type", "division"),
        "options": [
            {"value": value, "label": names.of(facet, value), "count": count, "selected": value in on}
            for value, count in values
        ],
    }
