"""Reading codes stretch by stretch, and remembering them, changes nothing."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.analysis import Analyser, codes, default_lexicon
from search.analysis.normalise import normalise

ANALYSER = Analyser(default_lexicon())
PIECES = [
    "GB/T", "gb", " ", "12670", "-", "2008", "PA66", "尼龙", "、", "±", "0.5", "mm", "~", "35", "kV", "/", "年", "(", ")", ".", ";",
    "ISO", "9001", "q/abc", "t/xyz", "×", "+", "#", "。", "é", "か", "[", "]", "?", "!", '"', ":", "b", "3", "万吨", "至",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("执行GB/T 12670-2008（PA66-GF30），±0.01mm；q/abc 123")
def test_stretch_by_stretch_is_the_same_as_in_one_go(text: str) -> None:
    normalised = normalise(text)
    assert list(codes.locate(normalised)) == list(codes.read(normalised))
    located = ANALYSER._locate(normalised)
    assert sorted(ANALYSER.words(text)) == sorted(token for token, _, _ in located)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_character_is_read_the_same(text: str) -> None:
    normalised = normalise(text)
    assert list(codes.locate(normalised)) == list(codes.read(normalised))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=200))
def test_output_is_bounded_and_places_lie_in_the_text(text: str) -> None:
    tokens = ANALYSER.tokens(text)
    assert len(tokens.bigrams) <= 20 * len(text)
    assert len(tokens.words) <= 60 * len(text) + 1
    for start, end, token in ANALYSER.spans(text):
        assert 0 <= start < end <= len(text)
        assert token


def test_hostile_lengths_end() -> None:
    for text in (
        "\ud800" * 100_000,
        "1" * 100_000,
        "尼" * 100_000,
        "a-" * 50_000,
        "1~" * 50_000,
        "\x00" * 100_000,
    ):
        assert len(ANALYSER.tokens(text).words) <= 4 * len(text)
