"""Each text signal by itself: field weighing, titles, the latent space, the mix."""

import math
import random

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from matching import CapabilityProfile, NeedProfile
from matching.field_weighing import MOST_IMPACT, impacts
from matching.gathering import Stream
from matching.latent import MOST_TITLES, LatentSpace, lesson
from matching.mix import DEFAULT_MIX, LONG_TITLE, SHORT_TITLE, TextMix
from matching.reading import Reader, field_texts, grams
from matching.shapes import SHAPES
from matching.text import TextIndex, need_text
from search.analysis import Analyser, Lexicon
from search.analysis.batch import numbering


# ---------------------------------------------------------------- BM25 over fields
def weighed(kind: str, fields: dict[str, list[list[str]]]) -> dict[tuple[str, int], float]:
    """Impacts by term and row for fields given as one token list a row."""
    ids = numbering()
    streams = {name: Stream() for name in fields}
    for name, rows in fields.items():
        stands = [(row, ids[token]) for row, tokens in enumerate(rows) for token in tokens]
        streams[name].add(*np.asarray(stands, np.int32).T)
    count = max(len(rows) for rows in fields.values())
    lengths = {name: stream.lengths(count) for name, stream in streams.items()}
    means = {name: stream.mean_length() for name, stream in streams.items()}
    terms, rows_, worth = impacts(kind, {n: s.counts() for n, s in streams.items()}, lengths, means)
    names = list(ids)
    return {(names[t], int(r)): float(w) for t, r, w in zip(terms, rows_, worth, strict=True)}


def test_one_term_in_a_title_of_mean_length_is_worth_one() -> None:
    found = weighed("words", {"title": [["甲", "乙"], ["甲", "丙"]]})
    assert found == {key: pytest.approx(1.0) for key in (("甲", 0), ("乙", 0), ("甲", 1), ("丙", 1))}


def test_bm25_by_hand() -> None:
    found = weighed("words", {"description": [["甲", "甲", "乙"], ["丙"]]})
    shape = SHAPES["words"]["description"]
    heft = 2 / (1 - shape.length_norm + shape.length_norm * 3 / 2)
    by_hand = shape.weight * heft * (shape.saturation + 1) / (heft + shape.saturation)
    assert found["甲", 0] == pytest.approx(by_hand, rel=1e-6)


def test_a_shorter_field_is_worth_more_and_every_field_is_capped() -> None:
    found = weighed("characters", {"title": [list("甲"), list("甲乙丙丁戊己")]})
    assert found["甲", 0] > found["甲", 1]
    everywhere = weighed("words", {name: [["甲", "乙"]] for name in SHAPES["words"]})
    assert everywhere["甲", 0] == pytest.approx(MOST_IMPACT)


def test_a_term_that_fills_its_field_counts_once() -> None:
    stuffed = weighed("words", {"description": [["甲"] * 30 + list("乙丙丁戊己")]})
    assert stuffed["甲", 0] == pytest.approx(stuffed["乙", 0])


# ---------------------------------------------------------------- the latent space
def titles(seed: int, count: int = 80) -> list[list[str]]:
    """Eight trades with six characters each, and one of any other."""
    dice = random.Random(seed)
    signs = [chr(0x4E00 + place) for place in range(48)]
    trades = [signs[place : place + 6] for place in range(0, 48, 6)]
    return [[*dice.sample(dice.choice(trades), dice.randint(3, 6)), dice.choice(signs)] for _ in range(count)]


def test_the_space_is_that_of_truncated_svd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.latent.DIMENSIONS", 8)
    space = LatentSpace(lesson(titles(1)))
    rows = np.zeros((len(space.titles), len(space.columns)))
    for row, title in enumerate(space.titles):
        for term in title.split(" "):
            rows[row, space.columns[term]] = space.weight(term)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    peer = TruncatedSVD(8, algorithm="arpack", random_state=0).fit(sparse.csr_matrix(rows))
    theirs, mine = peer.transform(rows), rows @ space.directions
    assert space.directions.T @ space.directions == pytest.approx(np.eye(8), abs=1e-9)
    assert (mine**2).sum() == pytest.approx((theirs**2).sum(), rel=2e-3)  # as much of the titles is kept
    assert mine @ mine.T == pytest.approx(theirs @ theirs.T, abs=2e-2)


def test_spread_over_a_title_by_its_length_is_the_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.latent.DIMENSIONS", 8)
    space = LatentSpace(lesson(titles(2)))
    one, other = (title.split(" ") for title in space.titles[:2])

    def place(terms: list[str]) -> np.ndarray:
        return sum(space.weight(term) * space.directions[space.columns[term]] for term in terms)

    a, b = place(one), place(other)
    columns = np.asarray([space.columns[term] for term in other], np.int32)
    found = space.spread(one)[columns].sum() / space.lengths(columns, np.zeros(1, np.int64))[0]
    assert found == pytest.approx(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), abs=1e-6)


def test_characters_that_keep_one_company_come_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """糖 and 蔗 never share a title here; both stand beside 榨 and 甜."""
    taught = ["糖榨甜厂", "蔗榨甜田", "糖甜榨", "蔗甜榨", "钢铁炉", "钢炉铸", "铁铸轧", "轧钢厂", "田炉铁"]
    monkeypatch.setattr("matching.latent.DIMENSIONS", 2)
    space = LatentSpace(lesson([list(title) for title in taught]))
    spread = space.spread(["糖"])
    assert spread[space.columns["蔗"]] > 5 * abs(spread[space.columns["钢"]])


def test_the_lesson_is_the_same_in_any_order_and_bounded() -> None:
    taught = titles(3)
    shuffled = [random.Random(4).sample(title, len(title)) for title in taught]
    random.Random(5).shuffle(shuffled)
    assert lesson(shuffled) == lesson(taught) == tuple(sorted(lesson(taught)))
    assert lesson([["甲"], ["甲"], []]) == ("甲",)
    many = [[f"t{place}"] for place in range(MOST_TITLES + 50)]
    assert len(lesson(many)) == MOST_TITLES and set(lesson(many[::-1])) == set(lesson(many))


def test_without_titles_there_is_nothing_to_learn() -> None:
    space = LatentSpace(())
    assert space.spread(["甲"]).size == 0 and space.columns == {}


# ---------------------------------------------------------------- titles and their mix
@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Analyser(Lexicon(("浸胶帘子布", "特厚钢板"), ())))


TITLES = ("浸胶帘子布", "浸胶帘子布、窗帘布、遮光布", "特厚钢板", "")


@pytest.fixture(scope="module")
def index(reader: Reader) -> TextIndex:
    offers = [
        CapabilityProfile(str(place), title=title, summary="帘子布") for place, title in enumerate(TITLES)
    ]
    return TextIndex(map(field_texts, offers), reader, None)


def compared(index: TextIndex, reader: Reader, title: str) -> dict[str, np.ndarray]:
    whole = need_text(NeedProfile("n", title=title), reader, index.statistics).whole_title
    return {name: getattr(index._titles, name)(whole) for name in ("alike", "covered", "latent")}


def test_the_same_title_reaches_one_in_every_signal(index: TextIndex, reader: Reader) -> None:
    for name, values in compared(index, reader, "浸胶帘子布").items():
        assert values[0] == pytest.approx(1.0, abs=1e-5), name
        assert 0 <= values[1] < 1 and values[3] == 0.0, name


def test_covered_asks_for_the_offers_share_not_the_needs(index: TextIndex, reader: Reader) -> None:
    found = compared(index, reader, "轮胎用浸胶帘子布采购")
    assert found["covered"][0] == pytest.approx(1.0) and found["alike"][0] < 1.0
    assert found["covered"][1] < 1.0


def test_alike_is_the_cosine_by_hand(index: TextIndex, reader: Reader) -> None:
    from matching.titles import alike_weight

    ours, theirs = (set(grams(reader.streams(text))) for text in ("浸胶布", TITLES[0]))
    weight = {gram: alike_weight(gram, index.statistics) ** 2 for gram in ours | theirs}
    by_hand = sum(weight[gram] for gram in ours & theirs) / math.sqrt(
        sum(weight[gram] for gram in ours) * sum(weight[gram] for gram in theirs)
    )
    assert compared(index, reader, "浸胶布")["alike"][0] == pytest.approx(by_hand, rel=1e-5)


def test_company_alone_is_no_evidence(index: TextIndex, reader: Reader) -> None:
    scores = index.scores(need_text(NeedProfile("n", title="软件"), reader, index.statistics))
    assert not scores.title.any()


def test_a_sentence_is_compared_by_what_it_covers() -> None:
    short, long = DEFAULT_MIX.of_titles(SHORT_TITLE), DEFAULT_MIX.of_titles(LONG_TITLE)
    assert short == {"latent": 0.2, "covered": 0.1, "alike": 0.1}
    assert long == {"latent": 0.6, "covered": 0.3, "alike": 0.3} == DEFAULT_MIX.of_titles(500)
    between = DEFAULT_MIX.of_titles((SHORT_TITLE + LONG_TITLE) // 2)
    assert short["latent"] < between["latent"] < long["latent"]


def test_the_mix_travels_as_json_and_drops_one_signal() -> None:
    assert TextMix.of(DEFAULT_MIX.plain()) == DEFAULT_MIX
    assert DEFAULT_MIX.without("latent").of_titles(20)["latent"] == 0.0
    assert DEFAULT_MIX.without("words").of_fields()["words"] == 0.0
