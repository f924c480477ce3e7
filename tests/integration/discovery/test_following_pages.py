"""Pages of saved searches and of the index's state, and the search page while no index answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select

from marketplace.accounts.models import Account
from marketplace.actors import actor_of
from marketplace.core import outbox
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.jobs import Job
from marketplace.discovery import alerts
from marketplace.discovery.models import SavedSearch
from marketplace.discovery.rebuilding import rebuild
from marketplace.discovery.reconciling import reconcile
from search.engines.base import EngineUnavailable
from tests.integration.core.district import HERE, account_of, visit
from tests.integration.discovery.conftest import DAY, NOW, House
from tests.integration.discovery.test_browse import Pages, pages

__all__ = ["pages"]
SUPPLIER = "supplier@lianqiao.example"


@pytest.fixture
def site(own_site: Flask) -> Iterator[Flask]:
    own_site.config["WTF_CSRF_ENABLED"] = False
    yield own_site


def searches(site: Flask) -> list[SavedSearch]:
    with site.extensions["lianqiao.database"].reading() as session:
        return list(session.scalars(select(SavedSearch).order_by(SavedSearch.id)))


def test_a_followed_search_is_quoted_as_its_reader_quotes(site: Flask) -> None:
    form = {"name": "轴套", "kind": "need", "q": "尼龙", "cadence": "weekly"}
    for locale, quoted in (("zh", "「尼龙」"), ("en", "“尼龙”")):
        reader = visit(site, "supplier", locale=locale)
        reader.post("/searches", data=form, base_url=HERE)
        listed = reader.get("/searches", base_url=HERE).text
        own = reader.get(f"/searches/{searches(site)[0].id}", base_url=HERE).text
        assert quoted in listed and quoted in own


def test_a_search_is_followed_renamed_muted_and_deleted_from_the_page(site: Flask) -> None:
    reader = visit(site, "supplier")
    form = {"name": "尼龙", "kind": "need", "q": "尼龙", "chain": "nylon", "cadence": "weekly"}
    page = reader.get("/needs/browse?q=尼龙&chain=nylon", base_url=HERE).text
    for name, value in (("q", "尼龙"), ("chain", "nylon"), ("kind", "need")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert page.count('href="#follow"') == 1 and 'id="follow"' in page
    assert 'href="#follow"' not in reader.get("/needs/browse", base_url=HERE).text  # nothing asked
    answer = reader.post("/searches", data=form, base_url=HERE, follow_redirects=True)
    assert "尼龙" in answer.text and "每周汇总" in answer.text and "尼龙新材料" in answer.text
    (search,) = searches(site)
    assert (search.text, search.filters, search.cadence) == ("尼龙", {"chain": ["nylon"]}, "weekly")
    here = f"/searches/{search.id}"
    assert reader.get(here, base_url=HERE).status_code == 200
    reader.post(here, data={"name": "轴套", "cadence": "instant"}, base_url=HERE)
    assert (searches(site)[0].name, searches(site)[0].cadence) == ("轴套", "instant")
    wrong = reader.post(here, data={"name": "", "cadence": "instant"}, base_url=HERE, follow_redirects=True)
    assert "请写名称" in wrong.text
    reader.post(f"{here}/mute", base_url=HERE)
    assert "已静音" in reader.get("/searches", base_url=HERE).text
    stranger = visit(site, "buyer")
    assert stranger.get(here, base_url=HERE).status_code == 404
    for step in ("", "/mute", "/look", "/delete"):
        assert stranger.post(here + step, data=form, base_url=HERE).status_code == 404
    reader.post(f"{here}/delete", base_url=HERE)
    assert searches(site) == []
    assert "还没有关注的搜索" in reader.get("/searches", base_url=HERE).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"kind": "need", "q": "长" * 201, "name": "x", "cadence": "daily"}, "搜索词太长"),
        ({"kind": "need", "q": "a", "name": "x", "cadence": "hourly"}, "提醒方式不认识"),
        ({"kind": "order", "q": "a", "name": "x", "cadence": "daily"}, "筛选条件不认识"),
        ({}, "请写名称"),
    ],
)
def test_what_cannot_be_followed_is_said_in_words(site: Flask, form: dict[str, str], sentence: str) -> None:
    answer = visit(site, "supplier").post("/searches", data=form, base_url=HERE, follow_redirects=True)
    assert sentence in answer.text
    assert searches(site) == []


def test_new_results_are_counted_shown_once_and_marked(pages: Pages, house: House) -> None:
    account = Account(name="读者", email="a@example.com", locale="zh", created_at=NOW)
    house.session.add(account)
    house.session.commit()
    pages.app.config["WTF_CSRF_ENABLED"] = False
    pages.reader(actor_of(house.session, account, "zh"))
    house.session.commit()
    signed_in(pages, account)
    pages.get("/needs/browse?q=轴套")
    post(pages, account, "/searches", name="轴套", kind="need", q="轴套", cadence="daily")
    firm = house.firm()
    for _ in range(3):
        need = house.need(firm, valid_until=day_of(utc_now()) + DAY)
        house.changed(f"need:{need.id}")
    alerts.finder(actor_of)(house.context, ["changed"], NOW)
    page = signed_in(pages, account).get("/searches").text
    assert "3 条新结果" in page
    (search,) = house.session.scalars(select(SavedSearch)).all()
    house.session.commit()
    answer = post(pages, account, f"/searches/{search.id}/look")
    shown = signed_in(pages, account).get(answer.headers["Location"]).text
    assert len(re.findall("<article", shown)) == 3
    assert shown.count(">新<") == 3
    assert "条新结果" not in signed_in(pages, account).get("/searches").text


def signed_in(pages: Pages, account: Account) -> object:
    client = pages.app.test_client()
    with client.session_transaction() as cookie:
        cookie["locale"] = "zh"
        cookie["_user_id"] = f"{account.id}.{account.session_epoch}"
        cookie["_fresh"] = True
    return client


def post(pages: Pages, account: Account, path: str, **form: str) -> object:
    return signed_in(pages, account).post(path, data=form)


def test_the_list_of_searches_costs_the_same_for_one_and_for_many(site: Flask) -> None:
    reader = visit(site, "supplier")
    counts = []
    database = site.extensions["lianqiao.database"]
    for number in (1, 8):
        for n in range(number):
            reader.post(
                "/searches",
                data={"name": f"s{n}", "kind": "need", "q": f"尼龙{n}", "cadence": "daily"},
                base_url=HERE,
            )
        asked: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        assert reader.get("/searches", base_url=HERE).status_code == 200
        event.remove(database.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- while no index answers


def test_while_no_index_answers_the_database_does_and_the_page_says_so(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = day_of(utc_now()) + DAY
    firm = house.firm("链主厂")
    shown = house.need(firm, "尼龙100%轴套", valid_until=far)
    house.need(firm, "尼龙轴套内部", visibility="verified", valid_until=far)
    house.need(firm, "尼龙轴套草稿", published_at=None)
    house.need(firm, "尼龙轴套旧的", valid_until=day_of(utc_now()) - 3 * DAY)
    house.need(firm, "铝壳", valid_until=far)
    house.capability(firm, "尼龙棒")
    house.session.commit()

    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("no answer")

    monkeypatch.setattr(house.engine, "search", away)
    assert pages.titles("/needs/browse?q=尼龙 轴套") == [shown.title]
    assert "检索服务暂时不可用" in pages.get("/needs/browse?q=尼龙")
    assert "Search is unavailable at the moment" in pages.get("/needs/browse?q=尼龙", locale="en")
    assert pages.titles("/needs/browse?q=100%25") == [shown.title]  # a percent sign is no wildcard
    assert pages.titles("/needs/browse?q=尼龙 -轴套") == []
    assert pages.titles("/capabilities/browse?q=尼龙") == ["尼龙棒"]
    assert pages.titles("/firms/browse?q=链主") == ["链主厂"]
    assert "搜索词太长" in pages.get("/needs/browse?q=" + "长" * 201, 400)


# ---------------------------------------------------------------- the state of the index


def test_the_status_page_says_how_many_are_equal_and_lets_dead_rows_live(site: Flask) -> None:
    database = site.extensions["lianqiao.database"]
    with database.unit_of_work() as session:
        outbox.enqueue(session, "index", "order:1", NOW)
        (claim,) = outbox.claim(session, ["index"], NOW)
        outbox.postpone(session, [(claim, outbox.Trouble("names nothing <b>", "refused"))], NOW)
    admin = visit(site, "admin")
    page = admin.get("/administration/index", base_url=HERE).text
    assert "order:1" in page and "names nothing &lt;b&gt;" in page
    (entry,) = re.findall(r'name="ids" value="(\d+)"', page)
    unticked = admin.post("/administration/outbox/retry", base_url=HERE, follow_redirects=True).text
    assert "还没有勾选" in unticked and "项将再试一次" not in unticked and "order:1" in unticked
    answer = admin.post("/administration/outbox/retry", data={"ids": [entry, "x", "9" * 40]}, base_url=HERE, follow_redirects=True)  # fmt: skip
    assert "1 项将再试一次" in answer.text and "order:1" not in answer.text
    for _ in range(2):  # asked twice it is done once
        admin.post("/administration/index/reconcile", base_url=HERE)
    with database.reading() as session:
        assert len(session.scalars(select(Job).where(Job.kind == "index.reconcile")).all()) == 1
    assert "正在比对" in admin.get("/administration/index", base_url=HERE).text


def test_going_back_from_the_page_needs_an_index_to_go_back_to(pages: Pages, house: House) -> None:
    pages.app.config["WTF_CSRF_ENABLED"] = False
    account = Account(name="管", email="r@example.com", locale="zh", administrator=True, created_at=NOW)
    house.session.add(account)
    house.session.commit()
    pages.reader(Actor(account_id=account.id, administrator=True))
    assert post(pages, account, "/administration/index/back").status_code in (400, 422)
    assert house.on_record() == []  # nothing was done, and nothing is on record
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    first = house.engine.state().index
    rebuild(house.context, NOW)
    reconcile(house.context, NOW)
    shown = signed_in(pages, account).get("/administration/index").text
    assert re.search(r"2\s*<span> / 2</span>", shown) and house.engine.state().index in shown
    assert post(pages, account, "/administration/index/back").status_code == 302
    assert house.engine.state().index == first
    assert house.on_record() == ["index.rollback", "index.reconcile"]


def test_the_status_page_says_once_that_the_engine_is_silent(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(name="管", email="r@example.com", locale="zh", administrator=True, created_at=NOW)
    house.session.add(account)
    house.session.commit()
    pages.reader(Actor(account_id=account.id, administrator=True))
    page = signed_in(pages, account).get("/administration/index").text
    assert "索引名称" in page and "内置索引 · tantivy" in page and "embedded" not in page
    assert "恢复后才能比对" not in page and "disabled" not in page

    def silent() -> None:
        raise EngineUnavailable("no answer")

    monkeypatch.setattr(house.engine, "state", silent)
    page = signed_in(pages, account).get("/administration/index").text
    assert page.count("没有应答") == 1 and "no answer" in page
    assert "索引名称" not in page and "应有的文档" in page and "上次重建" in page
    assert page.count(' disabled aria-describedby="why-not"') == 2 and "恢复后才能比对或重建" in page
    pages.app.config["WTF_CSRF_ENABLED"] = False
    for work in ("reconcile", "rebuild"):
        answer = post(pages, account, f"/administration/index/{work}")
        assert answer.status_code == 400 and "恢复后才能比对或重建" in answer.text
    with house.context.database.reading() as session:
        assert session.scalars(select(Job.id)).all() == []
    pages.reader(Actor())
    assert post(pages, account, "/administration/index/rebuild").status_code in (302, 403)


def test_nobody_else_sees_or_moves_it(site: Flask) -> None:
    for role in ("bureau", "town", "supplier", "buyer", "newcomer"):
        visitor = visit(site, role)
        assert visitor.get("/administration/index", base_url=HERE).status_code == 403
        for work in ("index/reconcile", "index/rebuild", "index/back", "outbox/retry"):
            assert visitor.post(f"/administration/{work}", base_url=HERE).status_code == 403
    with site.extensions["lianqiao.database"].reading() as session:
        assert account_of(session, SUPPLIER)
        assert not session.scalars(select(Job).where(Job.kind.like("index.%"))).all()
