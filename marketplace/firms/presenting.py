"""What a firm's record shows to whom: places and industry in words, the size class, sources of fields, its history."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core import audit, i18n
from marketplace.core.clock import day_of
from marketplace.core.money import WAN
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy import rules as taxonomy_rules


@dataclass(frozen=True)
class Place:
    """A division in words; zones are marked, because their codes are statistical ones."""

    name: str
    zone: bool


def place_of(session: Session, code: str | None, locale: str) -> Place | None:
    if not code:
        return None
    found = taxonomy.division(session, code)
    return Place(taxonomy.division_label(session, code, locale), found is not None and found.is_zone)


def industry_of(session: Session, code: str | None, locale: str) -> str:
    """``制造业 › 化学纤维制造业 › 合成纤维制造 (282)``; an unknown code as it is."""
    if not code:
        return ""
    path = taxonomy.industry_path(session, code)
    return f"{' › '.join(node.label(locale) for node in path)} ({code})" if path else code


@dataclass(frozen=True)
class ChainPlace:
    chain: str
    link: str
    stage: str


def chain_places(session: Session, firm: Firm, locale: str) -> list[ChainPlace]:
    chains = {chain.key: chain for chain in taxonomy.chains(session)}
    links = taxonomy.links(session)
    places = []
    for place in firm.chains:
        chain = chains.get(place.chain_key)
        link = links.get(place.link_key) if place.link_key else None
        places.append(
            ChainPlace(
                chain.label(locale) if chain else place.chain_key,
                link.label(locale) if link else (place.link_key or ""),
                i18n.render(f"stage.{link.stage}", {}, locale) if link else "",
            )
        )
    return places


def size_code(session: Session, firm: Firm) -> str:
    """``size.small`` … derived from last year's figures; else why there is none: a code of a sentence, too."""
    if not firm.industry_code:
        return "firms.size_no_industry"
    group = taxonomy.size_group_for(session, firm.industry_code)
    if group is None:
        return "size.ask"
    size = taxonomy_rules.size_class(group, firm.employees, _in_wan(firm.revenue), _in_wan(firm.assets))
    return f"size.{size}" if size else "firms.size_no_figures"


def _in_wan(yuan: Decimal | None) -> Decimal | None:
    return None if yuan is None else yuan / WAN


def sources_of(firm: Firm, locale: str) -> dict[str, str]:
    """Field → who said it and when: 自报, 代填 or 已核验."""
    return {
        entry.field: i18n.render(
            f"firms.source.{entry.source}", {"day": day_of(entry.at).isoformat()}, locale
        )
        for entry in firm.provenance
    }


def history_of(session: Session, firm_id: int, locale: str) -> list[dict[str, Any]]:
    """The newest entries about a firm, in words; what has no words of its own is left out."""
    known = i18n.registered_words()
    entries = []
    for entry in audit.history_of(session, "firm", firm_id):
        code = f"firms.history.{entry.action}"
        if code not in known:
            continue
        entries.append(
            {
                "what": i18n.render(code, {}, locale),
                "detail": _detail(session, entry, locale),
                "when": i18n.format_moment(entry.at, locale),
                "iso": entry.at.isoformat(),
                "who": _who(entry, locale),
            }
        )
    return entries


def _who(entry: audit.AuditEntry, locale: str) -> str:
    if entry.actor_kind == "system":
        return i18n.render("firms.by_system", {}, locale)
    if entry.acting_for is not None:
        return i18n.render("firms.by_acting", {"name": entry.actor_name}, locale)
    return entry.actor_name


def _detail(session: Session, entry: audit.AuditEntry, locale: str) -> str:
    details, known = entry.details, i18n.registered_words()
    if details.get("reason"):
        return str(details["reason"])
    if details.get("fields"):
        names = [i18n.render(f"firms.field.{name}", {}, locale) for name in details["fields"]]
        return ("、" if locale == "zh" else ", ").join(names)
    if details.get("kind") and entry.action.startswith("certification."):
        kind = taxonomy.certificate_kinds(session).get(details["kind"])
        return kind.label(locale) if kind else str(details["kind"])
    if details.get("role") and f"firms.role.{details['role']}" in known:
        return i18n.render(f"firms.role.{details['role']}", {}, locale)
    return ""
