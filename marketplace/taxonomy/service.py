"""Loading the reference lists: the seeds that come with the site, and a full industry list from a file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, Problem, Refusal
from marketplace.core.sheets.book import Sheet
from marketplace.core.sheets.reading import open_table
from marketplace.taxonomy import rules
from marketplace.taxonomy.loading import Loaded, load, note_list
from marketplace.taxonomy.models import Industry
from marketplace.taxonomy.sources import INDUSTRY_EDITION, INDUSTRY_LIST, SOURCES

CODE_HEADINGS = {"代码", "行业代码", "类别代码", "小类", "小类代码", "code"}
NAME_HEADINGS = {"名称", "行业名称", "类别名称", "小类名称", "name"}
LEVEL_HEADINGS = {"级别", "层级", "类别", "level"}
LEVELS = {"门类": "section", "大类": "division", "中类": "group", "小类": "class"}
HEADING_ROWS = 20


@dataclass(frozen=True)
class RowProblem:
    """A row that was left out: the row number that the person sees, and what is wrong with it."""

    row: int
    problem: Problem


@dataclass(frozen=True)
class Imported:
    inserted: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]


def import_seeds(session: Session, actor: Actor, folder: Path, now: datetime) -> list[Loaded]:
    """Bring every list in line with the seed files below ``folder``; a second call changes nothing.

    Rows are added and changed; a row that something may refer to is never deleted. Raises Forbidden for anyone but
    an administrator or the machine, OSError for a missing file.
    """
    _check(actor)
    loaded = [result for source in SOURCES if (result := load(session, source, folder, now)) is not None]
    if any(result.changed for result in loaded):
        audit.record(
            session,
            actor,
            "taxonomy.seed",
            "taxonomy",
            None,
            now,
            lists={result.key: [result.inserted, result.updated, result.deleted] for result in loaded},
        )
    return loaded


def import_industries(session: Session, actor: Actor, path: Path, now: datetime) -> Imported:
    """Add the four-digit classes of GB/T 4754 from a table file with a code and a name column.

    Rows of the wider levels are checked against what is there; a bad row is reported and the rest proceeds. Raises
    Forbidden, SheetError (unreadable file) or Refusal (``taxonomy.no_columns``, ``taxonomy.no_industries``).
    """
    _check(actor)
    known = {row.code: row for row in session.scalars(select(Industry))}
    if not known:
        raise Refusal("taxonomy.no_industries")
    sheet, heading, columns = _table(open_table(path).sheets)
    wanted: dict[str, tuple[int, str]] = {}
    problems: list[RowProblem] = []
    for index in range(heading + 1, len(sheet.rows)):
        row, number = sheet.rows[index], sheet.number(index)
        code_text, name = row[columns["code"]].strip(), _name(row[columns["name"]])
        if not code_text and not name:
            continue
        level = row[columns["level"]].strip() if "level" in columns else ""
        code, problem = _class_code(code_text, name, LEVELS.get(level, level), known)
        if problem is None and code in wanted and wanted[code][1] != name:
            problem = Problem("taxonomy.code_twice", "code", {"code": code, "row": wanted[code][0]})
        if problem is not None:
            problems.append(RowProblem(number, problem))
        elif code:
            wanted.setdefault(code, (number, name))
    result = _write(session, known, {code: name for code, (_, name) in wanted.items()}, problems)
    if result.inserted or result.updated:
        note_list(session, INDUSTRY_LIST, INDUSTRY_EDITION, Industry.__table__, now)  # type: ignore[arg-type]
        audit.record(
            session,
            actor,
            "taxonomy.import_industries",
            "taxonomy",
            None,
            now,
            inserted=result.inserted,
            updated=result.updated,
            problems=len(problems),
        )
    return result


def _check(actor: Actor) -> None:
    if not (actor.system or actor.administrator):
        raise Forbidden("taxonomy")


def _table(sheets: tuple[Sheet, ...]) -> tuple[Sheet, int, dict[str, int]]:
    """The first sheet with a code and a name heading in its first rows."""
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:HEADING_ROWS]):
            columns: dict[str, int] = {}
            for position, cell in enumerate(row):
                heading = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).lower()
                for what, names in (
                    ("code", CODE_HEADINGS),
                    ("name", NAME_HEADINGS),
                    ("level", LEVEL_HEADINGS),
                ):
                    if heading in names:
                        columns.setdefault(what, position)
            if {"code", "name"} <= columns.keys():
                return sheet, index, columns
    raise Refusal("taxonomy.no_columns")


def _name(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


def _class_code(text: str, name: str, level: str, known: dict[str, Industry]) -> tuple[str, Problem | None]:
    """The class code of a row; '' for a row of a wider level that agrees with what is there."""
    code = rules.industry_code(text)
    if not name:
        return "", Problem("taxonomy.no_name", "name", {"code": code})
    if level == "class" and code.isdigit():
        code = code.zfill(4)  # a spreadsheet has eaten the zeros in front
    if re.fullmatch(r"[A-T]|\d{2,3}", code):
        wider = known.get(code)
        if wider is not None and wider.name == name:
            return "", None
        if wider is None or len(code) == 3:
            return "", Problem("taxonomy.code_short", "code", {"code": code})
        return "", Problem("taxonomy.name_differs", "name", {"code": code, "name": wider.name})
    if not re.fullmatch(r"\d{4}", code):
        return "", Problem("taxonomy.code_form", "code", {"code": text})
    if code[:3] not in known:
        return "", Problem("taxonomy.no_group", "code", {"code": code, "group": code[:3]})
    return code, None


def _write(
    session: Session, known: dict[str, Industry], wanted: dict[str, str], problems: list[RowProblem]
) -> Imported:
    new = {code: name for code, name in wanted.items() if code not in known}
    changed = {code: name for code, name in wanted.items() if code in known and known[code].name != name}
    if new:
        session.execute(
            insert(Industry),
            [
                {
                    "code": code,
                    "level": "class",
                    "name": name,
                    "name_en": "",
                    "parent": code[:3],
                    "list_version": INDUSTRY_EDITION,
                }
                for code, name in new.items()
            ],
        )
    if changed:
        session.execute(update(Industry), [{"code": code, "name": name} for code, name in changed.items()])
    return Imported(len(new), len(changed), len(wanted) - len(new) - len(changed), tuple(problems))
