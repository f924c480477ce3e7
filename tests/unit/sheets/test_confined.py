"""Every hostile file is refused in one sentence, or read, within two seconds of the processor and 200 MB: limits that the
system keeps in processes of their own, so that what goes beyond them ends there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sheets import amplified, hostile

CASES = (*hostile.CASES, *amplified.CASES)
BATCHES = 3
NO_PERSON_WAITS_LONGER = 240


def outcomes_of(cases: tuple[hostile.Case, ...], folder: Path) -> tuple[dict[str, Any], str]:
    """What became of each file, by its name here, and what the process said when it ended."""
    index = []
    for number, (_, filename, build, _) in enumerate(cases):
        (folder / str(number)).write_bytes(build())
        index.append([str(number), filename])
    (folder / "index.json").write_text(json.dumps(index))
    command = [sys.executable, "-m", "tests.unit.sheets.confined", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=NO_PERSON_WAITS_LONGER, check=False
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    ended = f"ended with {done.returncode}: {done.stderr[-500:]}"
    return {cases[int(one["stored"])][0]: one for one in told}, ended


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 300
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit on a process's memory")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_each_file_is_refused_or_read_within_its_limits(batch: int, tmp_path: Path) -> None:
    cases = CASES[batch::BATCHES]
    told, ended = outcomes_of(cases, tmp_path)
    wrong = {}
    for name, _, _, expected in cases:
        if name not in told:
            wrong[name] = ended
            break  # the process ended over this one
        outcome = told[name]["outcome"]
        known = outcome == "read" or "zh" in told[name]
        if not known or expected not in ("*", outcome):
            wrong[name] = outcome
    assert not wrong
    for one in told.values():
        for locale in ("zh", "en") if one["outcome"] != "read" else ():
            sentence = one[locale]
            assert 10 < len(sentence) < 400 and "%(" not in sentence
            assert bool(re.search("[一-鿿]", sentence)) is (locale == "zh")
            assert ("请" in sentence) if locale == "zh" else sentence.endswith(".")
