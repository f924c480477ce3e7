"""A small district with needs in it, and the site over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Office, OfficeMember
from marketplace.core.actor import ANONYMOUS, Actor, system_actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.db import Database
from marketplace.firms.models import Firm, FirmMember
from marketplace.needs import service
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MACHINE = system_actor()
# A name that could leak: it stands nowhere but in the buyer's own record.
BUYER = "鹰城示例轮胎帘布有限公司"
# A firm that somebody registered and nobody has looked at yet.
UNCHECKED = "刚注册的示例企业"
CONTENT = NeedContent(
    title="浸胶帘子布",
    description="轮胎骨架材料，断裂强力要稳定。",
    chain_key="nylon",
    valid_until=TODAY + timedelta(days=30),
)


@dataclass
class District:
    """Ids of what stands in the district, and the actors who move in it."""

    buyer: int
    supplier: int
    third: int
    town: int
    accounts: dict[str, int]

    def actor(self, who: str) -> Actor:
        account = self.accounts.get(who)
        match who:
            case "anonymous":
                return ANONYMOUS
            case "machine":
                return MACHINE
            case "owner" | "editor" | "viewer":
                return Actor(account_id=account, name=who, firm_roles={self.buyer: who})
            case "supplier":
                return Actor(account_id=account, name=who, firm_roles={self.supplier: "owner"})
            case "supplier-viewer":
                return Actor(account_id=account, name=who, firm_roles={self.supplier: "viewer"})
            case "unchecked":
                firm = self.third + 1
                return Actor(
                    account_id=account,
                    name=who,
                    firm_roles={firm: "owner"},
                    unchecked_firms=frozenset({firm}),
                )
            case "third":
                return Actor(account_id=account, name=who, firm_roles={self.third: "owner"})
            case "bureau":
                return Actor(account_id=account, name=who, office_id=self.town - 1, office_kind="bureau")
            case "town":
                return Actor(account_id=account, name=who, office_id=self.town, office_kind="town")
            case "other-town":
                return Actor(account_id=account, name=who, office_id=self.town + 1, office_kind="town")
            case "filling-in":
                return replace(self.actor("other-town"), acting_for=self.buyer)
            case "administrator":
                return Actor(account_id=account, name=who, administrator=True)
            case "nobody-yet":
                return Actor(account_id=account, name=who)
        raise KeyError(who)


WHO = (
    "anonymous machine owner editor viewer supplier supplier-viewer third unchecked bureau town other-town filling-in "
    "administrator nobody-yet"
).split()


def build(session: Session, now: datetime = NOW) -> District:
    """Three firms, three offices and a person for every role."""
    offices = []
    for number, kind in enumerate(("bureau", "town", "town")):
        office = Office(kind=kind, name=f"示例单位 {number}", created_at=now)
        session.add(office)
        session.flush()
        offices.append(office)
    firms = []
    for name, office_id in (
        (BUYER, offices[1].id),
        ("示例浸胶厂", None),
        ("示例化纤厂", None),
        (UNCHECKED, None),
    ):
        firm = Firm(
            legal_name=name,
            is_buyer=True,
            is_supplier=True,
            office_id=office_id,
            registered_division="410472",
            created_at=now,
            updated_at=now,
            verified_at=None if name == UNCHECKED else now,
        )
        session.add(firm)
        session.flush()
        firms.append(firm)
    accounts = {}
    for number, who in enumerate(WHO):
        if who in ("anonymous", "machine", "filling-in"):
            continue
        account = Account(
            name=f"人员 {who}",
            mobile=f"+8613800000{number:03}",
            created_at=now,
            mobile_verified_at=now,
            administrator=who == "administrator",
        )
        session.add(account)
        session.flush()
        accounts[who] = account.id
    # On the site only staff who look after the firm may fill in for it.
    accounts["filling-in"] = accounts["town"]
    for who, firm, role in (
        ("owner", 0, "owner"),
        ("editor", 0, "editor"),
        ("viewer", 0, "viewer"),
        ("supplier", 1, "owner"),
        ("supplier-viewer", 1, "viewer"),
        ("third", 2, "owner"),
        ("unchecked", 3, "owner"),
    ):
        session.add(FirmMember(firm_id=firms[firm].id, account_id=accounts[who], role=role, joined_at=now))
    for who, office in (("bureau", 0), ("town", 1), ("other-town", 2)):
        session.add(OfficeMember(account_id=accounts[who], office_id=offices[office].id, joined_at=now))
    session.flush()
    return District(firms[0].id, firms[1].id, firms[2].id, offices[1].id, accounts)


def made(session: Session, district: District, now: datetime = NOW, **change: Any) -> Need:
    return service.create(
        session, district.actor("owner"), district.buyer, replace(CONTENT, **change), now=now
    )


def published(session: Session, district: District, now: datetime = NOW, **change: Any) -> Need:
    need = made(session, district, now, **change)
    service.submit(session, district.actor("owner"), need.id, now=now)
    service.publish(session, MACHINE, need.id, now=now)
    return need


# ---------------------------------------------------------------- the site
class Site:
    """The site over a database of its own, with the reference lists and the district."""

    def __init__(self, app: Flask, district: District) -> None:
        self.app = app
        self.district = district
        self.database: Database = app.extensions["lianqiao.database"]
        self.now = utc_now()
        self.today = day_of(self.now)
        self.change = {"valid_until": self.today + timedelta(days=30)}

    def client(self, who: str = "anonymous", locale: str = "zh") -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept["locale"] = locale
            if who in self.district.accounts:
                kept["_user_id"] = f"{self.district.accounts[who]}.0"
                kept["_fresh"] = True
            if who == "filling-in":
                kept["acting_for"] = self.district.buyer
        return client

    def made(self, **change: Any) -> int:
        with self.database.unit_of_work() as session:
            return made(session, self.district, self.now, **{**self.change, **change}).id

    def published(self, **change: Any) -> int:
        with self.database.unit_of_work() as session:
            return published(session, self.district, self.now, **{**self.change, **change}).id

    def need(self, need_id: int) -> Need:
        with self.database.reading() as session:
            need = session.get_one(Need, need_id)
            _ = need.specs, need.certificates, need.attachments, need.firm
            return need

    def count_queries(self, client: FlaskClient, path: str) -> int:
        statements: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
            statements.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)
        return len(statements)
