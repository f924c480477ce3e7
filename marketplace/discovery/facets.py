"""The filters of the browse pages: which there are, what their values are called, in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core.i18n import N_, render, translate
from marketplace.taxonomy import queries as taxonomy

LABELS = {
    "chain": N_("产业链"),
    "link": N_("环节"),
    "type": N_("需求类型"),
    "division": N_("地区"),
    "certificate": N_("资质"),
    "procedure": N_("采购方式"),
    "openness": N_("企业条件"),
    "party": N_("单位类型"),
}
OF_KIND = {
    "need": ("chain", "link", "type", "division", "certificate", "procedure", "openness"),
    "capability": ("chain", "link", "division", "certificate", "party"),
    "firm": ("chain", "link", "division", "certificate", "party"),
}
MOST_SHOWN = 40


@dataclass(frozen=True)
class Names:
    """The labels of facet values in one language."""

    session: Session
    locale: str

    def of(self, facet: str, value: str) -> str:
        match facet:
            case "chain":
                found = next((chain for chain in taxonomy.chains(self.session) if chain.key == value), None)
            case "link":
                found = taxonomy.links(self.session).get(value)  # type: ignore[assignment]
            case "type":
                found = taxonomy.need_types(self.session).get(value)  # type: ignore[assignment]
            case "certificate":
                found = taxonomy.certificate_kinds(self.session).get(value)  # type: ignore[assignment]
            case "division":
                found = taxonomy.division(self.session, value)  # type: ignore[assignment]
            case _:
                return render(f"discovery.{facet}.{value}", {}, self.locale)
        return found.label(self.locale) if found is not None else value


def facet_groups(
    names: Names, kind: str, counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    """The filter groups as the facet_list component takes them: most frequent first, what is on always there."""
    groups = []
    for facet in OF_KIND[kind]:
        on = chosen.get(facet, ())
        values = {**dict.fromkeys(on, 0), **counts.get(facet, {})}
        ordered = sorted(values.items(), key=lambda pair: (pair[0] not in on, -pair[1], pair[0]))[:MOST_SHOWN]
        if not ordered:
            continue
        groups.append(
            {
                "name": facet,
                "label": translate(LABELS[facet], names.locale),
                "open": bool(on) or facet in ("chain", "type", "division"),
                "options": [
                    {"value": value, "label": names.of(facet, value), "count": count, "selected": value in on}
                    for value, count in ordered
                ],
            }
        )
    return groups
