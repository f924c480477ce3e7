"""Pages of conferences: the calendar, one conference, its participants. The lists' pages are in
list_views.py, those of their weights in weight_views.py."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from marketplace.conferences import (
    list_queries,
    list_views,
    queries,
    rules,
    service,
    taking_part,
    weight_views,
)
from marketplace.conferences.asking import drafted_once
from marketplace.conferences.blueprint import pages
from marketplace.conferences.cards import firm_card
from marketplace.conferences.forms import ConferenceForm
from marketplace.conferences.models import Conference, Participant
from marketplace.core.clock import local
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.paging import newest_first
from marketplace.core.web.language import moment, say
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.proposals.wording import Wording
from marketplace.taxonomy import queries as taxonomy

__all__ = ["list_views", "pages", "weight_views"]


def _status(conference: Conference) -> str:
    return rules.status_of(conference.announced_at, conference.cancelled_at, conference.ends_at, now())


def _when(conference: Conference) -> str:
    """Both ends in one line; the day only once where it is the same."""
    starts, ends = local(conference.starts_at), local(conference.ends_at)
    last = f"{ends:%H:%M}" if ends.date() == starts.date() else moment(conference.ends_at)
    return f"{moment(conference.starts_at)}–{last}"


def _chains() -> dict[str, str]:
    return {chain.key: chain.label(current_locale()) for chain in taxonomy.chains(reading())}


def _known(conference_id: int) -> Conference:
    conference = queries.conference_or_none(reading(), current_actor(), conference_id)
    if conference is None:
        raise NotFound
    return conference


@pages.get("/")
def index() -> str:
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    page = newest_first(
        reading(),
        select(Conference).where(queries.visible_to(actor)),
        Conference.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    return render_template("conferences/index.html", page=page, status_of=_status)


@pages.get("/new")
def new() -> str:
    if current_actor().office_id is None:
        raise Forbidden
    form = ConferenceForm()
    form.offer(_chains())
    return render_template("conferences/form.html", form=form, conference=None)


@pages.post("/new")
def create() -> Response | tuple[str, int]:
    form = ConferenceForm()
    form.offer(_chains())
    try:
        facts = form.facts()
        with unit_of_work() as session:
            conference = service.create(session, current_actor(), facts, now=now())
            conference_id = conference.id
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render_template("conferences/form.html", form=form, conference=None), 422
    flash(say("conferences.said.created"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id))


@pages.get("/<int:conference_id>/edit")
def edit(conference_id: int) -> str:
    conference = _known(conference_id)
    if not rules.may_run(current_actor(), conference.office_id):
        raise Forbidden
    form = ConferenceForm.of(conference)
    form.offer(_chains())
    return render_template("conferences/form.html", form=form, conference=conference)


@pages.post("/<int:conference_id>/edit")
def update(conference_id: int) -> Response | tuple[str, int]:
    form = ConferenceForm()
    form.offer(_chains())
    try:
        facts = form.facts()
        with unit_of_work() as session:
            service.update(session, current_actor(), conference_id, facts, now=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return render_template("conferences/form.html", form=form, conference=_known(conference_id)), 422
    flash(say("conferences.said.updated"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id))


@pages.get("/<int:conference_id>")
def show(conference_id: int) -> str:
    """Staff see the whole; a firm sees the facts and its own pairs of the newest frozen edition."""
    actor = current_actor()
    conference = _known(conference_id)
    chain = _chains().get(conference.chain_key or "")
    if not rules.may_run(actor, conference.office_id):
        places = taking_part.participation_of(reading(), conference_id, actor.standing_firms)
        across = {side for side in rules.SIDES for place in places if place.side != side}
        return render_template(
            "conferences/for_firm.html",
            conference=conference,
            chain=chain,
            status=_status(conference),
            when=_when(conference),
            own=_own_cards(conference_id),
            frozen=taking_part.has_frozen(reading(), conference_id),
            taking_part=places,
            coming=_by_side(taking_part.counterparts(reading(), conference_id, across)),
            may_confirm={firm_id for firm_id in actor.standing_firms if actor.may_edit_firm(firm_id)},
        )
    return render_template(
        "conferences/show.html",
        conference=conference,
        chain=chain,
        status=_status(conference),
        when=_when(conference),
        buyers=queries.participants(reading(), conference_id, "buyer"),
        suppliers=queries.participants(reading(), conference_id, "supplier"),
        editions=list_queries.lists_of(reading(), conference_id),
    )


def _by_side(coming: Sequence[Participant]) -> dict[str, list[Participant]]:
    found: dict[str, list[Participant]] = {}
    for place in coming:
        found.setdefault(place.side, []).append(place)
    return found


def _own_cards(conference_id: int) -> dict[str, list[dict[str, object]]]:
    """A firm's own pairs by need title."""
    firm_ids = current_actor().standing_firms
    wording = Wording(reading(), current_locale())
    grouped: dict[str, list[dict[str, object]]] = {}
    for entry in taking_part.published_entries_of(reading(), conference_id, firm_ids):
        side = "buyer" if entry.buyer_id in firm_ids else "supplier"
        heading = entry.need.title if side == "buyer" else entry.capability.product
        grouped.setdefault(heading, []).append(firm_card(entry, side, wording, current_locale()))
    return grouped


@pages.get("/<int:conference_id>/invite")
def invite(conference_id: int) -> str:
    conference = _known(conference_id)
    if not rules.may_run(current_actor(), conference.office_id):
        raise Forbidden
    side = request.args.get("side", "supplier")
    side = side if side in rules.SIDES else "supplier"
    text = (request.args.get("q") or "")[:60]
    chain = request.args.get("chain", conference.chain_key or "")
    return render_template(
        "conferences/invite.html",
        conference=conference,
        side=side,
        text=text,
        chain=chain,
        chains=_chains(),
        firms=queries.invitable(reading(), conference, side, text, chain or None, today()),
        most=queries.MOST_INVITABLE,
    )


@pages.post("/<int:conference_id>/participants")
def add_participants(conference_id: int) -> Response:
    firm_ids = request.form.getlist("firms", type=int)
    side = request.form.get("side", "")
    if not firm_ids:
        flash(say("conferences.firms_missing"), "danger")
        return redirect(url_for("conferences.invite", conference_id=conference_id, side=side))
    with unit_of_work() as session:
        count = service.add_participants(session, current_actor(), conference_id, firm_ids, side, now=now())
    flash(say("conferences.said.invited", count=count), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id, _anchor="participants"))


@pages.post("/<int:conference_id>/participants/<int:participant_id>/remove")
def remove_participant(conference_id: int, participant_id: int) -> Response:
    with unit_of_work() as session:
        service.remove_participant(session, current_actor(), conference_id, participant_id, now=now())
    flash(say("conferences.said.removed"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id, _anchor="participants"))


@pages.post("/<int:conference_id>/participants/<int:firm_id>/confirm")
def confirm(conference_id: int, firm_id: int) -> Response:
    with unit_of_work() as session:
        service.confirm(session, current_actor(), conference_id, firm_id, now=now())
    flash(say("conferences.said.confirmed"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id))


@pages.post("/<int:conference_id>/announce")
def announce(conference_id: int) -> Response:
    with unit_of_work() as session:
        service.announce(session, current_actor(), conference_id, now=now())
    flash(say("conferences.said.announced"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id))


@pages.post("/<int:conference_id>/cancel")
def cancel(conference_id: int) -> Response:
    with unit_of_work() as session:
        service.cancel(session, current_actor(), conference_id, now=now())
    flash(say("conferences.said.cancelled"), "success")
    return redirect(url_for("conferences.show", conference_id=conference_id))


@pages.post("/<int:conference_id>/generate")
def generate(conference_id: int) -> Response:
    """Drafting takes seconds: it is a job, and the page follows it. Asking twice, by whomever, follows the first."""
    with unit_of_work() as session:
        job_id = drafted_once(session, current_actor(), conference_id, now())
    return redirect(url_for("conferences.working", job_id=job_id))
