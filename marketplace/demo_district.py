"""The demonstration district: fictional firms from seeds/demo, loaded through the services, so that audit rows, outbox
rows and state are those of real use. Every firm is marked 示例, has a made-up credit code with a right check digit, and
no real contact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from marketplace.accounts import invitations
from marketplace.accounts import service as accounts
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts
from marketplace.conferences.models import Conference
from marketplace.core.actor import Actor, system_actor
from marketplace.core.clock import day_of
from marketplace.core.money import WAN
from marketplace.core.specs import SpecContent
from marketplace.core.terms import TermContent
from marketplace.demo_occasions import load_call, load_conference
from marketplace.firms import people
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.moderation import service as moderation
from marketplace.moderation.rules import CHECKLIST
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.values import TypeField

CHAINS = ("nylon", "steel", "electrical", "storage")
# Who opens resources and who asks for them: banks, institutes, public buyers beside the chains' firms.
FILES = (*CHAINS, "resources")
PASSWORD = "Qiao-shifan-2026"
# Every twelfth listing stays with the bureau, so that its desk has work on the first day.
LEFT_IN_REVIEW = 12
TIER_RULES = ((date(2026, 4, 1), "工信部企业〔2026〕2号"), (date(2022, 8, 1), "工信部企业〔2022〕63号"))
TIERS = frozenset({"innovative-sme", "tech-innovative-sme", "srdi-sme", "srdi-little-giant"})

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SignIn:
    """One sign-in that the demonstration prints."""

    role: str
    email: str
    firm_key: str | None = None
    firm_role: str = "owner"
    office: str | None = None
    administrator: bool = False
    name: str = ""


SIGN_INS = (
    SignIn("管理员 administrator", "admin@lianqiao.example", administrator=True, name="示例管理员"),
    SignIn("区局组织者 organiser (bureau)", "bureau@lianqiao.example", office="bureau", name="示例组织者"),
    SignIn("镇街组织者 organiser (town)", "town@lianqiao.example", office="town", name="示例镇街专员"),
    SignIn("链主采购 buyer", "buyer@lianqiao.example", "nylon-b01", name="示例采购经理"),
    SignIn("金融机构 bank", "bank@lianqiao.example", "res-f01", name="示例客户经理"),
    SignIn("专精特新企业 supplier", "supplier@lianqiao.example", "nylon-s01", name="示例企业负责人"),
)


@dataclass
class District:
    """Ids by the keys of seeds/demo."""

    firms: dict[str, int] = field(default_factory=dict)
    needs: dict[str, int] = field(default_factory=dict)
    capabilities: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    conference_id: int = 0


def is_loaded(session: Session) -> bool:
    return session.scalar(select(Firm.id).where(Firm.example.is_(True)).limit(1)) is not None


def demo_conference(session: Session) -> Conference | None:
    return session.scalars(select(Conference).order_by(Conference.id)).first()


def load(session: Session, folder: Path, now: datetime, progress: Progress) -> District:
    """Load the whole district in the caller's unit of work; ``folder`` is seeds/demo."""
    actor = system_actor("demo")
    district = District()
    _load_offices(session, actor, district, now)
    firm_rows = list(_rows(folder, "firms"))
    for number, row in enumerate(firm_rows, 1):
        district.firms[row["key"]] = _load_firm(session, actor, row, district, now)
        progress("企业", number, len(firm_rows))
    _load_people(session, actor, district, now)
    # The golden set is frozen on the chains' rows, so that what their types ask stands beside them.
    beside = {row["need"]: row["terms"] for row in _lines(folder / "terms-of-needs.jsonl")}
    need_rows = [{"terms": beside.get(row["key"], {}), **row} for row in _rows(folder, "needs")]
    for number, row in enumerate(need_rows, 1):
        district.needs[row["key"]] = _load_need(session, actor, row, district, number, now)
        progress("需求", number, len(need_rows))
    capability_rows = list(_rows(folder, "capabilities"))
    for number, row in enumerate(capability_rows, 1):
        district.capabilities[row["key"]] = _load_capability(session, actor, row, district, number, now)
        progress("能力", number, len(capability_rows))
    district.conference_id = load_conference(session, actor, firm_rows, district.firms, district.offices, now)
    load_call(session, actor, district.offices, now)
    return district


def _rows(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for file in FILES:
        yield from _lines(folder / f"{kind}-{file}.jsonl")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _terms(said: Mapping[str, Any], side: str, fields: Sequence[TypeField]) -> tuple[TermContent, ...]:
    """「amount: 800」 in 万元 and 「security: [..]」 as terms."""
    kinds = {field.key: field.kind for field in fields if field.side == side}
    terms = []
    for key, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                terms.append(TermContent(key, text=one))
            else:
                number = Decimal(str(one))
                terms.append(TermContent(key, number=number * WAN if kinds[key] == "money" else number))
    return tuple(terms)


def _load_offices(session: Session, actor: Actor, district: District, now: datetime) -> None:
    for key, kind, name, english, division in (
        ("bureau", "bureau", "示例区招商融资促进局", "Example District Investment Bureau", "410472"),
        ("town", "town", "示例镇企业服务中心", "Example Town Enterprise Service", "410472"),
    ):
        office = invitations.create_office(
            session, actor, kind=kind, name=name, english_name=english, division_code=division, now=now
        )
        district.offices[key] = office.id


def made_up_code(key: str, division: str | None) -> str:
    """A credit code for a fictional firm: right in form and check digit, the organisation part from the key's hash."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    digest = int(hashlib.sha256(f"lianqiao-demo:{key}".encode()).hexdigest(), 16)
    body = "MAX" + "".join(letters[(digest >> (5 * place)) % 31] for place in range(6))
    stem = f"91{division or '410400'}{body}"
    return stem + uscc.calc_check_digit(stem)


def _load_firm(session: Session, actor: Actor, row: dict[str, Any], district: District, now: datetime) -> int:
    looked_after = row.get("registered_division") == "410472" and "supplier" in row["roles"]
    firm = firms.create_for(
        session,
        actor,
        FirmFacts(
            legal_name=row["legal_name"],
            credit_code=made_up_code(row["key"], row.get("registered_division")),
            english_name=row.get("english_name"),
            party_kind=row.get("party_kind", "enterprise"),
            is_buyer="buyer" in row["roles"],
            is_supplier="supplier" in row["roles"],
            chain_leader=row.get("chain_leader", False),
            registered_division=row.get("registered_division"),
            production_division=row.get("production_division"),
            industry_code=row.get("industry"),
            established_on=_date(row.get("established")),
            profile=row.get("profile"),
            employees=row.get("employees"),
            revenue=_yuan(row.get("revenue_wan")),
            assets=_yuan(row.get("assets_wan")),
            figures_year=now.year - 1,
            office_id=district.offices["town"] if looked_after else None,
            chains=tuple((place["chain"], place.get("link")) for place in row.get("chains", ())),
        ),
        example=True,
        now=now,
    )
    for held in row.get("certifications", ()):
        valid_from = _date(held.get("valid_from"))
        certifications.add(
            session,
            actor,
            firm.id,
            CertificationFacts(
                kind_key=held["kind"],
                number=held.get("number"),
                valid_from=valid_from,
                valid_until=_date(held.get("valid_until")),
                rule_document=_tier_rule(held["kind"], valid_from),
            ),
            now=now,
        )
    for kind in row.get("certificates_absent", ()):
        certifications.declare_absent(session, actor, firm.id, kind, now=now)
    return firm.id


def _tier_rule(kind: str, valid_from: date | None) -> str | None:
    """The rule that a tier's certificate was issued under, by its first day."""
    if kind not in TIERS or valid_from is None:
        return None
    return next((document for since, document in TIER_RULES if since <= valid_from), None)


def _load_people(session: Session, actor: Actor, district: District, now: datetime) -> None:
    for entry in SIGN_INS:
        account = accounts.create_account(
            session,
            actor,
            name=entry.name,
            email=entry.email,
            password=PASSWORD,
            administrator=entry.administrator,
            verified=True,
            now=now,
        )
        if entry.office is not None:
            invitations.join_office(session, actor, account.id, district.offices[entry.office], now=now)
        if entry.firm_key is not None:
            firm_id = district.firms[entry.firm_key]
            people.add_member(session, actor, firm_id, account.id, entry.firm_role, now=now)
            owner = Actor(
                account_id=account.id, name=account.name, firm_roles={firm_id: "owner"}, verified=True
            )
            people.add_contact(
                session,
                owner,
                firm_id,
                name=entry.name,
                title="示例岗位",
                mobile=None,
                email=f"contact-{entry.firm_key}@lianqiao.example",
                consent=True,
                now=now,
            )


def _load_need(
    session: Session, actor: Actor, row: dict[str, Any], district: District, number: int, now: datetime
) -> int:
    published = now - timedelta(days=number % 9, hours=number % 7)
    written = published - timedelta(hours=3)
    content = NeedContent(
        title=row["title"],
        type_key=row.get("type", "procurement"),
        use=row.get("use", ""),
        description=row.get("description", ""),
        chain_key=row.get("chain"),
        link_key=row.get("link"),
        quantity=_decimal(row.get("quantity")),
        quantity_unit=row.get("quantity_unit"),
        quantity_period=row.get("quantity_period"),
        lead_time_days=row.get("lead_time_days"),
        delivery_division=row.get("delivery_division"),
        procedure=row.get("procedure", "undecided"),
        entrance=row.get("entrance"),
        payment_days=row.get("payment_days"),
        payment_start=row.get("payment_start"),
        paid_when_paid=row.get("paid_when_paid", False),
        buyer_kind="large",
        accepts_first_of_kind=row.get("accepts_first_of_kind", False),
        sme_oriented=row.get("sme_oriented", False),
        splitting_accepted=row.get("splitting_accepted", True),
        visibility=row.get("visibility", "verified"),
        anonymous=row.get("anonymous", False),
        valid_until=day_of(now) + timedelta(days=row.get("valid_days", 90)),
        specs=_specs(row),
        certificates=tuple(row.get("certificates_required", ())),
        terms=_terms(row.get("terms", {}), "want", taxonomy.type_fields(session)),
    )
    firm_id = district.firms[row["firm"]]
    need = needs.create(session, actor, firm_id, content, source="staff", now=written)
    needs.submit(session, actor, need.id, now=written)
    if number % LEFT_IN_REVIEW:
        _publish(session, actor, "need", need.id, published)
    return need.id


def _load_capability(
    session: Session, actor: Actor, row: dict[str, Any], district: District, number: int, now: datetime
) -> int:
    published = now - timedelta(days=number % 20, hours=number % 5)
    written = published - timedelta(hours=2)
    content = CapabilityContent(
        product=row["product"],
        sentence=row.get("sentence", ""),
        description=row.get("description", ""),
        chain_key=row.get("chain"),
        link_key=row.get("link"),
        capacity=_decimal(row.get("capacity")),
        capacity_unit=row.get("capacity_unit"),
        capacity_period=row.get("capacity_period"),
        moq=_decimal(row.get("moq")),
        moq_unit=row.get("moq_unit"),
        lead_time_days=row.get("lead_time_days"),
        payment_days=row.get("payment_days"),
        divisions=tuple(row.get("divisions", ())),
        confirmed_on=day_of(now) - timedelta(days=row.get("confirmed_days_ago", 30)),
        specs=_specs(row),
        certificates=tuple(row.get("certificates", ())),
        standards=tuple(row.get("standards", ())),
        types=tuple(row.get("types", ())),
        nature=row.get("nature", "capability"),
        terms=_terms(row.get("terms", {}), "offer", taxonomy.type_fields(session)),
    )
    firm_id = district.firms[row["firm"]]
    capability = capabilities.create(session, actor, firm_id, content, source="staff", now=written)
    capabilities.submit(session, actor, capability.id, now=written)
    if number % (4 * LEFT_IN_REVIEW):
        _publish(session, actor, "capability", capability.id, published)
    return capability.id


def _publish(session: Session, actor: Actor, kind: str, subject_id: int, at: datetime) -> None:
    ticked = dict.fromkeys(CHECKLIST[kind], True)
    moderation.publish(session, actor, kind, subject_id, checklist=ticked, now=at)


def _specs(row: dict[str, Any]) -> tuple[SpecContent, ...]:
    return tuple(
        SpecContent(
            parameter=spec["parameter"],
            operator=spec.get("operator", "eq"),
            value=str(spec["value"]),
            value_high=None if spec.get("value_high") is None else str(spec["value_high"]),
            unit=spec.get("unit"),
            must=spec.get("must", True),
            standard=spec.get("standard"),
        )
        for spec in row.get("specs", ())
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _yuan(wan: float | None) -> Decimal | None:
    return None if wan is None else Decimal(str(wan)) * WAN
