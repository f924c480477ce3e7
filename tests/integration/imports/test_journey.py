"""Two sheets through the site: upload, reading, mending, matching, the list, keeping; on both databases."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.capabilities.models import Capability
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.files import StoredFile
from marketplace.core.jobs import Job
from marketplace.firms.models import FieldProvenance, Firm
from marketplace.imports.models import SheetMatch, SheetNeed, SheetPair, SheetRow
from marketplace.needs.models import Need
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.imports.conftest import SHEETS, file_at, small_upload, upload


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def matched(client: FlaskClient, worker: Worker) -> str:
    address = small_upload(client)
    worker.step()
    assert client.post(f"{address}/match").status_code == 302
    worker.step()
    return address


def test_two_sheets_become_a_list(organiser: FlaskClient, worker: Worker, database: Database) -> None:
    address = small_upload(organiser)
    assert "排队中" in page(organiser, address)
    worker.step()
    mapping = page(organiser, address)
    assert "读到 2 条需求，2 项能力。有 2 行需要改" in mapping
    assert "看不懂交期「越快越好」" in mapping and "「企业名称」不能空" in mapping
    organiser.post(f"{address}/match")
    assert organiser.get(f"{address}/progress", headers={"HX-Request": "true"}).status_code == 200
    worker.step()
    done = organiser.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == address
    listed = page(organiser, address)
    assert "浸胶帘子布 1400dtex" in listed and "乙示例帘布有限公司" in listed
    assert "产品相符" in listed and "命中" in listed
    second = page(organiser, f"{address}?need=2")
    assert "丙示例钣金有限公司" in second
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SheetRow)) == 2
        assert session.scalar(select(func.count()).select_from(SheetNeed)) == 2
        assert session.scalar(select(func.count()).select_from(SheetPair)) == 2


def test_the_workbook_is_the_list(organiser: FlaskClient, worker: Worker) -> None:
    address = matched(organiser, worker)
    book = openpyxl.load_workbook(BytesIO(file_at(organiser, f"{address}/list.xlsx")))
    assert book.sheetnames[:5] == ["匹配清单", "标签说明", "无合适匹配", "有问题的行", "读入情况"]
    rows = list(book["匹配清单"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == ["浸胶帘子布 1400dtex", "高压开关柜壳体"]
    assert all(row[9] for row in rows)


def test_a_mended_row_is_matched_and_a_skipped_one_is_not(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = small_upload(organiser)
    worker.step()
    with database.reading() as session:
        rows = {row.number: row for row in session.scalars(select(SheetRow))}
    assert sorted(rows) == [3, 4]
    organiser.post(f"{address}/rows/{rows[4].id}", data={"cell-1": "丁示例采购有限公司", "action": "save"})
    organiser.post(f"{address}/rows/{rows[3].id}", data={"action": "skip"})
    mapping = page(organiser, f"{address}?columns=1")
    assert "已改好" in mapping and "已跳过" in mapping
    organiser.post(f"{address}/match")
    worker.step()
    with database.reading() as session:
        titles = [
            need.content["title"] for need in session.scalars(select(SheetNeed).order_by(SheetNeed.position))
        ]
        assert titles == ["浸胶帘子布 1400dtex", "没有企业名的需求"]
        steps = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_kind == "import").order_by(AuditEntry.id)
        ).all()
    assert [step.action for step in steps] == ["import.create", "import.mend", "import.skip", "import.match"]
    assert steps[1].details == {"side": "needs", "row": 4}
    assert steps[2].details == {"side": "needs", "row": 3, "skipped": True}


def test_a_cell_that_is_still_wrong_says_so(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = small_upload(organiser)
    worker.step()
    with database.reading() as session:
        row_id = session.scalar(select(SheetRow.id).where(SheetRow.number == 3))
    organiser.post(f"{address}/rows/{row_id}", data={"cell-5": "马上就要", "action": "save"})
    assert "看不懂交期「马上就要」" in page(organiser, address)
    organiser.post(f"{address}/rows/{row_id}", data={"cell-5": "x" * 20_001, "action": "save"})
    assert "上限 20000" in page(organiser, address)


def test_another_heading_row_and_columns_are_read_again(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = small_upload(organiser)
    worker.step()
    data = {
        "needs-0-heading": "1",
        "needs-0-column-2": "",
        "needs-0-column-3": "title",
        "capabilities-0-heading": "1",
    }
    organiser.post(f"{address}/columns", data=data)
    worker.step()
    assert "人工指定" in page(organiser, address)
    organiser.post(f"{address}/match")
    worker.step()
    with database.reading() as session:
        assert session.scalars(select(SheetNeed)).first().content["title"] == "轮胎用尼龙66浸胶帘子布"


def test_a_heading_row_beyond_the_sheet_is_refused(organiser: FlaskClient, worker: Worker) -> None:
    address = small_upload(organiser)
    worker.step()
    organiser.post(f"{address}/columns", data={"needs-0-heading": "99"})
    assert "没有第 99 行" in page(organiser, address)


def test_a_sheet_without_its_columns_asks_for_them(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    answer = upload(
        organiser,
        ("需求.csv", "序号,甲,乙\n1,示例采购公司,浸胶帘子布\n".encode()),
        ("能力.csv", "企业名称,主导产品\n乙公司,浸胶帘子布\n".encode()),
    )
    address = str(answer.location)
    worker.step()
    mapping = page(organiser, address)
    assert "还不能匹配" in mapping and "找不到这些列" in mapping
    organiser.post(f"{address}/match")
    assert "两张表还没有读好" in page(organiser, address)
    organiser.post(f"{address}/columns", data={"needs-0-column-1": "firm", "needs-0-column-2": "title"})
    worker.step()
    organiser.post(f"{address}/match")
    worker.step()
    assert "浸胶帘子布" in page(organiser, address)


def test_swapped_files_are_told_apart_and_can_be_swapped(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    names = ("能力汇总表（示例）.xlsx", "需求汇总表（示例）.xlsx")
    first, second = ((name, (SHEETS / name).read_bytes()) for name in names)
    address = str(upload(organiser, first, second).location)
    worker.step()
    with database.reading() as session:
        match = session.scalars(select(SheetMatch)).one()
        assert {source.side: source.file.name for source in match.sources} == {
            "needs": names[1],
            "capabilities": names[0],
        }
        assert [source.reading["rows"] for source in match.sources] == [61, 180]
    organiser.post(f"{address}/swap")
    worker.step()
    with database.reading() as session:
        match = session.scalars(select(SheetMatch)).one()
        assert {source.side: source.file.name for source in match.sources} == {
            "needs": names[0],
            "capabilities": names[1],
        }


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("需求.xlsx", b"%PDF-1.7 x", "内容却是 PDF"),
        ("需求.xlsx", b"", "文件里没有内容"),
        ("需求.docx", b"PK\x03\x04", "不能读取 .docx 文件"),
        ("需求.xlsx", b"PK\x03\x04" + b"\0" * 40, "已损坏"),
    ],
)
def test_a_hostile_file_gets_its_one_sentence_at_the_field(
    organiser: FlaskClient, database: Database, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(organiser, (name, content), ("能力.csv", "企业名称,主导产品\n乙,布\n".encode()))
    assert answer.status_code == 422
    said = html.unescape(answer.text)
    assert sentence in said and f"{name}：" in said and 'id="files-error"' in said
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_one_file_is_not_enough(organiser: FlaskClient) -> None:
    answer = organiser.post(
        "/imports/", data={"files": [(BytesIO("企业名称,主导产品\n".encode()), "a.csv")]},
        content_type="multipart/form-data",
    )  # fmt: skip
    page = html.unescape(answer.text)
    assert answer.status_code == 422 and "请选择两个文件" in page
    assert "重新选择文件" in page and "已填写的内容都还在" not in page  # no browser fills a file in again


def test_kept_rows_become_firms_and_drafts_once(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = matched(organiser, worker)
    organiser.post(f"{address}/keep")
    worker.step()
    kept = page(organiser, address)
    assert "数据已于" in kept
    with database.reading() as session:
        match = session.scalars(select(SheetMatch)).one()
        firms = {firm.legal_name: firm for firm in session.scalars(select(Firm))}
        assert sorted(firms) == ["丙示例钣金有限公司", "乙示例帘布有限公司", "甲示例链主有限公司"]
        assert all((firm.source, firm.import_id) == ("sheet", match.id) for firm in firms.values())
        assert firms["甲示例链主有限公司"].is_buyer and not firms["甲示例链主有限公司"].is_supplier
        needs = session.scalars(select(Need).order_by(Need.id)).all()
        assert [(need.title, need.source, need.published_at, need.submitted_at) for need in needs] == [
            ("浸胶帘子布 1400dtex", "sheet", None, None), ("高压开关柜壳体", "sheet", None, None),
        ]  # fmt: skip
        assert (needs[0].quantity, needs[0].quantity_unit, needs[0].quantity_period, needs[0].lead_time_days) == (
            300, "吨", "year", 30,
        )  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Capability)) == 2
        provenance = session.scalars(select(FieldProvenance.source).distinct()).all()
        assert provenance == ["sheet"]
        assert match.counts["kept"]["firms"] == 3 and match.counts["kept"]["refused"] == 0
        assert (
            session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "import.keep")
            )
            == 1
        )
    organiser.post(f"{address}/keep")
    assert "已经保留过" in page(organiser, address)
    other = matched(organiser, worker)
    organiser.post(f"{other}/keep")
    worker.step()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Firm)) == 3
        assert session.scalar(select(func.count()).select_from(Need)) == 2
        second = session.scalars(select(SheetMatch).order_by(SheetMatch.id.desc())).first()
        assert second is not None
        assert (second.counts["kept"]["firms_found"], second.counts["kept"]["repeated"]) == (3, 4)


def test_the_keep_job_run_twice_writes_once(
    organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = matched(organiser, worker)
    organiser.post(f"{address}/keep")
    worker.step()
    with database.unit_of_work() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        job.finished_at = job.started_at = job.leased_until = None
    worker.step()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Need)) == 2


def test_nobody_else_sees_an_import(
    organiser: FlaskClient,
    signed_in: Callable[[str], FlaskClient],
    people: SimpleNamespace,
    worker: Worker,
    app: Flask,
) -> None:
    address = matched(organiser, worker)
    other, member, admin = signed_in(people.other), signed_in(people.member), signed_in(people.admin)
    for path in ("", "/progress", "/list.xlsx"):
        assert other.get(address + path).status_code == 404
        assert member.get(address + path).status_code == 404
        with admin.get(address + path) as answer:
            assert answer.status_code in (200, 302)
    for action in ("match", "keep", "swap", "columns", "delete", "rows/1"):
        assert other.post(f"{address}/{action}").status_code == 404
        assert member.post(f"{address}/{action}").status_code == 404
    assert member.get("/imports/").status_code == 403
    assert upload(member, ("a.csv", b"x"), ("b.csv", b"y")).status_code == 403
    assert app.test_client().get("/imports/").status_code == 302
    assert "需求.csv" not in html.unescape(other.get("/imports/").text)
    assert "需求.csv" in html.unescape(organiser.get("/imports/").text)


def test_a_town_matches_and_the_bureau_keeps(
    signed_in: Callable[[str], FlaskClient], people: SimpleNamespace, worker: Worker
) -> None:
    town = signed_in(people.town)
    address = matched(town, worker)
    assert "保留这些数据" not in page(town, address)
    assert town.post(f"{address}/keep").status_code == 403


def test_changes_want_the_csrf_token(
    app: Flask, organiser: FlaskClient, worker: Worker, database: Database
) -> None:
    address = matched(organiser, worker)
    app.config["WTF_CSRF_ENABLED"] = True
    for action in ("match", "keep", "swap", "columns", "delete", "rows/1"):
        assert organiser.post(f"{address}/{action}").status_code == 400
    assert upload(organiser, ("a.csv", b"x"), ("b.csv", b"y")).status_code == 400
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SheetMatch)) == 1


def test_deleting_removes_rows_and_bytes(
    organiser: FlaskClient, worker: Worker, database: Database, settings: Settings
) -> None:
    address = matched(organiser, worker)
    folder = Path(settings.data_dir) / "files"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 3
    organiser.post(f"{address}/delete")
    assert organiser.get(address).status_code == 404
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    with database.reading() as session:
        for table in (SheetMatch, SheetRow, SheetNeed, SheetPair, StoredFile):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_english_readers_get_english(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, worker: Worker
) -> None:
    client = signed_in(people.organiser, "en")
    address = matched(client, worker)
    listed = page(client, address)
    assert "Same product" in listed
    visible = re.sub(r"<[^>]+>", " ", listed.split("<main")[1].split("</main>")[0])
    book = openpyxl.load_workbook(BytesIO(file_at(client, f"{address}/list.xlsx")))
    assert book.sheetnames[0] == "Match list"
    assert book["Match list"]["A1"].value == "Need no."
    assert "命中" not in visible and "匹配" not in visible


def test_a_list_costs_as_many_queries_for_one_as_for_many(
    organiser: FlaskClient, worker: Worker, app: Flask
) -> None:
    from sqlalchemy import event

    engine = app.extensions["lianqiao.database"].engine
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
    small_upload(organiser)
    worker.step()
    counted.clear()
    organiser.get("/imports/")
    one = len(counted)
    for _ in range(2):
        small_upload(organiser)
        worker.step()
    counted.clear()
    organiser.get("/imports/")
    assert len(counted) == one
