"""The pages of the way in: from a slip to being signed in, in one form; what is said to whom."""

from __future__ import annotations

import re

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.firms import claims
from marketplace.firms.models import ClaimAlarm, ClaimCode, FirmMember
from tests.unit.firms.house import MACHINE, NOW, firm
from tests.unit.firms.site import Site, count, words_of

JOINING = {
    "name": "王厂长",
    "login": "13800138000",
    "password": "three-plain-words",
    "agreed": "y",
}


def way_into(site: Site, number: int = 9) -> claims.WayIn:
    from marketplace.core.clock import utc_now

    with site.writing() as session:
        made = firm(session, number, legal_name=f"示例待认领 {number} 有限公司")
        return claims.issue(session, MACHINE, made.id, now=utc_now())


def test_a_phone_comes_from_the_slip_to_being_signed_in_as_the_owner(site: Site) -> None:
    way, client = way_into(site), site.client()
    page = client.get(f"/firms/way-in/{way.token}")
    assert page.status_code == 200 and "示例待认领 9 有限公司" in page.text and "免费" in page.text
    assert way.code not in page.text
    done = client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": way.code.lower()})
    assert done.status_code == 302
    with site.database.reading() as session:
        account = session.query(Account).filter_by(mobile="+8613800138000").one()
        owner = session.query(FirmMember).filter_by(account_id=account.id).one()
        assert (owner.firm_id, owner.role, account.email) == (way.firm.id, "owner", None)
    assert client.get(f"/firms/{way.firm.id}/members").status_code == 200
    assert client.get(f"/firms/way-in/{way.token}").status_code == 410


def test_what_is_refused_leaves_the_code_good_and_makes_no_account(site: Site) -> None:
    way, client = way_into(site), site.client()
    before = count(site, Account)
    for wrong in ({"password": "short"}, {"agreed": ""}, {"login": "nobody"}, {"name": ""}, {"code": "AAAA"}):
        answer = client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": way.code, **wrong})
        assert answer.status_code == 422, wrong
    assert count(site, Account) == before
    assert client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": way.code}).status_code == 302


def test_whose_number_has_an_account_is_told_to_nobody_without_the_code(site: Site) -> None:
    way, client = way_into(site), site.client()
    with site.writing() as session:
        accounts.create_account(
            session, MACHINE, name="老账号", mobile="13800138000", password="another-long-word", now=NOW
        )
    taken = client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": "AAAA-AAAA-AAAA"})
    free = client.post(
        f"/firms/way-in/{way.token}", data={**JOINING, "code": "AAAA-AAAA-AAAA", "login": "13900139000"}
    )
    said = [re.sub(r"1[0-9]{10}|IM[\w.-]+", "", words_of(answer.text)) for answer in (taken, free)]
    assert taken.status_code == free.status_code == 422 and said[0] == said[1]
    wrong = client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": way.code})
    assert wrong.status_code == 422 and "已有账号" in wrong.text
    right = client.post(
        f"/firms/way-in/{way.token}", data={**JOINING, "code": way.code, "password": "another-long-word"}
    )
    assert right.status_code == 302


def test_ten_wrong_codes_on_the_page_lock_it_and_stand_on_the_bureaus_desk(site: Site) -> None:
    way, client = way_into(site), site.client()
    codes = [
        client.post(f"/firms/way-in/{way.token}", data={**JOINING, "code": "AAAA"}).status_code
        for _ in range(12)
    ]
    assert codes == [422] * 9 + [410] * 3  # the tenth ends the link, and says so
    desk = site.client("bureau").get("/firms/")
    assert "示例待认领 9 有限公司" in desk.text and "试错 10 次" in desk.text
    assert "试错 10 次" not in site.client("other town").get("/firms/").text
    with site.database.reading() as session:
        alarm_id = session.query(ClaimAlarm).one().id
    assert site.client("other town").post(f"/firms/alarms/{alarm_id}/seen").status_code == 404
    assert site.client("bureau").post(f"/firms/alarms/{alarm_id}/seen").status_code == 302
    assert "试错 10 次" not in site.client("bureau").get("/firms/").text


def test_the_picture_is_drawn_for_live_links_only(site: Site) -> None:
    way = way_into(site)
    picture = site.client().get(f"/firms/way-in/{way.token}/qr.svg")
    assert picture.status_code == 200 and picture.mimetype == "image/svg+xml" and b"<path" in picture.data
    assert b"style" not in picture.data and b"<script" not in picture.data
    assert site.client().get("/firms/way-in/made-up/qr.svg").status_code == 404


def test_slips_say_that_it_is_free_and_whom_to_ask_and_the_chat_text_keeps_the_code_back(site: Site) -> None:
    with site.writing() as session:
        made = [firm(session, number, legal_name=f"示例批量 {number} 有限公司").id for number in (11, 12)]
        from marketplace.accounts.models import Office

        session.query(Office).filter_by(kind="bureau").one().phone = "0375-7654321"
    bureau = site.client("bureau")
    page = bureau.post("/firms/verify", data={"action": "slips", "firm_id": [*made, site.firms["seller"]]})
    assert page.status_code == 200 and page.text.count('class="slip"') == 2
    codes = re.findall(r"slip-code\" translate=\"no\">([^<]+)<", page.text)
    chats = [text for text in re.findall(r'data-copy="([^"]*)"', page.text) if "/firms/way-in/" in text]
    assert len(codes) == len(chats) == 2
    for chat in chats:
        assert "免费" in chat and "0375-7654321" in chat and not any(code in chat for code in codes)
    assert count(site, ClaimCode) == 2
    assert site.client("owner").post("/firms/slips", data={"firm_id": made}).status_code == 404
    assert bureau.post("/firms/slips", data={"firm_id": ["x", "9" * 30]}).status_code == 302
    english = site.client("bureau", "en").post("/firms/slips", data={"firm_id": made})
    assert "free" in english.text
