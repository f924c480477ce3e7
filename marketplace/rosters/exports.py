"""The district's roster as a workbook that comes back: the last column says of each row which record it was, and in which
version. No contact stands in it: nobody has agreed to that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts import queries as accounts
from marketplace.certifications import queries as certifications
from marketplace.certifications.models import Certification
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden
from marketplace.core.sheets import ColumnSpec, SheetSpec, write_workbook
from marketplace.core.sheets.writing import Cell
from marketplace.firms.models import Firm
from marketplace.imports.vocabulary import Vocabulary
from marketplace.rosters import rules, values
from marketplace.rosters.values import Words
from marketplace.taxonomy.lists import SeedLists, lists_of

_AT_ONCE = 500
# The sheet is a form of the bureau's: its headings are the official Chinese ones, whoever reads the page.
COLUMNS = (
    ColumnSpec("firm", "企业名称", width=34),
    ColumnSpec("credit_code", "统一社会信用代码", width=22),
    ColumnSpec("main_product", "主导产品", "wrap", 30),
    ColumnSpec("tier", "认定类型", width=24),
    ColumnSpec("cohort", "批次"),
    ColumnSpec("certificate_number", "证书编号"),
    ColumnSpec("valid_from", "有效期起", "day"),
    ColumnSpec("valid_until", "有效期至", "day"),
    ColumnSpec("town", "镇街"),
    ColumnSpec("region", "地区"),
    ColumnSpec("industry", "行业", width=28),
    ColumnSpec("chain", "产业链", width=20),
    ColumnSpec("chain_link", "链上环节", width=24),
    ColumnSpec("established_on", "成立日期", "day"),
    ColumnSpec("business_phone", "对外业务电话"),
    ColumnSpec("website", "网址"),
    ColumnSpec("employees", "从业人员", "number"),
    ColumnSpec("revenue", "营业收入（万元）", "number"),
    ColumnSpec("assets", "资产总额（万元）", "number"),
    ColumnSpec("row_id", "记录编号"),
)


def write_roster(stream: BinaryIO, session: Session, actor: Actor, *, now: datetime) -> int:
    """Every firm that is not suspended, by number; returns how many. Memory stays flat."""
    if not rules.may_bring(actor):
        raise Forbidden
    spec = SheetSpec("企业名册", COLUMNS, _Rows(session, day_of(now)))
    written = write_workbook(stream, [spec], title="企业名册", created=now)
    return sum(written.values())


class _Rows:
    """The rows, read a few hundred at a time by key."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today = session, today
        self._lists: SeedLists = lists_of(session)
        towns = {office.id: office.name for office in accounts.offices(session)}
        self._words, self._reader = Words(self._lists, towns, "zh"), Vocabulary(self._lists)
        self._tiers = {
            key: kind.position for key, kind in self._lists.certificate_kinds.items() if kind.family == "tier"
        }

    def __iter__(self) -> Iterator[list[Cell]]:
        after = 0
        while True:
            statement = (
                select(Firm)
                .where(Firm.id > after, Firm.suspended_at.is_(None))
                .options(selectinload(Firm.chains))
                .order_by(Firm.id)
                .limit(_AT_ONCE)
            )
            firms = self._session.scalars(statement).all()
            if not firms:
                return
            held = certifications.held_by(self._session, [firm.id for firm in firms])
            for firm in firms:
                yield self._row(firm, held.get(firm.id, []))
            after = firms[-1].id
            for firm in firms:
                self._session.expunge(firm)

    def _row(self, firm: Firm, held: list[Certification]) -> list[Cell]:
        tier = self._tier(held)
        places = values.plain_of(firm)["chains"] or []
        return [
            firm.legal_name,
            firm.credit_code,
            firm.main_product,
            self._words.tier_name(tier.kind_key) if tier else None,
            tier.cohort if tier else None,
            tier.number if tier else None,
            tier.valid_from if tier else None,
            tier.valid_until if tier else None,
            self._words.say("office_id", firm.office_id),
            self._division(firm.registered_division),
            self._words.say("industry_code", firm.industry_code),
            "、".join(self._words.chain_names(places)),
            "、".join(self._words.link_names(places)),
            firm.established_on,
            firm.business_phone,
            firm.website,
            firm.employees,
            _wan(firm.revenue),
            _wan(firm.assets),
            f"F{firm.id}-{firm.version}",
        ]

    def _tier(self, held: list[Certification]) -> Certification | None:
        """The highest tier in force, else the one that lasted longest."""
        tiers = [one for one in held if one.kind_key in self._tiers]
        in_force = certifications.kinds_in_force(tiers, self._today)
        key: Any = lambda one: (  # noqa: E731 - one ordering, used once
            one.kind_key in in_force,
            self._tiers[one.kind_key],
            one.valid_until or date.max,
            one.id,
        )
        return max(tiers, key=key, default=None)

    def _division(self, code: str | None) -> str:
        """A name that reads back as this very place; else its code."""
        name = self._words.say("registered_division", code)
        return name if not code or self._reader.division(name) == code else code


def _wan(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else (amount / 10_000).normalize()
