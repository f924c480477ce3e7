"""Keeping a large sheet: part by part, going on after a death, and never joining a row to another firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.capabilities.models import Capability
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.jobs import Job
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.imports import jobs, keeping
from marketplace.imports.models import SheetMatch
from marketplace.needs.models import Need
from marketplace.worker import Worker
from tests.integration.imports.conftest import NEEDS_CSV, NOW, upload
from tests.integration.imports.test_journey import page
from tests.integration.matchlists.conftest import MACHINE

CODE, OTHER_CODE = "91410402MA40000013", "91410402MA40000026"
ROWS = 23


def many_rows() -> str:
    lines = ["企业名称,主导产品,产品介绍"]
    lines += [f"示例第{row % 9}配套有限公司,示例产品 {row},示例介绍 {row}" for row in range(ROWS)]
    return "\n".join(lines)


def matched(client: FlaskClient, worker: Worker, capabilities: str) -> str:
    answer = upload(client, ("需求.csv", NEEDS_CSV.encode()), ("能力.csv", capabilities.encode()))
    worker.step()
    client.post(f"{answer.location}/match")
    worker.step()
    return str(answer.location)


def counted(database: Database) -> tuple[int, ...]:
    with database.reading() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(model)) or 0 for model in (Firm, Need, Capability)
        )


def kept(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        match = session.scalars(select(SheetMatch).order_by(SheetMatch.id.desc())).first()
        assert match is not None and match.kept_at is not None and "keeping" not in match.counts
        return dict(match.counts["kept"])


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "ROWS_AT_ONCE", 5)


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets the keeper die in the middle of the part with this number, as a killed process would: without a word."""

    class Killed(BaseException):
        pass

    create = keeping.capabilities.create

    def die_after(rows: int) -> None:
        left = [rows]

        def dying_create(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                monkeypatch.setattr(keeping.capabilities, "create", create)
                raise Killed
            return create(*arguments, **named)

        monkeypatch.setattr(keeping.capabilities, "create", dying_create)

    die_after.error = Killed  # type: ignore[attr-defined]
    return die_after


@pytest.mark.usefixtures("small_parts")
def test_a_killed_worker_goes_on_after_the_last_whole_part(
    organiser: FlaskClient, worker: Worker, database: Database, dying: Any
) -> None:
    address = matched(organiser, worker, many_rows())
    organiser.post(f"{address}/keep")
    dying(11)
    with pytest.raises(dying.error):
        worker.step()
    # Two needs and three capabilities, then five, then three of a part that was never committed.
    assert counted(database)[1:] == (2, 8)
    with database.unit_of_work() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None and job.finished_at is None
        job.leased_until = NOW.replace(year=2000)
    worker.step()
    assert counted(database)[1:] == (2, ROWS)
    told = kept(database)
    assert (told["needs"], told["capabilities"], told["repeated"], told["refused"]) == (2, ROWS, 0, 0)
    assert (told["firms"], told["firms_found"]) == (10, 0)
    with database.reading() as session:
        audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.keep")).all()
        assert [entry.details["capabilities"] for entry in audited] == [ROWS]


@pytest.mark.usefixtures("small_parts")
def test_a_half_kept_import_can_only_be_gone_on_with(
    organiser: FlaskClient, worker: Worker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = matched(organiser, worker, many_rows())
    organiser.post(f"{address}/keep")
    create = keeping.capabilities.create
    made: list[str] = []

    def failing(session: Any, actor: Any, firm_id: int, content: Any, **named: Any) -> Any:
        if len(made) == 6:
            raise RuntimeError("the disk is full")
        made.append(content.product)
        return create(session, actor, firm_id, content, **named)

    monkeypatch.setattr(keeping.capabilities, "create", failing)
    worker.step()
    shown = page(organiser, address)
    assert "数据只写入了 5 行（共 25 行）就中断了" in shown and "继续保留" in shown
    organiser.post(f"{address}/swap")
    assert "还没有写完" in page(organiser, address)
    monkeypatch.setattr(keeping.capabilities, "create", create)
    organiser.post(f"{address}/keep")
    worker.step()
    assert counted(database)[1:] == (2, ROWS)
    assert kept(database)["capabilities"] == ROWS


@pytest.mark.usefixtures("small_parts")
def test_others_write_between_two_parts(
    organiser: FlaskClient, worker: Worker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = matched(organiser, worker, many_rows())
    organiser.post(f"{address}/keep")
    part, written = jobs._keep_part, []

    def written_between(*arguments: Any) -> bool:
        with database.unit_of_work() as session:
            name = f"示例第{len(written)}配套有限公司"
            written.append(firms.create_for(session, MACHINE, FirmFacts(name), now=NOW).id)
        return part(*arguments)

    monkeypatch.setattr(jobs, "_keep_part", written_between)
    worker.step()
    assert len(written) == 5
    with database.reading() as session:
        names = session.scalars(select(Firm.legal_name)).all()
    # A firm that somebody else put on file in between is found, not made again.
    assert len([name for name in names if name == "示例第0配套有限公司"]) == 1
    assert kept(database)["firms_found"] >= 1


def test_a_name_with_another_credit_code_is_refused_and_named(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    with database.unit_of_work() as session:
        known = firms.create_for(
            session, MACHINE, FirmFacts("示例同名有限公司", credit_code=CODE), now=NOW
        ).id
    sheet = (
        "企业名称,主导产品,统一社会信用代码\n"
        f"示例同名有限公司,示例产品甲,{OTHER_CODE}\n"
        f"示例同名有限公司,示例产品乙,{CODE}\n"
        "示例同名有限公司,示例产品丙,\n"
    )
    address = matched(organiser, worker, sheet)
    organiser.post(f"{address}/keep")
    worker.step()
    told = kept(database)
    assert (told["capabilities"], told["refused"]) == (2, 1)
    assert told["refusals"][0]["code"] == "imports.firm_other_code"
    with database.reading() as session:
        found = session.execute(select(Capability.firm_id, Capability.product)).all()
        assert sorted(tuple(row) for row in found) == [(known, "示例产品丙"), (known, "示例产品乙")]
    shown = page(organiser, address)
    assert f"统一社会信用代码是 {CODE}，表里是 {OTHER_CODE}" in shown


def test_a_firm_without_a_code_takes_one_code_of_a_sheet_and_no_second(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    with database.unit_of_work() as session:
        known = firms.create_for(session, MACHINE, FirmFacts("示例无码有限公司"), now=NOW).id
    sheet = (
        "企业名称,主导产品,统一社会信用代码\n"
        f"示例无码有限公司,示例产品甲,{CODE}\n"
        f"示例无码有限公司,示例产品乙,{OTHER_CODE}\n"
    )
    address = matched(organiser, worker, sheet)
    organiser.post(f"{address}/keep")
    worker.step()
    assert (kept(database)["capabilities"], kept(database)["refused"]) == (1, 1)
    with database.reading() as session:
        assert session.execute(select(Capability.firm_id, Capability.product)).one() == (known, "示例产品甲")


def test_two_firms_of_one_name_want_a_code(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    with database.unit_of_work() as session:
        for code in (CODE, OTHER_CODE):
            firms.create_for(session, MACHINE, FirmFacts("示例同名有限公司", credit_code=code), now=NOW)
    address = matched(organiser, worker, "企业名称,主导产品\n示例同名有限公司,示例产品\n")
    organiser.post(f"{address}/keep")
    worker.step()
    assert kept(database)["refusals"][0]["code"] == "imports.firm_ambiguous"
    assert counted(database)[2] == 0
