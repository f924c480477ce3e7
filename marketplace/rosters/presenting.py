"""What the pages of rosters show, as plain values in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.core.clock import day_of
from marketplace.core.i18n import N_, render, translate
from marketplace.core.jobs import Job
from marketplace.core.sheets import column_letters
from marketplace.firms.models import Firm
from marketplace.imports.presenting import file_view
from marketplace.rosters import rules, values
from marketplace.rosters.models import Roster, RosterEffect, RosterRow
from marketplace.rosters.queries import Twin
from marketplace.rosters.service import COMPARE, UNDO, WRITE
from marketplace.rosters.values import Words
from marketplace.taxonomy.lists import lists_of

# Other rows of the same firm that a row names; all of them are one click away.
MOST_TWINS = 5
KIND_LOOKS = {
    "new": ("plus-circle", "good"),
    "changed": ("pencil", "primary"),
    "unchanged": ("check", None),
    "suspicious": ("exclamation-triangle", "doubt"),
    "unread": ("exclamation-circle-fill", "bad"),
}
_STATES = {
    COMPARE: (N_("正在比对"), "running"),
    WRITE: (N_("正在写入"), "running"),
    UNDO: (N_("正在撤销"), "running"),
    "failed": (N_("没有完成"), "failed"),
    "compared": (N_("待确认"), "pending"),
    "written": (N_("已写入"), "done"),
    "undone": (N_("导入已撤销"), "cancelled"),
}


def state_of(roster: Roster, job: Job | None) -> str:
    if job is not None and job.finished_at is None:
        return job.kind
    if job is not None and job.failure is not None:
        return "failed"
    if roster.undone_at is not None:
        return "undone"
    return "written" if roster.written_at is not None else "compared"


def state_badge(state: str, locale: str) -> tuple[str, str]:
    """Word and the status whose look it has."""
    word, status = _STATES[state]
    return translate(word, locale), status


def words_for(session: Session, locale: str) -> Words:
    towns = {office.id: office.name for office in accounts.offices(session)}
    return Words(lists_of(session), towns, locale)


def sheet_view(roster: Roster, locale: str) -> dict[str, Any]:
    """How the file was read, for the drawer with its columns."""
    return file_view("firms", roster.file.name, roster.reading, locale)


def row_view(
    row: RosterRow, roster: Roster, twins: Sequence[Twin], words: Words, locale: str
) -> dict[str, Any]:
    """One row: what it is, what is doubtful, what it would change and from whose word to whose, what can be done.

    What is doubtful, and which other rows bear on it, matters while somebody may decide: not once the roster was taken back.
    """
    icon, tone = KIND_LOOKS[row.kind]
    stands = roster.undone_at is None
    alike = next((params for _, params in row.suspicions if "firm_id" in params), None)
    return {
        "id": row.id,
        "sheet": row.sheet,
        "number": row.number,
        "name": row.name,
        "code": row.code or "",
        "kind": row.kind,
        "kind_said": render(f"rosters.kind.{row.kind}", {}, locale),
        "icon": icon,
        "tone": tone,
        "why": [render(f"rosters.why.{code}", params, locale) for code, params in row.suspicions if stands],
        "twins": twins[:MOST_TWINS] if stands else (),
        "more_twins": len(twins) > MOST_TWINS,
        "notes": [render(code, params, locale) for code, params in row.notes],
        "changes": [_change_view(change, row, roster, words, locale) for change in row.changes],
        "facts": _facts(row, words, locale) if row.kind in ("new", "suspicious") and not row.changes else [],
        "cells": _cells(row, roster, locale),
        "can_join": alike is not None and row.joined is None and row.firm_id is None,
        "firm_id": row.firm_id,
        "taken": row.taken and not row.skipped,
        "skipped": row.skipped,
        "blocked": row.blocked,
        "outcome": row.outcome,
        "refusal": _refusal(row, locale),
        "refused": row.outcome == "refused" and stands,
        "open": row.outcome is None and row.kind != "unchanged" and stands,
    }


def _refusal(row: RosterRow, locale: str) -> str:
    """Why the row was not written; of which field, where it is about one."""
    if not row.refusal:
        return ""
    code, params, *field = row.refusal
    sentence = render(code, params, locale)
    if not field or field[0] not in values.FIELDS:
        return sentence
    label = render(f"rosters.field.{field[0]}", {}, locale)
    return f"{label}：{sentence}" if locale == "zh" else f"{label}: {sentence}"


def _change_view(
    change: Mapping[str, Any], row: RosterRow, roster: Roster, words: Words, locale: str
) -> dict[str, Any]:
    field, said = change["field"], render(f"rosters.said.{change['source']}", {}, locale)
    day = day_of(datetime.fromisoformat(change["at"])).isoformat() if change["at"] else ""
    return {
        "field": field,
        "label": render(f"rosters.field.{field}", {}, locale),
        "old": words.say(field, change["old"]),
        "said": f"{said} {day}" if change["old"] else "",
        "new": words.say(field, change["new"]),
        "protected": change["protected"],
        "clears": change["clears"],
        "believed": rules.believes(change, row.believed, roster.overrides),
    }


def _facts(row: RosterRow, words: Words, locale: str) -> list[tuple[str, str]]:
    said: Mapping[str, Any] = row.stated.get("said", {})
    return [
        (render(f"rosters.field.{field}", {}, locale), words.say(field, value))
        for field, value in said.items()
        if field not in ("legal_name", "credit_code") and value
    ]


def _cells(row: RosterRow, roster: Roster, locale: str) -> list[dict[str, Any]]:
    """The cells to mend: those that could not be read, were mended, or name and code where these are doubtful."""
    sheet = next((one for one in roster.reading.get("sheets", ()) if one["name"] == row.sheet), None)
    columns = {column["index"]: column for column in (sheet or {}).get("columns", ())}
    problems = {problem["column"]: problem for problem in row.problems}
    wanted = [index for index in problems if index >= 0] + [int(index) for index in row.corrections]
    if row.outcome == "refused":
        wanted += [index for index, column in columns.items() if column["field"]]
    elif row.suspicions and row.kind == "suspicious":
        wanted += [
            index
            for index, column in columns.items()
            if column["field"] in ("firm", "credit_code")
            or (column["field"] == "row_id" and row.reason == "row_unknown")
        ]
    texts = {**row.cells, **row.corrections}
    return [
        {
            "index": index,
            "label": columns.get(index, {}).get("label") or column_letters(index),
            "text": str(texts.get(str(index), "")),
            "problem": render(problems[index]["code"], problems[index]["params"], locale)
            if index in problems
            else "",
        }
        for index in dict.fromkeys(wanted)
    ]


def kept_views(session: Session, effects: Sequence[RosterEffect], locale: str) -> list[dict[str, Any]]:
    """What the undo left, firm by firm, with the reason."""
    ids = {effect.firm_id for effect in effects}
    found = session.execute(select(Firm.id, Firm.legal_name).where(Firm.id.in_(ids)))
    names: dict[int, str] = {firm_id: name for firm_id, name in found}
    return [
        {
            "firm_id": effect.firm_id if effect.firm_id in names else None,
            "firm": names.get(effect.firm_id, ""),
            "what": render(f"rosters.field.{name}", {}, locale)
            if effect.kind == "fields"
            else render(f"rosters.effect.{effect.kind}", {}, locale),
            "why": render(code, {}, locale),
        }
        for effect in effects
        for name, code in effect.kept.items()
    ]
