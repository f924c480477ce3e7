"""A firm's file as a page, which prints as one paper; longer lists go on as parts of the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from marketplace.accounts import queries as accounts
from marketplace.calls.reminding import telephones_of
from marketplace.certifications import queries as certifications
from marketplace.certifications import rules as certification_rules
from marketplace.core.errors import NotFound
from marketplace.core.web.language import say
from marketplace.core.web.request import current_actor, current_locale, now, reading, today
from marketplace.dossiers import parts, rules
from marketplace.firms import presenting
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy

pages = Blueprint("dossiers", __name__, url_prefix="/dossiers")


def _firm(firm_id: int) -> Firm:
    firm = firms.firm_or_none(reading(), current_actor(), firm_id)
    if firm is None or not rules.may_read(current_actor(), firms.view_of(firm)):
        raise NotFound
    return firm


@pages.get("/<int:firm_id>")
def show(firm_id: int) -> str:
    firm, session, locale = _firm(firm_id), reading(), current_locale()
    reader = parts.reader_of(current_actor(), firm, now(), locale)
    return render_template(
        "dossiers/show.html",
        firm=firm,
        as_staff=reader.as_staff,
        day=today(),
        office=next((one for one in accounts.offices(session) if one.id == firm.office_id), None),
        registered=presenting.place_of(session, firm.registered_division, locale),
        production=presenting.place_of(session, firm.production_division, locale),
        industry=presenting.industry_of(session, firm.industry_code, locale),
        size=presenting.size_code(session, firm),
        chains=presenting.chain_places(session, firm, locale),
        sources=presenting.sources_of(firm, locale),
        certificates=_certificates(firm_id),
        telephone=_telephone(firm, reader.as_staff),
        contacts=[] if reader.as_staff else firms.contacts_of(session, firm_id),
        parts=[(name, *_part(reader, firm, name)) for name in rules.parts_for(reader.as_staff)],
        history=presenting.history_of(session, firm_id, locale),
    )


@pages.get(
    "/<int:firm_id>/<any(capabilities, needs, proposals, conferences, calls, reminders, rosters):part>"
)
def more(firm_id: int, part: str) -> str:
    """The next lines of one list."""
    firm = _firm(firm_id)
    reader = parts.reader_of(current_actor(), firm, now(), current_locale())
    if part not in rules.parts_for(reader.as_staff):
        raise NotFound
    before = request.args.get("before", type=int)
    lines, more_url = _part(reader, firm, part, before)
    return render_template("dossiers/_lines.html", name=part, lines=lines, more_url=more_url)


def _part(
    reader: parts.Reader, firm: Firm, name: str, before: int | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    found, key = parts.lines_of(reading(), reader, firm, name, before)
    lines = [
        {
            "what": line.what,
            "url": _address(line),
            "state": line.state,
            "day": line.day,
            "source": line.source,
            "detail": line.detail,
        }
        for line in found
    ]
    return lines, url_for("dossiers.more", firm_id=firm.id, part=name, before=key) if key else None


def _address(line: parts.Line) -> str | None:
    if line.endpoint is None or line.where is None:
        return None
    name, number = line.where
    values: dict[str, Any] = {name: number}
    return url_for(line.endpoint, **values)


def _certificates(firm_id: int) -> list[dict[str, Any]]:
    kinds = taxonomy.certificate_kinds(reading())
    found = []
    for held in certifications.held_by(reading(), [firm_id]).get(firm_id, []):
        kind = kinds.get(held.kind_key)
        standing = certification_rules.standing(held.valid_from, held.valid_until, held.revoked_on, today())
        found.append(
            {
                "name": kind.label(current_locale()) if kind else held.kind_key,
                "number": " · ".join(part for part in (held.number, held.cohort, held.rule_document) if part),
                "standing": say(f"dossiers.standing.{standing}"),
                "tone": {"valid": "good", "soon": "doubt", "lapsed": "bad", "revoked": "bad"}.get(standing),
                "since": held.valid_from,
                "until": held.valid_until,
                "source": say(f"certifications.source.{held.source}"),
                "day": held.verified_at or held.created_at,
            }
        )
    return found


def _telephone(firm: Firm, as_staff: bool) -> str:
    """The paper leaves the house: only a business line, or a person who agreed to be named."""
    if not as_staff:
        return firm.business_phone or ""
    found = telephones_of(reading(), current_actor(), [firm.id], to_take_away=True).get(firm.id)
    return " ".join(part for part in (found.number, found.name) if part) if found else ""
