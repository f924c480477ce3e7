"""Rules of proposals: who may see and answer, which answers and reasons there are, when both have said yes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.actor import Actor

# What brings an order or paid work stands before what is asked of others: money, platforms, data, brands.
ORDER_TYPES = ("procurement", "processing", "first_use", "rnd")
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
# A need's list holds no more than people read; current suppliers stand beside it.
MOST_PER_NEED = 20
# Near misses kept of a need: what one or two mended things would bring.
MOST_NEARLY = 20


@dataclass(frozen=True)
class ProposalView:
    """What permission is decided on."""

    buyer_id: int
    supplier_id: int
    buyer_office_id: int | None
    supplier_office_id: int | None
    withdrawn: bool = False
    answered_sides: frozenset[str] = frozenset()
    anonymous: bool = False
    mutual: bool = False


def sides_of(actor: Actor, proposal: ProposalView) -> tuple[str, ...]:
    """On which side this actor stands; both when it speaks for both firms, none for a firm that is suspended."""
    members = (("buyer", proposal.buyer_id), ("supplier", proposal.supplier_id))
    return tuple(side for side, firm_id in members if firm_id in actor.standing_firms)


def may_see(actor: Actor, proposal: ProposalView) -> bool:
    """The two firms and the staff who look after either. One that no longer holds stays with the side that answered."""
    if actor.bureau:
        return True
    offices = (proposal.buyer_office_id, proposal.supplier_office_id)
    if actor.office_id is not None and actor.office_id in offices:
        return True
    sides = sides_of(actor, proposal)
    return any(not proposal.withdrawn or side in proposal.answered_sides for side in sides)


def may_name_buyer(actor: Actor, proposal: ProposalView) -> bool:
    """An anonymous buyer is named to itself, to the staff who look after it and, once both have said yes, to the other.

    The supplier's own 镇/街道 learns no more than the supplier.
    """
    return not proposal.anonymous or proposal.mutual or reads_the_buyers(actor, proposal)


def reads_the_buyers(actor: Actor, proposal: ProposalView) -> bool:
    """What the buyer says for invited eyes, and whom it buys from already: its own people, and the staff who look after
    it. The supplier's own 镇/街道 reads what the supplier reads."""
    return proposal.buyer_id in actor.standing_firms or _looks_after(actor, proposal.buyer_office_id)


def may_read_notes(actor: Actor, proposal: ProposalView, side: str) -> bool:
    """What a side wrote beside its answer: the other side does not read it, nor the staff who look after that one alone."""
    return _looks_after(actor, proposal.buyer_office_id if side == "buyer" else proposal.supplier_office_id)


def _looks_after(actor: Actor, office_id: int | None) -> bool:
    return actor.bureau or (actor.office_id is not None and actor.office_id == office_id)


def may_answer(actor: Actor, proposal: ProposalView, side: str) -> bool:
    firm_id = proposal.buyer_id if side == "buyer" else proposal.supplier_id
    return firm_id in actor.standing_firms and actor.may_edit_firm(firm_id)


def answers_as_staff(actor: Actor, proposal: ProposalView, side: str) -> bool:
    """代填: the answer is what staff were told, not what a person of the firm has said here."""
    firm_id = proposal.buyer_id if side == "buyer" else proposal.supplier_id
    return actor.acts_for(firm_id) and actor.firm_roles.get(firm_id) not in ("editor", "owner")


@dataclass(frozen=True)
class Answer:
    """What one side has answered, and whether staff wrote it down for the firm."""

    word: str | None
    by_staff: bool = False

    @property
    def own_yes(self) -> bool:
        return self.word == "yes" and not self.by_staff


def open_answers(proposal: ProposalView, said: Answer, by_staff: bool) -> tuple[str, ...]:
    """What one side may say as things stand. Of a pair that no longer matches nobody says a first yes; whoever has
    answered may still take it back, until a new match asks both sides again."""
    if not proposal.withdrawn:
        return ANSWERS
    if said.word is None:
        return ()
    repeated = said.word == "yes" and said.by_staff == by_staff
    return ANSWERS if repeated else tuple(answer for answer in ANSWERS if answer != "yes")


def is_mutual(buyer: Answer, supplier: Answer) -> bool:
    """Two yeses that the firms' own people said: they name an anonymous buyer and release contacts, and a yes that
    staff wrote down may do neither."""
    return buyer.own_yes and supplier.own_yes
