"""Rules of rosters: whose they are, which of a row's changes are believed, and when a row may be written. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.core.actor import Actor
from marketplace.imports import rules as imports

MOST_ROWS = 20_000
"""A district's 培育库 ten times over; more than this is brought in as several sheets."""
SAID_BY_THE_FIRM = frozenset({"self", "verified"})
"""Who stands above a sheet: the firm itself, and the bureau with the document in hand."""
BLOCKING = frozenset({"row_twice", "code_repeated", "name_other_code", "ambiguous", "row_unknown"})
"""What no click can settle: which of two is right must be written into the row, or the row left out."""


def may_bring(actor: Actor) -> bool:
    """A roster reaches the whole district: the bureau's and administrators' step."""
    return imports.may_keep(actor)


def may_see(actor: Actor, account_id: int) -> bool:
    """Whoever brought it in, while still of the bureau, and administrators: a roster holds people's telephone numbers."""
    return may_bring(actor) and (actor.administrator or actor.account_id == account_id)


def believes(change: Mapping[str, Any], believed: Mapping[str, Any], overrides: Mapping[str, Any]) -> bool:
    """Whether the sheet's word is taken for one change. What the firm said itself, or the bureau has checked, and what a
    blank cell would empty, stands until somebody says otherwise: for this row, or for the field in all rows."""
    field = change["field"]
    if field in believed:
        return bool(believed[field])
    if change["clears"]:
        return False
    if field in overrides:
        return bool(overrides[field])
    return not change["protected"]


def believed_changes(
    changes: Iterable[Mapping[str, Any]], believed: Mapping[str, Any], overrides: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    return [change for change in changes if believes(change, believed, overrides)]


def kind_of(suspicions: Iterable[str], is_new: bool, changes: bool) -> str:
    if any(suspicions):
        return "suspicious"
    if is_new:
        return "new"
    return "changed" if changes else "unchanged"


def is_blocked(suspicions: Iterable[str]) -> bool:
    return not BLOCKING.isdisjoint(suspicions)


def taken_at_first(kind: str) -> bool:
    """What needs no look is taken unless somebody says no; what is doubtful waits for a yes."""
    return kind in ("new", "changed")
