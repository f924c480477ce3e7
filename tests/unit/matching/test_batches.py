"""Many texts read for an index give the streams that each gives alone."""

from hypothesis import example, given
from hypothesis import strategies as st

from matching.batches import grams, streams_of
from matching.reading import Reader
from matching.reading import grams as grams_of
from search.analysis import Analyser, default_lexicon
from search.analysis.batch import Column

READER = Reader(Analyser(default_lexicon()))
TEXTS = st.text(
    "尼龙聚酰胺帘子布轴承钢专精特新々𠀀カナ한국PApaGFgfnylon 6012-/.~±mkVΩ的，、。\x01\ud800", max_size=30
)
NAMES = st.lists(
    st.sampled_from(
        [
            "PA66",
            "-GF30",
            "尼龙66",
            "聚酰胺66",
            "子布",
            "布料",
            "布",
            "カタカナ",
            "，",
            "nylon 66",
            "GB/T 12670",
        ]
    ),
    max_size=6,
)


def told(column: Column, count: int) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(count)]
    for code, row in zip(column.codes, column.rows, strict=True):
        found[row].append(column.terms[code])
    return found


@given(st.lists(TEXTS | NAMES.map("".join), min_size=1, max_size=6))
@example(["子布，布料", "PA66-GF30", "カタカナ，ナ布", "", "𠀀", "聚酰胺66、尼龙66"])
def test_streams_of_a_batch_are_those_of_each_text(texts: list[str]) -> None:
    batch = streams_of(READER.analyser.batch(texts))
    titles = told(grams(batch), len(texts))
    alone = [READER.streams(text) for text in texts]
    for kind in ("bigrams", "characters"):  # in their order: what titles are compared by depends on it
        assert told(batch[kind], len(texts)) == [streams[kind] for streams in alone]
    assert list(map(sorted, told(batch["words"], len(texts)))) == [sorted(each["words"]) for each in alone]
    assert titles == [list(dict.fromkeys(grams_of(streams))) for streams in alone]
