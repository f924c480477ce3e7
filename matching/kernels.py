"""The inner loops, compiled by numba. `postings.py` has the same loops in plain numpy and decides which to use.

Traps that cost a factor each: a loop over `range(a, b)` is not vectorised, one over a slice is; fast-math would let sums
differ between the paths; a head's products pay only when many queries share one pass over the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np

# Queries side by side: TILE × BLOCK sums stay in the second cache.
TILE = 64
BLOCK = 2048  # rows at a time
FEW = 4  # queries that may still want a row; for more, its heads are multiplied with all
SLACK = 1.0 + 1e-5  # a bound must hold after rounding
PART = 64  # of a block; looked through row by row where it holds a row that is wanted
NEVER = np.iinfo(np.int32).max


def _compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Machine code kept on disk (NUMBA_CACHE_DIR, else beside the source, else in the user's cache folder)."""
    try:
        compiled = numba.njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # no folder may be written: compile anew in every process
        compiled = numba.njit(nogil=True)(loop)
    return cast("Callable[..., Any]", compiled)


@_compiled
def scatter(starts: Any, rows: Any, impacts: Any, terms: Any, weights: Any, scores: Any) -> None:
    for place in range(len(terms)):
        held = rows[starts[terms[place]] : starts[terms[place] + 1]]
        worth = impacts[starts[terms[place]] : starts[terms[place] + 1]]
        weight = weights[place]
        for posting in range(len(held)):
            scores[held[posting]] += worth[posting] * weight


@_compiled
def heads_by_row(starts: Any, rows: Any, impacts: Any, heads: Any, row_count: int) -> Any:
    by_row = np.zeros(row_count + 1, np.int64)
    for head in heads:
        for row in rows[starts[head] : starts[head + 1]]:
            by_row[row + 1] += 1
    for row in range(row_count):
        by_row[row + 1] += by_row[row]
    filled = by_row[:-1].copy()
    numbers = np.empty(by_row[-1], np.uint8)
    worth = np.empty(by_row[-1], np.float32)
    for number in range(len(heads)):
        for posting in range(starts[heads[number]], starts[heads[number] + 1]):
            place = filled[rows[posting]]
            numbers[place], worth[place] = number, impacts[posting]
            filled[rows[posting]] += 1
    scales = np.ones(len(heads), np.float32)
    for number in range(len(heads)):
        held = impacts[starts[heads[number]] : starts[heads[number] + 1]]
        if len(held) and held.mean() > 0:
            scales[number] = np.sqrt(held.mean())
    norms = np.empty(row_count, np.float32)
    for row in range(row_count):
        square = 0.0
        for place in range(by_row[row], by_row[row + 1]):
            square += (worth[place] / scales[numbers[place]]) ** 2
        norms[row] = np.sqrt(square) * SLACK
    return by_row, numbers, worth, norms, scales


@_compiled
def _multiply(numbers: Any, worth: Any, weights: Any, line: Any) -> None:
    """One row's heads × all queries. Four heads a round: a sum is loaded and stored once for four products."""
    place = 0
    while place + 4 <= len(numbers):
        a, b, c, d = worth[place], worth[place + 1], worth[place + 2], worth[place + 3]
        of_a, of_b = weights[numbers[place]], weights[numbers[place + 1]]
        of_c, of_d = weights[numbers[place + 2]], weights[numbers[place + 3]]
        for query in range(TILE):
            line[query] = (((line[query] + a * of_a[query]) + b * of_b[query]) + c * of_c[query]) + d * of_d[
                query
            ]
        place += 4
    while place < len(numbers):
        a = worth[place]
        of_a = weights[numbers[place]]
        for query in range(TILE):
            line[query] += a * of_a[query]
        place += 1


@_compiled
def _drawn(lot: Any, seed: Any) -> Any:
    value = (np.uint64(lot) ^ np.uint64(seed)) & np.uint64(0xFFFFFFFF)
    value ^= value >> np.uint64(16)
    value = (value * np.uint64(0x85EBCA6B)) & np.uint64(0xFFFFFFFF)
    value ^= value >> np.uint64(13)
    value = (value * np.uint64(0xC2B2AE35)) & np.uint64(0xFFFFFFFF)
    return value ^ (value >> np.uint64(16))


@_compiled
def _enter(row: int, score: float, drawn: int, rows: Any, scores: Any, draws: Any) -> Any:
    """Insert into a sorted list; returns its last score."""
    place = len(rows) - 1
    if rows[place] >= 0 and (scores[place] > score or (scores[place] == score and draws[place] <= drawn)):
        return scores[place]
    while place > 0 and (
        rows[place - 1] < 0
        or scores[place - 1] < score
        or (scores[place - 1] == score and draws[place - 1] > drawn)
    ):
        rows[place], scores[place], draws[place] = rows[place - 1], scores[place - 1], draws[place - 1]
        place -= 1
    rows[place], scores[place], draws[place] = row, score, drawn
    return scores[-1]


@_compiled
def best_of_tile(
    by_row: Any, numbers: Any, worth: Any, norms: Any, scales: Any, starts: Any, rows: Any, impacts: Any, rank: Any, head_count: int,
    query_starts: Any, query_terms: Any, query_weights: Any, lots: Any, seeds: Any, alive: Any, first: int, last: int,
    found_rows: Any, found_scores: Any,
) -> None:  # fmt: skip
    """The best rows of queries `first` to `last`, block by block: first the terms that are no heads are scattered. What
    the heads can add is at most the product of both sides' norms (Cauchy and Schwarz; each head scaled by the root of its
    mean impact, which tightens the bound), so only where that may reach a list are they multiplied: for the few queries in question, or for all at once where those are many."""
    row_count, most = len(by_row) - 1, found_rows.shape[1]
    head_weights = np.zeros((max(head_count, 1), TILE), np.float32)
    reach = np.zeros(TILE, np.float32)  # norm of a query's heads
    least = np.full(TILE, np.inf, np.float32)  # a score below this enters no list
    least[: last - first] = np.float32(1e-38)
    draws = np.zeros((TILE, most), np.uint64)
    offset = query_starts[first]
    size = query_starts[last] - offset
    owner, place, end = np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size, np.int64)
    ahead, weight = (
        np.empty(size, np.int32),
        np.empty(size, np.float32),
    )  # the next row of each remaining term
    tails = 0
    for query in range(first, last):
        for entry in range(query_starts[query], query_starts[query + 1]):
            term = query_terms[entry]
            if term >= len(rank) or starts[term] == starts[term + 1]:
                continue
            if rank[term] >= 0:
                head_weights[rank[term], query - first] = query_weights[entry]
            else:
                owner[tails], weight[tails] = query - first, query_weights[entry]
                place[tails], end[tails] = starts[term], starts[term + 1]
                ahead[tails] = rows[starts[term]]
                tails += 1
    for query in range(TILE):
        square = 0.0
        for head in range(head_count):
            square += (head_weights[head, query] * scales[head]) ** 2
        reach[query] = np.sqrt(square) * SLACK
    sums = np.zeros((BLOCK, TILE), np.float32)
    hopes = np.zeros(TILE, np.uint8)  # which queries may still want the row at hand
    eights = hopes.view(np.uint64)
    for start in range(0, row_count, BLOCK):
        stop = min(start + BLOCK, row_count)
        sums[:] = 0
        for tail in range(tails):
            if ahead[tail] < stop:
                at, until, of, value = place[tail], end[tail], owner[tail], weight[tail]
                while at < until and rows[at] < stop:
                    sums[rows[at] - start, of] += impacts[at] * value
                    at += 1
                place[tail] = at
                ahead[tail] = rows[at] if at < until else NEVER
        for row in range(start, stop):
            line = sums[row - start]
            norm = norms[row]
            for query in range(TILE):
                hopes[query] = line[query] + norm * reach[query] >= least[query]
            some = (
                eights[0] | eights[1] | eights[2] | eights[3] | eights[4] | eights[5] | eights[6] | eights[7]
            )
            if some and alive[row]:
                held, value_of = numbers[by_row[row] : by_row[row + 1]], worth[by_row[row] : by_row[row + 1]]
                hopeful = 0
                for query in range(TILE):
                    hopeful += hopes[query]
                whole = hopeful > FEW
                if whole:
                    _multiply(held, value_of, head_weights, line)
                    for query in range(TILE):
                        hopes[query] = line[query] >= least[query]
                for eight in range(TILE // 8):
                    if not eights[eight]:
                        continue
                    for query in range(8 * eight, 8 * eight + 8):
                        if not hopes[query]:
                            continue
                        score = line[query]
                        if not whole:
                            for head in range(len(held)):
                                score += value_of[head] * head_weights[held[head], query]
                        if score >= least[query]:
                            drawn = _drawn(lots[row], seeds[first + query])
                            lowest = _enter(
                                row, score, drawn, found_rows[first + query], found_scores[first + query], draws[query]
                            )  # fmt: skip
                            if found_rows[first + query, most - 1] >= 0:
                                least[query] = lowest


@_compiled
def best_of_scores(scores: Any, lots: Any, seed: int, alive: Any, found_rows: Any, found_scores: Any) -> None:
    """The best rows of one score a row. Leaves zeros behind for the next query, while they are at hand."""
    most = len(found_rows)
    least: Any = np.float32(1e-38)
    draws = np.zeros(most, np.uint64)
    for start in range(0, len(scores), BLOCK):
        block = scores[start : start + BLOCK]
        hopeful = False
        for row in range(len(block)):
            hopeful |= block[row] >= least
        if hopeful:
            for inner in range(0, len(block), PART):
                part = block[inner : inner + PART]
                some = False
                for row in range(len(part)):
                    some |= part[row] >= least
                if some:
                    for row in range(len(part)):
                        if part[row] >= least and alive[start + inner + row]:
                            drawn = _drawn(lots[start + inner + row], seed)
                            lowest = _enter(
                                start + inner + row, part[row], drawn, found_rows, found_scores, draws
                            )
                            if found_rows[most - 1] >= 0:
                                least = lowest
        block[:] = 0


@_compiled
def best_of_each(
    starts: Any, rows: Any, impacts: Any, query_starts: Any, terms: Any, weights: Any, lots: Any, seeds: Any, alive: Any,
    first: int, last: int, found_rows: Any, found_scores: Any,
) -> None:  # fmt: skip
    """The best rows of queries `first` to `last`, one query after the other over all rows."""
    scores = np.zeros(len(alive), np.float32)
    for query in range(first, last):
        span = slice(query_starts[query], query_starts[query + 1])
        scatter(starts, rows, impacts, terms[span], weights[span], scores)
        best_of_scores(scores, lots, seeds[query], alive, found_rows[query], found_scores[query])
