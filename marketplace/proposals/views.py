"""Pages of proposals: the list of what waits for an answer, one proposal, and the parts that other records embed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.paging import newest_first
from marketplace.core.web.language import say
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work
from marketplace.proposals import queries, rules, service
from marketplace.proposals.cards import Reader, buyer_name, card
from marketplace.proposals.forms import AnswerForm
from marketplace.proposals.models import Proposal
from marketplace.proposals.wording import Wording

pages = Blueprint("proposals", __name__, url_prefix="/proposals")
PAGE_SIZE = 15
FRAGMENT_SIZE = 20
TABS = ("waiting", "yes", "later", "no", "mutual")


def _side(proposal: Proposal) -> str:
    """Where the reader stands: on their own side if they have one, else as staff."""
    sides = rules.sides_of(current_actor(), queries.view_of(proposal))
    return sides[0] if sides else "staff"


def _card(proposal: Proposal, wording: Wording) -> dict[str, Any]:
    side = _side(proposal)
    reader = Reader(side, current_locale())
    return {
        **card(
            proposal,
            reader,
            wording,
            url_for("proposals.show", proposal_id=proposal.id),
            _other_firm_url(proposal, reader),
        ),
        "id": proposal.id,
        "side": side,
        "own_answer": getattr(proposal, f"{side}_answer", None),
        "need_title": proposal.need.title,
        "capability_title": proposal.capability.product,
    }


def _other_firm_url(proposal: Proposal, reader: Reader) -> str | None:
    if reader.side == "supplier":
        hidden = proposal.need.anonymous and proposal.mutual_at is None
        return None if hidden else url_for("firms.show", firm_id=proposal.buyer_id)
    return url_for("firms.show", firm_id=proposal.supplier_id)


@pages.get("/")
def mine() -> str:
    """What waits for the reader's answer, and what was answered; staff see every proposal."""
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    statement = queries.visible_proposals(actor)
    statement = statement.where(queries.in_tab(actor, tab))
    page = newest_first(
        reading(),
        statement,
        Proposal.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=PAGE_SIZE,
    )
    wording = Wording(reading(), current_locale())
    return render_template(
        "proposals/mine.html",
        cards=[_card(proposal, wording) for proposal in page.items],
        page=page,
        tab=tab,
        tabs=TABS,
        counts=queries.tab_counts(reading(), actor, TABS),
    )


@pages.get("/<int:proposal_id>")
def show(proposal_id: int) -> str:
    return _show(proposal_id, None)


def _show(proposal_id: int, form: AnswerForm | None) -> str:
    proposal = queries.proposal_or_none(reading(), current_actor(), proposal_id)
    if proposal is None:
        raise NotFound
    side = _side(proposal)
    may_answer = side != "staff" and rules.may_answer(current_actor(), queries.view_of(proposal), side)
    if form is None and may_answer:
        form = AnswerForm.for_side(
            side,
            answer=getattr(proposal, f"{side}_answer"),
            reason=getattr(proposal, f"{side}_reason") or "",
        )
    wording = Wording(reading(), current_locale())
    other = proposal.supplier_id if side == "buyer" else proposal.buyer_id
    return render_template(
        "proposals/show.html",
        proposal=proposal,
        match=_card(proposal, wording),
        side=side,
        form=form,
        other_firm_id=other,
        buyer=buyer_name(proposal, Reader(side, current_locale())),
        history=queries.verdicts_of(reading(), proposal.id) if side == "staff" else (),
    )


@pages.post("/<int:proposal_id>/answer")
def answer(proposal_id: int) -> Response | tuple[str, int]:
    side = request.form.get("side", "")
    if side not in rules.SIDES:
        raise NotFound
    form = AnswerForm.for_side(side)
    try:
        with unit_of_work() as session:
            proposal = service.answer(
                session,
                current_actor(),
                proposal_id,
                side=side,
                answer=form.answer.data or "",
                reason=form.reason.data or None,
                note=form.note.data,
                now=now(),
            )
            mutual = proposal.mutual_at is not None
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _show(proposal_id, form), 422
    flash(say("proposals.said.mutual" if mutual else f"proposals.said.{form.answer.data}"), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


@pages.get("/of-need/<int:need_id>")
def of_need(need_id: int) -> str:
    """A part of the need's page: its proposals, best first."""
    partners = request.args.get("partners") == "1"
    statement = queries.of_need(current_actor(), need_id, partners=partners).limit(FRAGMENT_SIZE)
    return _fragment(
        statement,
        partners_url=None if partners else url_for("proposals.of_need", need_id=need_id, partners=1),
    )


@pages.get("/of-capability/<int:capability_id>")
def of_capability(capability_id: int) -> str:
    """A part of the capability's page: the needs it was proposed for."""
    return _fragment(
        queries.of_capability(current_actor(), capability_id).limit(FRAGMENT_SIZE), partners_url=None
    )


def _fragment(statement: Any, partners_url: str | None) -> str:
    wording = Wording(reading(), current_locale())
    found = reading().scalars(statement).unique().all()
    return render_template(
        "proposals/_cards.html",
        cards=[_card(proposal, wording) for proposal in found],
        partners_url=partners_url,
    )
