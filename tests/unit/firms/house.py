"""What tests of firms build with: people, offices and firms, all made by the services."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from marketplace.accounts import invitations
from marketplace.accounts import service as accounts
from marketplace.core.actor import Actor, system_actor
from marketplace.firms import service
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MACHINE = system_actor("test")
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(number: int) -> str:
    """A right code of its own for each number."""
    body = "".join(LETTERS[(number // 31**place) % 31] for place in range(6))
    stem = f"91410472MAX{body}"
    return stem + str(uscc.calc_check_digit(stem))


def facts(number: int = 1, **changes: Any) -> FirmFacts:
    return FirmFacts(
        **{"legal_name": f"示例机械 {number} 号有限公司", "credit_code": credit_code(number), **changes}
    )


def person(session: Session, name: str) -> int:
    """An account's id; its e-mail address is the name."""
    account = accounts.create_account(
        session, MACHINE, name=name, email=f"{name}@lianqiao.example", verified=True, now=NOW
    )
    return account.id


def somebody(session: Session, name: str = "newcomer", **roles: Any) -> Actor:
    return Actor(account_id=person(session, name), name=name, verified=True, **roles)


def member(session: Session, firm_id: int, role: str = "owner", name: str = "") -> Actor:
    """A person who speaks for a firm, in the database as in the actor."""
    from marketplace.firms import people

    name = name or f"{role}-{firm_id}"
    account_id = person(session, name)
    people.add_member(session, MACHINE, firm_id, account_id, role, now=NOW)
    return Actor(
        account_id=account_id, name=name, firm_roles=MappingProxyType({firm_id: role}), verified=True
    )


def office(session: Session, kind: str, name: str) -> int:
    return invitations.create_office(session, MACHINE, kind=kind, name=name, now=NOW).id


def organiser(session: Session, office_id: int, kind: str, name: str) -> Actor:
    account_id = person(session, name)
    invitations.join_office(session, MACHINE, account_id, office_id, now=NOW)
    return Actor(account_id=account_id, name=name, office_id=office_id, office_kind=kind, verified=True)


def firm(session: Session, number: int = 1, **changes: Any) -> Firm:
    """A pre-filled firm, which counts as checked."""
    return service.create_for(session, MACHINE, facts(number, **changes), now=NOW)
