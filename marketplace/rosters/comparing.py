"""Reading a roster and comparing it with what is on file; again for the few rows that a person touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.core.actor import Actor
from marketplace.core.context import Progress
from marketplace.core.errors import Refusal
from marketplace.core.sheets import SheetError, Workbook
from marketplace.imports.reading import Choice, Corrections, Side, look_at, read_views
from marketplace.imports.reports import problem_of, read_alone, report_of
from marketplace.rosters import queries, rules
from marketplace.rosters.folding import Folding
from marketplace.rosters.judging import Judge, Judgement, Line, TierBook
from marketplace.rosters.known import directory_of, records_of
from marketplace.rosters.models import Roster, RosterRow
from marketplace.rosters.stating import Stating
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.lists import lists_of

SIDE = "firms"
RowKey = tuple[str, int]


class Tools:
    """What reading and judging look words up in."""

    def __init__(self, session: Session, today: date) -> None:
        lists = lists_of(session)
        towns = {office.id: office.name for office in accounts.offices(session) if office.kind == "town"}
        self.folding = Folding(lists.divisions)
        self.stating = Stating(lists, towns)
        self.book = TierBook(taxonomy.tier_rules(session), taxonomy.tiers(session), today)

    def judge(self, session: Session, actor: Actor, lines: Sequence[Line]) -> Judge:
        directory = directory_of(
            session, self.folding, (line.name for line in lines), (line.code for line in lines if line.code),
            {line.token[0] for line in lines if line.token} | {line.joined for line in lines if line.joined},
        )  # fmt: skip
        return Judge(self.folding, directory, records_of(session, actor, list(directory.by_id)), self.book)


@dataclass(frozen=True)
class Kept:
    """What a person had decided before a sheet is read again: cells and rows left out."""

    corrections: Mapping[RowKey, dict[str, Any]]
    skipped: frozenset[RowKey]

    def as_corrections(self) -> Corrections:
        cells = {
            (sheet, number, int(index)): text
            for (sheet, number), texts in self.corrections.items()
            for index, text in texts.items()
        }
        return Corrections(cells)


@dataclass(frozen=True)
class Compared:
    """A sheet as it was read (for the page) and its rows, ready to be stored."""

    report: dict[str, Any]
    rows: list[dict[str, Any]]


def compare(
    session: Session, actor: Actor, workbook: Workbook, choices: Mapping[str, Choice], kept: Kept, *,
    today: date, progress: Progress,
) -> Compared:  # fmt: skip
    """Read every row and say what it would do. A sheet without the columns it must have is said in the report."""
    views = look_at(workbook, SIDE, choices)
    try:
        side = read_views(workbook, views, SIDE, locale=actor.locale, corrections=kept.as_corrections())
    except SheetError as error:
        return Compared(report_of(workbook, views, None, error), [])
    if len(side.rows) > rules.MOST_ROWS:
        raise Refusal("rosters.too_many_rows", None, rows=len(side.rows), most=rules.MOST_ROWS)
    tools = Tools(session, today)
    progress("rosters.step.comparing", 0, len(side.rows))
    rows = [_stored(row, kept) for row in _rows(workbook, side, tools)]
    lines = [line_of(row) for row in rows if row["kind"] != "unread" and not row["skipped"]]
    judgements = tools.judge(session, actor, lines).of(lines)
    for done, row in enumerate(rows):
        if done % 1000 == 0:
            progress("rosters.step.comparing", done, len(rows))
        if judgement := judgements.get(row["position"]):
            row.update(judged(judgement))
    return Compared(report_of(workbook, views, side, None), rows)


def _rows(workbook: Workbook, side: Side, tools: Tools) -> Iterator[dict[str, Any]]:
    """Every row of data in the file's order, the unreadable ones among them."""
    original = {sheet.name: sheet for sheet in workbook.sheets}
    position = 0
    for reading in side.readings:
        sheet = original[reading.sheet.name]
        columns = frozenset(column.field.key for column in reading.columns if column.field)
        records = {record.row: record for record in reading.records}
        problems: dict[int, list[dict[str, Any]]] = {}
        for error in reading.errors:
            problems.setdefault(error.row, []).append(problem_of(error))
        for number in sorted({*records, *problems}):
            position += 1
            cells = sheet.rows[number - sheet.first_number]
            row: dict[str, Any] = {
                "position": position,
                "sheet": sheet.name,
                "number": number,
                "cells": {str(index): text for index, text in enumerate(cells) if text},
                "problems": problems.get(number, []),
            }
            if number in records:
                row.update(_stated(records[number], columns, tools))
            else:
                row.update(_unread(cells))
            yield row


def _stated(record: Any, columns: frozenset[str], tools: Tools) -> dict[str, Any]:
    statement = tools.stating.of(record, columns)
    name = str(statement.said["legal_name"])
    return {
        "name": name,
        "fold": tools.folding.fold(name)[:300],
        "code": statement.said.get("credit_code"),
        "stated": statement.plain(),
        "notes": statement.notes,
        "kind": "unchanged",
    }


def _unread(cells: Sequence[str]) -> dict[str, Any]:
    name = next((" ".join(text.split()) for text in cells if len(text.strip()) > 3), "")
    return {"name": name[:300], "fold": "", "code": None, "stated": {}, "notes": [], "kind": "unread"}


def _stored(row: dict[str, Any], kept: Kept) -> dict[str, Any]:
    """The row with what a person had decided about it, and nothing judged yet."""
    key = row["sheet"], row["number"]
    return row | {
        "corrections": kept.corrections.get(key, {}), "skipped": key in kept.skipped, "reason": None, "blocked": False,
        "suspicions": [], "changes": [], "firm_id": None, "taken": False, "joined": None, "believed": {},
        "outcome": None, "refusal": [],
    }  # fmt: skip


def line_of(row: Mapping[str, Any]) -> Line:
    stated = row["stated"]
    token = stated.get("token")
    return Line(
        row["position"], row["number"], row["name"], row["fold"], row["code"], stated.get("said", {}),
        stated.get("blank", []), tuple(token) if token else None, row["problems"], row["joined"],
    )  # fmt: skip


def judged(judgement: Judgement) -> dict[str, Any]:
    """A judgement as columns of the row."""
    codes = judgement.codes
    return {
        "kind": judgement.kind,
        "firm_id": judgement.firm_id,
        "changes": judgement.changes,
        "suspicions": judgement.suspicions,
        "reason": codes[0] if codes else None,
        "blocked": rules.is_blocked(codes),
        "taken": rules.taken_at_first(judgement.kind),
    }


# ---------------------------------------------------------------- a few rows again
def as_mapping(row: RosterRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in RosterRow.__table__.columns}


def read_again(roster: Roster, row: RosterRow, tools: Tools) -> None:
    """A mended row, read by itself with the columns as they are mapped."""
    reading = read_alone(roster.reading, SIDE, row.sheet, row.number, {**row.cells, **row.corrections})
    if reading is None:
        return
    row.problems = [problem_of(error) for error in reading.errors]
    columns = frozenset(column.field.key for column in reading.columns if column.field)
    found = (
        _stated(reading.records[0], columns, tools) if reading.records else _unread(list(row.cells.values()))
    )
    for name, value in found.items():
        setattr(row, name, value)


def judge_again(
    session: Session, actor: Actor, tools: Tools, roster_id: int, folds: set[str], codes: set[str]
) -> None:
    """All rows that bear on each other by these names and codes. What a person had taken stays taken."""
    rows = [row for row in queries.sharing_with(session, roster_id, folds, codes) if row.outcome is None]
    lines = [line_of(as_mapping(row)) for row in rows if not row.skipped]
    judgements = tools.judge(session, actor, lines).of(lines)
    for row in rows:
        judgement = judgements.get(row.position)
        if judgement is None:
            row.kind, row.reason, row.suspicions, row.changes = "unchanged", None, [], []
            row.blocked = row.taken = False
            continue
        decided = row.taken and row.kind == "suspicious"
        for name, value in judged(judgement).items():
            setattr(row, name, value)
        row.taken = row.taken or (decided and not row.blocked)
