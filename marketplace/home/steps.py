"""What a person of each role most likely came to do: the one step that is offered first, and the others beside it."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_


@dataclass(frozen=True)
class Step:
    label: str
    endpoint: str
    icon: str


POST = Step(N_("我需要 · 我开放 · 我能做"), "pages.post", "signpost-split")
POST_NEED = Step(N_("发布需求"), "needs.new", "megaphone")
ADD_CAPABILITY = Step(N_("登记一项能力"), "capabilities.new", "box-seam")
FIND_NEEDS = Step(N_("看需求"), "discovery.needs", "search")
FIND_CAPABILITIES = Step(N_("找能力"), "discovery.capabilities", "search")
CLAIM_FIRM = Step(N_("用认领码认领企业"), "firms.claim", "building")
REGISTER_FIRM = Step(N_("登记我的企业"), "firms.new", "pencil-square")
MODERATE = Step(N_("开始审核"), "moderation.desk", "check2-square")
TWO_SHEETS = Step(N_("用两张表生成匹配清单"), "imports.start", "file-earmark-spreadsheet")
NEW_CONFERENCE = Step(N_("筹备对接会"), "conferences.new", "calendar-event")
FIRMS = Step(N_("查看企业"), "firms.index", "building")


def steps_for(actor: Actor) -> tuple[Step, ...]:
    """The first is the page's one primary action."""
    if actor.bureau:
        return (MODERATE, TWO_SHEETS, *((NEW_CONFERENCE,) if actor.office_id is not None else ()))
    if actor.staff:
        return FIRMS, TWO_SHEETS, NEW_CONFERENCE
    if not actor.firm_ids:
        return CLAIM_FIRM, REGISTER_FIRM
    offered = ((POST_NEED,) if actor.buys else ()) + ((ADD_CAPABILITY,) if actor.supplies else ())
    return (
        *offered,
        POST,
        *((FIND_NEEDS,) if actor.supplies else ()),
        *((FIND_CAPABILITIES,) if actor.buys else ()),
    )
