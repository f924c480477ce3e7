"""Reads of proposals that several callers share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals.models import Proposal, Verdict
from marketplace.proposals.rules import ProposalView

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
    ids = set(actor.firm_ids) | ({actor.acting_for} if actor.staff and actor.acting_for else set())
    own: ColumnElement[bool] = false()
    if ids:
        own = or_(Proposal.buyer_id.in_(ids), Proposal.supplier_id.in_(ids))
    answered = or_(Proposal.buyer_answer.is_not(None), Proposal.supplier_answer.is_not(None))
    return or_(looked_after, and_(own, or_(Proposal.withdrawn_at.is_(None), answered)))


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


def of_need(actor: Actor, need_id: int, *, partners: bool = False) -> Select[Proposal]:
    """A need's proposals, best first. Current suppliers (已合作) only on request."""
    statement = visible_proposals(actor).where(Proposal.need_id == need_id, Proposal.withdrawn_at.is_(None))
    if not partners:
        statement = statement.where(Proposal.already_partners.is_(False))
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
        answered=proposal.buyer_answer is not None or proposal.supplier_answer is not None,
    )


def own_answer(actor: Actor) -> ColumnElement[str | None]:
    """What the reader's side has answered; for staff, the buyer's answer, then the supplier's."""
    ids = set(actor.firm_ids) | ({actor.acting_for} if actor.staff and actor.acting_for else set())
    if not ids:
        return func.coalesce(Proposal.buyer_answer, Proposal.supplier_answer)
    return case((Proposal.buyer_id.in_(ids), Proposal.buyer_answer), else_=Proposal.supplier_answer)


def in_tab(actor: Actor, tab: str) -> ColumnElement[bool]:
    """Which proposals a tab of the list holds. Current suppliers (已合作) are hidden from the waiting ones."""
    if tab == "mutual":
        return Proposal.mutual_at.is_not(None)
    answer = own_answer(actor)
    if tab == "waiting":
        return and_(answer.is_(None), Proposal.withdrawn_at.is_(None), Proposal.already_partners.is_(False))
    return answer == tab


def tab_counts(session: Session, actor: Actor, tabs: Sequence[str]) -> dict[str, int]:
    """How many each tab holds; one query."""
    counts = [func.sum(case((in_tab(actor, tab), 1), else_=0)) for tab in tabs]
    statement = (
        select(*counts)
        .select_from(Proposal)
        .join(Buyer, Buyer.id == Proposal.buyer_id)
        .join(Supplier, Supplier.id == Proposal.supplier_id)
        .where(visible_to(actor))
    )
    return {tab: int(count or 0) for tab, count in zip(tabs, session.execute(statement).one(), strict=True)}


def verdicts_of(session: Session, proposal_id: int) -> Sequence[Verdict]:
    """What people said of a pair, newest first."""
    statement = (
        select(Verdict).where(Verdict.proposal_id == proposal_id).order_by(Verdict.id.desc()).limit(50)
    )
    return session.scalars(statement).all()
