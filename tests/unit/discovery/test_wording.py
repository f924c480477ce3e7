"""What a title may gain: one that lists search terms names nothing, and what backs a list is said elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import paths
from marketplace.discovery.wording import indexed, names

STUFFED = "尼龙 PA6 PA66 PA12 加纤 阻燃 增韧 导电 耐高温 工业丝 切片 帘子布"


@pytest.mark.parametrize(
    "title",
    [
        "锦纶66高强低收缩工业丝 940~2100dtex",
        "12～40.5 kV 触头盒、绝缘筒、套管、传感器绝缘子",
        "压力容器用碳钢、低合金钢锻件（NB/T 47008 Ⅱ~Ⅳ级）",
        "",
    ],
)
def test_a_product_range_is_a_name(title: str) -> None:
    assert names(title)
    assert indexed(title, "一句话。")[0] == title


def test_a_list_of_search_terms_gains_nothing_as_a_title() -> None:
    title, body = indexed(STUFFED, "PA66 PA66 PA66 加纤尼龙 再生尼龙 欢迎来电", "")
    assert title == ""
    terms = body.split("、")
    assert len(terms) == len(set(terms))
    assert {"PA66", "工业丝"} <= set(terms)
    assert not {"加纤尼龙", "再生尼龙", "欢迎来电"} & set(terms)


def test_what_a_stuffed_listing_says_in_earnest_is_still_found() -> None:
    _, body = indexed(STUFFED, "年产能 5000 吨，我们的纺丝线可以按客户的样品调整纤度", "")
    assert "5000" in body
    assert "我们的纺丝线可以按客户的样品调整纤度" in body


def test_running_text_is_left_alone() -> None:
    text = "机舱、发电机组线束，黑色。长期 105℃，短期 145℃。\n三千万根库存。"
    assert indexed("耐热扎带 PA66 HS", text) == ("耐热扎带 PA66 HS", text)


def test_in_the_demonstration_only_the_stuffed_listings_are_quietened() -> None:
    rows = [
        json.loads(line)
        for path in sorted(Path(paths.SEEDS, "demo").glob("capabilities-*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    quiet = {row["key"] for row in rows if not names(row["product"])}
    assert len(rows) > 300
    assert quiet == {"nylon-c079", "steel-c077", "electrical-c071", "storage-c071"}


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_words_can_be_indexed(title: str, text: str) -> None:
    shown, body = indexed(title, text)
    assert shown in ("", title)
    assert isinstance(body, str)
