"""The list that staff read: filters, beginnings of names, and as many queries for three firms as for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from marketplace.core.paging import newest_first
from marketplace.firms import queries
from marketplace.firms.models import Firm
from marketplace.firms.queries import FirmFilter
from tests.unit.firms.house import MACHINE, NOW, credit_code, firm, office


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def listed(session: Session, **wanted: object) -> set[str]:
    statement = queries.firms_for_staff(MACHINE, FirmFilter(**wanted))  # type: ignore[arg-type]
    return {found.legal_name for found in newest_first(session, statement, Firm.id).items}


@pytest.fixture
def district(session: Session) -> dict[str, Firm]:
    town = office(session, "town", "东镇")
    made = {
        "nylon": firm(
            session, 1, legal_name="示例尼龙材料有限公司", chains=(("nylon", None), ("nylon", "pa66"))
        ),
        "steel": firm(
            session, 2, legal_name="示例特钢锻造有限公司", chains=(("steel", None),), office_id=town
        ),
        "bank": firm(
            session, 3, legal_name="百分之100%银行_示例", party_kind="financial_institution", credit_code=None
        ),
    }
    made["steel"].verified_at = None
    made["bank"].suspended_at = NOW
    session.flush()
    return made


def test_each_filter_narrows(session: Session, district: dict[str, Firm]) -> None:
    nylon, steel, bank = (district[key].legal_name for key in ("nylon", "steel", "bank"))
    assert listed(session) == {nylon, steel, bank}
    assert listed(session, status="checked") == {nylon}
    assert listed(session, status="waiting") == {steel}
    assert listed(session, status="suspended") == {bank}
    assert listed(session, chain_key="nylon") == {nylon}
    assert listed(session, office_id=district["steel"].office_id) == {steel}
    assert listed(session, party_kind="financial_institution") == {bank}
    assert listed(session, chain_key="nylon", status="waiting") == set()


def test_names_and_codes_are_found_by_their_beginning(session: Session, district: dict[str, Firm]) -> None:
    assert listed(session, text=" 示例特钢") == {district["steel"].legal_name}
    assert listed(session, text="特钢") == set()
    assert listed(session, text=credit_code(1)[:17].lower()) == {district["nylon"].legal_name}


@pytest.mark.parametrize("text", ["%", "_", "百分之100_", "百分之1%"])
def test_signs_of_a_pattern_are_ordinary_characters(
    session: Session, district: dict[str, Firm], text: str
) -> None:
    assert listed(session, text=text) == set()


def test_three_firms_cost_as_many_queries_as_one(session: Session, shared_engine: Engine) -> None:
    counts = []
    for number in (1, 2, 3):
        firm(session, number, chains=(("nylon", None), ("steel", "forging")))
        session.expire_all()
        with counted(shared_engine) as statements:
            page = newest_first(session, queries.firms_for_staff(MACHINE, FirmFilter()), Firm.id)
            assert sum(len(found.chains) for found in page.items) == 2 * number
        counts.append(len(statements))
    assert counts[0] == counts[2] == 2


def test_one_firm_with_everything_that_its_page_reads_costs_three_queries(
    session: Session, shared_engine: Engine
) -> None:
    made = firm(session, 1, chains=(("nylon", None),), profile="x", employees=1)
    session.expunge_all()
    with counted(shared_engine) as statements:
        found = queries.firm_or_none(session, MACHINE, made.id)
        assert found is not None and found.chains and found.provenance
    assert len(statements) == 3
