"""Entries of a match list as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.conferences.models import MatchEntry
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, translate
from marketplace.needs.models import Need
from marketplace.proposals.cards import ANONYMOUS_BUYER
from marketplace.proposals.evidence import readable_by
from marketplace.proposals.wording import Wording

_PINNED = N_("已置顶")
_DROPPED = N_("已剔除")
_ADDED = N_("人工添加")
_CARRIED = N_("沿用上一版的决定")
_PARTNERS = N_("已合作")
_PROPOSED = N_("主办单位推荐")


def eyes_of(actor: Actor, need: Need) -> str:
    """Whose findings the organiser may read of a need's pairs (evidence.readable_by): all of them where it looks after the
    buyer, else what the supplier reads."""
    return "staff" if looks_after(actor, need) else "supplier"


def looks_after(actor: Actor, need: Need) -> bool:
    """Whether a need's buyer is this organiser's to look after."""
    return actor.bureau or (actor.office_id is not None and actor.office_id == need.firm.office_id)


def staff_card(
    entry: MatchEntry, rank: int | None, wording: Wording, locale: str, urls: Mapping[str, str], eyes: str
) -> dict[str, Any]:
    """An entry for the organiser: everything that they may know of the buyer (:func:`eyes_of`), the score too."""
    return {
        "id": entry.id,
        "rank": rank,
        "title": entry.capability.product,
        "url": urls["capability"],
        "firm": entry.capability.firm.legal_name,
        "firm_url": urls["firm"],
        "label": entry.label,
        "score": entry.score,
        "met": wording.lines(readable_by(entry.reasons, eyes)),
        "unproven": wording.lines(readable_by(entry.unproven, eyes)),
        "gaps": wording.lines(readable_by(entry.gaps, eyes)),
        "note": note_of(entry, locale),
        "marks": _marks(entry, locale, eyes),
        "pinned": entry.pinned_at is not None,
        "dropped": entry.dropped_at is not None,
    }


def note_of(entry: MatchEntry, locale: str) -> str | None:
    """What people wrote beside a pair: why it was added, and why it was pinned or dropped."""
    said = [reason for reason in (entry.added_reason, entry.decision_reason) if reason]
    return translate(N_("；"), locale).join(said) or None


def firm_card(entry: MatchEntry, side: str, wording: Wording, locale: str) -> dict[str, Any]:
    """An entry for one of its two firms: label and reasons, no numbers and no internal notes."""
    if side == "buyer":
        title, firm = entry.capability.product, entry.capability.firm.legal_name
    else:
        title = entry.need.title
        firm = translate(ANONYMOUS_BUYER, locale) if entry.need.anonymous else entry.need.firm.legal_name
    return {
        "title": title,
        "firm": firm,
        "label": entry.label,
        "met": wording.lines(readable_by(entry.reasons, side)),
        "unproven": wording.lines(readable_by(entry.unproven, side)),
        "gaps": wording.lines(readable_by(entry.gaps, side)),
        "marks": [_mark(_PROPOSED, "star", "primary", locale)] if entry.source == "staff" else (),
    }


def _marks(entry: MatchEntry, locale: str, eyes: str) -> list[dict[str, str]]:
    found = []
    if entry.pinned_at is not None:
        found.append(_mark(_PINNED, "pin-angle-fill", "primary", locale))
    if entry.dropped_at is not None:
        found.append(_mark(_DROPPED, "x-circle", "bad", locale))
    if entry.source == "staff":
        found.append(_mark(_ADDED, "person-plus", "primary", locale))
    if entry.source == "carried":
        found.append(_mark(_CARRIED, "clock-history", "doubt", locale))
    if entry.already_partners and eyes != "supplier":
        found.append(_mark(_PARTNERS, "check2", "doubt", locale))
    return found


def _mark(label: str, icon: str, tone: str, locale: str) -> dict[str, str]:
    return {"label": translate(label, locale), "icon": icon, "tone": tone}
