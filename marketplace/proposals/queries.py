"""Reads of proposals that several callers share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager

from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.rules import ORDER_TYPES, SIDES, Answer, ProposalView

Buyer, Supplier = aliased(Firm, name="buyer"), aliased(Firm, name="supplier")
# Strong before possible before weak, whatever the alphabet says.
LABEL_ORDER = case((Proposal.label == "strong", 0), (Proposal.label == "possible", 1), else_=2)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """:func:`marketplace.proposals.rules.may_see` as SQL; the statement must join Buyer and Supplier."""
    if actor.bureau:
        return true()
    looked_after: ColumnElement[bool] = false()
    if actor.office_id is not None:
        looked_after = or_(Buyer.office_id == actor.office_id, Supplier.office_id == actor.office_id)
    return or_(looked_after, _own(actor))


def _own(actor: Actor) -> ColumnElement[bool]:
    """Proposals of the actor's own side that hold, or that this side has answered."""
    ids = actor.standing_firms
    if not ids:
        return false()
    holds = Proposal.withdrawn_at.is_(None)
    return or_(
        and_(Proposal.buyer_id.in_(ids), or_(holds, Proposal.buyer_answer.is_not(None))),
        and_(Proposal.supplier_id.in_(ids), or_(holds, Proposal.supplier_answer.is_not(None))),
    )


def under_mine(actor: Actor) -> ColumnElement[bool]:
    """What stands under 「推荐对接」: those of the firms one speaks or fills in for, else all that staff may see."""
    return _own(actor) if actor.standing_firms else visible_to(actor)


def _not_hidden(actor: Actor) -> ColumnElement[bool]:
    """Current suppliers (已合作) are hidden from the buyer and staff. Never from the supplier: the mark is private, and
    a gap in the supplier's own list would tell of it, for an anonymous need even whose it is."""
    return or_(Proposal.already_partners.is_(False), Proposal.supplier_id.in_(actor.standing_firms))


def visible_proposals(actor: Actor) -> Select[Proposal]:
    """Proposals that this actor may see, with both listings and firms; a fixed number of queries."""
    return (
        select(Proposal)
        .join(Proposal.need)
        .join(Buyer, Buyer.id == Proposal.buyer_id)
        .join(Supplier, Supplier.id == Proposal.supplier_id)
        .join(Proposal.capability)
        .options(
            contains_eager(Proposal.need).joinedload(Need.firm),
            contains_eager(Proposal.capability).joinedload(Capability.firm),
        )
        .where(visible_to(actor))
    )


def proposal_or_none(session: Session, actor: Actor, proposal_id: int) -> Proposal | None:
    statement = visible_proposals(actor).where(Proposal.id == proposal_id)
    return session.scalar(
        statement.options(
            contains_eager(Proposal.need).selectinload(Need.specs),
            contains_eager(Proposal.capability).selectinload(Capability.specs),
        )
    )


def was_proposed(session: Session, actor: Actor, proposal_id: int) -> bool:
    """Whether this was a pair of the actor's own side until it no longer matched."""
    ids = actor.standing_firms
    statement = select(Proposal.id).where(
        Proposal.id == proposal_id,
        Proposal.withdrawn_at.is_not(None),
        or_(Proposal.buyer_id.in_(ids), Proposal.supplier_id.in_(ids)),
    )
    return session.scalar(statement) is not None


def partners_of_need(session: Session, actor: Actor, need_id: int) -> int:
    """How many of a need's proposals are hidden from this reader as 已合作."""
    statement = (
        select(func.count())
        .select_from(Proposal)
        .join(Buyer, Buyer.id == Proposal.buyer_id)
        .join(Supplier, Supplier.id == Proposal.supplier_id)
        .where(
            visible_to(actor),
            Proposal.need_id == need_id,
            Proposal.withdrawn_at.is_(None),
            ~_not_hidden(actor),
        )
    )
    return session.scalar(statement) or 0


def of_need(actor: Actor, need_id: int, *, partners: bool = False) -> Select[Proposal]:
    """A need's proposals, best first. Current suppliers (已合作) only on request."""
    statement = visible_proposals(actor).where(Proposal.need_id == need_id, Proposal.withdrawn_at.is_(None))
    if not partners:
        statement = statement.where(_not_hidden(actor))
    return statement.order_by(LABEL_ORDER, Proposal.score.desc(), Proposal.id)


def of_capability(actor: Actor, capability_id: int) -> Select[Proposal]:
    """A capability's proposals, best first."""
    return (
        visible_proposals(actor)
        .where(Proposal.capability_id == capability_id, Proposal.withdrawn_at.is_(None))
        .order_by(LABEL_ORDER, Proposal.score.desc(), Proposal.id)
    )


def view_of(proposal: Proposal) -> ProposalView:
    return ProposalView(
        buyer_id=proposal.buyer_id,
        supplier_id=proposal.supplier_id,
        buyer_office_id=proposal.need.firm.office_id,
        supplier_office_id=proposal.capability.firm.office_id,
        withdrawn=proposal.withdrawn_at is not None,
        answered_sides=frozenset(side for side in SIDES if getattr(proposal, f"{side}_answer") is not None),
        anonymous=proposal.need.anonymous,
        mutual=proposal.mutual_at is not None,
    )


def answer_of(proposal: Proposal, side: str) -> Answer:
    return Answer(getattr(proposal, f"{side}_answer"), getattr(proposal, f"{side}_answer_by_staff"))


def own_answer(actor: Actor) -> ColumnElement[str | None]:
    """What the reader's side has answered; for staff, the buyer's answer, then the supplier's."""
    ids = actor.standing_firms
    if not ids:
        return func.coalesce(Proposal.buyer_answer, Proposal.supplier_answer)
    return case((Proposal.buyer_id.in_(ids), Proposal.buyer_answer), else_=Proposal.supplier_answer)


def brings_orders() -> ColumnElement[bool]:
    """Whether the need of a proposal asks for goods or paid work; the statement must join Need."""
    return Need.type_key.in_(ORDER_TYPES)


def in_tab(actor: Actor, tab: str) -> ColumnElement[bool]:
    """Which proposals a tab of the list holds. Current suppliers (已合作) are hidden from the waiting ones."""
    if tab == "mutual":
        return Proposal.mutual_at.is_not(None)
    answer, unconfirmed = own_answer(actor), _unconfirmed_yes(actor)
    if tab == "waiting":
        return and_(or_(answer.is_(None), unconfirmed), Proposal.withdrawn_at.is_(None), _not_hidden(actor))
    return and_(answer == tab, ~unconfirmed)


def _unconfirmed_yes(actor: Actor) -> ColumnElement[bool]:
    """A yes that staff wrote down (代填) still waits for the firm's own people; for staff it has been said."""
    ids = actor.standing_firms
    if actor.staff or not ids:
        return false()
    yes = (Proposal.buyer_answer == "yes", Proposal.supplier_answer == "yes")
    return or_(
        and_(Proposal.buyer_id.in_(ids), Proposal.buyer_answer_by_staff, yes[0]),
        and_(Proposal.buyer_id.not_in(ids), Proposal.supplier_answer_by_staff, yes[1]),
    )


def tab_counts(session: Session, actor: Actor, tabs: Sequence[str]) -> dict[str, int]:
    """How many each tab holds; one query."""
    counts = [func.sum(case((in_tab(actor, tab), 1), else_=0)) for tab in tabs]
    statement = (
        select(*counts)
        .select_from(Proposal)
        .join(Buyer, Buyer.id == Proposal.buyer_id)
        .join(Supplier, Supplier.id == Proposal.supplier_id)
        .where(under_mine(actor))
    )
    return {tab: int(count or 0) for tab, count in zip(tabs, session.execute(statement).one(), strict=True)}


def last_verdict(session: Session, proposal_id: int, side: str) -> Verdict | None:
    """What one side said last of a pair."""
    statement = (
        select(Verdict)
        .where(Verdict.proposal_id == proposal_id, Verdict.side == side)
        .order_by(Verdict.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def verdicts_of(session: Session, proposal_id: int) -> Sequence[Verdict]:
    """What people said of a pair, newest first."""
    statement = (
        select(Verdict).where(Verdict.proposal_id == proposal_id).order_by(Verdict.id.desc()).limit(50)
    )
    return session.scalars(statement).all()
