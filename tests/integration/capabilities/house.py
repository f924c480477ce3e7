"""What tests of listings build with: offices, firms, people and listings, all made by the services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from types import MappingProxyType
from typing import Any

from PIL import Image
from sqlalchemy import event
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from marketplace.accounts import offices
from marketplace.accounts.service import create_account
from marketplace.capabilities import service
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor, system_actor
from marketplace.core.specs import SpecContent
from marketplace.firms import people
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MACHINE = system_actor("test")
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CONTENT = CapabilityContent(
    product="尼龙66工业丝",
    sentence="高强低缩，帘子布用",
    description="三条纺丝线，自有检测室。",
    capacity=Decimal(3000),
    capacity_unit="吨",
    capacity_period="year",
    lead_time_days=20,
    specs=(SpecContent("断裂强度", "ge", "9.2", unit="cN/dtex"),),
    certificates=("iso-9001",),
    standards=("GB/T 16422.2",),
    types=("procurement",),
)


def firm(session: Session, number: int, *, checked: bool = True, **changes: Any) -> Firm:
    body = "".join(_LETTERS[(number // 31**place) % 31] for place in range(6))
    stem = f"91410472MAY{body}"
    facts = FirmFacts(
        **{
            "legal_name": f"示例材料 {number} 号有限公司",
            "credit_code": stem + str(uscc.calc_check_digit(stem)),
            "is_buyer": True,
            **changes,
        }
    )
    made = firms.create_for(session, MACHINE, facts, now=NOW)
    if not checked:
        made.verified_at = None
        session.flush()
    return made


def office(session: Session, kind: str, name: str) -> int:
    return int(offices.create_office(session, MACHINE, kind=kind, name=name, now=NOW).id)


def account(session: Session, name: str, **more: Any) -> int:
    made = create_account(
        session, MACHINE, name=name, email=f"{name}@lianqiao.example", verified=True, now=NOW, **more
    )
    return int(made.id)


def member(session: Session, firm_id: int, role: str = "owner") -> Actor:
    """A person who speaks for a firm, in the database as in the actor."""
    name = f"{role}-{firm_id}"
    account_id = account(session, name)
    people.add_member(session, MACHINE, firm_id, account_id, role, now=NOW)
    roles = MappingProxyType({firm_id: role})
    return Actor(account_id=account_id, name=name, firm_roles=roles, verified=True)


def officer(session: Session, name: str = "officer", kind: str = "bureau") -> Actor:
    """A person of an office of its own."""
    office_id = office(session, kind, f"{name}所在单位")
    account_id = account(session, name)
    offices.join_office(session, MACHINE, account_id, office_id, now=NOW)
    return Actor(account_id=account_id, name=name, office_id=office_id, office_kind=kind, verified=True)


def capability(
    session: Session, firm_id: int, content: CapabilityContent = CONTENT, *, upto: str = "submitted"
) -> Capability:
    """A capability that has come as far as draft, submitted or published."""
    made = service.create(session, MACHINE, firm_id, content, source="staff", now=NOW)
    if upto != "draft":
        service.submit(session, MACHINE, made.id, now=NOW)
    if upto == "published":
        service.publish(session, MACHINE, made.id, now=NOW)
    return made


def need(session: Session, firm_id: int, *, upto: str = "submitted", **changes: Any) -> Need:
    content = NeedContent(
        **{
            "title": "尼龙66工业丝年度采购",
            "description": "用于轮胎帘子布，要求批次稳定。",
            "valid_until": date(2027, 2, 1),
            "specs": (SpecContent("断裂强度", "ge", "9.0", unit="cN/dtex"),),
            **changes,
        }
    )
    made = needs.create(session, MACHINE, firm_id, content, source="staff", now=NOW)
    if upto != "draft":
        needs.submit(session, MACHINE, made.id, now=NOW)
    return made


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), exif: bool = False) -> bytes:
    """A small picture; with ``exif`` it knows where it was taken."""
    out = BytesIO()
    made = Image.new("RGB", size, (30, 90, 160))
    if exif:
        data = Image.Exif()
        data[0x010F] = "Camera of somebody"
        data.get_ifd(0x8825).update({1: "N", 2: (33.0, 44.0, 12.0), 3: "E", 4: (113.0, 18.0, 5.0)})
        made.save(out, kind, exif=data)
    else:
        made.save(out, kind)
    return out.getvalue()


class Counter:
    """How many statements a database is sent inside the block."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.statements = engine, []  # type: Any, list[str]

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements.append(statement)

    def __enter__(self) -> Counter:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def __len__(self) -> int:
        return len(self.statements)
