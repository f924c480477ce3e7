"""Pages of calls: open one, see who has answered, close it; a firm reads what is asked and what is missing.
Reminders are in remind_views.py."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from marketplace.accounts import queries as accounts
from marketplace.calls import choosing, queries, remind_views, rules, service
from marketplace.calls.blueprint import pages
from marketplace.calls.exports import with_firms
from marketplace.calls.forms import CallForm, DueForm, OutcomeForm, WhomForm, row_id
from marketplace.calls.models import Call
from marketplace.calls.rules import UNANSWERED, Answer
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.paging import PAGE_SIZE, newest_first
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.taxonomy import queries as taxonomy

__all__ = ["pages", "remind_views"]

# Which firms a tab of the list shows.
TABS: dict[str, tuple[Answer, ...]] = {
    "unanswered": UNANSWERED,
    "reported": (Answer.REPORTED,),
    "none": (Answer.NONE,),
    "all": (),
}
TIER_FAMILY = "tier"


def phase(call: Call) -> str:
    return rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, today())


def _chains() -> dict[str, str]:
    return {chain.key: chain.label(current_locale()) for chain in taxonomy.chains(reading())}


def _offer(form: WhomForm) -> None:
    """Give the form the lists that this reader chooses firms from."""
    actor, kinds = current_actor(), taxonomy.certificate_kinds(reading())
    towns = {
        str(office.id): office.name
        for office in accounts.offices(reading())
        if office.kind == "town" and (actor.bureau or office.id == actor.office_id)
    }
    tiers = {key: kind.label(current_locale()) for key, kind in kinds.items() if kind.family == TIER_FAMILY}
    form.offer(_chains(), towns, tiers, choosing.sheets_of(reading(), actor, current_locale()))


@pages.get("/")
def index() -> str:
    """Staff see the calls within their reach; a firm those that ask it, with what is missing."""
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    if not actor.staff or actor.acting_for is not None:
        own = queries.standings_of(reading(), actor.own_firms, running=False)
        firms = queries.firms_by_id(reading(), [standing.firm_id for _call, standing in own])
        return render_template("calls/mine.html", own=own, firms=firms, phase=phase)
    page = newest_first(
        reading(),
        queries.visible_calls(actor),
        Call.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    counts = queries.asked_counts(reading(), actor, [call.id for call in page.items])
    return render_template("calls/index.html", page=page, counts=counts, phase=phase)


@pages.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """One page: what is asked, and who. ``count`` says how many would be asked and writes nothing."""
    if current_actor().office_id is None:
        raise Forbidden
    form = CallForm()
    _offer(form)
    if request.method == "GET":
        form.sheet.data = request.args.get("sheet", "")[:30]
        return render_template("calls/form.html", form=form, would_ask=None)
    try:
        chosen = form.chosen()
        if request.form.get("action") == "save":
            would_ask = choosing.how_many(reading(), current_actor(), chosen, today())
            return render_template("calls/form.html", form=form, would_ask=would_ask)
        form.validate()
        if form.errors:
            return render_template("calls/form.html", form=form, would_ask=None), 422
        with unit_of_work() as session:
            call_id = service.open_call(session, current_actor(), form.facts(), chosen, now=now()).id
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render_template("calls/form.html", form=form, would_ask=None), 422
    flash(say("calls.said.opened"), "success")
    return redirect(url_for("calls.show", call_id=call_id))


@pages.route("/<int:call_id>/more", methods=["GET", "POST"])
def ask_more(call_id: int) -> ResponseReturnValue:
    """Ask further firms in a call that runs. ``save`` says how many that would be and writes nothing."""
    call = service.known(reading(), current_actor(), call_id)
    rules.check_open(rules.phase_of(call.closed_at, call.cancelled_at, call.due_on, today()))
    if not rules.may_run(current_actor(), call.office_id):
        raise Forbidden
    form = WhomForm()
    _offer(form)
    status, would_ask = 200, None
    if request.method == "POST":
        try:
            chosen = form.chosen()
            if request.form.get("action") == "save":
                would_ask = choosing.how_many(reading(), current_actor(), chosen, today(), call_id)
            elif form.validate():
                with unit_of_work() as session:
                    count = service.ask_more(session, current_actor(), call_id, chosen, now=now())
                flash(say("calls.said.asked_more", count=count), "success")
                return redirect(url_for("calls.show", call_id=call_id))
        except Refusal as refusal:
            show_refusal(form, refusal)
        status = 422 if form.errors else 200
    return render_template("calls/more.html", call=call, form=form, would_ask=would_ask), status


@pages.get("/<int:call_id>")
def show(call_id: int) -> str:
    actor, session = current_actor(), reading()
    call = service.known(session, actor, call_id)
    if not actor.staff or actor.acting_for is not None:
        return _for_firms(call)
    office_id = row_id(request.args.get("office"))
    tab = request.args.get("tab", "unanswered")
    tab = tab if tab in TABS else "unanswered"
    reach = queries.reach_of(actor, office_id)
    after = max(0, request.args.get("after", 0, type=int))
    found = queries.standings(session, call, reach, TABS[tab], after=after, size=PAGE_SIZE + 1)
    more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    chains = _chains()
    tally = queries.tally_of(session, call, reach)
    return render_template(
        "calls/show.html",
        call=call,
        phase=phase(call),
        days_left=queries.days_left(call, today()),
        runs=rules.may_run(actor, call.office_id),
        tally=tally,
        unmailable=queries.unmailable(session, call, reach) if tally.unanswered else 0,
        offices=queries.by_office(session, call, queries.reach_of(actor)),
        office_id=office_id,
        on_chains=[(chains.get(key, key), tally) for key, tally in queries.by_chain(session, call, reach)],
        tab=tab,
        tabs=list(TABS),
        standings={standing.firm_id: standing for standing in shown},
        lines=with_firms(session, actor, call, shown),
        next_after=shown[-1].firm_id if more else None,
        filters=_filters_in_words(call),
        outcomes=rules.OUTCOMES,
        due_form=DueForm(formdata=None),
        outcome_form=OutcomeForm(formdata=None),
    )


def _filters_in_words(call: Call) -> list[str]:
    """How the firms were chosen, for readers of the call: each time that firms were asked as one text."""
    choices = [call.chosen, *call.chosen.get("more", ())]
    return [say("calls.and", parts=_choice_in_words(chosen)) for chosen in choices]


def _choice_in_words(chosen: dict[str, Any]) -> list[str]:
    words = []
    if chosen.get("chain_key"):
        words.append(_chains().get(chosen["chain_key"], chosen["chain_key"]))
    if chosen.get("office_id"):
        words.append(queries.office_names(reading()).get(chosen["office_id"], ""))
    if chosen.get("tier"):
        kind = taxonomy.certificate_kinds(reading()).get(chosen["tier"])
        words.append(kind.label(current_locale()) if kind else chosen["tier"])
    if chosen.get("leaders"):
        words.append(say("calls.chosen.leaders"))
    words += [
        say(f"calls.chosen.{kind}", number=chosen[f"{kind}_id"])
        for kind in ("roster", "import")
        if chosen.get(f"{kind}_id")
    ]
    return words or [say("calls.chosen.everyone")]


def _for_firms(call: Call) -> str:
    """What a firm reads: what is asked, by when, what of it is missing, and how to answer."""
    actor, session = current_actor(), reading()
    own = [
        standing
        for firm_id in sorted(actor.own_firms)
        if (standing := queries.standing_of(session, call, firm_id)) is not None
    ]
    if not own:
        raise NotFound
    return render_template(
        "calls/for_firm.html",
        call=call,
        phase=phase(call),
        days_left=queries.days_left(call, today()),
        own=own,
        firms=queries.firms_by_id(session, [standing.firm_id for standing in own]),
        declarations={
            standing.firm_id: queries.declarations_of(session, call.id, standing.firm_id) for standing in own
        },
        reasons=rules.REASONS,
        asked=rules.asked_kinds(call.asks_needs, call.asks_capabilities),
    )


# ---------------------------------------------------------------- steps
def _step(call_id: int, said: str, change: Any, **values: Any) -> Response:
    """Carry out one step and come back to the call, with what happened or why it did not."""
    try:
        with unit_of_work() as session:
            change(session, current_actor(), call_id, **values, now=now())
    except Refusal as refusal:
        flash(say_problem(refusal.problems[0]), "danger")
    else:
        flash(say(said), "success")
    return redirect(url_for("calls.show", call_id=call_id))


@pages.post("/<int:call_id>/close")
def close(call_id: int) -> Response:
    return _step(call_id, "calls.said.closed", service.close)


@pages.post("/<int:call_id>/cancel")
def cancel(call_id: int) -> Response:
    return _step(call_id, "calls.said.cancelled", service.cancel, reason=request.form.get("reason", ""))


@pages.post("/<int:call_id>/extend")
def extend(call_id: int) -> Response:
    form = DueForm()
    form.validate()
    if form.due_on.data is None:
        flash(form.due_on.errors[0] if form.due_on.errors else say("calls.due_missing"), "danger")
        return redirect(url_for("calls.show", call_id=call_id))
    return _step(call_id, "calls.said.extended", service.extend, due_on=form.due_on.data)


@pages.post("/<int:call_id>/firms/<int:firm_id>/none/<any(needs, capabilities):kind>")
def declare_none(call_id: int, firm_id: int, kind: str) -> Response:
    values = {"reason": request.form.get("reason", ""), "note": request.form.get("note", "")}
    return _step(call_id, "calls.said.declared", _declaring(firm_id, kind), **values)


@pages.post("/<int:call_id>/firms/<int:firm_id>/some/<any(needs, capabilities):kind>")
def take_back(call_id: int, firm_id: int, kind: str) -> Response:
    def taking_back(session: Any, actor: Any, call_id: int, *, now: Any) -> None:
        service.take_back(session, actor, call_id, firm_id, kind, now=now)

    return _step(call_id, "calls.said.taken_back", taking_back)


def _declaring(firm_id: int, kind: str) -> Any:
    def declaring(session: Any, actor: Any, call_id: int, **values: Any) -> None:
        service.declare_none(session, actor, call_id, firm_id, kind, **values)

    return declaring
