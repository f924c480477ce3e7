"""The inner loops, compiled by numba. `postings.py` has the same loops in plain numpy and decides which to use.

What a list costs is memory: every posting that is added is a line of it. A head (a term that a great part of the rows
holds) has most postings and says least, so it is not added to all rows but, row by row, only where it could still lift
one into the list. Traps that cost a factor each: a loop over `range(a, b)` is not vectorised, one over a slice is; a
maximum of floats is not either, one of whole numbers is; fast-math would let sums differ between the paths.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np

PART = 256  # rows whose highest score is remembered
SLACK = 1e-5  # a bound must hold after rounding
# Heads are left while together they could add at most this share of a score that the list surely reaches.
WORTH_LEAVING = 0.5


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
    """The heads' postings once more, by row: row r holds heads `numbers[by_row[r]:by_row[r + 1]]` with that much
    `worth`; and the most that each head is worth anywhere."""
    by_row = np.zeros(row_count + 1, np.int64)
    for head in heads:
        for row in rows[starts[head] : starts[head + 1]]:
            by_row[row + 1] += 1
    for row in range(row_count):
        by_row[row + 1] += by_row[row]
    filled = by_row[:-1].copy()
    numbers = np.empty(by_row[-1], np.uint8)
    worth = np.empty(by_row[-1], np.float32)
    most = np.zeros(len(heads), np.float32)
    for number in range(len(heads)):
        for posting in range(starts[heads[number]], starts[heads[number] + 1]):
            place = filled[rows[posting]]
            numbers[place], worth[place] = number, impacts[posting]
            most[number] = max(most[number], impacts[posting])
            filled[rows[posting]] += 1
    return by_row, numbers, worth, most


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
def _peaks(scores: Any, peaks: Any, among: int) -> Any:
    """Fills in the highest score of every part; returns the one at place `among` from above. So many rows, one a part,
    reach it at least. As whole numbers: the bits of floats that are not negative rise as they do."""
    bits = scores.view(np.int32)
    highest = peaks.view(np.int32)
    for part in range(len(peaks)):
        peak = np.int32(0)
        held = bits[part * PART : (part + 1) * PART]
        for row in range(len(held)):
            peak = max(peak, held[row])
        highest[part] = peak
    if among > len(peaks):
        return np.float32(0)
    best = np.zeros(among, np.int32)  # sorted, the lowest first: few of so many parts ever enter
    for part in range(len(peaks)):
        peak = highest[part]
        if peak > best[0]:
            place = 1
            while place < among and best[place] < peak:
                best[place - 1] = best[place]
                place += 1
            best[place - 1] = peak
    return best.view(np.float32)[0]


@_compiled
def _fill(
    scores: Any, peaks: Any, least: Any, lift: Any, by_row: Any, numbers: Any, worth: Any, left: Any, lots: Any, seed: Any, alive: Any,
    draws: Any, found_rows: Any, found_scores: Any,
) -> None:  # fmt: skip
    """One query's list, from what was scattered: a row that `lift` could bring to `least` gets the heads that are left."""
    for part in range(len(peaks)):
        if peaks[part] + lift < least * np.float32(1 - SLACK):
            continue
        held = scores[part * PART : (part + 1) * PART]
        for place in range(len(held)):
            row = part * PART + place
            if held[place] + lift < least * np.float32(1 - SLACK) or not alive[row]:
                continue
            score = held[place]
            if lift > 0:
                for entry in range(by_row[row], by_row[row + 1]):
                    score += worth[entry] * left[numbers[entry]]
            if score >= least:
                lowest = _enter(row, score, _drawn(lots[row], seed), found_rows, found_scores, draws)
                if found_rows[-1] >= 0:
                    least = max(least, lowest)


@_compiled
def best_of_each(
    starts: Any, rows: Any, impacts: Any, rank: Any, by_row: Any, numbers: Any, worth: Any, most_worth: Any,
    query_starts: Any, terms: Any, weights: Any, lots: Any, seeds: Any, alive: Any, first: int, last: int,
    found_rows: Any, found_scores: Any,
) -> None:  # fmt: skip
    """The best rows of queries `first` to `last`, one query after the other over all rows. Each query's heads stand last.

    Terms are scattered until the heads that are left could lift no row far; a row then gets them only where its sum and
    the most that they could add reach the list (Turtle and Flood's MaxScore, over rows in place of lists)."""
    scores = np.zeros(len(alive), np.float32)
    peaks = np.zeros((len(scores) + PART - 1) // PART, np.float32)
    among = found_rows.shape[1] + len(alive) - alive.sum()  # the dead may stand among the highest
    left = np.zeros(len(most_worth) + 1, np.float32)  # weight by head
    draws = np.zeros(found_rows.shape[1], np.uint64)
    for query in range(first, last):
        start, end = query_starts[query], query_starts[query + 1]
        heads, bound = end, 0.0  # the heads from here on, and what they could add
        while heads > start and rank[terms[heads - 1]] >= 0:
            heads -= 1
            left[rank[terms[heads]]] = weights[heads]
            bound += weights[heads] * most_worth[rank[terms[heads]]]
        scatter(starts, rows, impacts, terms[start:heads], weights[start:heads], scores)
        reached = _peaks(scores, peaks, among)
        while heads < end and bound > WORTH_LEAVING * reached:
            head = slice(heads, heads + 1)
            scatter(starts, rows, impacts, terms[head], weights[head], scores)
            reached = _peaks(scores, peaks, among)
            left[rank[terms[heads]]] = 0
            bound -= weights[heads] * most_worth[rank[terms[heads]]]
            heads += 1
        lift = np.float32(bound * (1 + SLACK)) if heads < end else np.float32(0)
        least = max(reached, np.float32(1e-38))  # a score below this enters no list
        _fill(
            scores, peaks, least, lift, by_row, numbers, worth, left, lots, seeds[query], alive, draws,
            found_rows[query], found_scores[query],
        )  # fmt: skip
        scores[:] = 0
        left[:] = 0
