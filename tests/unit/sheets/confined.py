"""A process of its own in which files are opened one after another, each within hard limits that the system keeps.

    python -m tests.unit.sheets.confined FOLDER

FOLDER/index.json lists [stored name, name the person gave]. One line of JSON comes out for each file: what became of it,
with its sentences. A file that takes more processor time or memory than it may ends the process, or fails in it.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from marketplace.core.sheets import SheetError, open_table

SECONDS = 2.0
MEGABYTES = 200


def confine_memory() -> None:
    """What the process has by now, and MEGABYTES more."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize:"))
    most = (kilobytes + MEGABYTES * 1024) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def opened(data: bytes, filename: str) -> dict[str, Any]:
    # Processor time alone: a machine that is busy with other things is no reason. The signal's default ends the process.
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        book = open_table(data, filename)
    except SheetError as error:
        said = {locale: error.sentence(locale) for locale in ("zh", "en")}
        return {"outcome": error.code.removeprefix("sheets."), **said}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    # What was read must be text that can be stored and sent.
    for sheet in book.sheets:
        for row in sheet.rows:
            text = "".join(row)
            text.encode()
            if "\0" in text:
                raise ValueError("a cell holds a zero character")
    return {"outcome": "read", "cells": sum(len(sheet.rows) * sheet.width for sheet in book.sheets)}


def main(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())
    open_table(b"a,b\n1,2\n", "warm.csv")
    confine_memory()
    for stored, filename in index:
        data = (folder / stored).read_bytes()
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text(
                "5"
            )  # the peak is counted anew, where the system lets us
        before = resource.getrusage(resource.RUSAGE_SELF)
        try:
            told = opened(data, filename)
        except Exception as error:  # whatever it is, it is the finding
            told = {"outcome": f"{type(error).__name__}: {error}"[:300]}
        after = resource.getrusage(resource.RUSAGE_SELF)
        told["seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        sys.stdout.write(json.dumps({"stored": stored, **told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
