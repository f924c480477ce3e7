"""The browse pages: filters, chips, counts, pages, bad questions, hostile words, in both languages at a fixed price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event

from marketplace import paths
from marketplace.app import create_app
from marketplace.core import analysis
from marketplace.core.actor import Actor, system_actor
from marketplace.core.clock import day_of, utc_now
from marketplace.taxonomy.service import import_seeds
from tests.integration.core.district import HERE, visit
from tests.integration.discovery.conftest import DAY, NOW, House

KNOWN = Actor(account_id=1, firm_roles=MappingProxyType({99: "owner"}))


class Pages:
    """The site as one reader sees it; answers are plain text."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.reader(Actor())

    def reader(self, actor: Actor) -> None:
        self.app.extensions["lianqiao.actor_loader"] = lambda _session: actor

    def get(self, path: str, status: int = 200, locale: str = "zh") -> str:
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["locale"] = locale
        answer = client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def titles(self, path: str) -> list[str]:
        found = re.findall(r'<h3><a href="[^"]*">(.*?)</a></h3>', self.get(path), re.DOTALL)
        return [unescape(re.sub(r"</?mark>", "", title)) for title in found]


@pytest.fixture
def pages(house: House) -> Iterator[Pages]:
    app = create_app(house.context.settings.model_copy(update={"rate_limits": False}))
    yield Pages(app)
    app.extensions["lianqiao.database"].dispose()


@pytest.fixture
def listings(house: House) -> House:
    """Five needs on two chains; the reference lists, so that filters have names."""
    import_seeds(house.session, system_actor(), paths.SEEDS, NOW)
    firm = house.firm("示例链主")
    far = day_of(utc_now()) + 60 * DAY
    for title, chain, type_key in (
        ("尼龙轴套", "nylon", "procurement"),
        ("尼龙滑块", "nylon", "processing"),
        ("尼龙滤布", "nylon", "procurement"),
        ("轴承钢套圈", "special-steel", "processing"),
        ("轴承钢滚子", "special-steel", "procurement"),
    ):
        house.need(firm, title, chain_key=chain, type_key=type_key, valid_until=far, description="耐磨")
    house.changed(f"firm:{firm.id}")
    return house


def count_of(html: str, name: str, value: str) -> int:
    pattern = rf'name="{name}" value="{value}".*?<span class="facet-count">(\d+)</span>'
    found = re.search(pattern, html, re.DOTALL)
    assert found is not None, (name, value)
    return int(found[1])


def test_different_filters_narrow_and_more_of_one_widen(pages: Pages, listings: House) -> None:
    assert len(pages.titles("/needs/browse")) == 5
    assert set(pages.titles("/needs/browse?chain=nylon")) == {"尼龙轴套", "尼龙滑块", "尼龙滤布"}
    assert set(pages.titles("/needs/browse?chain=nylon&type=procurement")) == {"尼龙轴套", "尼龙滤布"}
    assert len(pages.titles("/needs/browse?chain=nylon&chain=special-steel")) == 5
    assert len(pages.titles("/needs/browse?chain=nylon&chain=special-steel&type=procurement")) == 3


def test_counts_say_what_each_choice_would_give(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?chain=nylon")
    assert "共 3 条" in html
    # of its own facet: with this value alone; of the others: on top of what is chosen
    assert (count_of(html, "chain", "nylon"), count_of(html, "chain", "special-steel")) == (3, 2)
    assert (count_of(html, "type", "procurement"), count_of(html, "type", "processing")) == (2, 1)
    for value, promised in (("procurement", 2), ("processing", 1)):
        assert len(pages.titles(f"/needs/browse?chain=nylon&type={value}")) == promised


def test_each_filter_that_is_on_is_a_chip_that_takes_it_off(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?q=尼龙&chain=nylon&chain=special-steel&sort=newest")
    links = [unescape(link) for link in re.findall(r'class="chip chip-on" href="([^"]+)"', html)]
    left = [parse_qs(urlsplit(link).query) for link in links]
    assert left == [
        {"q": ["尼龙"], "chain": ["special-steel"], "sort": ["newest"]},
        {"q": ["尼龙"], "chain": ["nylon"], "sort": ["newest"]},
    ]
    assert "尼龙新材料" in html  # the chip speaks the list's words, not its keys


def test_nothing_found_offers_the_filter_to_drop_with_its_count(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?q=滤布&chain=special-steel&type=procurement")
    assert pages.titles("/needs/browse?q=滤布&chain=special-steel&type=procurement") == []
    offers = re.findall(r'class="btn btn-outline" href="([^"]+)">去掉「([^」]+)」，有 (\d+) 条', html)
    assert [(label, count) for _, label, count in offers] == [("特钢及装备", "1")]
    target = unescape(offers[0][0])
    assert pages.titles(target) == ["尼龙滤布"]


def test_nothing_there_at_all_says_so(pages: Pages, house: House) -> None:
    assert "目前还没有公开的内容" in pages.get("/needs/browse")
    assert "没有查到「没有这种东西」" in pages.get("/needs/browse?q=没有这种东西")


def test_while_the_index_is_being_built_the_page_says_so(pages: Pages, house: House) -> None:
    house.engine.reset()
    assert "索引正在建立" in pages.get("/needs/browse")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/needs/browse?q=" + "长" * 201, "搜索词太长"),
        ("/needs/browse?sort=best", "排序方式不认识"),
        ("/needs/browse?cursor=AAAA", "翻页链接已失效"),
        ("/needs/browse?q=a%07b", "看不见的控制字符"),
        ("/needs/browse?chain=" + "x" * 101, "筛选条件不认识"),
        ("/needs/browse?" + "&".join(f"chain=c{n}" for n in range(51)), "一类条件最多选"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_with_how_to_mend_it(
    pages: Pages, house: House, path: str, sentence: str
) -> None:
    html = pages.get(path, 400)
    assert sentence in html
    assert 'type="search"' in html


def test_other_words_are_sought_under_the_same_filters_in_the_same_order(pages: Pages, house: House) -> None:
    house.need(house.firm(), "轴套")
    html = pages.get('/needs/browse?q=轴套&chain=nylon&chain="><b>&sort=closing&cursor=')
    sent = re.findall(r'<input type="hidden" form="search-form-q" name="(\w+)" value="([^"]*)">', html)
    assert sent == [("chain", "nylon"), ("chain", "&#34;&gt;&lt;b&gt;"), ("sort", "closing")]
    assert html.count('id="search-form-q"') == 1
    assert 'form="search-form-q"' not in pages.get("/needs/browse?q=轴套")


def test_the_cursor_walks_through_everything_once(pages: Pages, house: House) -> None:
    firm = house.firm()
    for number in range(45):
        house.need(firm, f"轴套 {number:02d} 号")
    house.changed(f"firm:{firm.id}")
    for start in ("/needs/browse", "/needs/browse?q=轴套", "/needs/browse?sort=closing"):
        seen: list[str] = []
        path: str | None = start
        while path:
            html = pages.get(path)
            assert "共 45 条" in html
            seen += pages.titles(path)
            found = re.search(r'rel="next" href="([^"]+)"', html)
            path = unescape(found[1]) if found else None
            assert found is None or len(seen) in (20, 40)
        assert len(seen) == len(set(seen)) == 45


def test_a_cursor_belongs_to_its_own_order(pages: Pages, house: House) -> None:
    firm = house.firm()
    for number in range(25):
        house.need(firm, f"轴套 {number}")
    house.changed(f"firm:{firm.id}")
    found = re.search(r'rel="next" href="([^"]+)"', pages.get("/needs/browse?sort=closing"))
    assert found is not None
    pages.get(unescape(found[1]).replace("sort=closing", "sort=newest"), 400)


HOSTILE = '<script>alert(1)</script>轴套" onmouseover="x'


def test_hostile_words_stay_words(pages: Pages, house: House) -> None:
    firm = house.firm(f"厂{HOSTILE}"[:120])
    house.need(firm, HOSTILE, description=f"{HOSTILE} {{{{ 7*7 }}}} {{% raw %}}")
    house.capability(firm, HOSTILE, sentence=HOSTILE)
    house.changed(f"firm:{firm.id}")
    for path in ("/needs/browse", "/capabilities/browse", "/firms/browse"):
        for asked in (
            "",
            "?q=轴套",
            "?q=script",
            f"?q={HOSTILE}",
            "?q=<img src=x>&chain=<b>&division=\"'><i>",
        ):
            html = pages.get(path + asked)
            assert not re.search(r"<script(?![^>]*\bsrc=)|<img src=x|<b>|<i>|\sonmouseover=\"x", html)
            assert "49" not in re.findall(r'class="result-summary">(.*?)</p>', html, re.DOTALL)
    assert "<mark>轴套</mark>" in pages.get("/needs/browse?q=轴套")
    assert "&lt;script&gt;" in pages.get("/needs/browse?q=轴套")


def test_a_stuffed_title_is_shown_whole_and_found_last(pages: Pages, house: House) -> None:
    stuffed = "尼龙 PA6 PA66 PA12 加纤 阻燃 增韧 导电 耐高温 工业丝 切片 帘子布"
    firm = house.firm()
    house.capability(
        firm, stuffed, sentence="PA66 PA66 PA66 尼龙66 工业丝 工业丝 尼龙工业丝", description="工业丝 " * 50
    )
    house.capability(
        firm, "锦纶66高强低收缩工业丝 940~2100dtex", sentence="断裂强度高，收缩率低，可按样品生产。"
    )
    house.changed(f"firm:{firm.id}")
    assert pages.titles("/capabilities/browse?q=尼龙66 工业丝")[0].startswith("锦纶66高强低收缩工业丝")
    assert stuffed in pages.titles("/capabilities/browse?q=帘子布")


@pytest.mark.parametrize("path", ["/needs/browse", "/capabilities/browse", "/firms/browse"])
def test_a_page_costs_the_same_for_one_hit_and_for_three(
    pages: Pages, house: House, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        analysis, "LOOK_EVERY", 3600.0
    )  # the look at the synonym sets falls into one of the three
    import_seeds(house.session, system_actor(), paths.SEEDS, NOW)
    places = ("410402", "410403", "410472")

    def add(number: int) -> None:
        firm = house.firm(f"第{number}厂", production_division=places[number])
        place = {"delivery_division": places[number]}
        need = house.need(firm, f"轴套 {number}", chain_key="nylon", link_key="nylon-polymer", **place)
        house.capability(firm, f"轴套 {number}", chain_key="special-steel")
        house.changed(f"firm:{firm.id}", f"need:{need.id}")

    def cost() -> int:
        asked: list[str] = []

        def note(*args: object) -> None:
            asked.append(str(args[2]))

        engine = pages.app.extensions["lianqiao.database"].engine
        event.listen(engine, "before_cursor_execute", note)
        html = pages.get(f"{path}?q=轴套" if "firms" not in path else path)
        event.remove(engine, "before_cursor_execute", note)
        shown.append(html.count('class="result-card"'))
        return len(asked)

    shown: list[int] = []
    add(0)
    cost()  # reference lists are read once a process
    one = cost()
    add(1), add(2)
    three = cost()
    assert shown == [1, 1, 3]
    assert three == one <= 14


def test_a_stranger_is_told_that_there_is_more_for_those_who_sign_in(pages: Pages, house: House) -> None:
    firm = house.firm()
    house.need(firm, "公开轴套"), house.need(firm, "限定轴套", visibility="verified")
    house.changed(f"firm:{firm.id}")
    assert pages.titles("/needs/browse") == ["公开轴套"]
    assert "登录后可以看到更多" in pages.get("/needs/browse")
    pages.reader(KNOWN)
    assert set(pages.titles("/needs/browse")) == {"公开轴套", "限定轴套"}
    assert "登录后可以看到更多" not in pages.get("/needs/browse")


def test_a_need_that_was_closed_a_moment_ago_is_not_shown_even_before_the_worker_looked(
    pages: Pages, house: House
) -> None:
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    need.closed_at = NOW
    house.session.commit()
    assert pages.titles("/needs/browse") == []


@pytest.mark.parametrize("path", ["/needs/browse", "/capabilities/browse", "/firms/browse"])
def test_in_english_every_word_of_ours_is_english(pages: Pages, listings: House, path: str) -> None:
    html = pages.get(f"{path}?q=nothing&chain=nylon&party=enterprise", locale="en")
    text = re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")])
    assert not re.search(r"[\u4e00-\u9fff]", text), re.findall(r"\S*[\u4e00-\u9fff]\S*", text)


# ---------------------------------------------------------------- in a lived-in district


@pytest.mark.slow
def test_the_demonstrations_stuffed_listing_tops_no_page(district_site: Flask) -> None:
    client = visit(district_site, "buyer")
    for asked in ("尼龙66 工业丝", "尼龙", "阻燃尼龙", "PA66 切片", "导电"):
        html = client.get("/capabilities/browse", query_string={"q": asked}, base_url=HERE).text
        first = re.search(r'<h3><a href="[^"]*">(.*?)</a></h3>', html, re.DOTALL)
        assert first is None or "增韧 导电 耐高温" not in re.sub(r"</?mark>", "", first[1]), asked
