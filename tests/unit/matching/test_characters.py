"""What a character of a need's title keeps of its worth."""

from hypothesis import given
from hypothesis import strategies as st

from matching.characters import OF_EMPTY_WORD, OF_LIGHT_WORD, character_shares
from search.analysis import Analyser, Lexicon

ANALYSER = Analyser(Lexicon(words=("造纸",)))


def test_characters_of_empty_words_keep_less_and_those_of_things_all():
    shares = character_shares("甘蔗制造公司", ANALYSER)
    assert shares["甘"] == shares["蔗"] == 1.0
    assert shares["制"] == shares["造"] == shares["公"] == OF_EMPTY_WORD
    assert character_shares("过滤材料", ANALYSER)["材"] == OF_LIGHT_WORD


def test_the_best_of_its_words_speaks_for_a_character():
    shares = character_shares("造纸，制造", ANALYSER)
    assert shares["造"] == 1.0
    assert shares["制"] == OF_EMPTY_WORD


@given(st.text(alphabet="甘蔗制造公司材料用PA6 ，", max_size=24))
def test_only_characters_of_the_title_are_named_and_none_falls_to_nothing(title):
    shares = character_shares(title, ANALYSER)
    assert set(shares) <= set(ANALYSER.normalise(title))
    assert all(OF_EMPTY_WORD <= share <= 1.0 for share in shares.values())
