"""Hits as result cards: words marked in the title and the snippet, facts from the rows, permission asked once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import visible_capabilities
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, translate
from marketplace.core.web.language import plain_number, say
from marketplace.firms.models import Firm
from marketplace.firms.queries import visible_to as firm_visible
from marketplace.needs.models import Need
from marketplace.needs.queries import visible_needs
from marketplace.taxonomy import queries as taxonomy
from search.results import Hit, Segment

_ANONYMOUS = N_("匿名链主企业")
_EXAMPLE = N_("示例")
_TENDER = N_("须招标")
_LEADER = N_("链主")


def marked(segments: Sequence[Segment]) -> Markup:
    """Original text with the hits in <mark>; every piece is escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if is_hit else escape(text) for text, is_hit in segments
    )


def cards(
    session: Session, actor: Actor, hits: Sequence[Hit], as_of: date, locale: str
) -> list[dict[str, Any]]:
    """One card a hit, in the hits' order; a row that the database would not show this reader is left out."""
    if not hits:
        return []
    build = {"need": _need_cards, "capability": _capability_cards, "firm": _firm_cards}[hits[0].kind]
    found = build(session, actor, {hit.id: hit for hit in hits}, as_of, locale)
    return [found[hit.id] for hit in hits if hit.id in found]


def _need_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, locale: str
) -> dict[int, dict[str, Any]]:
    types = taxonomy.need_types(session)
    rows = session.scalars(visible_needs(actor, as_of).where(Need.id.in_(hits))).unique()
    return {
        need.id: {
            "title": marked(hits[need.id].title),
            "summary": marked(hits[need.id].snippet),
            "url": url_for("needs.show", need_id=need.id),
            "firm": translate(_ANONYMOUS, locale) if need.anonymous else need.firm.legal_name,
            "firm_url": None if need.anonymous else url_for("firms.show", firm_id=need.firm_id),
            "badges": _badges(
                (translate(_TENDER, locale), "hammer", "doubt") if need.procedure == "tender" else None,
            ),
            "facts": [
                fact
                for fact in (
                    types[need.type_key].label(locale) if need.type_key in types else None,
                    _quantity(need),
                    _days(need.lead_time_days),
                    taxonomy.division_label(session, need.delivery_division, locale),
                )
                if fact
            ],
            "updated": _until(need.valid_until, locale),
        }
        for need in rows
    }


def _capability_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, locale: str
) -> dict[int, dict[str, Any]]:
    rows = session.scalars(visible_capabilities(actor, as_of).where(Capability.id.in_(hits))).unique()
    return {
        row.id: {
            "title": marked(hits[row.id].title),
            "summary": marked(hits[row.id].snippet),
            "url": url_for("capabilities.show", capability_id=row.id),
            "firm": row.firm.legal_name,
            "firm_url": url_for("firms.show", firm_id=row.firm_id),
            "badges": _badges((translate(_EXAMPLE, locale), None, None) if row.firm.example else None),
            "facts": [
                fact
                for fact in (
                    _capacity(row),
                    _days(row.lead_time_days),
                    taxonomy.division_label(session, row.firm.production_division, locale),
                )
                if fact
            ],
        }
        for row in rows
    }


def _firm_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, locale: str
) -> dict[int, dict[str, Any]]:
    rows = session.scalars(select(Firm).where(Firm.id.in_(hits), firm_visible(actor)))
    return {
        firm.id: {
            "title": marked(hits[firm.id].title),
            "summary": marked(hits[firm.id].snippet),
            "url": url_for("firms.show", firm_id=firm.id),
            "firm": say(f"discovery.party.{firm.party_kind}"),
            "badges": _badges(
                (translate(_LEADER, locale), "award", "primary") if firm.chain_leader else None,
                (translate(_EXAMPLE, locale), None, None) if firm.example else None,
            ),
            "facts": [taxonomy.division_label(session, firm.production_division, locale)],
        }
        for firm in rows
    }


def _badges(*found: tuple[str, str | None, str | None] | None) -> list[dict[str, str | None]]:
    return [{"label": badge[0], "icon": badge[1], "tone": badge[2]} for badge in found if badge]


def _quantity(need: Need) -> str | None:
    if need.quantity is None:
        return None
    period = say(f"discovery.period.{need.quantity_period}") if need.quantity_period else ""
    return f"{period} {plain_number(need.quantity)} {need.quantity_unit or ''}".strip()


def _capacity(row: Capability) -> str | None:
    if row.capacity is None:
        return None
    period = say(f"discovery.period.{row.capacity_period}") if row.capacity_period else ""
    return f"{period} {plain_number(row.capacity)} {row.capacity_unit or ''}".strip()


def _days(days: int | None) -> str | None:
    return None if days is None else say("discovery.lead_time", days=days)


def _until(day: date | None, locale: str) -> str:
    return "" if day is None else say("discovery.valid_until", day=day.isoformat())
