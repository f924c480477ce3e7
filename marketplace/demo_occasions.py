"""What the bureau of the demonstration district organises: a conference that is being prepared, and a call that runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.calls import service as calls
from marketplace.calls.choosing import Chosen
from marketplace.calls.rules import CallFacts
from marketplace.conferences import service as conferences
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of


def load_conference(
    session: Session,
    actor: Actor,
    rows: list[dict[str, Any]],
    firms: Mapping[str, int],
    offices: Mapping[str, int],
    now: datetime,
) -> int:
    start = now.replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=21)
    conference = conferences.create(
        session,
        actor,
        ConferenceFacts(
            name="尼龙新材料产业链供需对接会（示例）",
            kind="chain",
            chain_key="nylon",
            host="示例区招商融资促进局",
            co_host="示例区发展改革规划局",
            venue="示例会展中心二层报告厅",
            starts_at=start,
            ends_at=start + timedelta(hours=7),
            description="链主企业发布需求，专精特新企业一对一洽谈。名单、理由和缺口在会前一周发到各企业。",
        ),
        office_id=offices["bureau"],
        now=now,
    )
    on_chain = [row for row in rows if any(place["chain"] == "nylon" for place in row.get("chains", ()))]
    for side in ("buyer", "supplier"):
        invited = [
            firms[row["key"]]
            for row in on_chain
            if side in row["roles"] and (row.get("chain_leader", False) == (side == "buyer"))
        ]
        conferences.add_participants(session, actor, conference.id, invited, side, now=now)
    return conference.id


def load_call(session: Session, actor: Actor, offices: Mapping[str, int], now: datetime) -> None:
    """Opened a week ago: some firms have handed something in since, most have not."""
    opened = now - timedelta(days=7)
    calls.open_call(
        session,
        actor,
        CallFacts(
            title="尼龙新材料产业链供需征集（示例）",
            number="示例招商〔2026〕12号",
            due_on=day_of(now) + timedelta(days=10),
            body="为筹备供需对接会，请各企业填报需求和能力。报了的优先列入匹配清单；没有可报的，说明一下也算答复。",
        ),
        Chosen(chain_key="nylon"),
        office_id=offices["bureau"],
        now=opened,
    )
