"""Hits are marked on the text as it was written, and nothing is lost or invented."""

from hypothesis import given
from hypothesis import strategies as st

from search.analysis import Analyser, default_lexicon
from search.highlight import SNIPPET, Marker
from search.query import take_apart

ANALYSER = Analyser(default_lexicon())


def marker(text: str) -> Marker:
    return Marker.of(take_apart(text), ANALYSER)


def test_synonyms_and_other_spellings_are_marked_as_written() -> None:
    segments = marker("尼龙66 0.5mm").title("PA 66 薄膜，厚 ０．５㎜")
    assert [piece for piece, hit in segments if hit] == ["PA 66", "０．５㎜"]


def test_words_of_two_alternatives_are_no_name_together() -> None:
    segments = marker("PA | 66").title("PA 管，66 支")
    assert [piece for piece, hit in segments if hit] == ["PA", "66"]


def test_a_literal_phrase_is_marked_across_words() -> None:
    segments = marker('"强度帘子"').title("高强度簾子布")
    assert segments == (("高", False), ("强度簾子", True), ("布", False))


def test_markup_in_a_text_stays_text() -> None:
    segments = marker("尼龙").title("<em>尼龙</em>")
    assert segments == (("<em>", False), ("尼龙", True), ("</em>", False))


def test_a_snippet_shows_where_the_hits_are() -> None:
    body = "本公司成立于二〇〇五年。" * 40 + "主营轴承钢棒材与轴承钢管。" + "欢迎洽谈。" * 40
    snippet = marker("轴承钢").snippet(body)
    assert [piece for piece, hit in snippet if hit] == ["轴承钢", "轴承钢"]
    assert (snippet[0], snippet[-1]) == (("…", False), ("…", False))
    assert sum(len(piece) for piece, _ in snippet[1:-1]) == SNIPPET


def test_without_words_a_snippet_is_the_beginning() -> None:
    assert marker("").snippet("短文") == (("短文", False),)
    assert marker("").snippet("") == ()


@given(st.text(st.sampled_from("尼龙尼龍帘子布PA66 pa-的x，0.5㎜\u0301ﷺ"), max_size=60))
def test_segments_are_the_text(text: str) -> None:
    segments = marker('尼龙66 帘子布 0.5mm "PA"').title(text)
    assert "".join(piece for piece, _ in segments) == text
    assert all(piece for piece, _ in segments)
