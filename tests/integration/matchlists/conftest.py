"""A small district that has something to match: a buyer, two suppliers, their listings published through the services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

from marketplace import paths, words
from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.conferences import service as conferences
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor, system_actor
from marketplace.core.db import Database
from marketplace.core.specs import SpecContent
from marketplace.firms import people
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.taxonomy.service import import_seeds

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MACHINE = system_actor("test")
YARN = SpecContent("断裂强度", "ge", "8.5", unit="cN/dtex")


@dataclass
class District:
    database: Database
    buyer: int
    spinner: int
    turner: int
    yarn_need: int
    odd_need: int
    yarn: int
    shaft: int
    conference: int
    people: dict[str, Actor]


@pytest.fixture
def district(database_url: str) -> Iterator[District]:
    words.register_all()
    database = Database(database_url)
    with database.unit_of_work() as session:
        import_seeds(session, MACHINE, paths.SEEDS, NOW)
        bureau = offices.create_office(session, MACHINE, kind="bureau", name="示例区局", now=NOW)
        buyer = firms.create_for(
            session, MACHINE, FirmFacts("甲示例帘布有限公司", is_buyer=True, chain_leader=True), now=NOW
        ).id
        spinner = firms.create_for(session, MACHINE, FirmFacts("乙示例工业丝有限公司"), now=NOW).id
        turner = firms.create_for(session, MACHINE, FirmFacts("丙示例机加工有限公司"), now=NOW).id
        actors = {}
        for name, firm_id in (("buyer", buyer), ("spinner", spinner), ("turner", turner)):
            account = create_account(
                session, MACHINE, name=name, email=f"{name}@lianqiao.example", verified=True, now=NOW
            )
            people.add_member(session, MACHINE, firm_id, account.id, "owner", now=NOW)
            actors[name] = Actor(
                account_id=account.id,
                name=name,
                firm_roles=MappingProxyType({firm_id: "owner"}),
                verified=True,
            )
            people.add_contact(
                session, actors[name], firm_id, name=f"联系人{name}", title=None, mobile=None,
                email=f"contact-{name}@lianqiao.example", consent=True, now=NOW,
            )  # fmt: skip
        officer = create_account(
            session, MACHINE, name="officer", email="officer@lianqiao.example", verified=True, now=NOW
        )
        offices.join_office(session, MACHINE, officer.id, bureau.id, now=NOW)
        actors["organiser"] = Actor(
            account_id=officer.id, name="officer", office_id=bureau.id, office_kind="bureau", verified=True
        )
        yarn_need = made_need(
            session, buyer, "尼龙66高强工业丝 2100dtex", "轮胎帘布用，断裂强度要稳定。", anonymous=True
        )
        odd_need = made_need(session, buyer, "深海机器人回收服务", "水下三千米作业，自带母船。")
        yarn = made_capability(
            session, spinner, "锦纶66高强工业丝 940~2100dtex", "轮胎帘布、输送带用工业丝。"
        )
        shaft = made_capability(session, turner, "非标轴类零件机加工", "来图加工，数控车削。")
        start = datetime(2026, 12, 14, 1, 0, tzinfo=UTC)
        conference = conferences.create(
            session,
            MACHINE,
            ConferenceFacts(
                "尼龙对接会（示例）", "示例区局", "示例会展中心", start, start + timedelta(hours=6)
            ),
            office_id=bureau.id,
            now=NOW,
        ).id
        conferences.add_participants(session, MACHINE, conference, [buyer], "buyer", now=NOW)
    yield District(database, buyer, spinner, turner, yarn_need, odd_need, yarn, shaft, conference, actors)
    database.dispose()


def made_need(session, firm_id: int, title: str, description: str, anonymous: bool = False) -> int:  # type: ignore[no-untyped-def]
    content = NeedContent(
        title=title, description=description, valid_until=date(2027, 2, 1), visibility="public", anonymous=anonymous,
        specs=(YARN,) if anonymous else (),
    )  # fmt: skip
    need = needs.create(session, MACHINE, firm_id, content, source="staff", now=NOW)
    needs.submit(session, MACHINE, need.id, now=NOW)
    return needs.publish(session, MACHINE, need.id, now=NOW).id


def made_capability(session, firm_id: int, product: str, sentence: str) -> int:  # type: ignore[no-untyped-def]
    specs = (YARN,) if "工业丝" in product else ()
    content = CapabilityContent(product=product, sentence=sentence, specs=specs, confirmed_on=NOW.date())
    capability = capabilities.create(session, MACHINE, firm_id, content, source="staff", now=NOW)
    capabilities.submit(session, MACHINE, capability.id, now=NOW)
    return capabilities.publish(session, MACHINE, capability.id, now=NOW).id
