"""A whole measurement over a world small enough to work out by hand; baselines against their textbook formulas."""

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from bm25s import BM25
from sklearn.feature_extraction.text import TfidfVectorizer

from matching import CapabilityProfile, NeedProfile
from matching.evaluation.collections import JudgedCollection, fold_of
from matching.evaluation.measuring import by_fold, measure
from matching.evaluation.methods import Bm25, TfIdf, ablations, baselines
from matching.evaluation.public import CollectionError, read_classification, read_passages
from matching.evaluation.report import ablation_lines, size_lines, table
from matching.mix import DEFAULT_MIX
from matching.score import Weights
from search.analysis import Analyser, Lexicon

DAY = date(2026, 11, 23)
TEXTS = [text.split() for text in ("甲 乙 丙 甲", "乙 丁", "丙 丙 戊 己 庚", "辛", "甲 辛 辛 乙")]


def world(*, pooled: bool = True) -> JudgedCollection:
    offers = tuple(CapabilityProfile(key, f"firm-{key}", title=key) for key in "abcd")
    grades = {"n1": {"a": 3.0, "b": 0.0}, "n2": {"c": 1.0}, "n3": {"a": 0.0}}
    needs = tuple(NeedProfile(key, title=key) for key in grades)
    sizes = {"firm-a": "micro", "firm-b": "micro", "firm-c": "large"}
    return JudgedCollection("world", needs, offers, grades, DAY, 2.0, pooled=pooled, sizes=sizes)


LISTS = {"n1": ["d", "b", "a"], "n2": ["c"], "n3": []}


def test_a_pooled_collection_ranks_the_judged_only() -> None:
    found = measure(lambda need: LISTS[need.id], world())
    assert found.needs == 1  # n2 has nothing above grade 1, n3 nothing at all
    assert found.ndcg == pytest.approx((1 / math.log2(3) + 1) / 2)
    assert found.reciprocal_rank == found.mean_average_precision == pytest.approx(1 / 2)
    assert found.recall == 1.0 and found.first_right == 0.0
    assert found.listed == pytest.approx(2 / 3)
    assert found.unjudged == pytest.approx(1 / 4)


def test_otherwise_what_is_not_graded_is_wrong() -> None:
    found = measure(lambda need: LISTS[need.id], world(pooled=False))
    assert found.reciprocal_rank == pytest.approx(1 / 3)


def test_exposure_over_suppliers_and_size_classes() -> None:
    found = measure(lambda need: LISTS[need.id], world())
    amounts = {"a": 0.5, "b": 1 / math.log2(3), "c": 1.0, "d": 1.0}
    assert found.seen == 1.0
    ordered = sorted(amounts.values())
    assert found.gini == pytest.approx(
        2 * sum(place * value for place, value in enumerate(ordered, 1)) / (4 * sum(ordered)) - 5 / 4
    )
    micro, large = found.by_size["micro"], found.by_size["large"]
    assert micro.suppliers == 0.5 and large.suppliers == 0.25
    assert micro.exposure == pytest.approx((amounts["a"] + amounts["b"]) / sum(amounts.values()))
    assert large.exposure == pytest.approx(1.0 / sum(amounts.values()))


def test_folds_hold_every_need_once_and_do_not_move() -> None:
    values = {f"n{place}": float(place) for place in range(50)}
    parts = by_fold(values, 5)
    assert sorted(value for part in parts for value in part) == sorted(values.values())
    assert all(parts)
    fewer = by_fold({key: value for key, value in values.items() if key != "n7"}, 5)
    assert fewer == [[value for value in part if value != 7.0] for part in parts]
    assert parts[fold_of("n7", 5)].count(7.0) == 1


def test_bm25_as_its_peer() -> None:
    peer = BM25(method="lucene", k1=1.2, b=0.75)
    peer.index(TEXTS, show_progress=False)
    mine = Bm25(TEXTS)
    for query in (["甲"], ["甲", "辛"], ["丙", "戊", "乙"]):
        # The peer leaves out the constant factor k1 + 1.
        assert mine.scores(query) == pytest.approx(2.2 * peer.get_scores(query), rel=1e-5)
    assert not mine.scores(["unseen"]).any()


def test_tfidf_as_scikit_learn() -> None:
    peer = TfidfVectorizer(analyzer=lambda tokens: tokens)
    rows = peer.fit_transform(TEXTS)
    mine = TfIdf(TEXTS)
    for query in (["甲", "甲", "辛"], ["丙", "戊"]):
        assert mine.scores(query) == pytest.approx(
            np.asarray((rows @ peer.transform([query]).T).todense()).ravel()
        )


def test_baselines_find_the_thing_and_list_nothing_without_a_shared_term() -> None:
    offers = tuple(
        CapabilityProfile(key, title=title)
        for key, title in (("cord", "浸胶帘子布"), ("tie", "尼龙扎带"), ("steel", "特厚钢板"))
    )
    collection = JudgedCollection("", (), offers, {}, DAY, 2.0, pooled=False)
    methods = baselines(collection, Analyser(Lexicon(("浸胶帘子布", "扎带", "特厚钢板"), ())))
    assert set(methods) == {"tfidf_words", "bm25_words", "bm25_bigrams", "plain_fusion"}
    for name, method in methods.items():
        assert method(NeedProfile("n", title="采购浸胶帘子布"))[0] == "cord", name
        assert method(NeedProfile("n", title="软件")) == [], name


def test_every_counting_signal_is_switched_off_once() -> None:
    off = ablations(Weights(delivery=0.0), DEFAULT_MIX)
    assert {"latent", "words", "body", "specs"} <= set(off) and not {"title", "delivery"} & set(off)
    before = {**Weights(delivery=0.0).plain(), **DEFAULT_MIX.plain()}
    for name, (weights, mix) in off.items():
        after = {**weights.plain(), **mix.plain()}
        assert [key for key in before if after[key] != before[key]] == [name]
        assert after[name] in (0.0, [0.0, 0.0])


def test_the_classification_is_read_both_ways(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text(
        "code,level,name,section,division,group,note\n"
        "01,大类,农业,A,01,,指种植\n0111,小类,稻谷种植,A,01,011,\n"
        "0133,小类,糖料种植,A,01,013,指甘蔗的种植\n2511,小类,炼焦,C,25,251,指用煤生产焦炭\n",
        encoding="utf-8",
    )
    forward, back, hard, _ = read_classification(tmp_path, Analyser(Lexicon((), ())))
    assert [need.title for need in forward.needs] == ["糖料种植", "炼焦"]
    assert [offer.summary for offer in forward.capabilities] == ["指甘蔗的种植", "指用煤生产焦炭"]
    assert [need.title for need in back.needs] == ["指甘蔗的种植", "指用煤生产焦炭"]
    assert [need.id for need in hard.needs] == ["2511"] and len(hard.capabilities) == 2
    assert forward.answers("0133") == {"0133"}


def test_passages_are_read_with_their_grades(tmp_path: Path) -> None:
    (tmp_path / "collection.for100.csv").write_text('pid\ttext\n1\t"甲, 乙"\n2\t丙\n', encoding="utf-8")
    (tmp_path / "queries.dev.100.csv").write_text(
        "qid\ttext\tjudged\n7\t问甲\t1#3,2#0,9#2\n8\t问丁\t2#0\n", encoding="utf-8"
    )
    found = read_passages(tmp_path)
    assert [need.id for need in found.needs] == ["7"]  # nobody can answer 8
    assert found.grades == {"7": {"1": 3.0, "2": 0.0}} and found.pooled
    assert [offer.description for offer in found.capabilities] == ["甲, 乙", "丙"]


def test_a_folder_without_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"classes\.csv: cannot be read"):
        read_classification(tmp_path, Analyser(Lexicon((), ())))
    (tmp_path / "classes.csv").write_text("code,name\n1,a\n", encoding="utf-8")
    with pytest.raises(CollectionError, match="columns code, level, name, note"):
        read_classification(tmp_path, Analyser(Lexicon((), ())))
    with pytest.raises(CollectionError, match=r"collection\.for100\.csv"):
        read_passages(tmp_path)


def test_the_table_shows_what_was_measured() -> None:
    found = measure(lambda need: LISTS[need.id], world())
    worse = measure(lambda need: [], world())
    lines = list(table(world(), {"mine": found, "none": worse}, 5))
    assert lines[0] == "world: 3 needs (1 with an answer), 4 capabilities, 4 graded pairs"
    assert lines[-2].split()[:2] == ["mine", f"{found.ndcg:.3f}"] and lines[-1].split()[1] == "0.000"
    assert "only graded pairs are ranked" in lines[1] and "5 folds" in lines[1]
    assert "large ×" in next(iter(size_lines({"mine": found})))
    assert f"nDCG 0.000 ({-found.ndcg:+.3f})" in next(iter(ablation_lines(found, {"body": worse})))
