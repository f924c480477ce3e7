"""Names on a keyboard set to English: full pinyin, initials, figures kept, stretches of whole words."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyser, default_lexicon
from search.analysis.characters import LONGEST_TOKEN
from search.analysis.pinyin import MOST_TOKENS, name_tokens, syllables

ANALYSER = Analyser(default_lexicon())


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("尼龙66切片", {"nilong66", "nl66", "nilong66qiepian", "nl66qp", "qiepian"}),
        ("平煤神马尼龙科技有限公司", {"pmsmnl", "pingmeishenmanilong", "nilong", "shenmanilong", "nlkj"}),
        ("重庆绿源轴承", {"chongqinglvyuanzhoucheng", "zhoucheng", "cqlyzc"}),
        ("尼龍６６", {"nilong66", "nl66"}),
    ],
)
def test_a_name_is_typed_whole_or_from_any_word_to_any_word(name: str, asked: set[str]) -> None:
    assert asked <= set(name_tokens([name], ANALYSER))


def test_two_initials_alone_and_single_syllables_are_no_tokens() -> None:
    tokens = name_tokens(["钢板"], ANALYSER)
    assert tokens == ("gangban",)
    assert name_tokens(["泵", "ABS 300", ""], ANALYSER) == ()


def test_a_reading_follows_the_word_it_stands_in() -> None:
    assert syllables("银行") == ("yin", "hang")
    assert syllables("行走") == ("xing", "zou")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=90), max_size=4))
def test_any_text_gives_few_short_tokens_without_blanks(names: list[str]) -> None:
    tokens = name_tokens(names, ANALYSER)
    assert len(tokens) == len(set(tokens)) <= MOST_TOKENS
    assert all(0 < len(token) <= LONGEST_TOKEN and token.split() == [token] for token in tokens)


def test_the_dictionary_of_readings_loads_with_the_first_name_only() -> None:
    look = "import sys, search.analysis.pinyin; print('pypinyin' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
