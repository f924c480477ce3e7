"""What a search page offers after nothing was found, and what it answers from while no index is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from marketplace import paths
from marketplace.capabilities.models import CapabilityType
from marketplace.certifications.models import Certification
from marketplace.core.actor import ANONYMOUS, system_actor
from marketplace.core.clock import day_of, utc_now
from marketplace.discovery import asking, facets, plain
from marketplace.discovery import engine as engines
from marketplace.discovery.rebuilding import rebuild
from marketplace.firms.models import FirmChain
from marketplace.needs.models import NeedCertificate
from marketplace.taxonomy.service import import_seeds
from search.documents import Document
from search.engines.base import RELEVANCE_END, EngineUnavailable
from tests.integration.discovery.conftest import DAY, NOW, TODAY, House
from tests.integration.discovery.test_browse import Pages, listings, pages

__all__ = ["listings", "pages"]
OFFER = re.compile(r'class="btn btn-outline" href="([^"]+)">去掉「([^」]+)」，有 (\d+) 条')


def spellings(html: str) -> list[tuple[str, str]]:
    found = re.search(r"您要找的是不是：(.*?)</p>", html, re.DOTALL)
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', found[1]) if found else []


# ---------------------------------------------------------------- nothing was found


def test_a_slip_of_the_hand_is_answered_with_what_was_meant(pages: Pages, listings: House) -> None:
    ((url, text),) = spellings(pages.get("/needs/browse?q=周承钢&chain=special-steel&sort=newest"))
    assert text == "轴承钢"
    assert set(pages.titles(unescape(url))) == {"轴承钢套圈", "轴承钢滚子"}
    assert "chain=special-steel" in url and "sort=newest" in url


def test_nobody_is_offered_a_spelling_that_only_others_would_find(pages: Pages, house: House) -> None:
    hidden = house.need(house.firm(), "鎏金暗料", visibility="verified")
    house.changed(f"need:{hidden.id}")
    assert spellings(pages.get("/needs/browse?q=流金暗料")) == []


def test_the_word_to_leave_out_is_offered_with_what_that_gives_back(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?q=尼龙 钛合金")
    offers = {label: (unescape(url), int(count)) for url, label, count in OFFER.findall(html)}
    assert {label: count for label, (_, count) in offers.items()} == {"钛合金": 3}
    assert len(pages.titles(offers["钛合金"][0])) == 3


def test_what_has_only_some_of_the_words_is_shown_where_nothing_has_all(
    pages: Pages, listings: House
) -> None:
    html = pages.get("/needs/browse?q=尼龙 -再生 钛合金")
    assert "没有查到" in html and "只含其中一部分词的" in html
    shown = pages.titles("/needs/browse?q=尼龙 -再生 钛合金")
    assert sorted(shown) == sorted(pages.titles("/needs/browse?q=尼龙 | 钛合金 -再生")) and shown
    assert "只含其中一部分词的" not in pages.get("/needs/browse?q=钛合金")


def test_who_found_something_may_look_wider(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?q=轴承钢 滚子&chain=special-steel")
    (url,) = re.findall(r'<a href="([^"]+)">只含其中一部分词的也看看', html)
    assert set(pages.titles(unescape(url))) == {"轴承钢套圈", "轴承钢滚子"}
    assert "只含其中一部分词的" not in pages.get(unescape(url))


@pytest.mark.parametrize(
    ("text", "wider"),
    [
        ("尼龙 钛合金", "尼龙 | 钛合金"),
        ('"高强 尼龙" 钛合金 -再生 －"旧 料"', '"高强 尼龙" | 钛合金 -再生 －"旧 料"'),
        ("尼龙钛合金", "尼龙 | 钛合金"),
        ("尼龙", ""), ("尼龙 -再生", ""), ("尼龙 | 钛合金", ""), ("a b|", ""), ("的", ""), ("", ""), ("电缆 -40℃", "电缆 | -40℃"),
        ("字 " * 99, ""), ("尼龙 的 / 钛合金", "尼龙 | 钛合金"), ("尼龙 /", ""),
    ],
)  # fmt: skip
def test_any_word_is_the_same_question_with_bars(text: str, wider: str) -> None:
    assert asking.any_word(text) == wider


def test_words_that_were_written_in_one_are_offered_one_by_one(pages: Pages, listings: House) -> None:
    labels = {label: count for _, label, count in OFFER.findall(pages.get("/needs/browse?q=尼龙钛合金"))}
    assert labels == {"钛合金": "3"}


def test_a_single_character_of_a_word_is_never_the_thing_to_leave_out(pages: Pages, listings: House) -> None:
    for text in ("尼龙钛板", "尼龙 板", "钛板", "板 钛"):
        for _, label, _ in OFFER.findall(pages.get(f"/needs/browse?q={text}")):
            assert len(label) > 1


def test_an_exclusion_and_a_phrase_are_left_out_whole(pages: Pages, listings: House) -> None:
    offers = OFFER.findall(pages.get('/needs/browse?q=滤布 -尼龙 "耐磨"'))
    assert {label: count for _, label, count in offers} == {"滤布": "2", "-尼龙": "1"}
    (address,) = (unescape(url) for url, label, _ in offers if label == "-尼龙")
    assert pages.titles(address) == ["尼龙滤布"]


def test_where_no_single_filter_helps_all_of_them_are_offered(pages: Pages, listings: House) -> None:
    html = pages.get("/needs/browse?q=滤布&chain=special-steel&type=processing&procedure=tender")
    ((_, label, count),) = OFFER.findall(html)
    assert count == "1"
    assert label.count("、") == 2


# ---------------------------------------------------------------- the end of relevance


def test_the_thousandth_hit_ends_the_order_by_relevance_and_says_how_to_see_the_rest(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.discovery.views.PAGE_SIZE", 100)
    house.engine.write(
        Document("need", number, f"轴套 {number}", 1, ("public",), body="轴套")
        for number in range(1, RELEVANCE_END + 2)
    )
    house.engine.refresh()
    sentence = f"按相关度最多看到前 {RELEVANCE_END} 条：请加条件，或按时间排序看全部。"

    def walk(path: str | None) -> list[str]:
        shown = []
        while path:
            shown.append(pages.get(path))
            found = re.search(r'rel="next" href="([^"]+)"', shown[-1])
            path = unescape(found[1]) if found else None
        return shown

    by_relevance = walk("/needs/browse?q=轴套")
    assert [sentence in html for html in by_relevance] == [False] * 9 + [True]
    by_time = walk("/needs/browse?q=轴套&sort=newest")
    assert [sentence in html for html in by_time] == [False] * 11


# ---------------------------------------------------------------- no index, or none that is whole


@pytest.fixture
def silent(house: House, listings: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("gone")

    monkeypatch.setattr(type(house.engine), "search", away)
    yield listings


def test_the_database_honours_filters_words_and_sorts(pages: Pages, silent: House) -> None:
    firm = silent.firm("示例焦化", production_division="410402")
    soon = day_of(utc_now()) + DAY
    silent.need(
        firm, "针状焦", delivery_division="410402", procedure="tender", sme_oriented=True, valid_until=soon
    )
    silent.session.commit()
    titles = pages.titles
    assert "检索服务暂时不可用" in pages.get("/needs/browse?q=尼龙")
    assert set(titles("/needs/browse?q=尼龙&type=procurement")) == {"尼龙轴套", "尼龙滤布"}
    assert set(titles("/needs/browse?chain=nylon&chain=special-steel&type=processing")) == {
        "尼龙滑块",
        "轴承钢套圈",
    }
    assert titles("/needs/browse?q=尼龙 -滤布 -滑块") == ["尼龙轴套"]
    for asked in ("division=410402", "division=410400", "procedure=tender", "openness=sme"):
        assert titles(f"/needs/browse?{asked}") == ["针状焦"], asked
    assert titles("/needs/browse?division=410403") == titles("/needs/browse?openness=other") == []
    assert titles("/needs/browse?sort=closing")[0] == "针状焦"
    assert titles("/firms/browse?division=410400") == ["示例焦化"]
    assert set(titles("/firms/browse?party=enterprise")) == {"示例焦化", "示例链主"}


def test_the_database_turns_pages_offers_filters_and_claims_no_relevance(pages: Pages, silent: House) -> None:
    firm = silent.firm("示例焦化")
    for number in range(45):
        silent.need(firm, f"轴瓦 {number:02}", chain_key="nylon")
    silent.session.commit()
    path, seen, html = "/needs/browse?q=轴瓦", [], ""
    while path:
        html = pages.get(path)
        seen.append(pages.titles(path))
        found = re.search(r'rel="next" href="([^"]+)"', html)
        path = unescape(found[1]) if found else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    assert sorted(title for page in seen for title in page) == [f"轴瓦 {number:02}" for number in range(45)]
    html = pages.get("/needs/browse?q=轴瓦&chain=nylon")
    for facet, value in (("chain", "special-steel"), ("type", "finance"), ("procedure", "tender")):
        assert re.search(rf'name="{facet}" value="{value}"', html), facet
    assert 'name="chain" value="nylon" checked' in html and "facet-count" not in html
    assert "最相关" not in html and "<strong>最新发布</strong>" in html
    for sent in (
        "from-20",
        "from-999",
        "from-x",
        "eyJhIjoxfQ",
    ):  # an index's place, or nobody's: a page all the same
        assert pages.titles(f"/needs/browse?q=轴瓦&cursor={sent}"), sent


def test_the_database_leaves_no_word_out_and_refuses_what_is_too_much(pages: Pages, silent: House) -> None:
    nobody = [f"没有{number}" for number in range(plain.MOST_WORDS)]
    last = " | ".join([*nobody[1:], "轴承钢套圈"])
    assert pages.titles(f"/needs/browse?q={last}") == ["轴承钢套圈"]
    assert pages.titles(f"/needs/browse?q={' '.join(['耐磨'] * (plain.MOST_WORDS - 1))} 滑块") == ["尼龙滑块"]
    for text in (" | ".join(nobody) + " | 尼龙", " ".join(nobody) + " -尼龙", " ".join([*nobody, '"尼龙"'])):
        for locale, told in (("zh", "最多用 24 个词"), ("en", "at most 24 words")):
            html = pages.get(f"/needs/browse?q={text}", 400, locale)
            assert told in html and text in unescape(html)


def offered(html: str, facet: str) -> list[str]:
    return re.findall(rf'<input (?!type="hidden")[^>]*name="{facet}" value="([^"]+)"', html)


def test_the_database_offers_the_places_certificates_and_links_that_occur(
    pages: Pages, silent: House
) -> None:
    """As the index does: where something is that this reader may find; the most frequent first, each city beside its
    counties."""
    maker = silent.firm("示例焦化", production_division="410402", registered_division="410725")
    other = silent.firm("示例锻造", registered_division="410402")
    hidden = silent.firm("停用的厂", registered_division="410182", suspended_at=NOW)
    silent.session.add_all(
        [
            Certification(firm_id=maker.id, kind_key="iso-9001", source="self", created_at=NOW),
            Certification(
                firm_id=other.id, kind_key="iatf-16949", source="self", created_at=NOW,
                valid_until=day_of(utc_now()) - DAY,
            ),
            Certification(firm_id=hidden.id, kind_key="ccc", source="self", created_at=NOW),
            FirmChain(firm_id=maker.id, chain_key="nylon", link_key="nylon-polymer"),
        ]
    )  # fmt: skip
    silent.capability(maker, "针状焦", link_key="nylon-polymer")
    for place in ("410402", "410403", "410403", "410523"):
        need = silent.need(other, "轴瓦", delivery_division=place)
        need.certificates = [NeedCertificate(kind_key="iso-14001")]
    silent.need(other, "只给受邀的", delivery_division="410902", visibility="invited")
    silent.session.commit()
    html = pages.get("/needs/browse")
    assert offered(html, "division") == ["410400", "410403", "410402", "410500", "410523"]
    assert offered(html, "certificate") == ["iso-14001"] and "facet-count" not in html
    for kind in ("firms", "capabilities"):
        html = pages.get(f"/{kind}/browse")
        assert offered(html, "division") == ["410400", "410402"], kind
        assert offered(html, "certificate") == ["iso-9001"], kind
        assert offered(html, "link") == ["nylon-polymer"], kind
    on = pages.get("/firms/browse?division=410523&certificate=ccc")
    assert offered(on, "division") == ["410523", "410400", "410402"]
    assert offered(on, "certificate") == ["ccc", "iso-9001"]


def test_a_page_of_the_database_goes_on_at_the_first_one_once_the_index_is_back(
    pages: Pages, listings: House
) -> None:
    assert pages.titles("/needs/browse?cursor=from-20") == pages.titles("/needs/browse")


def test_the_database_says_of_filters_what_the_index_says(
    pages: Pages, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of each value, and every filter of every kind: the same ids from both."""
    import_seeds(house.session, system_actor(), paths.SEEDS, NOW)
    for number, place in enumerate(("410402", "410403", "410422")):
        firm = house.firm(
            f"第{number}厂",
            chain_leader=number == 2,
            registered_division=place,
            party_kind=("enterprise", "university", "enterprise")[number],
        )
        for chain, link in (("nylon", "nylon-polymer"), ("special-steel", None)):
            house.need(
                firm, f"{chain}{number}", chain_key=chain, link_key=link, delivery_division=place,
                accepts_first_of_kind=number == 1, splitting_accepted=number == 2,
            )  # fmt: skip
            row = house.capability(firm, f"{chain}{number}", chain_key=chain, link_key=link)
            row.nature = "opening" if number == 0 else "capability"
            row.types = [CapabilityType(type_key="finance")] if number == 0 else []
        house.changed(f"firm:{firm.id}")
    questions = [
        f"/{kind}/browse?{name}={value}"
        for kind in ("needs", "capabilities", "firms")
        for name, values in {
            "chain": ("nylon", "special-steel", "none"),
            "link": ("nylon-polymer",),
            "division": ("410402", "410400", "410403", "410000"),
            "party": ("enterprise", "university", "chain_leader"),
            "direction": ("make", "open", "want"),
            "type": ("finance", "procurement"),
            "openness": ("first_of_kind", "splitting", "sme"),
        }.items()
        for value in values
    ]
    by_index = {asked: sorted(pages.titles(asked)) for asked in questions}
    assert sum(map(bool, by_index.values())) > 20

    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("gone")

    monkeypatch.setattr(type(house.engine), "search", away)
    assert {asked: sorted(pages.titles(asked)) for asked in questions} == by_index


def test_a_city_of_many_small_counties_stands_before_any_one_county(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = house.firm()
    places = ["410402"] * 2 + ["410502"] * 2 + ["410611", "410621", "410622"]
    for number, place in enumerate(places):
        house.need(firm, f"轴套{number}", delivery_division=place, valid_until=TODAY + DAY)
    monkeypatch.setattr(plain, "MOST_OCCURRING", 2)
    found = plain.occurring(house.session, ANONYMOUS, "need", TODAY)
    assert found["division"] == ["410600", "410400"]


def test_what_stands_in_a_city_counts_once_there(house: House) -> None:
    firm = house.firm()
    for number, place in enumerate(["410400", "410502", "410503"]):
        house.need(firm, f"轴套{number}", delivery_division=place, valid_until=TODAY + DAY)
    house.need(firm, "铝壳", delivery_division="410600", valid_until=TODAY + DAY)
    found = plain.occurring(house.session, ANONYMOUS, "need", TODAY)
    assert found["division"] == ["410500", "410400", "410502", "410503", "410600"]


@pytest.mark.parametrize("kind", facets.OF_KIND)
def test_the_database_knows_every_filter_of_the_page(kind: str) -> None:
    table = plain.TABLES[kind](ANONYMOUS, TODAY)
    assert set(facets.OF_KIND[kind]) <= set(table.filters)


def test_an_unfinished_index_answers_nobody(pages: Pages, listings: House) -> None:
    """As in a process that starts while the index of a new version is being filled: some documents are in already."""
    engine = listings.engine
    engine.reset()
    engine.write([Document("need", 1, "尼龙轴套", 1, ("public",), facets={"chain": ("nylon",)})])
    engine.refresh()
    html = pages.get("/needs/browse?q=尼龙")
    assert "索引正在建立" in html
    assert set(pages.titles("/needs/browse?q=尼龙")) == {"尼龙轴套", "尼龙滑块", "尼龙滤布"}
    assert "没有查到「没有这种东西」" in pages.get("/needs/browse?q=没有这种东西")
    assert "索引正在建立" in pages.get("/needs/browse?q=没有这种东西")
    rebuild(listings.context, NOW)
    html = pages.get("/needs/browse?q=尼龙")
    assert "索引正在建立" not in html and "共 3 条" in html


def test_a_process_that_starts_during_a_rebuild_shows_no_unfinished_index(
    pages: Pages, listings: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listings.engine.rebuild() as beside:
        beside.write([Document("need", 77, "尼龙半成品", 1, ("public",))])
        monkeypatch.setattr(engines, "_engines", {})  # nothing is open yet: this is another process
        monkeypatch.setattr(engines, "_before", [])
        html = pages.get("/needs/browse?q=尼龙")
        assert "共 3 条" in html and "半成品" not in html
