"""Best lists over an inverted index: the compiled loops and the plain ones against each other and against brute force."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching import postings as postings_module
from matching.postings import Best, Draw, Postings, Queries, best_of, frequent

COMPILER = importlib.util.find_spec("numba") is not None
ROOT = Path(__file__).resolve().parents[3]

needs_compiler = pytest.mark.skipif(not COMPILER, reason="numba (extra `fast`) is not installed")


@pytest.fixture(params=["plain", pytest.param("compiled", marks=needs_compiler)])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    choose(monkeypatch, request.param)
    return str(request.param)


def choose(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    loops = postings_module.compiled_kernels() if path == "compiled" else None
    monkeypatch.setattr(Postings, "_loops", lambda index, queries: loops)


def world(seed: int, rows: int, terms: int, *, heads: bool, coarse: bool = True) -> Postings:
    """Zipf-like document frequencies; coarse impacts make many ties."""
    random = np.random.default_rng(seed)
    chance = np.minimum(0.6, 3.0 / np.arange(1, terms + 1))
    held = random.random((rows, terms)) < chance
    held_rows, held_terms = np.nonzero(held)
    impacts = random.random(len(held_rows)).astype(np.float32)
    if coarse:
        impacts = np.round(impacts, 1)
    built = Postings.build(
        held_terms.astype(np.int32), held_rows.astype(np.int32), impacts, terms, rows
    )  # fmt: skip
    if not heads:
        return built
    return Postings(built.starts, built.rows, built.impacts, rows, frequent(built.starts, rows))


def questions(seed: int, count: int, terms: int) -> Queries:
    random = np.random.default_rng(seed + 1)
    chance = np.minimum(0.5, 3.0 / np.arange(1, terms + 1))
    return Queries.of(
        [
            (int(term), float(np.round(random.random(), 1)))
            for term in random.permutation(np.flatnonzero(random.random(terms) < chance))
        ]
        for _ in range(count)
    )


def dense(postings: Postings) -> np.ndarray:
    table = np.zeros((postings.row_count, postings.term_count))
    for term in range(postings.term_count):
        span = slice(postings.starts[term], postings.starts[term + 1])
        table[postings.rows[span], term] = postings.impacts[span]
    return table


@pytest.mark.parametrize("heads", [False, True])
@pytest.mark.parametrize("count", [1, 5, 200])
def test_lists_are_exact(path: str, heads: bool, count: int) -> None:
    index, queries = world(1, 1300, 90, heads=heads, coarse=False), questions(1, count, 90)
    assert (len(index.heads) > 5) is heads
    found = index.best(queries, 7, Draw.simple(1300, count))
    table = dense(index)
    for place in range(count):
        terms, weights = queries[place]
        truth = table[:, terms] @ weights.astype(np.float64)
        best = np.sort(truth)[::-1][:7]
        assert found.scores[place] == pytest.approx(best, abs=1e-5)
        rows = found.rows[place][found.rows[place] >= 0]
        assert truth[rows] == pytest.approx(best[: len(rows)], abs=1e-5)
        assert len(set(rows.tolist())) == len(rows) == min(7, int((truth > 0).sum()))


@needs_compiler
@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([1, 500, 2049]),
    st.sampled_from([1, 30, 128, 150]),
    st.booleans(),
)
def test_both_paths_give_the_same_bits(seed: int, rows: int, count: int, heads: bool) -> None:
    """Ties included; one query alone, many at once and two threads as well."""
    index, queries = world(seed, rows, 60, heads=heads), questions(seed, count, 60)
    draw = Draw.simple(rows, count)
    with pytest.MonkeyPatch.context() as patch:
        choose(patch, "plain")
        plain = index.best(queries, 10, draw)
    with pytest.MonkeyPatch.context() as patch:
        choose(patch, "compiled")
        for threads in (1, 2):
            same(plain, index.best(queries, 10, draw, threads=threads))
        for place in range(min(count, 5)):
            scores = index.scores(*queries[place])
            listed, worth = best_of(scores, 10, draw, place)
            assert (listed == plain.rows[place, : len(listed)]).all()
            assert (worth == plain.scores[place, : len(listed)]).all()


@needs_compiler
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.floats(0, 1))
def test_what_frequent_terms_could_not_lift_is_left_out_of_no_list(
    seed: int, coarse: bool, died: float
) -> None:
    """Rare terms decide, frequent ones add little: the shape in which heads are not added to every row. The dead count
    for nothing, also where they would have been the best."""
    index, queries = world(seed, 6000, 900, heads=True, coarse=coarse), questions(seed, 40, 900)
    assert 20 < len(index.heads) < 90
    draw = Draw.simple(6000, 40)
    with pytest.MonkeyPatch.context() as patch:
        choose(patch, "plain")
        best = index.best(queries, 5, draw).rows
        draw.alive[best[: int(died * 10)][best[: int(died * 10)] >= 0]] = False
        plain = index.best(queries, 5, draw)
    with pytest.MonkeyPatch.context() as patch:
        choose(patch, "compiled")
        same(plain, index.best(queries, 5, draw))


def same(one: Best, other: Best) -> None:
    assert (one.rows == other.rows).all() and (one.scores == other.scores).all()


def test_equals_are_drawn_by_name_and_query_not_by_place(path: str) -> None:
    twins = Postings.build(
        np.zeros(40, np.int32), np.arange(40, dtype=np.int32), np.ones(40, np.float32), 1, 40
    )
    queries = Queries.of([[(0, 1.0)]] * 30)
    draw = Draw.simple(40, 30)
    found = twins.best(queries, 5, draw)
    assert len({tuple(line) for line in found.rows.tolist()}) > 20
    turned = twins.best(queries, 5, Draw(draw.lots[::-1], draw.seeds, draw.alive))
    assert (39 - turned.rows == found.rows).all()


def test_the_dead_never_appear(path: str) -> None:
    index, queries = world(3, 600, 40, heads=True), questions(3, 40, 40)
    draw = Draw.simple(600, 40)
    draw.alive[index.best(queries, 3, draw).rows.ravel()] = False
    after = index.best(queries, 3, draw)
    assert draw.alive[after.rows[after.rows >= 0]].all()


def test_nothing_shared_nothing_listed(path: str) -> None:
    index = Postings.build(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32), 2, 3)
    found = index.best(Queries.of([[(1, 1.0)], [], [(0, 2.0), (7, 5.0)]]), 2, Draw.simple(3, 3))
    assert found.rows.tolist() == [[-1, -1], [-1, -1], [0, -1]]
    assert found.scores.tolist() == [[0, 0], [0, 0], [2, 0]]


def test_without_the_compiler_the_plain_path_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings_module, "WORTH_COMPILING", 0)
    monkeypatch.delitem(sys.modules, "matching.kernels", raising=False)
    monkeypatch.delattr(matching, "kernels", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert postings_module.compiled_kernels() is None
    index, queries = world(4, 300, 30, heads=True), questions(4, 40, 30)
    assert (index.best(queries, 3, Draw.simple(300, 40)).rows[:, 0] >= 0).any()


COMPILE = "import numpy as np, matching.kernels as k; s = np.zeros(1, np.float32); k.scatter(np.array([0, 1]), np.zeros(1, np.int32), np.ones(1, np.float32), np.zeros(1, np.int32), np.ones(1, np.float32), s); print(s[0])"


@needs_compiler
def test_compiled_code_is_kept_where_it_is_told(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", COMPILE], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"NUMBA_CACHE_DIR": str(tmp_path), "PATH": ""},
    )  # fmt: skip
    assert said.stdout.strip() == "1.0", said.stderr
    assert list(tmp_path.rglob("*.nbi"))


@needs_compiler
def test_sparse_dot_topn_agrees() -> None:
    topn = pytest.importorskip("sparse_dot_topn")
    from scipy.sparse import csr_matrix  # the peer's own format, only here

    index, queries = world(5, 2000, 120, heads=True, coarse=False), questions(5, 60, 120)
    ours = csr_matrix(
        (index.impacts, index.rows.astype(np.int64), index.starts), shape=(index.term_count, index.row_count)
    )
    asked = csr_matrix((queries.weights, queries.terms, queries.starts), shape=(60, 120))
    theirs = topn.sp_matmul_topn(asked, ours, top_n=10, sort=True)
    found = index.best(queries, 10, Draw.simple(2000, 60))
    for place in range(60):
        line = theirs[place]
        assert found.scores[place, : line.nnz] == pytest.approx(np.sort(line.data)[::-1], abs=1e-5)
