"""Nothing without a yes, nothing twice, and all of it back again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.accounts.letters import Site
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.content import CapabilityContent
from marketplace.certifications.models import Certification
from marketplace.core.actor import Actor, system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.jobs import Job
from marketplace.firms import service as firms
from marketplace.firms.models import FieldProvenance, Firm, FirmContact, FirmMember, PrefilledContact
from marketplace.rosters import pen, writing
from tests.integration.rosters.conftest import NOW, Desk, code, roster
from tests.integration.rosters.test_preview import put

MACHINE = system_actor("test")


def firm(database: Database, name: str) -> Firm:
    with database.reading() as session:
        found = session.scalar(select(Firm).where(Firm.legal_name == name))
        assert found is not None, name
        return found


def count(database: Database, model: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def change(database: Database, firm_id: int, actor: Actor = MACHINE, **said: Any) -> None:
    with database.unit_of_work() as session:
        there = session.get_one(Firm, firm_id)
        from dataclasses import replace  # beside its one use

        firms.update_firm(session, actor, firm_id, replace(firms.facts_of(there), **said), now=NOW)


def owner(database: Database, firm_id: int, people: Any) -> Actor:
    account_id = int(people.member.split(".")[0])
    with database.unit_of_work() as session:
        session.add(FirmMember(firm_id=firm_id, account_id=account_id, role="owner", joined_at=NOW))
    return Actor(account_id=account_id, name="member", firm_roles={firm_id: "owner"}, verified=True)


NEW = f"示例全新电气有限公司,{code(10)},高压开关柜,专精特新中小企业,第三批,2025-01-01,2027-12-31,示例镇,382,张示例,13800000000"


def test_a_confirmed_roster_is_on_the_records(desk: Desk, database: Database) -> None:
    desk.bring(roster(NEW)).confirm()
    made = firm(database, "示例全新电气有限公司")
    assert (made.main_product, made.industry_code, made.source) == ("高压开关柜", "382", "sheet")
    assert made.office_id is not None and made.verified_at is not None
    with database.reading() as session:
        tier = session.scalars(select(Certification)).one()
        assert (tier.kind_key, tier.cohort, str(tier.valid_until)) == ("srdi-sme", "第三批", "2027-12-31")
        assert tier.rule_document == "工信部企业〔2022〕63号"
        contact = session.scalars(select(PrefilledContact)).one()
        assert (contact.name, contact.phone, contact.source) == ("张示例", "13800000000", "名册.csv")
        assert session.scalar(select(func.count()).select_from(FirmContact)) == 0
        said = set(session.scalars(select(AuditEntry.action)))
    assert {"roster.create", "roster.confirm", "roster.write", "firm.create", "certification.add"} <= said
    assert "13800000000" not in desk.client.get(f"/firms/{made.id}").text


def test_what_the_firm_said_itself_stands_until_somebody_says_otherwise(
    desk: Desk, database: Database, people: Any
) -> None:
    known = put(database, "示例自报有限公司", 1)
    change(database, known, owner(database, known, people), main_product="我们自己说的产品")
    content = roster(f"示例自报有限公司,{code(1)},名册说的产品,,,,,,382,,")
    desk.bring(content).confirm()
    after = firm(database, "示例自报有限公司")
    assert (after.main_product, after.industry_code) == ("我们自己说的产品", "382")
    desk.bring(content)
    row = desk.rows()[0]
    assert [(one["field"], one["protected"]) for one in row.changes] == [("main_product", True)]
    assert "企业自报" in desk.page(kind="changed")
    desk.post(f"rows/{row.id}", action="take", shown=["main_product"], believe=["main_product"])
    desk.confirm()
    assert firm(database, "示例自报有限公司").main_product == "名册说的产品"


def test_one_field_is_believed_in_all_rows_at_once(desk: Desk, database: Database, people: Any) -> None:
    known = put(database, "示例自报有限公司", 1)
    change(database, known, owner(database, known, people), main_product="自报", website="https://a.example")
    desk.bring(roster(f"示例自报有限公司,{code(1)},名册,,,,,,,,"))
    assert desk.post("fields/website", action="believe").status_code == 404
    desk.post("fields/main_product", action="believe")
    desk.confirm()
    assert firm(database, "示例自报有限公司").main_product == "名册"


def test_rows_that_changed_meanwhile_are_shown_again(desk: Desk, database: Database) -> None:
    known = put(database, "示例已有有限公司", 1, main_product="旧")
    desk.bring(roster(f"示例已有有限公司,{code(1)},新,,,,,,,,", NEW))
    change(database, known, main_product="别人刚改的")
    put(database, "示例全新电气有限公司", 10)
    desk.confirm()
    assert firm(database, "示例已有有限公司").main_product == "别人刚改的"
    assert set(desk.kinds().values()) == {"changed_meanwhile"}
    page = desk.page(kind="suspicious")
    assert "别人刚改的" in page and "没有写入" in page
    desk.post("reasons/changed_meanwhile", action="take")
    desk.confirm()
    assert firm(database, "示例已有有限公司").main_product == "新"
    assert firm(database, "示例全新电气有限公司").main_product == "高压开关柜"


def test_two_organisers_at_once(
    desk: Desk, database: Database, signed_in: Any, people: Any, worker: Any
) -> None:
    second = Desk(signed_in(people.other), database, worker)
    content = roster(NEW)
    desk.bring(content)
    second.bring(content)
    desk.confirm()
    second.confirm()
    assert count(database, Firm) == 1
    assert second.kinds() == {"示例全新电气有限公司": "changed_meanwhile"}
    assert second.client.get(desk.address).status_code == 404


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 4)
    return roster(*(f"示例第{n}配套有限公司,{code(100 + n)},产品{n},,,,,,,张{n}," for n in range(11)))


def test_a_killed_writing_goes_on_and_doubles_nothing(
    desk: Desk, database: Database, many: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    create, parts = firms.create_all_for, [1]

    def dying(*arguments: Any, **named: Any) -> Any:
        made = create(*arguments, **named)
        parts[0] -= 1
        if parts[0] < 0:
            raise Killed
        return made

    desk.bring(many)
    monkeypatch.setattr(pen.firms, "create_all_for", dying)
    desk.post("confirm")
    with pytest.raises(Killed):
        desk.work()
    assert count(database, Firm) == 4
    monkeypatch.setattr(pen.firms, "create_all_for", create)
    with database.unit_of_work() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        job.leased_until = NOW
    desk.work()
    assert count(database, Firm) == 11
    assert desk.roster().written_at is not None
    assert {row.outcome for row in desk.rows()} == {"written"}
    assert len([one for one in desk.effects() if one.kind == "created"]) == 11


def test_the_undo_takes_everything_back(desk: Desk, database: Database) -> None:
    known = put(database, "示例已有有限公司", 1, main_product="旧", source="staff")
    with database.reading() as session:
        before = session.get_one(FieldProvenance, (known, "main_product"))
    desk.bring(
        roster(f"示例已有有限公司,{code(1)},新,创新型中小企业,,,,示例镇,,李示例,13900000000", NEW)
    ).confirm()
    assert count(database, Firm) == 2 and count(database, Certification) == 2
    desk.undo()
    back = firm(database, "示例已有有限公司")
    assert (back.main_product, back.office_id) == ("旧", None)
    assert count(database, Firm) == 1 and count(database, Certification) == 0
    assert count(database, PrefilledContact) == 0
    with database.reading() as session:
        said = session.get_one(FieldProvenance, (known, "main_product"))
        assert (said.source, said.at) == (before.source, before.at)
        assert session.get(FieldProvenance, (known, "office_id")) is None
        assert "roster.undo" in set(session.scalars(select(AuditEntry.action)))
    assert "全部恢复" in desk.page()
    assert desk.post("confirm").status_code == 302 and count(database, Firm) == 1


def test_what_was_taken_back_asks_nobody_to_look_again(desk: Desk, database: Database) -> None:
    """Nothing is left to decide: neither a doubt nor a button, whether the row was written or not."""
    twice = (f"示例两行有限公司,{code(5)},泵,,,,,,,,", f"示例两行有限公司,{code(5)},电机,,,,,,,,")
    lapsed = f"示例到期有限公司,{code(6)},,专精特新中小企业,,2020-01-01,2022-12-31,,,,"
    desk.bring(roster(NEW, *twice, lapsed))
    doubts = desk.page(kind="suspicious")
    assert "是同一家企业，内容不同" in doubts and "同代码或同名的行" in doubts and 'value="take"' in doubts
    desk.post(f"rows/{desk.row('到期').id}", action="take")
    desk.confirm()
    assert desk.row("到期").outcome == "written"
    desk.undo()
    page = desk.page(kind="suspicious")
    assert "示例两行有限公司" in page and "示例到期有限公司" in page
    for told in ("是同一家企业，内容不同", "同代码或同名的行", "到期后", 'value="take"', "notice-doubt"):
        assert told not in page, told
    assert "导入已撤销" in page and "没有写入" in page


def test_the_undo_leaves_what_was_touched_since_and_says_so(desk: Desk, database: Database) -> None:
    known = put(database, "示例已有有限公司", 1, main_product="旧")
    lines = [f"示例已有有限公司,{code(1)},新,,,,,,382,,", NEW, f"示例用了有限公司,{code(2)},,,,,,,,,"]
    desk.bring(roster(*lines, f"示例改了有限公司,{code(3)},,,,,,,,,")).confirm()
    change(database, known, main_product="后来改的")
    change(database, firm(database, "示例改了有限公司").id, main_product="后来填的")
    with database.unit_of_work() as session:
        capabilities.create(
            session,
            MACHINE,
            firm(database, "示例用了有限公司").id,
            CapabilityContent(product="泵"),
            source="sheet",
            now=NOW,
        )
    desk.undo()
    after = firm(database, "示例已有有限公司")
    assert (after.main_product, after.industry_code) == ("后来改的", None)
    assert {"示例用了有限公司", "示例改了有限公司"} <= {
        firm(database, name).legal_name for name in ("示例用了有限公司", "示例改了有限公司")
    }
    with database.reading() as session:
        assert session.scalar(select(Firm).where(Firm.legal_name == "示例全新电气有限公司")) is None
    page = desk.page()
    assert "导入后又有人改过" in page and "已有需求、能力" in page and "档案又改过" in page


def test_a_renewed_tier_stands_beside_the_earlier_one(desk: Desk, database: Database) -> None:
    put(database, "示例复核有限公司", 1)
    line = f"示例复核有限公司,{code(1)},,专精特新中小企业,%s,,,,"
    desk.bring(roster(line % "第一批,2022-09-01,2025-08-31"))
    desk.post("reasons/tier_expired_by_rule", action="take")
    desk.confirm()
    desk.bring(roster(line % "第四批,2025-09-01,2028-08-31")).confirm()
    with database.reading() as session:
        held = session.scalars(select(Certification).where(Certification.removed_at.is_(None))).all()
        assert [str(one.valid_until) for one in held] == ["2025-08-31", "2028-08-31"]
    desk.bring(roster(line % "第四批,2025-09-01,2028-12-31")).confirm()
    with database.reading() as session:
        held = session.scalars(select(Certification).where(Certification.removed_at.is_(None))).all()
        assert [str(one.valid_until) for one in held] == ["2025-08-31", "2028-12-31"]
    desk.undo()
    with database.reading() as session:
        held = session.scalars(select(Certification).where(Certification.removed_at.is_(None))).all()
        assert [str(one.valid_until) for one in held] == ["2025-08-31", "2028-08-31"]


def test_the_same_file_is_known_again(
    desk: Desk, signed_in: Any, people: Any, database: Database, worker: Any
) -> None:
    desk.bring(roster(NEW)).confirm()
    assert "导入过" not in desk.page()
    again = Desk(signed_in(people.other), database, worker).bring(roster(NEW))
    assert "organiser" in again.page() and "导入过" in again.page()
    assert again.kinds() == {"示例全新电气有限公司": "unchanged"}
    assert "没有选中要写入的行" in again.client.post(f"{again.address}/confirm", follow_redirects=True).text


def test_whom_a_roster_names_is_forgotten_when_the_firm_speaks_for_itself(
    desk: Desk, database: Database, people: Any
) -> None:
    desk.bring(roster(NEW)).confirm()
    assert count(database, PrefilledContact) == 1
    made = firm(database, "示例全新电气有限公司")
    from marketplace.firms import people as firm_people  # beside its one use

    with database.unit_of_work() as session:
        claim = firm_people.issue_claim_code(session, MACHINE, made.id, now=NOW)
        member = Actor(account_id=int(people.member.split(".")[0]), name="member", verified=True)
        assert (
            firm_people.claim(
                session, member, code=claim, site=Site("链桥", "https://lianqiao.example"), now=NOW
            )
            is not None
        )
    assert count(database, PrefilledContact) == 0
    desk.bring(roster(NEW.replace("张示例", "王示例")))
    assert desk.kinds() == {"示例全新电气有限公司": "unchanged"}


def test_three_thousand_rows_of_which_four_hundred_are_wrong(desk: Desk, database: Database) -> None:
    lines = []
    for n in range(3000):
        number = code(1000 + n)
        if n % 15 == 0:
            number = number[:-1] + ("0" if number[-1] != "0" else "1")
        name = "" if n % 15 == 1 else f"示例第{n}号配套有限公司"
        lines.append(f"{name},{number},产品{n},,,,,,,,")
    desk.bring(roster(*lines))
    kinds: dict[str, int] = {}
    for row in desk.rows():
        kinds[row.kind] = kinds.get(row.kind, 0) + 1
    assert kinds == {"new": 2600, "suspicious": 200, "unread": 200}
    assert count(database, Firm) == 0
    page = desk.page()
    assert "有一格看不懂" in page and "写入 2600 行" in page
    assert page.count('id="row-') <= 200


def test_only_the_bureau_comes_in(signed_in: Any, people: Any, desk: Desk) -> None:
    desk.bring(roster(NEW))
    for who, status in (("town", 404), ("member", 404), ("other", 404), ("admin", 200)):
        assert signed_in(getattr(people, who)).get(desk.address).status_code == status, who
    for who, status in (("town", 403), ("member", 403), ("other", 200)):
        client = signed_in(getattr(people, who))
        assert client.get("/rosters/").status_code == status, who
        assert client.get("/rosters/export.xlsx").status_code == status, who


def test_deleting_forgets_the_file_and_keeps_the_records(desk: Desk, database: Database) -> None:
    desk.bring(roster(NEW)).confirm()
    assert desk.post("delete").status_code == 302
    assert desk.client.get(desk.address).status_code == 404
    assert firm(database, "示例全新电气有限公司").main_product == "高压开关柜"
    assert not desk.rows() and not desk.effects()
