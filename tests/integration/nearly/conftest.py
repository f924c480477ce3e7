"""A buyer that asks for yarn with a certificate, and suppliers that lack one thing, three things, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import paths, words
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts
from marketplace.core.actor import Actor
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.specs import SpecContent
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.proposals import refreshing
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds
from marketplace.worker import Worker
from tests.integration.capabilities import house
from tests.integration.capabilities.house import MACHINE, NOW
from tests.integration.capabilities.site import make_site, visitor

STRENGTH = SpecContent("断裂强度", "ge", "8.5", unit="cN/dtex")
WEAKER = SpecContent("断裂强度", "eq", "7.9", unit="cN/dtex")


@dataclass
class Mill:
    """The district, with a worker that matches what was put off."""

    database: Database
    worker: Worker
    firms: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    listings: dict[str, int] = field(default_factory=dict)

    def settle(self) -> None:
        self.worker.drain_all()

    def need(self, title: str = "尼龙66高强工业丝", **changes: Any) -> int:
        content = NeedContent(
            **{
                "title": title,
                "use": "轮胎帘布",
                "valid_until": date(2027, 2, 1),
                "visibility": "public",
                "chain_key": "nylon",
                "specs": (STRENGTH,),
                "certificates": ("iso-9001",),
                "lead_time_days": 30,
                **changes,
            }
        )
        with self.database.unit_of_work() as session:
            made = needs.create(session, MACHINE, self.firms["buyer"], content, source="staff", now=NOW)
            needs.submit(session, MACHINE, made.id, now=NOW)
            return needs.publish(session, MACHINE, made.id, now=NOW).id

    def offer(self, firm: str, product: str = "锦纶66高强工业丝", **changes: Any) -> int:
        content = CapabilityContent(
            **{
                "product": product,
                "sentence": "轮胎帘布用。",
                "specs": (STRENGTH,),
                "lead_time_days": 20,
                "confirmed_on": NOW.date(),
                **changes,
            }
        )
        with self.database.unit_of_work() as session:
            made = capabilities.create(session, MACHINE, self.firms[firm], content, source="staff", now=NOW)
            capabilities.submit(session, MACHINE, made.id, now=NOW)
            return capabilities.publish(session, MACHINE, made.id, now=NOW).id

    def certify(self, firm: str, until: date) -> None:
        with self.database.unit_of_work() as session:
            certifications.add(
                session, MACHINE, self.firms[firm],
                CertificationFacts("iso-9001", valid_from=date(2023, 6, 1), valid_until=until), now=NOW,
            )  # fmt: skip


@pytest.fixture
def mill(database_url: str, tmp_path: Path) -> Iterator[Mill]:
    words.register_all()
    database = Database(database_url)
    settings = Settings(data_dir=tmp_path, database_url=database_url, secret_key="a key for tests")
    worker = Worker(WorkContext(settings, database), {"match": refreshing.refresh}, {}, lambda: NOW)
    made = Mill(database, worker)
    with database.unit_of_work() as session:
        import_seeds(session, MACHINE, paths.SEEDS, NOW)
        for number, name in enumerate(("buyer", "lapsed", "poor", "whole")):
            firm = house.firm(session, number + 1, is_buyer=name == "buyer", is_supplier=name != "buyer")
            made.firms[name] = firm.id
            made.people[name] = house.member(session, firm.id)
        made.people["viewer"] = house.member(session, made.firms["lapsed"], "viewer")
        made.people["bureau"] = house.officer(session)
        made.people["town"] = house.officer(session, "town", "town")
    made.certify("lapsed", date(2026, 6, 1))
    made.certify("poor", date(2026, 6, 1))
    made.certify("whole", date(2028, 6, 1))
    made.listings["need"] = made.need()
    made.listings["lapsed"] = made.offer("lapsed")
    made.listings["poor"] = made.offer("poor", specs=(WEAKER,), lead_time_days=60)
    made.listings["whole"] = made.offer("whole")
    made.settle()
    yield made
    database.dispose()


@pytest.fixture
def site(mill: Mill, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def visit(site: Flask, mill: Mill) -> Callable[..., FlaskClient]:
    """A browser in which somebody of the district is signed in."""

    def signed_in(who: str, locale: str = "zh") -> FlaskClient:
        return visitor(site, mill.people[who], locale)

    return signed_in
