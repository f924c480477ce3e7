"""What may be asked, and how it is taken apart."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketplace.words  # noqa: F401 - every room's codes can be rendered
from marketplace.core.i18n import registered_words
from search.cursor import Cursor
from search.query import Alternative, BadQuery, Query, Wanted, take_apart

ROOT = Path(__file__).resolve().parents[3]


def asked(text: str, *phrases: str) -> Wanted:
    return Wanted((Alternative(text, phrases),))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("尼龙 帘子布", asked("尼龙 帘子布")),
        ('"浸胶 帘子布" 尼龙', asked("尼龙", "浸胶 帘子布")),
        ("“浸胶”「帘子布」『芳纶』", asked("", "浸胶", "帘子布", "芳纶")),
        ("尼龙 -再生 －回收", replace(asked("尼龙"), without=("再生", "回收"))),
        ('尼龙 -"再生 尼龙"', replace(asked("尼龙"), without_phrases=("再生 尼龙",))),
        ("PA66-GF30", asked("PA66-GF30")),  # a hyphen inside a code excludes nothing
        ("电缆 -40℃", asked("电缆 -40℃")),  # nor does a sign
        ('5" 管', asked('5" 管')),  # a lone mark is a character
        ('""', Wanted()),
        ("- 尼龙", asked("- 尼龙")),
        ("尼龙 帘子布 | 芳纶", Wanted((Alternative("尼龙 帘子布"), Alternative("芳纶")))),
        ("尼龙｜尼龙||芳纶 |", Wanted((Alternative("尼龙"), Alternative("芳纶")))),
        (
            '"尼龙|芳纶" | 涤纶 "高强"',
            Wanted((Alternative("", ("尼龙|芳纶",)), Alternative("涤纶", ("高强",)))),
        ),
        ("尼龙 -再生 | 芳纶", Wanted((Alternative("尼龙"), Alternative("芳纶")), ("再生",))),
        ("| |", Wanted()),
    ],
)
def test_words_phrases_and_minus(text: str, wanted: Wanted) -> None:
    assert take_apart(text) == wanted


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"text": "a" * 100_000}, "text_too_long"),
        ({"text": "尼龙\x00"}, "control_character"),
        ({"text": "\x1b[31m"}, "control_character"),
        ({"text": "\ud800"}, "broken_character"),
        ({"sort": "title"}, "unknown_sort"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 10_000}, "page_size"),
        ({"filters": {str(number): () for number in range(21)}}, "too_many_filters"),
        ({"filters": {"chain": ("a",) * 51}}, "too_many_values"),
        ({"filters": {"chain": ("a" * 101,)}}, "value_too_long"),
        ({"kinds": ("\udfff",)}, "broken_character"),
        ({"cursor": "a" * 301}, "bad_cursor"),
    ],
)
def test_hostile_questions_are_refused_by_code(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        Query(**arguments)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_every_code_is_named_where_a_page_looks_for_what_to_put_into_words() -> None:
    calls = (
        node
        for package in ("search", "marketplace")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "BadQuery"
    )
    raised = {ast.literal_eval(call.args[0]) for call in calls}
    named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", BadQuery.__doc__ or ""))
    assert raised == named
    assert {f"discovery.{code}" for code in raised} <= set(registered_words())


def test_pasted_line_breaks_are_blanks() -> None:
    assert Query("尼龙\r\n\t帘子布").wanted == asked("尼龙 帘子布")


def test_without_words_the_newest_come_first() -> None:
    assert (Query().order, Query("-再生").order, Query("尼龙").order) == ("newest", "newest", "relevance")
    assert Query("尼龙", sort="closing").order == "closing"


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"“”「」-－|｜ 尼龙'), max_size=200
    )
)
def test_any_text_is_taken_apart(text: str) -> None:
    wanted = Query(text).wanted
    assert sum(map(len, (wanted.text, *wanted.phrases, *wanted.without, *wanted.without_phrases))) <= len(
        text
    )


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=1), st.integers(0, 10**6))
def test_a_cursor_comes_back_as_it_went(after: list[int], shown: int) -> None:
    cursor = Cursor("newest", tuple(after), shown)
    assert Cursor.unpack(cursor.pack(), "newest") == cursor


@pytest.mark.parametrize(
    "packed", ["!", "e30", "bnVsbA", "WzFd", "W1tbW1tb", "WyJuZXdlc3QiLFsiYSJdLDFd", "é"]
)
def test_a_made_up_cursor_is_refused(packed: str) -> None:
    with pytest.raises(BadQuery, match="bad_cursor"):
        Cursor.unpack(packed, "newest")


def test_a_cursor_of_another_sort_is_refused() -> None:
    with pytest.raises(BadQuery, match="bad_cursor"):
        Cursor.unpack(Cursor("newest", (1,), 20).pack(), "closing")
