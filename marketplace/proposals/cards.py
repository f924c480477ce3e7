"""A proposal as the page shows it: labels and reasons for firms, numbers for organisers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import N_, translate
from marketplace.proposals.evidence import readable_by
from marketplace.proposals.models import Proposal
from marketplace.proposals.wording import Wording

ANONYMOUS_BUYER = N_("匿名链主企业")
_PARTNERS = N_("已合作")
_BOTH = N_("双方愿意")
_GONE = N_("已不再匹配")
_BY_STAFF = N_("主办单位推荐")


@dataclass(frozen=True)
class Reader:
    """Who reads: the side decides which firm is the other one and what may be seen of it."""

    side: str  # buyer, supplier or staff
    locale: str
    names_buyer: bool  # rules.may_name_buyer
    reads_the_buyers: bool  # rules.reads_the_buyers

    @property
    def eyes(self) -> str:
        """Whose findings these are to read: see evidence.readable_by."""
        return self.side if self.reads_the_buyers else "supplier"


def buyer_name(proposal: Proposal, reader: Reader) -> str:
    """The buyer's name, or that it is anonymous."""
    if not reader.names_buyer:
        return translate(ANONYMOUS_BUYER, reader.locale)
    return proposal.need.firm.legal_name


def card(
    proposal: Proposal, reader: Reader, wording: Wording, url: str, firm_url: str | None
) -> dict[str, Any]:
    """The mapping that the match_card component takes."""
    supplier_reads = reader.side == "supplier"
    return {
        "title": proposal.need.title if supplier_reads else proposal.capability.product,
        "firm": buyer_name(proposal, reader) if supplier_reads else proposal.capability.firm.legal_name,
        "firm_url": firm_url,
        "url": url,
        "label": proposal.label,
        "score": proposal.score if reader.side == "staff" else None,
        "met": wording.lines(readable_by(proposal.reasons, reader.eyes)),
        "unproven": wording.lines(readable_by(proposal.unproven, reader.eyes)),
        "gaps": wording.lines(readable_by(proposal.gaps, reader.eyes)),
        "note": proposal.staff_reason,
        "marks": _marks(proposal, reader),
    }


def _marks(proposal: Proposal, reader: Reader) -> list[dict[str, str]]:
    found = []
    if proposal.mutual_at is not None:
        found.append({"label": _BOTH, "icon": "people-fill", "tone": "good"})
    if proposal.already_partners and reader.eyes != "supplier":
        found.append({"label": _PARTNERS, "icon": "check2", "tone": "primary"})
    if proposal.source == "staff":
        found.append({"label": _BY_STAFF, "icon": "star", "tone": "primary"})
    if proposal.withdrawn_at is not None:
        found.append({"label": _GONE, "icon": "dash-circle", "tone": "doubt"})
    return [{**mark, "label": translate(mark["label"], reader.locale)} for mark in found]
