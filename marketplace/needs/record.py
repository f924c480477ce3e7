"""The page of one need: how it stands, what it asks for, on which terms; at its foot the record."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask_babel import gettext

from marketplace.core.actor import Actor
from marketplace.core.lifecycle import allowed_actions
from marketplace.core.web.language import say
from marketplace.core.web.links import url_if_there
from marketplace.core.web.request import current_actor, current_locale, now, reading, today
from marketplace.firms import queries as firm_queries
from marketplace.needs import attachments, excluding, presenting, queries, rules
from marketplace.needs.access import seen
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedView
from marketplace.taxonomy import queries as taxonomy


def record_page(need_id: int, **more: object) -> str:
    """The page for this reader. Versions, history and requests are for the need's firm and for staff only."""
    actor = current_actor()
    need, view = seen(reading(), actor, need_id, now())
    session, locale = reading(), current_locale()
    content = queries.content_of_need(need)
    record = rules.may_see_record(actor, view)
    may_edit = rules.may_edit(actor, view)
    own_firms = [one for one in firm_queries.firms_of(session, actor) if actor.may_edit_firm(one.id)]
    able = [one for one in own_firms if attachments.may_ask(actor, one)]
    own = actor.belongs_to(need.firm_id)
    if not own:
        g.place = "discovery.needs"
    firm = need.firm if rules.may_see_firm(actor, view) else None
    return render_template(
        "needs/show.html",
        need=need,
        content=content,
        state=view.state,
        as_of=today(),
        rules=rules,
        own=own,
        record=record,
        browse_url=url_if_there("discovery.needs"),
        capabilities_url=url_if_there("capabilities.mine") if actor.firm_ids and not own else None,
        suggestions_url=url_if_there("proposals.mine") if actor.firm_ids and not own else None,
        may_edit=may_edit,
        actions=allowed_actions(need, today()) if may_edit else frozenset(),
        reopenable=rules.may_reopen(need.closed_at, now()),
        firm=firm,
        firm_name=firm.legal_name if firm else say("needs.anonymous_firm"),
        firm_url=url_if_there("firms.show", firm_id=firm.id) if firm else None,
        facts=_facts(actor, view, need),
        flag=presenting.payment_flag(session, content, today()),
        payment=presenting.payment_text(content),
        shown=rules.sections_of(content, presenting.sections_of_type(session, content)),
        type_name=presenting.type_text(session, content, locale),
        terms=presenting.term_facts(
            session, content, locale, closed_too=rules.may_see_closed_terms(actor, view)
        ),
        certificates=presenting.certificate_texts(session, content, locale),
        lines=attachments.lines(session, actor, need, view),
        # The undertaking binds the firm: its own people ask, and staff who fill in for it do not.
        asking_firms=[one for one in able if one.id in actor.firm_ids],
        unchecked_asker=bool(own_firms) and not able,
        invitees=queries.invitees_of(session, need.id) if record and need.visibility == "invited" else [],
        excluded=excluding.listed(session, content.excluded) if rules.may_see_excluded(actor, view) else [],
        versions=presenting.version_lines(queries.versions_of(session, need.id)) if record else [],
        history=presenting.history_items(queries.history_of(session, need.id)) if record else [],
        proposals_url=url_if_there("proposals.of_need", need_id=need.id) if record else None,
        preview_url=url_if_there("proposals.preview_of_need", need_id=need.id) if own else None,
        reasons_url=url_if_there("moderation.reasons", kind="need", subject_id=need.id) if record else None,
        **more,
    )


def _facts(actor: Actor, view: NeedView, need: Need) -> list[dict[str, Any]]:
    """The key facts that were filled in; the budget only for those who may know it."""
    session, locale = reading(), current_locale()
    content = queries.content_of_need(need)
    facts: list[dict[str, Any]] = [
        {"label": gettext("需求类型"), "value": presenting.type_text(session, content, locale)},
        {"label": gettext("数量"), "value": presenting.quantity_text(content)},
        {"label": gettext("交期"), "value": presenting.lead_time_text(content)},
        {
            "label": gettext("交付地点"),
            "value": taxonomy.division_label(session, content.delivery_division, locale),
        },
        {"label": gettext("产业链与环节"), "value": presenting.chain_text(session, content, locale)},
        {"label": gettext("所属行业"), "value": presenting.industry_text(session, content, locale)},
    ]
    if rules.may_see_budget(actor, view):
        note = gettext("只有本企业、受邀企业和主办单位看得到")
        facts.append({"label": gettext("预算"), "value": presenting.budget_text(content), "note": note})
    if content.questions_until:
        facts.append({"label": gettext("答疑截止"), "value": content.questions_until.isoformat()})
    return [fact for fact in facts if fact["value"]]
