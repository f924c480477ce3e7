"""Hits as result cards: words marked in the title and the snippet, facts from the rows, permission asked once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import visible_capabilities
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, translate
from marketplace.core.listing import TermColumns
from marketplace.core.terms import terms_of
from marketplace.core.web.language import amount, say
from marketplace.discovery.facets import Names
from marketplace.firms.models import Firm
from marketplace.firms.queries import visible_to as firm_visible
from marketplace.needs.models import Need
from marketplace.needs.queries import firm_shown, visible_needs
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import fields_for
from marketplace.taxonomy.presenting import term_lines
from marketplace.taxonomy.values import TypeField
from search.results import Hit, Segment

_ANONYMOUS = N_("匿名链主企业")
_EXAMPLE = N_("示例")
_TENDER = N_("须招标")
_LEADER = N_("链主")
_OPENING = N_("开放的资源")
MOST_TERMS = 3


def marked(segments: Sequence[Segment]) -> Markup:
    """Original text with the hits in <mark>; every piece is escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if is_hit else escape(text) for text, is_hit in segments
    )


def title_of(hit: Hit, stored: str) -> Markup:
    """The title with the hits marked; the row's own where the index holds none (a title that names nothing)."""
    return marked(hit.title) if hit.title else escape(stored)


def cards(
    session: Session, actor: Actor, hits: Sequence[Hit], as_of: date, names: Names
) -> list[dict[str, Any]]:
    """One card a hit, in the hits' order; a row that the database would not show this reader is left out."""
    if not hits:
        return []
    build = {"need": _need_cards, "capability": _capability_cards, "firm": _firm_cards}[hits[0].kind]
    found = build(session, actor, {hit.id: hit for hit in hits}, as_of, names)
    return [found[hit.id] for hit in hits if hit.id in found]


def _need_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, names: Names
) -> dict[int, dict[str, Any]]:
    locale = names.locale
    rows = session.scalars(visible_needs(actor, as_of).where(Need.id.in_(hits))).unique()
    shown = [(need, firm_shown(actor, need)) for need in rows]
    fields = taxonomy.type_fields(session)
    return {
        need.id: {
            "id": need.id,
            "title": title_of(hits[need.id], need.title),
            "summary": marked(hits[need.id].snippet),
            "url": url_for("needs.show", need_id=need.id),
            "firm": firm.legal_name if firm is not None else translate(_ANONYMOUS, locale),
            "firm_url": url_for("firms.show", firm_id=firm.id) if firm is not None else None,
            "badges": _badges(
                (translate(_TENDER, locale), "hammer", "doubt") if need.procedure == "tender" else None,
                (translate(_EXAMPLE, locale), None, None) if need.firm.example else None,
            ),
            "facts": [
                fact
                for fact in (
                    names.of("type", need.type_key),
                    *_of_type(fields, "want", [need.type_key], need.terms, locale),
                    _how_much(need.quantity, need.quantity_unit, need.quantity_period),
                    _days(need.lead_time_days),
                    names.place(need.delivery_division),
                )
                if fact
            ],
            "updated": _until(need.valid_until, locale),
        }
        for need, firm in shown
    }


def _capability_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, names: Names
) -> dict[int, dict[str, Any]]:
    locale = names.locale
    rows = session.scalars(visible_capabilities(actor, as_of).where(Capability.id.in_(hits))).unique()
    fields = taxonomy.type_fields(session)
    return {
        row.id: {
            "id": row.id,
            "title": title_of(hits[row.id], row.product),
            "summary": marked(hits[row.id].snippet),
            "url": url_for("capabilities.show", capability_id=row.id),
            "firm": row.firm.legal_name,
            "firm_url": url_for("firms.show", firm_id=row.firm_id),
            "badges": _badges(
                (translate(_OPENING, locale), "unlock", "primary") if row.nature == "opening" else None,
                (translate(_EXAMPLE, locale), None, None) if row.firm.example else None,
            ),
            "facts": [
                fact
                for fact in (
                    *_of_type(fields, "offer", [kind.type_key for kind in row.types], row.terms, locale),
                    _how_much(row.capacity, row.capacity_unit, row.capacity_period),
                    _days(row.lead_time_days),
                    names.place(row.firm.production_division or row.firm.registered_division),
                )
                if fact
            ],
        }
        for row in rows
    }


def _firm_cards(
    session: Session, actor: Actor, hits: dict[int, Hit], as_of: date, names: Names
) -> dict[int, dict[str, Any]]:
    locale = names.locale
    rows = session.scalars(select(Firm).where(Firm.id.in_(hits), firm_visible(actor)))
    return {
        firm.id: {
            "id": firm.id,
            "title": title_of(hits[firm.id], firm.legal_name),
            "summary": marked(hits[firm.id].snippet),
            "url": url_for("firms.show", firm_id=firm.id),
            "firm": say(f"discovery.party.{firm.party_kind}"),
            "badges": _badges(
                (translate(_LEADER, locale), "award", "primary") if firm.chain_leader else None,
                (translate(_EXAMPLE, locale), None, None) if firm.example else None,
            ),
            "facts": [
                place
                for place in (names.place(firm.production_division or firm.registered_division),)
                if place
            ],
        }
        for firm in rows
    }


def _of_type(
    fields: Sequence[TypeField], side: str, types: Sequence[str], rows: Sequence[TermColumns], locale: str
) -> list[str]:
    """The first of what the type's fields say to everybody, short enough for a card."""
    shown = [field for field in fields_for(fields, side, types) if field.kind != "text"]
    lines = term_lines(shown, terms_of(rows), locale, closed_too=False)
    return [f"{line['label']} {line['value']}" for line in lines[:MOST_TERMS]]


def _badges(*found: tuple[str, str | None, str | None] | None) -> list[dict[str, str | None]]:
    return [{"label": badge[0], "icon": badge[1], "tone": badge[2]} for badge in found if badge]


def _how_much(value: Decimal | None, unit: str | None, period: str | None) -> str | None:
    """「每年 12,000 吨」."""
    if value is None:
        return None
    how_often = say(f"core.period.{period}") if period else ""
    return f"{how_often} {amount(value, unit)}".strip()


def _days(days: int | None) -> str | None:
    return None if days is None else say("discovery.lead_time", days=days)


def _until(day: date | None, locale: str) -> str:
    return "" if day is None else say("discovery.valid_until", day=day.isoformat())
