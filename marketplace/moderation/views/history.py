"""What was decided: the list for the bureau, the reasons for the owners."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required

from marketplace.capabilities import queries as capability_queries
from marketplace.capabilities import rules as capability_rules
from marketplace.core.errors import NotFound
from marketplace.core.lifecycle import State, state_of
from marketplace.core.paging import newest_first
from marketplace.core.web.language import say
from marketplace.core.web.links import url_if_there
from marketplace.core.web.parts import render_part
from marketplace.core.web.request import current_actor, reading, today
from marketplace.moderation import presenting, queries, service
from marketplace.moderation.blueprint import pages
from marketplace.moderation.models import Decision
from marketplace.needs import queries as need_queries
from marketplace.needs import rules as need_rules


@pages.get("/decisions")
@login_required
def decisions() -> str:
    service.check_bureau(current_actor())
    kind = request.args.get("kind")
    kind = kind if kind in queries.KINDS else None
    page = newest_first(
        reading(),
        queries.decisions(kind),
        Decision.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
    )
    titles = queries.titles_of(reading(), page.items)
    names = queries.deciders_of(reading(), page.items)
    return render_template(
        "moderation/decisions.html",
        page=page,
        kind=kind,
        kinds=queries.KINDS,
        rows=[
            {
                **presenting.decision_lines([row], names)[0],
                "title": titles.get((row.subject_kind, row.subject_id), f"#{row.subject_id}"),
                "url": url_for("moderation.look", kind=row.subject_kind, subject_id=row.subject_id),
                "kind": say(f"moderation.kind.{row.subject_kind}"),
            }
            for row in page.items
        ],
    )


@pages.get("/<any(need, capability):kind>/<int:subject_id>/reasons")
def reasons(kind: str, subject_id: int) -> str:
    """For the record pages of owners: why it was sent back, as long as it has not been decided anew."""
    actor = current_actor()
    if kind == "need":
        need = need_queries.need_or_none(reading(), actor, subject_id, today())
        seen = need is not None and need_rules.may_see_record(
            actor, need_queries.view_of(reading(), need, today())
        )
        state = state_of(need, today()) if need is not None else None
    else:
        capability = capability_queries.capability_or_none(reading(), actor, subject_id, today())
        seen = capability is not None and capability_rules.may_see_record(
            actor, capability_queries.view_of(capability, today())
        )
        state = state_of(capability, today()) if capability is not None else None
    if not seen:
        raise NotFound
    whole = (
        (gettext("需求页面"), url_if_there("needs.show", need_id=subject_id))
        if kind == "need"
        else (gettext("能力页面"), url_if_there("capabilities.show", capability_id=subject_id))
    )
    latest = queries.latest_return(reading(), kind, subject_id)
    shown = latest is not None and state in (State.RETURNED, State.DRAFT)
    return render_part(
        "moderation/_reasons.html",
        gettext("退回原因"),
        whole,
        decision=latest if shown else None,
        reasons=[say(f"moderation.reason.{reason}") for reason in latest.reasons] if latest and shown else [],
    )
