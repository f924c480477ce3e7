"""A search as a table: every hit, only what this reader may see, no person in it, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace import paths
from marketplace.accounts.models import Account
from marketplace.actors import actor_of, actor_of_job
from marketplace.capabilities.models import CapabilityDivision
from marketplace.core import jobs
from marketplace.core.actor import ANONYMOUS, system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.clock import utc_now
from marketplace.core.context import WorkContext
from marketplace.core.files import StoredFile
from marketplace.core.jobs import Job
from marketplace.discovery import exporting
from marketplace.firms.models import Firm, FirmContact, FirmMember
from marketplace.imports.keeping import capability_content
from marketplace.imports.pairing import unit_table
from marketplace.imports.profiles import capability_profile
from marketplace.imports.reading import read_side
from marketplace.imports.vocabulary import Vocabulary
from marketplace.taxonomy.lists import lists_of
from marketplace.taxonomy.service import import_seeds
from marketplace.worker import Worker
from search.engines.base import Engine, EngineUnavailable
from tests.integration.core.broken_disk import bytes_stay
from tests.integration.discovery.conftest import NOW, House
from tests.integration.discovery.test_browse import Pages, pages

__all__ = ["pages"]


class Reader:
    """Somebody who signed in; what they may see is asked of the database at every step."""

    def __init__(self, pages: Pages, house: House, firm: Firm | None = None, name: str = "读者") -> None:
        pages.app.config["WTF_CSRF_ENABLED"] = False
        account = Account(name=name, email=f"{name}@example.com", locale="zh", created_at=NOW)
        house.session.add(account)
        house.session.flush()
        if firm is not None:
            house.session.add(FirmMember(firm_id=firm.id, account_id=account.id, role="owner", joined_at=NOW))
        house.session.commit()
        self.client = pages.app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["locale"] = "zh"
            cookie["_user_id"] = f"{account.id}.{account.session_epoch}"
            cookie["_fresh"] = True
        number = self.account = account.id
        self.pages = pages
        pages.app.extensions["lianqiao.actor_loader"] = lambda session: actor_of(
            session, session.get(Account, number), "zh"
        )

    def speak(self, locale: str) -> None:
        """Read in the other language from now on."""
        number = self.account
        with self.client.session_transaction() as cookie:
            cookie["locale"] = locale
        self.pages.app.extensions["lianqiao.actor_loader"] = lambda session: actor_of(
            session, session.get(Account, number), locale
        )

    def export(self, kind: str = "need", suffix: str = "csv", **asked: str) -> TestResponse:
        return self.client.post("/searches/export", data={"kind": kind, "format": suffix, **asked})


def lines(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))


def titles(answer: TestResponse) -> set[str]:
    return {row[1] for row in lines(answer)[1:]}


def test_every_hit_is_in_it_by_id_and_nothing_else(pages: Pages, house: House) -> None:
    firm = house.firm("示例链主")
    for number in range(130):  # far beyond a page
        house.need(
            firm, f"轴套 {number}", chain_key="nylon" if number % 2 else "special-steel", quantity=number
        )
    house.need(firm, "铝壳", chain_key="nylon")
    house.changed(f"firm:{firm.id}")
    reader = Reader(pages, house)
    answer = reader.export(q="轴套", chain="nylon")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    heading, *rows = lines(answer)
    assert heading[:3] == ["编号", "需求名称", "需求企业"]
    assert [row[1] for row in rows] == [f"轴套 {number}" for number in range(1, 130, 2)]
    book = openpyxl.load_workbook(BytesIO(reader.export(suffix="xlsx", q="轴套", chain="nylon").data))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == heading
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == [row[1] for row in rows]
    with pages.app.extensions["lianqiao.database"].reading() as session:
        audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "search.export")).all()
        assert [entry.details["rows"] for entry in audited] == [65, 65]


def test_only_what_this_reader_may_see_is_in_it(pages: Pages, house: House) -> None:
    chief, guest = house.firm("示例链主"), house.firm("示例配套")
    house.need(chief, "公开轴套"), house.need(chief, "限定轴套", visibility="verified")
    house.need(chief, "邀请轴套", visibility="invited", invited=(guest,))
    house.need(chief, "匿名轴套", anonymous=True)
    house.changed(f"firm:{chief.id}")
    newcomer = Reader(pages, house, name="新人")
    assert titles(newcomer.export(q="轴套")) == {"公开轴套", "匿名轴套"}
    member = Reader(pages, house, guest, name="会员")
    found = lines(member.export(q="轴套"))
    assert {row[1] for row in found[1:]} == {"公开轴套", "限定轴套", "邀请轴套", "匿名轴套"}
    assert {row[2] for row in found[1:] if row[1] == "匿名轴套"} == {"匿名链主企业"}
    pages.app.extensions["lianqiao.actor_loader"] = lambda _session: ANONYMOUS
    assert pages.app.test_client().post(
        "/searches/export", data={"kind": "need", "format": "csv"}
    ).status_code in (
        302,
        401,
    )


def test_what_was_closed_a_moment_ago_is_not_in_it(pages: Pages, house: House) -> None:
    """The index does not know yet; the rows do."""
    need = house.need(house.firm())
    house.need(need.firm, "尼龙滑块")
    house.changed(f"firm:{need.firm_id}")
    need.closed_at = NOW
    house.session.commit()
    assert titles(Reader(pages, house).export()) == {"尼龙滑块"}


def test_no_person_and_no_size_figure_is_in_any_table(pages: Pages, house: House) -> None:
    firm = house.firm("示例厂", revenue=987654321, business_phone="0375-7654321", profile="做轴套")
    house.session.add(
        FirmContact(firm_id=firm.id, name="张三丰", mobile="13712345678", email="zhang@example.com",
                    consent_version="1", created_at=NOW)
    )  # fmt: skip
    house.need(firm), house.capability(firm)
    house.changed(f"firm:{firm.id}")
    reader = Reader(pages, house, firm)
    for kind in ("need", "capability", "firm"):
        said = reader.export(kind).data.decode("utf-8-sig")
        assert len(said.splitlines()) == 2
        for secret in ("张三丰", "13712345678", "zhang@example.com", "987654321", "7654321"):
            assert secret not in said


def test_nothing_in_it_runs_as_a_formula(pages: Pages, house: House) -> None:
    firm = house.firm("=1+1")
    house.need(
        firm, '=HYPERLINK("http://evil.example","轴套")', description="@SUM(A1)", use="+1", quantity_unit="-2"
    )
    house.changed(f"firm:{firm.id}")
    reader = Reader(pages, house)
    (row,) = lines(reader.export())[1:]
    assert not [cell for cell in row if cell[:1] in "=+-@" and cell]
    book = openpyxl.load_workbook(BytesIO(reader.export(suffix="xlsx").data))
    cells = [cell for line in book.worksheets[0].iter_rows(min_row=2) for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(cell.value == "=1+1" for cell in cells)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"kind": "order"}, "筛选条件不认识"),
        ({"suffix": "exe"}, "筛选条件不认识"),
        ({"q": "长" * 201}, "搜索词太长"),
        ({"q": "a\x07b"}, "看不见的控制字符"),
    ],
)
def test_what_cannot_be_exported_is_said_in_words(
    pages: Pages, house: House, form: dict[str, str], sentence: str
) -> None:
    reader = Reader(pages, house)
    answer = reader.export(**form)
    assert answer.status_code == 302
    assert sentence in reader.client.get(answer.headers["Location"]).text


def test_without_a_whole_index_nothing_is_exported_and_the_page_says_so(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.need(house.firm())
    house.session.commit()
    reader = Reader(pages, house)
    house.engine.reset()
    answer = reader.export()
    assert "没有导出" in reader.client.get(answer.headers["Location"]).text
    house.engine.mark_complete()

    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("gone")

    monkeypatch.setattr(type(house.engine), "search", away)
    assert reader.export().status_code == 302
    with house.context.database.reading() as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "search.export")).all()


def test_nobodys_change_waits_while_the_engine_counts(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    reader = Reader(pages, house)
    search, written = type(house.engine).search, []

    def asked(engine: Engine, *args: Any, **asked: Any) -> Any:
        with house.context.database.unit_of_work() as session:  # locked, if the export held the writer
            written.append(jobs.submit(session, ANONYMOUS, "another", {}, NOW).id)
        return search(engine, *args, **asked)

    monkeypatch.setattr(type(house.engine), "search", asked)
    assert titles(reader.export()) == {need.title}
    assert written


# ---------------------------------------------------------------- long ones


@pytest.fixture
def long(pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader whose export of seven needs, in parts of two, is too long to wait for."""
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(exporting, "_PART", 2)
    firm = house.firm("示例链主")
    for number in range(7):
        house.need(firm, f"轴套 {number}", visibility="verified")
    house.changed(f"firm:{firm.id}")
    return Reader(pages, house, house.firm("示例配套"))


def worker_of(house: House) -> Worker:
    context = WorkContext(house.context.settings, house.context.database, actor_of_job)
    return Worker(context, {}, {exporting.EXPORT: exporting.export})


def test_a_long_one_is_a_job_that_one_comes_back_to(house: House, long: Reader) -> None:
    address = long.export(q="轴套").headers["Location"]
    assert long.export(q="轴套").headers["Location"] == address  # asked twice, it is one
    another = long.export(q="轴套", suffix="xlsx").headers["Location"]
    assert another != address  # another table is not the one under way
    waiting = long.client.get(address).text
    assert "排队中" in waiting and "起读到的内容" not in waiting  # nothing is read yet
    assert "hx-get" in long.client.get(f"{address}/progress").text
    assert long.client.get(f"{address}/file").status_code == 404
    assert worker_of(house).work_one_job()
    shown = long.client.get(address).text
    assert f"{address}/file" in shown and "表格保留一天" in shown
    assert "起读到的内容；之后的改动" in shown
    led_on = long.client.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert led_on.headers["HX-Redirect"] == address
    with long.client.get(f"{address}/file") as answer:
        assert titles(answer) == {f"轴套 {number}" for number in range(7)}


def test_nobody_else_sees_or_fetches_it(pages: Pages, house: House, long: Reader) -> None:
    address = long.export().headers["Location"]
    worker_of(house).work_one_job()
    other = Reader(pages, house, name="另一人")
    for path in ("", "/progress", "/file"):
        assert other.client.get(address + path).status_code == 404


def test_a_right_that_ended_meanwhile_is_gone_from_the_table(house: House, long: Reader) -> None:
    long.export()
    for member in house.session.scalars(select(FirmMember)):
        house.session.delete(member)
    house.session.commit()
    worker_of(house).work_one_job()
    with house.context.database.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == exporting.EXPORT))
        stored = exporting.kept_file(session, job, utc_now())
        assert stored is not None
        content = house.context.files.read(stored.sha256).decode("utf-8-sig")
    assert len(content.splitlines()) == 1  # the heading


def test_a_table_is_kept_for_a_day(house: House, long: Reader) -> None:
    address = long.export().headers["Location"]
    worker_of(house).work_one_job()
    with house.context.database.unit_of_work() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == exporting.EXPORT))
        (stored,) = session.scalars(select(StoredFile))
        job.finished_at = stored.created_at = utc_now() - timedelta(days=1, seconds=1)
        path = house.context.files.path_of(stored.sha256)
    assert "已过保留期" in long.client.get(address).text
    assert long.client.get(f"{address}/file").status_code == 404
    assert path.exists()
    house.need(house.firm(), "轴套 7", visibility="verified")
    house.session.commit()
    long.export(suffix="xlsx")
    worker_of(house).work_one_job()
    assert not path.exists()  # the next one clears the old away
    with house.context.database.reading() as session:
        assert len(session.scalars(select(StoredFile)).all()) == 1


def test_a_table_is_handed_out_also_where_an_old_one_cannot_be_removed(
    house: House, long: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = bytes_stay(monkeypatch)
    long.export()
    worker_of(house).work_one_job()
    with house.context.database.unit_of_work() as session:
        (stored,) = session.scalars(select(StoredFile))
        stored.created_at = utc_now() - timedelta(days=1, seconds=1)
    address = long.export(suffix="xlsx").headers["Location"]
    worker_of(house).work_one_job()
    assert len(asked) == 1
    with long.client.get(f"{address}/file") as answer:
        assert answer.status_code == 200


WISHED = {
    "sentence": "低收缩", "description": "一步法纺丝", "chain_key": "nylon", "link_key": "nylon-industrial-yarn", "capacity": 1200,
    "capacity_unit": "吨", "capacity_period": "year", "lead_time_days": 30, "payment_days": 60,
}  # fmt: skip


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_what_a_firm_takes_away_is_read_back_unchanged(pages: Pages, house: House, locale: str) -> None:
    import_seeds(house.session, system_actor("test"), paths.SEEDS, NOW)
    firm = house.firm("示例丝厂")
    offer = house.capability(firm, "PA66 工业丝", **WISHED)
    offer.divisions = [CapabilityDivision(code=code) for code in ("130105", "410000")]
    house.changed(f"firm:{firm.id}", f"capability:{offer.id}")
    reader = Reader(pages, house, firm)
    reader.speak(locale)
    answer = reader.export("capability")
    side = read_side(answer.data, "capabilities.csv", "capabilities", locale=locale)
    assert side.errors == [], [error.located() for error in side.errors]
    words = Vocabulary(lists_of(house.session))
    content = capability_content(
        side.rows[0], capability_profile(side.rows[0], words, unit_table()), words.lists
    )
    assert {name: getattr(content, name) for name in WISHED} == WISHED
    assert (content.product, content.divisions) == ("PA66 工业丝", ("130105", "410000"))


def test_how_long_a_supplier_waits_is_nobody_elses_to_take_away(pages: Pages, house: House) -> None:
    import_seeds(house.session, system_actor("test"), paths.SEEDS, NOW)
    firm = house.firm("示例丝厂")
    offer = house.capability(firm, "PA66 工业丝", payment_days=61)
    offer.divisions = [CapabilityDivision(code="410000")]
    house.changed(f"firm:{firm.id}", f"capability:{offer.id}")

    def cells(reader: Reader) -> tuple[str, str]:
        heading, row = lines(reader.export("capability"))
        return row[heading.index("供货范围")], row[heading.index("最长能接受的账期（天）")]

    assert cells(Reader(pages, house, firm, "本厂")) == ("河南省", "61")
    assert cells(Reader(pages, house, house.firm("别的厂"), "别人")) == ("河南省", "")
