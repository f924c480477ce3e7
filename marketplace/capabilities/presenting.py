"""What the pages of capabilities show: facts in words, certificates with their state today, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.capabilities import queries, rules
from marketplace.capabilities.models import Capability
from marketplace.certifications import queries as certifications
from marketplace.core.audit import AuditEntry
from marketplace.core.i18n import registered_words
from marketplace.core.lifecycle import state_of
from marketplace.core.web.language import amount, say, table_day, table_moment
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import texts_of
from marketplace.taxonomy.presenting import term_lines
from marketplace.taxonomy.rules import certificate_state

_ICONS = {
    "create": "plus-circle",
    "submit": "send",
    "publish": "check-circle",
    "return": "reply",
    "pause": "pause-circle",
    "resume": "play-circle",
    "close": "archive",
    "confirm": "check2-square",
}
_TONES = {"publish": "good", "return": "bad", "confirm": "good"}
UNITS = ("吨", "千克", "件", "套", "台", "米", "千米", "平方米", "立方米", "批", "片", "卷")


def per_period(capability: Capability) -> str:
    """「每年 12,000 吨，可释放 3,000 吨」, or nothing."""
    unit = capability.capacity_unit
    spare = (
        gettext("可释放 %(amount)s", amount=amount(capability.spare_capacity, unit))
        if capability.spare_capacity is not None
        else ""
    )
    if capability.capacity is None:
        return spare
    whole = amount(capability.capacity, unit)
    if capability.capacity_period:
        whole = gettext(
            "%(period)s %(amount)s",
            period=say(f"core.period.{capability.capacity_period}"),
            amount=whole,
        )
    return str(gettext("%(whole)s，%(spare)s", whole=whole, spare=spare)) if spare else whole


def lead_time(capability: Capability) -> str:
    if capability.lead_time_days is None:
        return ""
    if not capability.lead_time_days:
        return str(gettext("现货"))
    return str(gettext("%(days)s 天", days=capability.lead_time_days))


def moq(capability: Capability) -> str:
    if capability.moq is None:
        return ""
    return amount(capability.moq, capability.moq_unit)


@dataclass(frozen=True)
class CertificateLine:
    """One certificate of the firm today; state ``unstated`` is one that the listing names and nobody registered."""

    kind: str
    state: str
    number: str
    valid_until: str
    named: bool


def certificates_today(
    session: Session, capability: Capability, as_of: date, locale: str
) -> list[CertificateLine]:
    """The firm's certificates, those named for this product first; a newer one of a kind stands for older ones."""
    kinds = taxonomy.certificate_kinds(session)
    named = {row.kind_key for row in capability.certificates}
    best: dict[str, tuple[int, CertificateLine]] = {}
    for held in certifications.held_by(session, [capability.firm_id]).get(capability.firm_id, []):
        state = certificate_state(held.valid_from, held.valid_until, as_of, held.revoked_on)
        rank = ("valid", "not_yet", "lapsed", "revoked").index(state)
        kind = kinds[held.kind_key].label(locale) if held.kind_key in kinds else held.kind_key
        line = CertificateLine(
            kind, state, held.number or "", table_day(held.valid_until), held.kind_key in named
        )
        if held.kind_key not in best or rank < best[held.kind_key][0]:
            best[held.kind_key] = (rank, line)
    absent = certifications.absences_of(session, [capability.firm_id]).get(capability.firm_id, set())
    for key in sorted(named - best.keys()):
        state = "absent" if key in absent else "unstated"
        best[key] = (
            4,
            CertificateLine(kinds[key].label(locale) if key in kinds else key, state, "", "", True),
        )
    order = {key: place for place, key in enumerate(kinds)}
    lines = sorted(best.items(), key=lambda item: (not item[1][1].named, order.get(item[0], 999), item[0]))
    return [line for _key, (_rank, line) in lines]


def term_facts(
    session: Session, capability: Capability, locale: str, *, closed_too: bool
) -> list[dict[str, Any]]:
    """What the fields of its types say, those for invited eyes only where ``closed_too``."""
    content = queries.content_of_capability(capability)
    fields = rules.fields_of(content, taxonomy.type_fields(session))
    return term_lines(fields, content.terms, locale, closed_too=closed_too)


def entrance_of(capability: Capability) -> str:
    """Where an institution takes applications, as it wrote it: no loan is processed here."""
    return next(iter(texts_of(queries.content_of_capability(capability).terms, "entrance")), "")


def completeness_of(capability: Capability) -> tuple[int, list[str]]:
    """How complete, and what to add, most asked for first."""
    content = queries.content_of_capability(capability)
    photos = len(capability.photos)
    hints = [say(f"capabilities.hint.{name}") for name in rules.missing_for_buyers(content, photos)]
    return rules.completeness(content, photos), hints


def happenings(entries: Sequence[AuditEntry], *, names: bool) -> list[dict[str, Any]]:
    """The history as a timeline. Who it was is for the firm and its staff; a filled-in step says so."""
    lines = []
    for entry in entries:
        verb = entry.action.partition(".")[2]
        code = f"capabilities.happened.{verb}"
        if code not in registered_words():
            continue
        who = entry.actor_name if names and entry.actor_kind != "system" else ""
        lines.append(
            {
                "what": say(code),
                "detail": _detail(verb, entry),
                "when": table_moment(entry.at),
                "iso": entry.at.isoformat(),
                "who": gettext("%(name)s（代填）", name=who) if who and entry.acting_for else who,
                "icon": _ICONS.get(verb, "circle"),
                "tone": _TONES.get(verb),
            }
        )
    return lines


def _detail(verb: str, entry: AuditEntry) -> str:
    if verb == "close" and entry.details.get("reason") in rules.CLOSE_REASONS:
        return say(f"capabilities.close.{entry.details['reason']}")
    return ""


def card(capability: Capability, as_of: date, url: str) -> dict[str, Any]:
    """A capability as a result card."""
    facts = [per_period(capability)]
    if capability.lead_time_days is not None:
        facts.append(gettext("交期 %(time)s", time=lead_time(capability)))
    if capability.moq is not None:
        facts.append(gettext("起订 %(amount)s", amount=moq(capability)))
    return {
        "title": capability.product or gettext("（未命名的草稿）"),
        "url": url,
        "summary": capability.sentence,
        "facts": [fact for fact in facts if fact],
        "status": str(state_of(capability, as_of)),
    }
