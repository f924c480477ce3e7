"""Rules of imports: whose they are, and where each stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal

LONGEST_CELL = 20_000
MOST_ROWS_STORED = 200
"""Rows with problems that the page offers for mending; the error list in the workbook names all of them."""
SURE = 0.8
"""From this confidence on a guessed column needs no second look."""


@dataclass(frozen=True)
class ImportView:
    """What permission is decided on."""

    account_id: int


def may_import(actor: Actor) -> bool:
    """Organisers and administrators bring sheets in; a member's own sheets go through the firm's pages."""
    return actor.account_id is not None and actor.staff


def may_see(actor: Actor, view: ImportView) -> bool:
    """Whoever uploaded it, while still an organiser, and administrators: a sheet holds people's telephone numbers."""
    return may_import(actor) and (actor.administrator or actor.account_id == view.account_id)


def may_keep(actor: Actor) -> bool:
    """Turning rows into firms and drafts reaches the whole district: the bureau's and administrators' step."""
    return may_import(actor) and actor.bureau


def check_heading(sheet: Mapping[str, Any], row: int | None) -> None:
    """Refusal where a person named a heading row that the sheet does not have."""
    first, rows = int(sheet["first_row"]), int(sheet["rows_in_file"])
    if row is not None and not first <= row < first + rows:
        raise Refusal("imports.heading_row", None, sheet=sheet["name"], row=row, rows=first + rows - 1)


def is_usable(reading: Mapping[str, Any]) -> bool:
    """Whether a side was read and has a row to match."""
    return not reading.get("failure") and reading.get("rows", 0) > 0


def half_kept(counts: Mapping[str, Any]) -> bool:
    """Whether keeping has begun and not ended: a worker is at it, or one died and the rest is to follow."""
    return "keeping" in counts


def wants_a_look(sheet: Mapping[str, Any], of_file: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a person should look at how a sheet was read: a column was recognised only roughly, or what must be there
    is missing and no other sheet of the file has it (a cover or a page of notes needs nobody)."""
    if sheet["left_out"]:
        return False
    if sheet["missing"]:
        return not any(other["usable"] for other in of_file)
    return any(column["field"] and column["confidence"] < SURE for column in sheet["columns"])
