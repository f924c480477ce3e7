"""A buyer's own sheet: rows become drafts of its firm, once; nobody else's, and nothing half-done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace import paths
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.core.actor import system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.specs import SpecContent
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import FirmMember
from marketplace.firms.service import create_for
from marketplace.needs import service as needs
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need
from marketplace.proposals import refreshing
from marketplace.proposals.models import Proposal
from marketplace.settings import Settings
from marketplace.taxonomy.service import import_seeds
from marketplace.worker import Worker
from tests.integration.capabilities.house import Counter
from tests.integration.imports.conftest import NOW

SHEET = (
    "某某公司2026年采购需求表,,,,\n"
    "序号,采购产品,技术要求,数量,交期\n"
    "1,浸胶帘子布 1400dtex,断裂强力≥205N；干热收缩率≤5%,300吨/年,30天\n"
    "2,高压开关柜壳体,2mm 冷轧板折弯焊接，喷塑,500套,45天\n"
    "3,,没有名称的一行,10套,\n"
    "合计,,,800,\n"
).encode("gb18030")


@pytest.fixture
def firm_id(database: Database, people: SimpleNamespace) -> int:
    with database.unit_of_work() as session:
        import_seeds(session, system_actor(), paths.SEEDS, NOW)
        firm = create_for(
            session, system_actor(), FirmFacts("示例采购有限公司", is_buyer=True, is_supplier=False), now=NOW
        )
        account = int(people.member.partition(".")[0])
        session.add(FirmMember(firm_id=firm.id, account_id=account, role="editor", joined_at=NOW))
        return firm.id


def send(client: FlaskClient, content: bytes, name: str = "需求.csv", **more: Any) -> Any:
    data = {"file": (BytesIO(content), name), **more}
    return client.post("/imports/needs", data=data, content_type="multipart/form-data")


def drafts(database: Database) -> list[Need]:
    with database.reading() as session:
        return list(session.scalars(select(Need).order_by(Need.id)))


def test_rows_become_drafts_and_the_bad_one_is_named(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    answer = send(signed_in(people.member), SHEET)
    assert answer.status_code == 200
    assert "已生成 2 条草稿" in answer.text
    assert "采购产品" in answer.text  # the row without a name, and its column
    made = drafts(database)
    assert [(need.title, need.firm_id, need.submitted_at) for need in made] == [
        ("浸胶帘子布 1400dtex", firm_id, None),
        ("高压开关柜壳体", firm_id, None),
    ]
    assert made[0].quantity == 300
    assert made[0].lead_time_days == 30


def test_the_same_sheet_twice_makes_nothing_twice(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    client = signed_in(people.member)
    send(client, SHEET)
    answer = send(client, SHEET)
    assert "已生成 0 条草稿" in answer.text
    assert "有 2 行与已有需求或前面的行相同" in answer.text
    assert len(drafts(database)) == 2


def sent_back(page: str, **mended: str) -> dict[str, str]:
    """What the page's form sends, with other texts in some boxes."""
    part = page.split('action="/imports/needs/rows"')[1].split("</form>")[0]
    boxes = re.findall(r'<input(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>', part)
    found = {name: unescape(value) for name, value in boxes if not name.endswith("-skip")}
    assert set(mended) <= set(found), found
    return {**found, **mended}


def test_a_bad_row_is_mended_where_it_is_shown(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    client = signed_in(people.member)
    page = send(client, SHEET).text
    assert "没有名称的一行" in page and 'name="row-0-cell-1"' in page
    # Sent back as it was, it is said again; nothing is made.
    again = client.post("/imports/needs/rows", data=sent_back(page))
    assert again.status_code == 200 and "已生成 0 条草稿" in again.text
    assert 'aria-invalid="true"' in again.text and "第 5 行" in again.text
    done = client.post("/imports/needs/rows", data=sent_back(again.text, **{"row-0-cell-1": "联轴器 GICL4"}))
    assert "已生成 1 条草稿" in done.text and 'action="/imports/needs/rows"' not in done.text
    last = drafts(database)[-1]
    assert (last.title, last.quantity, last.firm_id) == ("联轴器 GICL4", 10, firm_id)
    assert "没有名称的一行" in last.description or any("没有名称" in row.parameter for row in last.specs)


def test_a_row_struck_out_or_emptied_and_what_nobody_sent(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    client = signed_in(people.member)
    sheet = "企业名称,需求名称,数量,单位\n别家有限公司,轴承,20,套\n,联轴器,很多很多,套\n".encode()
    page = send(client, sheet).text
    assert drafts(database) == []
    form = sent_back(page, **{"row-0-cell-0": ""})
    form["row-1-skip"] = "y"
    assert "已生成 1 条草稿" in client.post("/imports/needs/rows", data=form).text
    assert [need.title for need in drafts(database)] == ["轴承"]
    assert client.post("/imports/needs/rows", data={"row-0-skip": "y"}).status_code == 200
    assert (
        client.post("/imports/needs/rows", data={"row-0-label-0": "啥", "row-0-cell-0": "x"}).status_code
        == 302
    )
    long = {"row-0-label-0": "需求名称", "row-0-cell-0": "x" * 20_001}
    assert client.post("/imports/needs/rows", data=long).status_code == 302
    assert signed_in(people.organiser).post("/imports/needs/rows", data=form).status_code == 403
    assert len(drafts(database)) == 1


def test_what_a_draft_lacks_is_filled_in_on_its_line(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    client = signed_in(people.member)
    send(client, "需求名称\n鼓形齿联轴器\n高强度螺栓\n".encode())
    first, second = (need.id for need in drafts(database))
    page = client.get("/imports/needs/drafts").text
    assert f'name="need-{first}-description"' in page
    day = (day_of(utc_now()) + timedelta(days=30)).isoformat()
    sent = {
        "need_id": [first, second],
        "valid_until": day,
        f"need-{first}-description": "鼓形齿式，公称转矩 5 kN·m",
        f"need-{second}-description": "",
    }
    answer = client.post("/imports/needs/drafts", data=sent)
    assert answer.status_code == 422
    one, two = drafts(database)
    assert one.submitted_at is not None and one.description == "鼓形齿式，公称转矩 5 kN·m"
    assert two.submitted_at is None and two.valid_until is not None
    assert f'name="need-{second}-description"' in answer.text
    assert f'value="{second}" data-batch-item checked' in answer.text
    # What cannot be read is said on the line, and nothing of it is written.
    bad = client.post("/imports/needs/drafts", data={"need_id": [second], f"need-{second}-needed_by": "下周"})
    assert bad.status_code == 422 and 'value="下周"' in bad.text
    assert drafts(database)[1].needed_by is None


def test_a_row_of_another_firm_is_left_out(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    sheet = "企业名称,需求名称\n别家有限公司,轴承\n示例采购有限公司,联轴器\n".encode()
    answer = send(signed_in(people.member), sheet)
    assert "别家有限公司" in answer.text
    assert [need.title for need in drafts(database)] == ["联轴器"]


def test_a_hostile_file_is_refused_at_its_field_and_nothing_is_written(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    answer = send(signed_in(people.member), b"%PDF-1.7 not a sheet", "需求.xlsx")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert drafts(database) == []


def test_no_file_asks_for_one(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int
) -> None:
    client = signed_in(people.member)
    assert client.post("/imports/needs", data={}).status_code == 422
    assert client.get("/imports/needs").status_code == 200


def test_nobody_writes_for_a_firm_that_is_not_theirs(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    assert send(signed_in(people.organiser), SHEET, firm_id=str(firm_id)).status_code == 403
    assert drafts(database) == []


def test_needs_of_other_firms_are_left_alone_in_one_look_and_one_sentence(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    """Whatever number is sent along: nothing of a stranger's need is changed, said or asked for one by one."""
    client = signed_in(people.member)
    send(client, SHEET)
    (own, _second), foreign = drafts(database), []
    with database.unit_of_work() as session:
        stranger = create_for(
            session, system_actor(), FirmFacts("示例别家有限公司", is_buyer=True), now=NOW
        ).id
        for number in range(3):
            content = NeedContent(title=f"别家的 {number}", visibility="invited")
            made = needs.create(session, system_actor(), stranger, content, source="staff", now=NOW)
            foreign.append(made.id)
    day = (day_of(utc_now()) + timedelta(days=60)).isoformat()
    one = _cost(client, {"need_id": [own.id, foreign[0]], "valid_until": ""})
    many = _cost(client, {"need_id": [own.id, *foreign, 999999], "valid_until": ""})
    assert one == many
    answer = client.post(
        "/imports/needs/drafts",
        data={"need_id": [own.id, *foreign, 999999], "valid_until": day, f"need-{foreign[0]}-title": "改了"},
        follow_redirects=True,
    ).text
    assert "勾选的有 4 条不是贵单位的需求" in answer and "别家的" not in answer
    assert answer.count("不是贵单位的需求") == 1
    found = {need.id: (need.title, need.submitted_at is not None) for need in drafts(database)}
    assert found[own.id] == (own.title, True)
    assert [found[number] for number in foreign] == [(f"别家的 {number}", False) for number in range(3)]


def _cost(client: FlaskClient, form: dict[str, Any]) -> int:
    """How many statements handing over asks of the database."""
    site = client.application.extensions["lianqiao.database"]
    with Counter(site.engine) as statements:
        client.post("/imports/needs/drafts", data=form)
    return len(statements)


def test_an_upload_is_audited_once(
    signed_in: Callable[..., FlaskClient], people: SimpleNamespace, firm_id: int, database: Database
) -> None:
    send(signed_in(people.member), SHEET)
    with database.reading() as session:
        rows = session.scalar(select(func.count()).where(AuditEntry.action == "need.upload"))
    assert rows == 1


def test_from_a_sheet_to_candidates_seen_before_moderation_ends(
    signed_in: Callable[..., FlaskClient],
    people: SimpleNamespace,
    firm_id: int,
    database: Database,
    tmp_path: Path,
) -> None:
    with database.unit_of_work() as session:
        supplier = create_for(session, system_actor(), FirmFacts("示例帘子布有限公司"), now=NOW)
        content = CapabilityContent(
            product="浸胶帘子布 1400dtex",
            sentence="轮胎用浸胶帘子布",
            specs=(SpecContent("断裂强力", "ge", "215", unit="N"),),
        )
        made = capabilities.create(session, system_actor(), supplier.id, content, source="staff", now=NOW)
        capabilities.submit(session, system_actor(), made.id, now=NOW)
        capabilities.publish(session, system_actor(), made.id, now=NOW)
    client = signed_in(people.member)
    send(client, SHEET)
    first, second = drafts(database)
    page = client.get("/imports/needs/drafts")
    assert first.title in page.text and second.title in page.text and "有效期" in page.text
    ids = [first.id, second.id]
    # Without a day nothing goes, and each row says why.
    refused = client.post("/imports/needs/drafts", data={"need_id": ids, "valid_until": ""})
    assert refused.status_code == 422 and [need.submitted_at for need in drafts(database)] == [None, None]
    day = (day_of(utc_now()) + timedelta(days=60)).isoformat()
    done = client.post("/imports/needs/drafts", data={"need_id": [first.id], "valid_until": day})
    assert done.status_code == 302
    assert [need.submitted_at is None for need in drafts(database)] == [False, True]
    settings = Settings(data_dir=tmp_path, secret_key="a key for tests")
    Worker(WorkContext(settings, database), {"match": refreshing.refresh}, {}, utc_now).drain_all()
    preview = f"/proposals/of-need/{first.id}/preview"
    seen = client.get(preview)
    assert "示例帘子布有限公司" in seen.text and "215" in seen.text
    assert preview in client.get(f"/needs/{first.id}").text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 0
    for other in (people.organiser, people.other):
        assert signed_in(other).get(preview).status_code == 404
    assert signed_in(people.other).post(
        "/imports/needs/drafts", data={"need_id": [second.id], "valid_until": day}
    ).status_code in (403, 404)
