"""Rules of proposals: who may see and answer, which answers and reasons there are, when both have said yes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.actor import Actor

SIDES = ("buyer", "supplier")
ANSWERS = ("yes", "no", "later")
NO_REASONS = {
    "buyer": (
        "spec",
        "certificate",
        "capacity",
        "lead_time",
        "place",
        "have_supplier",
        "met_already",
        "other",
    ),
    "supplier": ("cannot_make", "capacity", "lead_time", "terms", "payment", "place", "other"),
}
LONGEST_NOTE = 300


@dataclass(frozen=True)
class ProposalView:
    """What permission is decided on."""

    buyer_id: int
    supplier_id: int
    buyer_office_id: int | None
    supplier_office_id: int | None
    withdrawn: bool
    answered: bool


def sides_of(actor: Actor, proposal: ProposalView) -> tuple[str, ...]:
    """On which side this actor stands; both when it speaks for both firms."""
    members = (("buyer", proposal.buyer_id), ("supplier", proposal.supplier_id))
    return tuple(side for side, firm_id in members if actor.belongs_to(firm_id))


def may_see(actor: Actor, proposal: ProposalView) -> bool:
    """The two firms and the staff who look after either. One that no longer holds stays for those who answered it."""
    if actor.bureau:
        return True
    offices = (proposal.buyer_office_id, proposal.supplier_office_id)
    if actor.office_id is not None and actor.office_id in offices:
        return True
    return bool(sides_of(actor, proposal)) and (not proposal.withdrawn or proposal.answered)


def may_answer(actor: Actor, proposal: ProposalView, side: str) -> bool:
    firm_id = proposal.buyer_id if side == "buyer" else proposal.supplier_id
    return actor.may_edit_firm(firm_id)


def is_mutual(buyer_answer: str | None, supplier_answer: str | None) -> bool:
    return buyer_answer == "yes" and supplier_answer == "yes"
