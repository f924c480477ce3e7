"""The same pairing on every processor: on the command line, where nothing else of the process is at work.

Children are forked once the matcher is fitted, so nothing is sent to them; they send back matches, which the parent puts
together in the needs' order. The result is the same to the last byte.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from marketplace.imports.pairing import Paired, Pairing, Unmatched
from matching import Match

WORTH_IT = 300_000
"""Pairs from which on starting processes costs less than it saves."""
_MOST_PROCESSES = 8
_here: tuple[Pairing, int] | None = None

Found = tuple[list[Match], dict[str, int] | None]


def spread_pairs(pairing: Pairing, top: int) -> Iterator[list[Paired]]:
    """Each need's pairs in order, as ``pairing.of_need`` gives them; sequential where that is as good, or the only way.

    A list without a limit (``top`` 0) stays sequential: processes would run ahead and fill the memory.
    """
    count = _processes()
    if top == 0 or count < 2 or len(pairing.needs) * len(pairing.capabilities) < WORTH_IT:
        for need in pairing.needs:
            yield pairing.of_need(need, top)
        return
    global _here
    _here = (pairing, top)
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            found = pool.map(_of_need, range(len(pairing.needs)), chunksize=4)
            for need, (matches, causes) in zip(pairing.needs, found, strict=True):
                if causes is not None:
                    pairing.unmatched.append(Unmatched(need, causes))
                yield pairing.paired(need, matches)
    finally:
        _here = None


def _processes() -> int:
    """Processors this process may use; 1 where processes cannot be forked (Windows) or not safely (macOS)."""
    if not sys.platform.startswith("linux"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def _of_need(position: int) -> Found:
    assert _here is not None
    pairing, top = _here
    return pairing.found(pairing.needs[position], top)
