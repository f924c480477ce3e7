"""Many texts read as one say what each says alone, whatever stands in their neighbours."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis import Analyser, Lexicon, Tokens, default_lexicon
from search.analysis.batch import Batch, numbering
from search.analysis.characters import EDGE
from search.analysis.joined import normalise_joined
from search.analysis.memory import Memory

ANALYSER = Analyser(default_lexicon())
#: One name with a sign that parts codes, one with Han characters and others.
SIGNED = Analyser(Lexicon(("帘子布",), (("首台", "首台(套)"), ("pa66", "尼龙66", "pa;66"), ("b、c", "dd"))))

ANYTHING = st.text(st.characters(codec=None), max_size=30)
NEAR = st.text(
    f"尼龙聚酰胺帘子布轴承專精特新々〇首台套PApaGFgfbcd、60123456789-/. ~±mkvV的,，、。;()㎜…Ωμφカナ\u0301\u3000\ud800{EDGE}",
    max_size=30,
)
WRITTEN = st.lists(st.sampled_from(
    ["10", "kV", "-35kV", "5-35千伏", "1,000", ",000", "3", "万", "吨/年", "±", "0.01", "PA", "66", "-GF30", "GB/T", " 12670", "-2008", "尼龙",
     "专精特新", "小巨人", "乾", "坤", "首台(套)", "", " ", EDGE]), max_size=12
)  # fmt: skip


def told(batch: Batch, count: int) -> list[Tokens]:
    found = [Tokens([], []) for _ in range(count)]
    for column, of_text in ((batch.words, 0), (batch.bigrams, 1)):
        assert (column.rows[1:] >= column.rows[:-1]).all()
        assert len(set(column.terms)) == len(column.terms)
        for code, row in zip(column.codes, column.rows, strict=True):
            found[row][of_text].append(column.terms[code])
    return found


@pytest.mark.parametrize("analyser", [ANALYSER, SIGNED], ids=["shipped", "signed"])
@given(st.lists(ANYTHING | NEAR | WRITTEN.map("".join), max_size=6) | WRITTEN)
@example([EDGE, f"a{EDGE}b", "\ud800鋼\x00\udfff", ""])
@example(["10", "kv-35kv", "5-35kv"])
@example(["々", "々", "尼龙66", "66切片"])
def test_a_batch_says_of_each_text_what_it_says_alone(analyser: Analyser, texts: list[str]) -> None:
    for each, alone in zip(told(analyser.batch(texts), len(texts)), map(analyser.tokens, texts), strict=True):
        assert Counter(each.words) == Counter(alone.words)
        assert each.bigrams == alone.bigrams


@given(st.lists(ANYTHING | NEAR | WRITTEN.map("".join), min_size=1, max_size=6) | WRITTEN.filter(bool))
def test_texts_are_normalised_as_one_like_each_alone(texts: list[str]) -> None:
    assert normalise_joined(texts).split(EDGE) == [ANALYSER.normalise(text) for text in texts]


def test_every_character_is_read_in_a_batch_as_it_is_alone() -> None:
    texts = [f"尼{character}龙" for character in map(chr, range(0x11000))]
    batched = told(ANALYSER.batch(texts), len(texts))
    different = [
        text
        for text, each in zip(texts, batched, strict=True)
        if ANALYSER.bigrams(text) != each.bigrams or Counter(ANALYSER.words(text)) != Counter(each.words)
    ]
    assert different == []


def test_what_was_read_before_changes_no_answer() -> None:
    texts = ["PA66-GF30，10-35kV", "尼龙66切片 GB/T 12670-2008"]
    fresh = told(Analyser(default_lexicon()).batch(texts), 2)
    ANALYSER.batch([*texts, "PA66", "10-35kV"])
    assert told(ANALYSER.batch(texts), 2) == fresh


def test_a_vocabulary_learns_only_what_occurs() -> None:
    batch = ANALYSER.batch(["的浸胶帘子布", "", "尼龙66"])
    ids = {"帘子": 0}
    numbers = batch.bigrams.of_rows(1, 3).numbered(ids)
    assert ids == {"帘子": 0, "尼龙": 1, "66": 2}
    assert numbers.tolist() == [1, 2]
    assert batch.bigrams.of_rows(1, 3).rows.tolist() == [1, 1]
    words = numbering()
    batch.words.numbered(words)
    assert "的" not in words and EDGE not in words
    assert words["新词"] == len(words) - 1


def test_words_come_in_one_order_in_every_process() -> None:
    """Sums of weights are taken in it; sets of strings have another one in each process."""
    longer = [f"{kind}型联动控制装置" for kind in "戊丁丙乙甲"]
    inside = [word.removesuffix("装置") for word in longer]
    words = Analyser(Lexicon((*longer, *inside))).words("，".join(longer))
    assert words[-5:] == [word.removesuffix("装置") for word in sorted(longer)]


def test_another_cutter_is_read_in_batches_too() -> None:
    class ByCharacter:
        def cut(self, runs: list[str]) -> list[str]:
            return list("".join(runs))

    analyser = Analyser(Lexicon(), cutter=ByCharacter())
    assert [sorted(each.words) for each in told(analyser.batch(["钢板", "板66"]), 2)] == [
        ["板", "钢"],
        ["66", "板"],
    ]


def test_what_was_read_is_kept_within_bounds() -> None:
    asked: list[str] = []

    def read(stretches: list[str]) -> list[str]:
        asked.extend(stretches)
        return [stretch.upper() for stretch in stretches]

    memory = Memory(read, most=4, longest=5)
    assert memory.of(["a", "b"]) == ["A", "B"] and memory.of(["b", "a"]) == ["B", "A"]
    assert asked == ["a", "b"]
    assert memory.of(["too long"]) == memory.of(["too long"]) == ["TOO LONG"]
    assert asked == ["a", "b", "too long", "too long"]
    memory.of(list("cde"))  # five are kept
    memory.of(["f"])  # and are let go before this one is
    assert memory.of(["f", "a"]) == ["F", "A"]
    assert asked[-3:] == ["e", "f", "a"]


def test_threads_share_what_they_read() -> None:
    """Each forgets what the others have just read, and none is told anything else."""
    texts = [f"尼龙{number} PA{number}-GF30，{number}～{number + 5}kV" for number in range(60)]
    parts = [texts[first : first + 7] for first in range(50)] * 4
    shared = Analyser(default_lexicon())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared._batches._units, "_most", 3)
        patch.setattr("search.analysis.joined._FIGURES._most", 3)
        with ThreadPoolExecutor(8) as pool:
            read = list(pool.map(lambda part: told(shared.batch(part), len(part)), parts))
    alone = {text: (Counter(ANALYSER.words(text)), ANALYSER.bigrams(text)) for text in texts}
    for part, found in zip(parts, read, strict=True):
        assert [(Counter(each.words), each.bigrams) for each in found] == [alone[text] for text in part]
