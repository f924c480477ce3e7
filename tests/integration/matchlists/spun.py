"""The district with more spinners than a list holds: alike in words, apart in place, certificates and lead time."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.conferences import adding, lists
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.core.actor import Actor
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from tests.integration.matchlists.conftest import MACHINE, NOW, District

HERE, ELSEWHERE = "410472", "320583"
SPINNERS = 12
NEEDED = 30  # days


def spun(
    session: Session, district: District, count: int = SPINNERS, asked: int = 1
) -> tuple[list[int], list[int]]:
    """Spinners of the yarn, every third of them here and slow, the others elsewhere and quick; needs for it, the third
    of a public buyer. Returns needs and capabilities."""
    offers = [_offer(session, number) for number in range(count)]
    return [_need(session, district, number, public=number == 3) for number in range(1, asked + 1)], offers


def _offer(session: Session, number: int) -> int:
    here = number % 3 == 0
    facts = FirmFacts(f"示例工业丝第{number}有限公司", production_division=HERE if here else ELSEWHERE)
    firm = firms.create_for(session, MACHINE, facts, now=NOW).id
    content = CapabilityContent(
        product="尼龙66帘子线原丝", sentence="轮胎帘布用。", lead_time_days=NEEDED + 20 if here else NEEDED - 5,
        confirmed_on=NOW.date(),
    )  # fmt: skip
    capability = capabilities.create(session, MACHINE, firm, content, source="staff", now=NOW)
    capabilities.submit(session, MACHINE, capability.id, now=NOW)
    return capabilities.publish(session, MACHINE, capability.id, now=NOW).id


def _need(session: Session, district: District, number: int, *, public: bool) -> int:
    content = NeedContent(
        title="尼龙66帘子线原丝", description=f"轮胎帘布用，第 {number} 条。", delivery_division=HERE, lead_time_days=NEEDED,
        buyer_kind="public" if public else None, valid_until=date(2027, 2, 1), visibility="public",
    )  # fmt: skip
    need = needs.create(session, MACHINE, district.buyer, content, source="staff", now=NOW)
    needs.submit(session, MACHINE, need.id, now=NOW)
    return needs.publish(session, MACHINE, need.id, now=NOW).id


def drafted(district: District) -> MatchList:
    with district.database.unit_of_work() as session:
        return lists.generate(session, district.people["organiser"], district.conference, now=NOW)


def added(
    session: Session, actor: Actor, list_id: int, need_id: int, capability_id: int, reason: str
) -> MatchEntry:
    """A pair put on a list by hand, as the job does it."""
    found = adding.evidence(session, actor, list_id, need_id, capability_id, now=NOW)
    return adding.add(session, actor, list_id, found, reason=reason, now=NOW)
