"""All signals and reasons: a conference's needs against a city's or a country's register, single changes, memory, disk.

    .venv/bin/python benchmarks/match_conference.py [--needs 100] [--listings 150000] [--growth]

Texts are the demonstration district's, each varied (`match_sheets.py`), so that no two are equal. Last line: JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from match_sheets import demo_rows, varied

from matching import CapabilityProfile, Matcher, NeedProfile, SpecRow, default_units, read_specs, state
from matching.reverse import NeedBoard
from search.analysis import Analyser, default_lexicon

ALLOWED_SECONDS = 5.0
ALLOWED_GB = {150_000: 2.0, 500_000: 6.0}
AS_OF = date(2026, 11, 25)
UNITS = default_units()
NEW_LISTINGS = 300
GROWTH = (50_000, 150_000, 500_000)


def capabilities(count: int, draw: random.Random) -> Iterator[CapabilityProfile]:
    rows = demo_rows("capabilities")
    specs: dict[str, tuple[SpecRow, ...]] = {}
    for number in range(count):
        row = draw.choice(rows)
        key = row["product"]
        if key not in specs:
            specs[key] = tuple(read_specs(row.get("description", ""), UNITS))
        yield CapabilityProfile(
            f"c{number}", f"f{number % max(count // 3, 1)}", title=varied(key, draw)[:60],
            summary=varied(row.get("sentence", ""), draw), description=varied(row.get("description", ""), draw),
            specs=specs[key] if number % 2 else (),
        )  # fmt: skip


def needs(count: int, draw: random.Random) -> Iterator[NeedProfile]:
    rows = demo_rows("needs")
    for number in range(count):
        row = draw.choice(rows)
        text = varied(row.get("description", ""), draw)
        yield NeedProfile(
            f"n{number}", f"buyer{number % 20}", title=varied(row["title"], draw)[:60], description=text,
            specs=tuple(read_specs(text, UNITS)),
        )  # fmt: skip


class Watch:
    """Wall and processor seconds of one step."""

    def __enter__(self) -> Watch:
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall = time.perf_counter() - self._begun[0]
        self.processor = time.process_time() - self._begun[1]

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s, {self.processor:8.2f} s of processor"


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def new_listing(matcher: Matcher, board: NeedBoard, draw: random.Random) -> tuple[float, float]:
    """Milliseconds of processor time, p50 and p99, to name the needs that a new listing comes near, once it is read."""
    times = []
    for capability in capabilities(NEW_LISTINGS + 20, draw):
        listings = list(matcher.narrowed([capability]).listings())
        begun = time.process_time()
        board.near(listings)
        times.append((time.process_time() - begun) * 1000)
    middle, high = np.percentile(times[20:], (50, 99))  # the first ones load the compiled loops
    return float(middle), float(high)


def grow(needed: int) -> None:
    """Fitting, lists with reasons, and memory, by number of listings; the smaller matchers are let go first."""
    print("  listings   fit, processor s   lists, processor s   peak GB", flush=True)
    peaks: dict[str, float | None] = {}
    for size in GROWTH:
        draw = random.Random(20261125)
        listed = list(capabilities(size, draw))
        asked = list(needs(needed, draw))
        with Watch() as fitting:
            matcher = Matcher.fit(listed, Analyser(default_lexicon()), units=UNITS)
        with Watch() as matching:
            for need in asked:
                matcher.match(need, as_of=AS_OF)
        peak, allowed = peak_gb(), ALLOWED_GB.get(size)
        print(
            f"  {size:>8}   {fitting.processor:16.1f}   {matching.processor:18.2f}   {peak:7.2f}"
            + (f" of {allowed:.0f} allowed" if allowed else ""),
            flush=True,
        )
        peaks[str(size)] = allowed and round(peak / allowed, 3)
        del matcher, listed
    print(json.dumps({"benchmark": "match_conference_growth", "ratios": {"memory_of_allowed": peaks}}))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--needs", type=int, default=100)
    parser.add_argument("--listings", type=int, default=150_000)
    parser.add_argument(
        "--board", type=int, default=10_000, help="open needs that new listings are held against"
    )
    parser.add_argument(
        "--growth", action="store_true", help=f"only fit, lists and memory at {', '.join(map(str, GROWTH))}"
    )
    options = parser.parse_args()
    if options.growth:
        grow(options.needs)
        return
    draw = random.Random(20261125)
    listed = list(capabilities(options.listings, draw))
    asked = list(needs(options.needs, draw))
    print(f"{options.needs} needs x {options.listings} listings, load {os.getloadavg()[0]:.1f}", flush=True)
    base = peak_gb()
    with Watch() as fitting:
        matcher = Matcher.fit(listed, Analyser(default_lexicon()), units=UNITS)
    fitted = peak_gb()
    print(f"  fit, texts read             {fitting}; peak {fitted:.2f} GB, before {base:.2f} GB", flush=True)
    matcher.match(asked[0], as_of=AS_OF)
    with Watch() as first:
        pairs = sum(len(matcher.match(need, as_of=AS_OF)) for need in asked)
    with Watch() as second:
        again = sum(len(matcher.match(need, as_of=AS_OF)) for need in asked)
    assert again == pairs
    with Watch() as reading:
        while matcher.read_ahead(1000):
            pass
    others = list(needs(options.needs, draw))
    with Watch() as ahead:
        for need in others:
            matcher.match(need, as_of=AS_OF)
    print(f"  lists, nothing read ahead   {first}; {pairs} pairs")
    print(f"  the same again              {second}")
    print(f"  the other capabilities read {reading}; peak {peak_gb():.2f} GB")
    print(f"  lists of other needs        {ahead}")
    with Watch() as change:
        for number, capability in enumerate(capabilities(100, draw)):
            changed = matcher.changed([capability], [f"c{number}"])
    print(f"  100 single changes          {change}")
    with Watch() as asking:
        for need in asked:
            changed.match(need, as_of=AS_OF)
    print(f"  lists after a change        {asking}")
    with Watch() as reading:
        board = NeedBoard.of(matcher, needs(options.board, draw))
    print(f"  {options.board} needs held ready      {reading}", flush=True)
    middle, high = new_listing(matcher, board, draw)
    print(f"  a new listing against them  p50 {middle:.2f} ms, p99 {high:.2f} ms of processor (text stage)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matcher.state"
        with Watch() as saving:
            state.save(matcher, path)
        size = path.stat().st_size / 1024**3
        with Watch() as loading:
            state.load(path, matcher.analyser, UNITS, frozenset())
    print(f"  saved ({size:.2f} GB)          {saving}")
    print(f"  loaded                      {loading}")
    allowed = ALLOWED_GB.get(options.listings)
    report = {
        "benchmark": "match_conference",
        "ratios": {
            "wall_of_allowed": round(ahead.wall / ALLOWED_SECONDS, 3),
            "processor_of_allowed": round(ahead.processor / ALLOWED_SECONDS, 3),
            "processor_of_allowed_nothing_read": round(first.processor / ALLOWED_SECONDS, 3),
            "memory_of_allowed": allowed and round(fitted / allowed, 3),
        },
        "new_listing_milliseconds": {"p50": round(middle, 3), "p99": round(high, 3)},
        "peak_gb": round(fitted, 2),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
