"""Two public collections, read from folders that never ship: the national classification and judged web passages.

Both are somebody else's texts; they are named on the command line, and only figures come out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from matching.evaluation.collections import JudgedCollection
from matching.profiles import CapabilityProfile, NeedProfile
from search.analysis import Analyser

_DAY = date(2026, 1, 1)  # nothing in these texts depends on a day


class CollectionError(ValueError):
    """A folder that is not what it was given as."""


def read_classification(folder: Path, analyser: Analyser) -> list[JudgedCollection]:
    """GB/T 4754 classes with a note (classes.csv: level, name, note): find the note by the name, the name by the
    note, and the same for those pairs that share no whole word of two characters."""
    rows = [row for row in _rows(folder / "classes.csv", ("code", "level", "name", "note")) if row["note"]]
    rows = [row for row in rows if row["level"] == "小类"]
    keys = [row["code"] for row in rows]
    names, notes = ([row[column] for row in rows] for column in ("name", "note"))
    hard = frozenset(
        key
        for key, name, note in zip(keys, names, notes, strict=True)
        if not _whole_words(name, analyser) & _whole_words(note, analyser)
    )
    forward = _pairs(
        "class name → note",
        keys,
        names,
        [CapabilityProfile(k, summary=n) for k, n in zip(keys, notes, strict=True)],
    )
    back = _pairs(
        "note → class name",
        keys,
        notes,
        [CapabilityProfile(k, title=n) for k, n in zip(keys, names, strict=True)],
    )
    return [forward, back, _part(forward, hard), _part(back, hard)]


def read_passages(folder: Path) -> JudgedCollection:
    """Queries with graded web passages (queries.dev.100.csv: qid, text, pid#grade,...; collection.for100.csv)."""
    passages = {row[0]: row[1] for row in _tabbed(folder / "collection.for100.csv", 2)}
    needs, grades = [], {}
    for key, text, judged in _tabbed(folder / "queries.dev.100.csv", 3):
        marks = dict(mark.split("#") for mark in judged.split(",") if "#" in mark)
        known = {passage: float(grade) for passage, grade in marks.items() if passage in passages}
        if any(known.values()):
            needs.append(NeedProfile(key, title=text))
            grades[key] = known
    offers = tuple(CapabilityProfile(key, description=text) for key, text in passages.items())
    return JudgedCollection("query → passage", tuple(needs), offers, grades, _DAY, 2.0, pooled=True)


def _pairs(
    name: str, keys: list[str], needs: list[str], capabilities: list[CapabilityProfile]
) -> JudgedCollection:
    wanted = tuple(NeedProfile(key, title=text) for key, text in zip(keys, needs, strict=True))
    return JudgedCollection(
        name, wanted, tuple(capabilities), {key: {key: 3.0} for key in keys}, _DAY, 3.0, pooled=False
    )


def _part(whole: JudgedCollection, keys: frozenset[str]) -> JudgedCollection:
    return replace(
        whole, name=f"{whole.name}, no shared word",
        needs=tuple(need for need in whole.needs if need.id in keys),
        grades={key: grades for key, grades in whole.grades.items() if key in keys},
    )  # fmt: skip


def _whole_words(text: str, analyser: Analyser) -> set[str]:
    """The longest words only: 「甘蔗种植」 and 「种植」 are two words here."""
    return {group.whole for group in analyser.groups(text) if len(group.whole) > 1}


def _rows(file: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise CollectionError(f"{file}: cannot be read ({type(problem).__name__})") from None
    if not rows or not set(needed) <= set(rows[0]):
        raise CollectionError(f"{file}: the columns {', '.join(needed)} are needed")
    return rows


def _tabbed(file: Path, columns: int) -> Iterator[tuple[str, ...]]:
    """Tab-separated lines after the headings. Not read as CSV: the texts hold stray quotes."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise CollectionError(f"{file}: cannot be read ({type(problem).__name__})") from None
    for line in lines[1:]:
        parts = tuple(part.strip().strip('"') for part in line.split("\t", columns - 1))
        if len(parts) == columns:
            yield parts
