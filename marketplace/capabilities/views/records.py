"""What a firm offers: its own list, the record page, the steps of a capability's life, the fragment on the firm's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from marketplace.capabilities import presenting, queries, rules, service
from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.forms import CloseForm
from marketplace.capabilities.models import Capability
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.lifecycle import Action, State, allowed_actions, state_of
from marketplace.core.paging import newest_first
from marketplace.core.web.language import say, say_problem
from marketplace.core.web.links import local_path, url_if_there
from marketplace.core.web.parts import render_part
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.firms import queries as firms
from marketplace.taxonomy import queries as taxonomy

# In the order in which an owner looks: what to act on first.
TABS = ("returned", "draft", "submitted", "published", "paused", "closed")


@pages.get("/mine")
@login_required
def mine() -> str:
    actor = current_actor()
    own = firms.firms_of(reading(), actor)
    ids = [firm.id for firm in own]
    counts = queries.counts_by_state(reading(), ids, today()) if ids else {}
    state = request.args.get("state")
    if state not in TABS:
        state = None
    page = newest_first(
        reading(),
        queries.capabilities_of(ids, today(), state),
        Capability.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=20,
    )
    return render_template(
        "capabilities/mine.html",
        page=page,
        cards=[_own_card(capability) for capability in page.items],
        tabs=_tabs(counts, state),
        state=state,
        total=sum(counts.values()),
        firms=own,
        firm_url=url_if_there("firms.mine"),
        post_url=url_if_there("pages.post"),
        editable=any(actor.may_edit_firm(firm.id) for firm in own),
        unchecked=[firm.legal_name for firm in own if firm.verified_at is None],
    )


def _tabs(counts: dict[str, int], state: str | None) -> list[dict[str, Any]]:
    tabs = [
        {
            "label": say("capabilities.tab.all"),
            "url": url_for("capabilities.mine"),
            "active": state is None,
            "count": sum(counts.values()),
        }
    ]
    for name in TABS:
        if counts.get(name) or name == state:
            tabs.append(
                {
                    "label": say(f"lifecycle.state.{name}"),
                    "url": url_for("capabilities.mine", state=name),
                    "active": name == state,
                    "count": counts.get(name, 0),
                }
            )
    return tabs


def _own_card(capability: Capability) -> dict[str, Any]:
    level, hints = presenting.completeness_of(capability)
    editing = current_actor().may_edit_firm(capability.firm_id)
    state = state_of(capability, today())
    return {
        **presenting.card(capability, today(), url_for("capabilities.show", capability_id=capability.id)),
        "id": capability.id,
        "firm": capability.firm.legal_name,
        "level": level,
        "hint": hints[0] if hints else "",
        "confirmed_on": capability.confirmed_on,
        "stale": state is not State.CLOSED and rules.needs_confirming(capability.confirmed_on, today()),
        "may_confirm": editing and state is not State.CLOSED,
        "may_write": editing and state in (State.DRAFT, State.RETURNED),
    }


@pages.get("/<int:capability_id>")
def show(capability_id: int) -> str:
    actor, session = current_actor(), reading()
    capability = queries.capability_or_none(session, actor, capability_id, today())
    if capability is None:
        raise NotFound
    view = queries.view_of(capability, today())
    inside = rules.may_see_record(actor, view)
    editing = rules.may_edit(actor, view)
    level, hints = presenting.completeness_of(capability) if inside else (0, [])
    close_form = CloseForm()
    close_form.offer()
    locale = current_locale()
    return render_template(
        "capabilities/show.html",
        capability=capability,
        content=queries.content_of_capability(capability),
        state=view.state,
        facts=presenting,
        place=_place(capability, locale),
        industry=_industry(capability, locale),
        types=_types(capability, locale),
        served=[taxonomy.division_label(session, row.code, locale) for row in capability.divisions],
        terms=presenting.term_facts(
            session, capability, locale, closed_too=rules.may_see_closed_terms(actor, view)
        ),
        entrance=presenting.entrance_of(capability),
        certificates=presenting.certificates_today(session, capability, today(), locale),
        inside=inside,
        actions={str(action) for action in allowed_actions(capability, today())} if editing else set(),
        editing=editing,
        stale=rules.needs_confirming(capability.confirmed_on, today()),
        level=level,
        hints=hints,
        history=presenting.happenings(queries.history_of(session, capability_id), names=True)
        if inside
        else [],
        close_form=close_form,
        firm_url=url_if_there("firms.show", firm_id=capability.firm_id),
        proposals_url=url_if_there("proposals.of_capability", capability_id=capability_id),
        reasons_url=url_if_there("moderation.reasons", kind="capability", subject_id=capability_id)
        if inside
        else None,
    )


def _place(capability: Capability, locale: str) -> str:
    chains = {chain.key: chain for chain in taxonomy.chains(reading())}
    chain = chains.get(capability.chain_key or "")
    link = taxonomy.links(reading()).get(capability.link_key or "")
    return " · ".join(part.label(locale) for part in (chain, link) if part is not None)


def _industry(capability: Capability, locale: str) -> str:
    code = capability.industry_code
    path = taxonomy.industry_path(reading(), code) if code else ()
    return f"{path[-1].code} {path[-1].label(locale)}" if path else ""


def _types(capability: Capability, locale: str) -> list[str]:
    kinds = taxonomy.need_types(reading())
    return [kinds[row.type_key].label(locale) for row in capability.types if row.type_key in kinds]


STEPS: dict[str, Callable[..., Capability]] = {
    Action.SUBMIT.value: service.submit,
    Action.WITHDRAW.value: service.withdraw,
    Action.PAUSE.value: service.pause,
    Action.RESUME.value: service.resume,
    Action.REVISE.value: service.revise,
    Action.CLOSE.value: service.close,
    Action.REOPEN.value: service.reopen,
    "confirm": service.confirm,
}


@pages.post(
    "/<int:capability_id>/<any(submit, withdraw, pause, resume, revise, close, reopen, confirm):step>"
)
@login_required
def step(capability_id: int, step: str) -> Response:
    """One step in a capability's life; afterwards back to where the button stood."""
    more = {"reason": request.form.get("reason", "")} if step == "close" else {}
    record = url_for("capabilities.show", capability_id=capability_id)
    form = url_for("capabilities.edit", capability_id=capability_id)
    try:
        with unit_of_work() as session:
            capability = STEPS[step](session, current_actor(), capability_id, now=now(), **more)
            product = capability.product
    except Refusal as refusal:
        for problem in refusal.problems:
            flash(say_problem(problem), "error")
        return redirect(form if step == "submit" and refusal.code.startswith("capabilities.") else record)
    flash(say(f"capabilities.said.{step}", product=product, days=rules.REOPENABLE.days), "success")
    if step == "revise":
        return redirect(form)
    back = request.args.get("next")
    return redirect(local_path(back) if back else record)


@pages.get("/of-firm/<int:firm_id>")
def of_firm(firm_id: int) -> str:
    """For the firm's page: what it offers, as far as this reader may see it."""
    actor = current_actor()
    listed = queries.listed_of_firm(reading(), actor, firm_id, today())
    return render_part(
        "capabilities/_of_firm.html",
        gettext("能力"),
        (gettext("企业页面"), url_if_there("firms.show", firm_id=firm_id)),
        cards=[
            presenting.card(one, today(), url_for("capabilities.show", capability_id=one.id))
            for one in listed
        ],
        new_url=url_for("capabilities.new", firm=firm_id) if actor.may_edit_firm(firm_id) else None,
    )
