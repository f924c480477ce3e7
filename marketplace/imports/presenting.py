"""What the pages of imports show, as plain values in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.core.i18n import N_, render, translate
from marketplace.core.jobs import Job
from marketplace.core.sheets import column_letters
from marketplace.imports import rules
from marketplace.imports.models import SheetMatch, SheetNeed, SheetPair, SheetRow, SheetSource
from marketplace.imports.reading import FIELDS
from marketplace.proposals.wording import Wording

_STATES = {
    "reading": (N_("正在读取"), "running"),
    "matching": (N_("正在匹配"), "running"),
    "keeping": (N_("正在写入"), "running"),
    "failed": (N_("没有完成"), "failed"),
    "mapping": (N_("待核对"), "pending"),
    "matched": (N_("已匹配"), "done"),
    "kept": (N_("已保留"), "done"),
}
_RUNNING = {"sheets.read": "reading", "sheets.match": "matching", "sheets.keep": "keeping"}


def stage_of(match: SheetMatch, job: Job | None) -> str:
    if job is not None and job.finished_at is None:
        return _RUNNING.get(job.kind, "reading")
    if job is not None and job.failure is not None:
        return "failed"
    if match.matched_at is not None:
        return "kept" if match.kept_at is not None else "matched"
    return "mapping"


def state_badge(stage: str, locale: str) -> tuple[str, str]:
    """Word and the status whose look it has."""
    word, status = _STATES[stage]
    return translate(word, locale), status


def side_view(source: SheetSource, locale: str) -> dict[str, Any]:
    """One file on the mapping page."""
    return file_view(source.side, source.file.name, source.reading, locale)


def file_view(side: str, name: str, reading: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """How a file of this side was read."""
    failure = reading.get("failure")
    sheets = [_sheet_view(sheet, reading["sheets"], locale) for sheet in reading.get("sheets", ())]
    return {
        "side": side,
        "label": render(f"imports.side.{side}", {}, locale),
        "file": name,
        "rows": reading.get("rows", 0),
        "repeated": reading.get("repeated", 0),
        "failure": render(failure[0], failure[1], locale) if failure else None,
        "notes": [render(code, params, locale) for code, params in reading.get("notes", ())],
        "sheets": sheets,
        "fields": [(field.key, translate(field.label, locale)) for field in FIELDS[side]],
        "sure": not failure and not any(sheet["wants_a_look"] for sheet in sheets),
    }


def _sheet_view(
    sheet: Mapping[str, Any], of_file: Sequence[Mapping[str, Any]], locale: str
) -> dict[str, Any]:
    return {
        **sheet,
        "why": [render(code, params, locale) for code, params in sheet["why"]],
        "missing": [translate(label, locale) for label in sheet["missing"]],
        "skipped": [(render(code, {}, locale), count) for code, count in sheet["skipped"].items()],
        "columns": [
            {
                **column,
                "how_said": render(f"imports.how.{column['how']}", {}, locale),
                "tone": _tone(column),
                "percent": round(column["confidence"] * 100),
            }
            for column in sheet["columns"]
        ],
        "wants_a_look": rules.wants_a_look(sheet, of_file),
    }


def _tone(column: Mapping[str, Any]) -> str | None:
    if not column["field"]:
        return None
    return "good" if column["confidence"] >= rules.SURE else "doubt"


def row_view(row: SheetRow, source: SheetSource, locale: str) -> dict[str, Any]:
    """A row that needs a person: what it says, what is wrong in which cell, and the texts as they stand now."""
    cells = {**row.values, **row.corrections}
    sheet = next((sheet for sheet in source.reading.get("sheets", ()) if sheet["name"] == row.sheet), None)
    fields = {column["field"]: column for column in (sheet or {}).get("columns", ()) if column["field"]}
    named = [str(cells.get(str(fields[key]["index"]), "")) for key in ("firm", "title") if key in fields]
    problems = [
        {
            "sentence": render(problem["code"], problem["params"], locale),
            "column": problem["column"],
            "label": problem["label"],
            "left_out": problem["left_out"],
        }
        for problem in row.problems
    ]
    wrong = [problem["column"] for problem in row.problems if problem["column"] >= 0]
    editable = list(dict.fromkeys([*wrong, *map(int, row.corrections)]))
    labels = {column["index"]: column["label"] for column in (sheet or {}).get("columns", ())}
    return {
        "id": row.id,
        "sheet": row.sheet,
        "number": row.number,
        "about": " · ".join(text for text in named if text)[:80],
        "problems": problems,
        "cells": [
            {
                "index": index,
                "label": labels.get(index) or column_letters(index),
                "text": str(cells.get(str(index), "")),
                "wrong": index in wrong,
            }
            for index in editable
        ],
        "left_out": any(problem["left_out"] for problem in problems),
        "mended": bool(row.corrections) and not problems,
        "skipped": row.skipped,
    }


def need_view(need: SheetNeed) -> dict[str, Any]:
    return {"position": need.position, **need.content}


def cause_views(need: SheetNeed, wording: Wording) -> list[tuple[str, int]]:
    causes: Mapping[str, int] = need.content.get("causes", {})
    ordered = sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))
    return [(wording.cause(code), count) for code, count in ordered]


def pair_views(pairs: Sequence[SheetPair], wording: Wording) -> list[dict[str, Any]]:
    """Cards for the organiser: label, score, and the three groups in words."""
    return [
        {
            "rank": pair.rank,
            "title": pair.content["title"],
            "firm": pair.content["firm"],
            "label": pair.label,
            "score": pair.score,
            "met": wording.lines(pair.content["reasons"]),
            "unproven": wording.lines(pair.content["unproven"]),
            "gaps": wording.lines(pair.content["gaps"]),
        }
        for pair in pairs
    ]
