"""Pages of proposals: the list of what waits for an answer, one proposal, and the parts that other records embed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select
from werkzeug.wrappers import Response

from marketplace.capabilities import queries as capabilities
from marketplace.capabilities.presenting import entrance_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.paging import Slice, newest_first
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.links import url_if_there
from marketplace.core.web.parts import render_part
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.needs import queries as needs
from marketplace.proposals import previews, queries, rules, service
from marketplace.proposals.cards import Reader, buyer_name, card
from marketplace.proposals.forms import AnswerForm
from marketplace.proposals.models import Proposal
from marketplace.proposals.wording import Wording

pages = Blueprint("proposals", __name__, url_prefix="/proposals")
PAGE_SIZE = 15
FRAGMENT_SIZE = 20
TABS = ("waiting", "yes", "later", "no", "mutual")


def _reader(proposal: Proposal) -> Reader:
    """Where the reader stands: on a side of their own, first the one that waits for an answer; else as staff."""
    actor, view = current_actor(), queries.view_of(proposal)
    sides = rules.sides_of(actor, view)
    waiting = [side for side in sides if side not in view.answered_sides]
    side = (waiting or list(sides) or ["staff"])[0]
    return Reader(
        side, current_locale(), rules.may_name_buyer(actor, view), rules.reads_the_buyers(actor, view)
    )


def _card(proposal: Proposal, wording: Wording) -> dict[str, Any]:
    reader = _reader(proposal)
    url = url_for("proposals.show", proposal_id=proposal.id)
    return {
        **card(proposal, reader, wording, url, _other_firm_url(proposal, reader)),
        "id": proposal.id,
        "side": reader.side,
        "own_answer": getattr(proposal, f"{reader.side}_answer", None),
        "own_answer_by_staff": getattr(proposal, f"{reader.side}_answer_by_staff", False),
        "need_title": proposal.need.title,
        "capability_title": proposal.capability.product,
        "opening": proposal.capability.nature == "opening",
        "buyer": buyer_name(proposal, reader),
    }


def _other_firm_url(proposal: Proposal, reader: Reader) -> str | None:
    if reader.side == "supplier":
        return url_for("firms.show", firm_id=proposal.buyer_id) if reader.names_buyer else None
    return url_for("firms.show", firm_id=proposal.supplier_id)


@pages.get("/")
def mine() -> str:
    """What waits for the reader's answer, and what was answered; staff see what they look after."""
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    statement = queries.visible_proposals(actor).where(queries.under_mine(actor), queries.in_tab(actor, tab))
    wording = Wording(reading(), current_locale())
    return render_template(
        "proposals/mine.html",
        parts=[
            {"key": key, "page": page, "cards": [_card(proposal, wording) for proposal in page.items]}
            for key, page in _parts(statement)
            if page.items
        ],
        tab=tab,
        tabs=TABS,
        counts=queries.tab_counts(reading(), actor, TABS),
    )


def _parts(statement: Select[Proposal]) -> list[tuple[str, Slice[Proposal]]]:
    """Orders first; money and other resources follow on the last page of orders, and have pages of their own."""
    turned_to = {name: request.args.get(name, type=int) for name in ("before", "after")}
    if request.args.get("part") == "resources":
        return [("resources", _page(statement, ~queries.brings_orders(), **turned_to))]
    orders = _page(statement, queries.brings_orders(), **turned_to)
    if orders.older is not None:
        return [("orders", orders)]
    return [("orders", orders), ("resources", _page(statement, ~queries.brings_orders()))]


def _page(statement: Select[Proposal], kind: ColumnElement[bool], **turned_to: int | None) -> Slice[Proposal]:
    return newest_first(reading(), statement.where(kind), Proposal.id, size=PAGE_SIZE, **turned_to)


@pages.get("/<int:proposal_id>")
def show(proposal_id: int) -> str:
    return _show(proposal_id, None)


def _show(proposal_id: int, form: AnswerForm | None) -> str:
    proposal = queries.proposal_or_none(reading(), current_actor(), proposal_id)
    if proposal is None:
        raise NotFound
    actor, reader = current_actor(), _reader(proposal)
    side = reader.side
    view = queries.view_of(proposal)
    may_answer = side != "staff" and rules.may_answer(actor, view, side)
    filling_in = side != "staff" and rules.answers_as_staff(actor, view, side)
    said = queries.answer_of(proposal, side) if side != "staff" else None
    answers = rules.open_answers(view, said, filling_in) if said is not None and may_answer else ()
    if not answers:
        form = None
    elif form is None:
        form = AnswerForm.for_side(
            side,
            answers,
            answer=getattr(proposal, f"{side}_answer"),
            reason=getattr(proposal, f"{side}_reason") or "",
            note=_own_note(proposal_id, side, filling_in),
        )
    wording = Wording(reading(), current_locale())
    return render_template(
        "proposals/show.html",
        proposal=proposal,
        match=_card(proposal, wording),
        side=side,
        form=form,
        filling_in=filling_in,
        said=said,
        may_answer=may_answer,
        other_firm_id=proposal.supplier_id if side == "buyer" else proposal.buyer_id,
        buyer=buyer_name(proposal, reader),
        links=_links(proposal),
        entrance=entrance_of(proposal.capability),
        history=queries.verdicts_of(reading(), proposal.id) if side == "staff" else (),
        notes_of=[one for one in rules.SIDES if rules.may_read_notes(actor, view, one)],
    )


def _own_note(proposal_id: int, side: str, filling_in: bool) -> str | None:
    """What the reader wrote beside the answer, to be kept or changed. What staff noted of a call is no word of the firm,
    and the firm's word tells no clerk who called."""
    last = queries.last_verdict(reading(), proposal_id, side)
    return last.note if last is not None and last.by_staff == filling_in else None


def _links(proposal: Proposal) -> dict[str, str]:
    """The two listings, as far as the reader may still read them: a paused or closed one is not there for the other
    side."""
    found = {}
    if needs.need_or_none(reading(), current_actor(), proposal.need_id, today()) is not None:
        found["need"] = url_for("needs.show", need_id=proposal.need_id)
    known = capabilities.capability_or_none(reading(), current_actor(), proposal.capability_id, today())
    if known is not None:
        found["capability"] = url_for("capabilities.show", capability_id=proposal.capability_id)
    return found


@pages.post("/<int:proposal_id>/answer")
def answer(proposal_id: int) -> Response | tuple[str, int]:
    side = request.form.get("side", "")
    if side not in rules.SIDES:
        raise NotFound
    if not current_actor().signed_in:
        raise Forbidden
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
            said = _said(proposal, side)
    except Refusal as refusal:
        if refusal.problems[0].code == "proposals.no_longer_matches":
            # It stopped matching while the page was open.
            flash(say_problem(refusal.problems[0]), "error")
            return redirect(url_for("proposals.mine"))
        show_refusal(form, refusal)
        return _show(proposal_id, form), 422
    flash(say(said), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


def _said(proposal: Proposal, side: str) -> str:
    """The code of what the answer has brought about."""
    given = queries.answer_of(proposal, side)
    if given.by_staff:
        return "proposals.said.filled_in"
    return "proposals.said.mutual" if proposal.mutual_at is not None else f"proposals.said.{given.word}"


@pages.get("/of-need/<int:need_id>")
def of_need(need_id: int) -> str:
    """A part of the need's page: its proposals, best first."""
    actor = current_actor()
    partners = request.args.get("partners") == "1"
    hidden = 0 if partners else queries.partners_of_need(reading(), actor, need_id)
    return _part(
        (gettext("需求页面"), url_if_there("needs.show", need_id=need_id)),
        queries.of_need(actor, need_id, partners=partners),
        partners=hidden,
        partners_url=url_for("proposals.of_need", need_id=need_id, partners=1) if hidden else None,
    )


@pages.get("/of-need/<int:need_id>/preview")
def preview_of_need(need_id: int) -> str:
    """A part of the need's page while it waits for the bureau: the first candidates, for its buyer alone."""
    found = previews.candidates_for(reading(), current_actor(), need_id, now=now())
    wording = Wording(reading(), current_locale())
    cards = [
        {
            "title": candidate.capability.product,
            "firm": candidate.capability.firm.legal_name,
            "firm_url": url_for("firms.show", firm_id=candidate.capability.firm_id),
            "url": url_for("capabilities.show", capability_id=candidate.capability.id),
            "label": candidate.label,
            "met": wording.lines(candidate.evidence["reasons"]),
            "unproven": wording.lines(candidate.evidence["unproven"]),
            "gaps": wording.lines(candidate.evidence["gaps"]),
        }
        for candidate in found or ()
    ]
    return render_template("proposals/_preview.html", cards=cards, waiting=found is None, need_id=need_id)


@pages.get("/of-capability/<int:capability_id>")
def of_capability(capability_id: int) -> str:
    """A part of the capability's page: the needs it was proposed for."""
    whole = (gettext("能力页面"), url_if_there("capabilities.show", capability_id=capability_id))
    return _part(whole, queries.of_capability(current_actor(), capability_id))


def _part(whole: tuple[str, str | None], statement: Select[Proposal], **more: Any) -> str:
    wording = Wording(reading(), current_locale())
    found = reading().scalars(statement.limit(FRAGMENT_SIZE)).unique().all()
    cards = [_card(proposal, wording) for proposal in found]
    return render_part("proposals/_cards.html", gettext("推荐对接"), whole, cards=cards, part=True, **more)
