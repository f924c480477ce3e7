"""Use cases of imports: bring two sheets in, say how to read them, mend rows, match, keep, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete as remove
from sqlalchemy.orm import Session

from marketplace.core import audit, files, jobs
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import FileStore
from marketplace.core.jobs import Job
from marketplace.core.sheets import Workbook, guess_columns, guess_heading, missing_fields
from marketplace.imports import queries, rules
from marketplace.imports.models import SheetMatch, SheetNeed, SheetRow, SheetSource
from marketplace.imports.reading import FIELDS, Choice
from marketplace.imports.reports import choices_of, problems_left, stored_choice

READ, MATCH, KEEP = "sheets.read", "sheets.match", "sheets.keep"
_MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".jsonl": "application/x-ndjson",
}
_NEED_WORDS = ("需求", "采购", "need", "demand", "buyer")
_CAPABILITY_WORDS = (
    "能力",
    "供给",
    "供应",
    "名册",
    "名录",
    "培育",
    "产品",
    "capab",
    "supplier",
    "roster",
    "firm",
)


@dataclass(frozen=True)
class Upload:
    """A file as it came, already opened: what cannot be opened never gets here."""

    name: str
    content: bytes
    workbook: Workbook


def tell_sides(first: Upload, second: Upload) -> dict[str, Upload]:
    """Which of two files holds the needs: by its headings and, where these leave it open, by its name. A person can
    swap them."""
    straight = _likeness(first, "needs") + _likeness(second, "capabilities")
    crossed = _likeness(second, "needs") + _likeness(first, "capabilities")
    needs, capabilities = (second, first) if crossed > straight else (first, second)
    return {"needs": needs, "capabilities": capabilities}


def _likeness(upload: Upload, side: str) -> float:
    fields = FIELDS[side]
    best = 0.0
    for sheet in upload.workbook.sheets:
        columns = guess_columns(guess_heading(sheet, fields).labels, fields)
        # 「需求单位」 and 「主导产品」 tell the sides apart; a name or a quantity stands in both.
        told = sum(
            column.confidence * (2 if column.field.column_required else 1)
            for column in columns
            if column.field
        )
        best = max(best, told - 3 * len(missing_fields(columns, fields)))
    name = upload.name.casefold()
    words = _NEED_WORDS if side == "needs" else _CAPABILITY_WORDS
    return best + (2 if any(word in name for word in words) else 0)


def media_type_of(kind: str) -> str:
    """What a file of this kind (core.sheets.Workbook.kind) is sent back as."""
    return _MEDIA.get(f".{kind}", "application/octet-stream")


def create(
    session: Session, actor: Actor, store: FileStore, uploads: Mapping[str, Upload], *, now: datetime
) -> SheetMatch:
    """Keep both files and ask for their reading. ``uploads`` by side."""
    if not rules.may_import(actor) or actor.account_id is None:
        raise Forbidden
    match = SheetMatch(account_id=actor.account_id, created_at=now, counts={})
    kept = {}
    for side in sorted(uploads, key=lambda side: files.hash_of(uploads[side].content)):
        upload = uploads[side]
        kept[side] = files.keep(
            session, actor, store, upload.name, upload.content,
            media_type_of(upload.workbook.kind), "sheet", now,
        )  # fmt: skip
    match.sources = [
        SheetSource(side=side, file=kept[side], choices={}, reading={}) for side in ("needs", "capabilities")
    ]
    session.add(match)
    session.flush()
    _record(session, actor, "create", match.id, now)
    _submit(session, actor, match, READ, now)
    return match


def choose(
    session: Session,
    actor: Actor,
    match_id: int,
    choices: Mapping[str, Mapping[str, Choice]],
    *,
    now: datetime,
) -> SheetMatch:
    """Other headings or columns, by side and sheet name; the files are read again."""
    match = _changeable(session, actor, match_id, now)
    for source in match.sources:
        for name, choice in choices.get(source.side, {}).items():
            sheet = next((sheet for sheet in source.reading.get("sheets", ()) if sheet["name"] == name), None)
            if sheet is None:
                raise NotFound
            rules.check_heading(sheet, choice.heading_row)
        kept = {**choices_of(source.choices), **choices.get(source.side, {})}
        source.choices = {name: stored_choice(choice) for name, choice in kept.items()}
    sheets = sorted(f"{side}: {name}" for side, chosen in choices.items() for name in chosen)
    _record(session, actor, "choose", match_id, now, sheets=sheets)
    return _read_again(session, actor, match, now)


def swap(session: Session, actor: Actor, match_id: int, *, now: datetime) -> SheetMatch:
    """The first file was the other side's; what was chosen for it is forgotten with it."""
    match = _changeable(session, actor, match_id, now)
    needs, capabilities = sorted(match.sources, key=lambda source: source.side, reverse=True)
    needs.file, capabilities.file = capabilities.file, needs.file
    for source in match.sources:
        source.choices, source.reading = {}, {}
        session.execute(remove(SheetRow).where(SheetRow.source_id == source.id))
    _record(session, actor, "swap", match_id, now)
    return _read_again(session, actor, match, now)


def _read_again(session: Session, actor: Actor, match: SheetMatch, now: datetime) -> SheetMatch:
    _forget_list(session, match)
    match.read_at = None
    _submit(session, actor, match, READ, now)
    return match


def mend(
    session: Session, actor: Actor, match_id: int, row_id: int, cells: Mapping[int, str], *, now: datetime
) -> SheetRow:
    """Other texts for cells of one row (by column index); its problems are looked at again at once."""
    match = _changeable(session, actor, match_id, now)
    row, source = _row(session, match, row_id)
    for text in cells.values():
        if len(text) > rules.LONGEST_CELL:
            raise Refusal("imports.cell_long", None, length=len(text), limit=rules.LONGEST_CELL)
    changed = {str(index): text.replace("\x00", "") for index, text in cells.items()}
    row.corrections = {**row.corrections, **changed}
    row.problems = problems_left(row, source)
    row.skipped = False
    _forget_list(session, match)
    _record(session, actor, "mend", match_id, now, side=source.side, row=row.number)
    return row


def skip(
    session: Session, actor: Actor, match_id: int, row_id: int, *, skipped: bool, now: datetime
) -> SheetRow:
    """Leave a row out, or take it in again."""
    match = _changeable(session, actor, match_id, now)
    row, source = _row(session, match, row_id)
    row.skipped = skipped
    _forget_list(session, match)
    _record(session, actor, "skip", match_id, now, side=source.side, row=row.number, skipped=skipped)
    return row


def start_match(session: Session, actor: Actor, match_id: int, *, now: datetime) -> SheetMatch:
    match = _changeable(session, actor, match_id, now)
    if match.read_at is None or not all(rules.is_usable(source.reading) for source in match.sources):
        raise Refusal("imports.not_read")
    _record(session, actor, "match", match_id, now)
    _submit(session, actor, match, MATCH, now)
    return match


def start_keep(session: Session, actor: Actor, match_id: int, *, now: datetime) -> SheetMatch:
    match = _idle(session, actor, match_id, now)
    if not rules.may_keep(actor):
        raise Forbidden
    if match.kept_at is not None:
        raise Refusal("imports.kept_already")
    if match.matched_at is None:
        raise Refusal("imports.not_matched")
    _submit(session, actor, match, KEEP, now)
    return match


def delete(session: Session, actor: Actor, match_id: int, *, now: datetime) -> list[str]:
    """Forget an import with its files. Returns the hashes of bytes that nothing refers to any more; the edge removes
    them after the commit. Firms, needs and capabilities that were kept stay."""
    match = _idle(session, actor, match_id, now)
    stored = [source.file_id for source in match.sources]
    if match.result_file_id is not None:
        stored.append(match.result_file_id)
    session.delete(match)
    session.flush()
    _record(session, actor, "delete", match_id, now)
    return files.forget(session, stored)


def _idle(session: Session, actor: Actor, match_id: int, now: datetime) -> SheetMatch:
    """The import, locked; Refusal while a job of it is under way."""
    match = queries.match_or_none(session, actor, match_id, lock=True)
    if match is None:
        raise NotFound
    job = queries.job_of(session, match)
    if job is not None and job.finished_at is None and not given_up(job, now):
        raise Refusal("imports.busy")
    return match


def _changeable(session: Session, actor: Actor, match_id: int, now: datetime) -> SheetMatch:
    """The import, locked; Refusal also where its rows are half written: first the rest of them follows."""
    match = _idle(session, actor, match_id, now)
    if rules.half_kept(match.counts):
        standing = match.counts["keeping"]
        raise Refusal("imports.half_kept", None, done=standing["done"], total=standing["total"])
    return match


def given_up(job: Job, now: datetime) -> bool:
    """Whether every attempt at a job died without a word: nobody will close it, and nothing waits for it."""
    return job.attempt >= jobs.MAX_ATTEMPTS and job.leased_until is not None and job.leased_until < now


def _row(session: Session, match: SheetMatch, row_id: int) -> tuple[SheetRow, SheetSource]:
    found = queries.row_and_source(session, match.id, row_id)
    if found is None:
        raise NotFound
    return found


def _forget_list(session: Session, match: SheetMatch) -> None:
    """What was matched before no longer belongs to the sheets as they are read now."""
    match.matched_at = None
    session.execute(remove(SheetNeed).where(SheetNeed.match_id == match.id))


def _record(session: Session, actor: Actor, step: str, match_id: int, now: datetime, **details: Any) -> None:
    """Each step of a person is on record; what was kept, the job says when it is done."""
    audit.record(session, actor, f"import.{step}", "import", match_id, now, **details)


def _submit(session: Session, actor: Actor, match: SheetMatch, kind: str, now: datetime) -> None:
    match.job_id = jobs.submit(session, actor, kind, {"match_id": match.id}, now).id
