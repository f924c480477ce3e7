"""Pages of needs: one's own, one need, a firm's. Writing is in edit_views.py, steps in step_views.py, files in file_views.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import Actor
from marketplace.core.lifecycle import State, allowed_actions, state_of
from marketplace.core.paging import newest_first
from marketplace.core.web.language import say
from marketplace.core.web.links import url_if_there
from marketplace.core.web.parts import render_part
from marketplace.core.web.request import current_actor, current_locale, now, reading, today
from marketplace.firms import queries as firm_queries
from marketplace.needs import edit_views, file_views, presenting, queries, rules, step_views
from marketplace.needs.blueprint import NEED, pages, signed_in
from marketplace.needs.models import Need
from marketplace.needs.record import record_page
from marketplace.taxonomy import queries as taxonomy

__all__ = ["edit_views", "file_views", "pages", "step_views"]

# Tabs that stand even when they hold nothing: they say what comes next.
_STANDING = (State.DRAFT, State.PUBLISHED)


@pages.get("/mine")
def mine() -> str:
    """The needs of one's firms, newest first, by state."""
    actor = signed_in()
    state = request.args.get("state")
    state = state if state in set(State) else None
    firm_ids = actor.own_firms
    page = newest_first(
        reading(),
        queries.needs_of(firm_ids, today(), state),
        Need.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    counts = queries.counts_by_state(reading(), firm_ids, today())
    firms = firm_queries.firms_of(reading(), actor)
    return render_template(
        "needs/mine.html",
        cards=_cards(actor, page.items, several=len(firms) > 1),
        page=page,
        state=state,
        tabs=_tabs(counts, state),
        total=sum(counts.values()),
        post_url=url_if_there("pages.post"),
        may_write=any(actor.may_edit_firm(firm_id) for firm_id in firm_ids),
        has_firm=bool(firm_ids),
        rules=rules,
        as_of=today(),
        firms_url=url_if_there("firms.index"),
        register_url=url_if_there("firms.mine"),
    )


def _tabs(counts: dict[str, int], state: str | None) -> list[dict[str, Any]]:
    tabs = [
        {
            "label": gettext("全部"),
            "url": url_for("needs.mine"),
            "active": state is None,
            "count": sum(counts.values()),
        }
    ]
    tabs += [
        {
            "label": say(f"lifecycle.state.{one}"),
            "url": url_for("needs.mine", state=one),
            "active": state == one,
            "count": counts.get(one, 0),
        }
        for one in State
        if counts.get(one) or one in _STANDING or state == one
    ]
    return tabs


def _cards(actor: Actor, needs: Iterable[Need], *, several: bool = False) -> list[dict[str, Any]]:
    types = {key: kind.label(current_locale()) for key, kind in taxonomy.need_types(reading()).items()}
    return [_card(actor, need, types, several) for need in needs]


def _card(actor: Actor, need: Need, types: Mapping[str, str], several: bool) -> dict[str, Any]:
    content = queries.content_of_need(need)
    may_edit = actor.may_edit_firm(need.firm_id)
    facts = [
        types.get(content.type_key, content.type_key),
        presenting.quantity_text(content),
        presenting.lead_time_text(content),
    ]
    return {
        "need": need,
        "title": content.title or gettext("（还没有名称）"),
        "state": state_of(need, today()),
        "actions": allowed_actions(need, today()) if may_edit else frozenset(),
        "may_edit": may_edit,
        "reopenable": rules.may_reopen(need.closed_at, now()),
        "firm": need.firm.legal_name if several else None,
        "facts": [fact for fact in facts if fact],
    }


@pages.get(NEED)
def show(need_id: int) -> str:
    return record_page(need_id)


@pages.get("/of-firm/<int(max=9223372036854775807):firm_id>")
def of_firm(firm_id: int) -> str:
    """A firm's needs, as a part of the firm's page; anonymous ones are never among them for others."""
    actor = current_actor()
    found = queries.listed_of_firm(reading(), actor, firm_id, today())
    whole = (gettext("企业页面"), url_if_there("firms.show", firm_id=firm_id))
    return render_part(
        "needs/_of_firm.html", gettext("需求"), whole, cards=_cards(actor, found), as_of=today()
    )
