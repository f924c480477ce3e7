"""What the needs' pages show, made from rows: facts, payment flags, history, differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.core.audit import AuditEntry
from marketplace.core.money import in_wan
from marketplace.core.specs import written
from marketplace.core.web.language import amount, plain_number, say, table_day, table_moment, translated
from marketplace.needs import excluding, rules
from marketplace.needs.content import NeedContent
from marketplace.needs.models import NeedVersion
from marketplace.needs.words import FIELDS
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.presenting import term_lines
from marketplace.taxonomy.values import SECTIONS

_TONES = {"ok": "good", "state_reason": "doubt", "barred": "bad", "unknown": "doubt", "not_bound": "info"}
_MARKS = {
    "publish": ("check-circle", "good"),
    "return": ("arrow-left", "bad"),
    "submit": ("send", None),
    "close": ("archive", None),
    "reopen": ("arrow-return-left", None),
    "pause": ("pause-circle", "doubt"),
    "resume": ("play-circle", "good"),
    "renew": ("calendar-check", "good"),
    "create": ("pencil", None),
    "revise": ("pencil", None),
    "attach": ("files", None),
    "detach": ("files", None),
    "release": ("unlock", None),
    "ask_attachment": ("lock", None),
    "invite": ("person-plus", None),
}


@dataclass(frozen=True)
class PaymentFlag:
    """What decree 802 says of the terms, in the reader's language. ``tone`` is a notice's kind."""

    code: str
    tone: str
    label: str
    sentences: tuple[str, ...]

    @property
    def serious(self) -> bool:
        """Something that a supplier should know before answering."""
        return self.code in ("state_reason", "barred")


def payment_flag(session: Session, content: NeedContent, as_of: date) -> PaymentFlag | None:
    verdict = rules.payment_verdict(content, as_of, taxonomy.parameters(session))
    if verdict is None:
        return None
    sentences = [say(f"payment.{verdict.reason}", verdict.params)]
    sentences += [say(f"payment.{note}") for note in verdict.notes]
    return PaymentFlag(
        verdict.code, _TONES[verdict.code], say(f"payment_verdict.{verdict.code}"), tuple(sentences)
    )


def quantity_text(content: NeedContent) -> str:
    if content.quantity is None:
        return ""
    whole = amount(content.quantity, content.quantity_unit)
    if not content.quantity_period:
        return whole
    period = say(f"core.period.{content.quantity_period}")
    return str(gettext("%(amount)s（%(period)s）", amount=whole, period=period))


def lead_time_text(content: NeedContent) -> str:
    parts = []
    if content.lead_time_days is not None:
        parts.append(gettext("%(days)s 天", days=content.lead_time_days))
    if content.needed_by is not None:
        parts.append(gettext("不晚于 %(day)s", day=table_day(content.needed_by)))
    return str(gettext("，").join(parts))


def budget_text(content: NeedContent) -> str:
    low, high = content.budget_low, content.budget_high
    if low is not None and high is not None and low != high:
        return str(gettext("%(low)s～%(high)s 万元", low=in_wan(low), high=in_wan(high)))
    amount = high if high is not None else low
    if amount is None:
        return ""
    if low is None:
        return str(gettext("不超过 %(amount)s 万元", amount=in_wan(amount)))
    if high is None:
        return str(gettext("%(amount)s 万元以上", amount=in_wan(amount)))
    return str(gettext("%(amount)s 万元", amount=in_wan(amount)))


def payment_text(content: NeedContent) -> str:
    start = say(f"needs.payment_start.{content.payment_start}") if content.payment_start else ""
    if content.payment_days is None:
        return start
    days = gettext("%(days)s 天", days=content.payment_days)
    return str(gettext("%(days)s（%(start)s）", days=days, start=start) if start else days)


def chain_text(session: Session, content: NeedContent, locale: str) -> str:
    names = [chain.label(locale) for chain in taxonomy.chains(session) if chain.key == content.chain_key]
    link = taxonomy.links(session).get(content.link_key or "")
    return " · ".join([*names, link.label(locale)] if link else names)


def industry_text(session: Session, content: NeedContent, locale: str) -> str:
    found = taxonomy.industries(session).get(content.industry_code or "")
    return f"{found.code} {found.label(locale)}" if found else (content.industry_code or "")


def type_text(session: Session, content: NeedContent, locale: str) -> str:
    kind = taxonomy.need_types(session).get(content.type_key)
    return kind.label(locale) if kind else content.type_key


def sections_of_type(session: Session, content: NeedContent) -> tuple[str, ...]:
    """The parts that this need's type has; every part where the type is not on the list."""
    kind = taxonomy.need_types(session).get(content.type_key)
    return kind.sections if kind else SECTIONS


def certificate_texts(session: Session, content: NeedContent, locale: str) -> list[str]:
    kinds = taxonomy.certificate_kinds(session)
    return [kinds[key].label(locale) if key in kinds else key for key in content.certificates]


def term_facts(
    session: Session, content: NeedContent, locale: str, *, closed_too: bool
) -> list[dict[str, Any]]:
    """What the type's fields say, those for invited eyes only where ``closed_too``."""
    return term_lines(
        rules.fields_of(content, taxonomy.type_fields(session)), content.terms, locale, closed_too=closed_too
    )


def field_text(session: Session, content: NeedContent, name: str, locale: str) -> str:
    """One field as a reader would read it, for comparisons."""
    value = getattr(content, name)
    if value in (None, "", ()):
        return ""
    match name:
        case "specs":
            return "；".join(written(row) for row in content.specs)
        case "terms":
            lines = term_facts(session, content, locale, closed_too=True)
            return "；".join(f"{line['label']} {line['value']}" for line in lines)
        case "excluded":
            return "、".join(firm.legal_name for firm in excluding.listed(session, content.excluded))
        case "certificates":
            return "、".join(certificate_texts(session, content, locale))
        case "type_key":
            return type_text(session, content, locale)
        case "chain_key" | "link_key":
            return chain_text(session, content, locale)
        case "industry_code":
            return industry_text(session, content, locale)
        case "delivery_division":
            return taxonomy.division_label(session, content.delivery_division, locale)
        case "budget_low" | "budget_high":
            return str(gettext("%(amount)s 万元", amount=in_wan(value)))
        case "procedure" | "visibility" | "payment_start" | "buyer_kind":
            return say(f"needs.{name}.{value}")
        case "quantity_period":
            return say(f"core.period.{value}")
    if isinstance(value, bool):
        return str(gettext("是") if value else gettext("否"))
    if isinstance(value, date):
        return table_day(value)
    return value if isinstance(value, str) else plain_number(value)


def differences(
    session: Session, stored: NeedContent, typed: NeedContent, locale: str
) -> list[dict[str, str]]:
    """Where what is stored differs from what somebody typed: [{label, stored}]."""
    found = []
    for name in FIELDS:
        if name == "chain_link" or getattr(stored, name) == getattr(typed, name):
            continue
        text = field_text(session, stored, name, locale)
        found.append({"label": translated(FIELDS[name]), "stored": text[:120]})
    return found


def version_lines(versions: Sequence[NeedVersion]) -> list[dict[str, Any]]:
    """The submitted versions, newest first, each with the names of the fields that changed since the one before."""
    lines = []
    for newer, older in zip_longest(versions, versions[1:]):
        changed = [
            translated(FIELDS[name])
            for name in FIELDS
            # A field that the older version did not know yet is no change.
            if older is not None and name in older.content and newer.content.get(name) != older.content[name]
        ]
        lines.append({"number": newer.number, "at": newer.at, "changed": changed, "first": older is None})
    return lines


def history_items(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """What happened, for the timeline component."""
    items = []
    for entry in entries:
        verb = entry.action.partition(".")[2]
        if verb not in _MARKS and verb not in ("withdraw", "uninvite", "revoke", "exclude"):
            continue
        mark, tone = _MARKS.get(verb, ("circle", None))
        detail = ""
        if entry.details.get("reason"):
            detail = say(f"needs.close_reason.{entry.details['reason']}")
        elif entry.details.get("valid_until"):
            detail = gettext("有效期至 %(day)s", day=entry.details["valid_until"])
        who = entry.actor_name
        items.append(
            {
                "when": table_moment(entry.at),
                "iso": entry.at.isoformat(),
                "what": say(f"need.did.{verb}"),
                "who": gettext("%(who)s（代填）", who=who) if entry.acting_for else who,
                "detail": detail,
                "icon": mark,
                "tone": tone,
            }
        )
    return items
