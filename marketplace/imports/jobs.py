"""Long work of imports: reading two files, matching them, keeping what they hold. Each re-reads the stored files."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

from sqlalchemy import delete as remove
from sqlalchemy.orm import Session

from marketplace.core import audit, files
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.files import FileStore
from marketplace.core.i18n import N_, translate
from marketplace.core.jobs import JobClaim
from marketplace.core.sheets import SheetError, open_table, write_workbook
from marketplace.core.sheets.writing import XLSX
from marketplace.imports import queries
from marketplace.imports.keeping import Keeper
from marketplace.imports.models import SheetMatch, SheetNeed, SheetPair, SheetRow, SheetSource
from marketplace.imports.outputs import Outcome, workbook_sheets
from marketplace.imports.pairing import Paired, Pairing, prepare
from marketplace.imports.profiles import SIDES
from marketplace.imports.reading import Side, look_at, read_views
from marketplace.imports.reports import choices_of, corrections_of, report_of, rows_to_mend
from marketplace.imports.rules import MOST_ROWS_STORED
from marketplace.imports.service import KEEP, MATCH, READ
from marketplace.proposals.evidence import stored
from marketplace.proposals.wording import Wording
from marketplace.taxonomy.lists import lists_of

__all__ = ["KEEP", "MATCH", "READ", "keep", "match", "read"]
TOP = 20
# Who waits to write on SQLite looks ten times a second whether it may: without a pause between two parts it never could.
OTHERS_TURN = 0.15


def read(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Read both files as they are mapped now; stores how, and the rows that need a person."""
    progress("imports.step.reading", 0, len(SIDES))
    with context.database.unit_of_work() as session:
        found, _actor = _known(context, session, claim)
        rows = queries.rows_of(session, [source.id for source in found.sources])
        for source in found.sources:
            _read_source(session, context.files, source, rows[source.id], claim.params["asked_by"]["locale"])
        found.read_at = utc_now()
    progress("imports.step.reading", len(SIDES), len(SIDES))
    return {"match_id": claim.params["match_id"]}


def _read_source(
    session: Session, store: FileStore, source: SheetSource, rows: list[SheetRow], locale: str
) -> None:
    workbook = open_table(store.read(source.file.sha256), source.file.name)
    views = look_at(workbook, source.side, choices_of(source.choices))
    side, failure = None, None
    try:
        side = read_views(workbook, views, source.side, locale=locale, corrections=corrections_of(rows))
    except SheetError as error:
        failure = error
    source.reading = report_of(workbook, views, side, failure)
    touched = {(row.sheet, row.number): row for row in rows if row.corrections or row.skipped}
    session.execute(
        remove(SheetRow).where(SheetRow.id.in_([row.id for row in rows if row not in touched.values()]))
    )
    found = rows_to_mend(side) if side else {}
    for row in touched.values():
        row.problems = found.get((row.sheet, row.number), ({}, []))[1]
    for (name, number), (cells, problems) in list(found.items())[:MOST_ROWS_STORED]:
        if (name, number) not in touched:
            session.add(
                SheetRow(
                    source_id=source.id,
                    sheet=name,
                    number=number,
                    values=cells,
                    problems=problems,
                    corrections={},
                )
            )


def match(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """The list, as rows for the page and as a workbook in the language of who asked."""
    progress("imports.step.reading", 0, len(SIDES))
    locale = claim.params["asked_by"]["locale"]
    with context.database.reading() as session:
        found, _actor = _known(context, session, claim)
        sides = _sides(session, context.files, found, locale)
        progress("imports.step.fitting", 0, 1)
        as_of = day_of(utc_now())
        pairing = prepare(sides["needs"].rows, sides["capabilities"].rows, lists_of(session), as_of)
        pairs: list[list[Paired]] = []
        for number, need in enumerate(pairing.needs):
            progress("imports.step.matching", number, len(pairing.needs))
            pairs.append(pairing.of_need(need, TOP))
        progress("imports.step.writing", 0, 1)
        outcome = Outcome(sides["needs"], sides["capabilities"], pairing, as_of, TOP)
        content = _workbook(outcome, pairs, Wording(session, locale))
    with (
        files.laid_down(context.database, context.files, content),
        context.database.unit_of_work() as session,
    ):
        unused = _store_list(context, session, claim, outcome, pairs, content)
    files.sweep(context.database, context.files, unused)
    progress("imports.step.writing", 1, 1)
    return {"match_id": claim.params["match_id"], "pairs": pairing.pair_count}


def _sides(session: Session, store: FileStore, found: SheetMatch, locale: str) -> dict[str, Side]:
    """Both files read with all that was chosen and corrected. Refusal where one has no row to match."""
    rows = queries.rows_of(session, [source.id for source in found.sources])
    sides = {}
    for source in found.sources:
        workbook = open_table(store.read(source.file.sha256), source.file.name)
        views = look_at(workbook, source.side, choices_of(source.choices))
        side = read_views(
            workbook, views, source.side, locale=locale, corrections=corrections_of(rows[source.id])
        )
        if not side.rows:
            raise Refusal("imports.nothing_read", None, file=source.file.name)
        sides[source.side] = side
    return sides


def _workbook(outcome: Outcome, pairs: list[list[Paired]], wording: Wording) -> bytes:
    out = BytesIO()
    listed = (pair for of_need in pairs for pair in of_need)
    title = translate(N_("匹配清单"), wording.locale)
    write_workbook(out, workbook_sheets(outcome, listed, wording), title=title)
    return out.getvalue()


def _store_list(
    context: WorkContext,
    session: Session,
    claim: JobClaim,
    outcome: Outcome,
    pairs: list[list[Paired]],
    content: bytes,
) -> list[str]:
    """Write the list in place of an earlier one; returns hashes of files that nothing refers to any more."""
    found, actor = _known(context, session, claim, lock=True)
    session.execute(remove(SheetNeed).where(SheetNeed.match_id == found.id))
    _add_list(session, found.id, outcome.pairing, pairs)
    earlier = [found.result_file_id] if found.result_file_id else []
    now = utc_now()
    name = f"{translate(N_('匹配清单'), actor.locale)}-{outcome.as_of.isoformat()}.xlsx"
    found.result_file_id = files.keep(session, actor, context.files, name, content, XLSX, "result", now).id
    session.flush()
    unused = files.forget(session, earlier)
    found.counts = {**found.counts, **_counts(outcome)}
    found.matched_at, found.method = now, outcome.pairing.matcher.method
    return unused


def _add_list(session: Session, match_id: int, pairing: Pairing, pairs: list[list[Paired]]) -> None:
    causes = {unmatched.need.id: unmatched.causes for unmatched in pairing.unmatched}
    needs = [
        SheetNeed(
            match_id=match_id,
            position=position,
            matched=bool(of_need),
            content={
                "id": need.id,
                "title": need.title,
                "firm": need.firm_name,
                "pairs": len(of_need),
                "strong": sum(pair.match.label == "strong" for pair in of_need),
                "causes": causes.get(need.id, {}),
            },
        )
        for position, (need, of_need) in enumerate(zip(pairing.needs, pairs, strict=True), 1)
    ]
    session.add_all(needs)
    session.flush()
    session.add_all(
        SheetPair(
            need_id=need.id,
            rank=pair.rank,
            label=pair.match.label,
            score=pair.match.score,
            content={
                "id": pair.capability.id,
                "title": pair.capability.title,
                "firm": pair.capability.firm_name,
                "reasons": stored(pair.match.reasons),
                "unproven": stored(pair.match.unproven),
                "gaps": stored(pair.match.gaps),
            },
        )
        for need, of_need in zip(needs, pairs, strict=True)
        for pair in of_need
    )


def _counts(outcome: Outcome) -> dict[str, Any]:
    return {
        "needs": len(outcome.needs.rows),
        "capabilities": len(outcome.capabilities.rows),
        "pairs": outcome.pairing.pair_count,
        "labels": dict(outcome.pairing.labels),
        "unmatched": len(outcome.pairing.unmatched),
        "left_out": outcome.needs.left_out + outcome.capabilities.left_out,
    }


def keep(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Rows become firms, needs and capabilities, a part at a time: others write in between, and a worker that takes
    over goes on where the last one stopped. Asked twice, nothing is written twice."""
    progress("imports.step.keeping", 0, 0)
    with context.database.reading() as session:
        found, actor = _known(context, session, claim)
        if found.kept_at is not None:
            return dict(found.counts["kept"])
        lists = lists_of(session).read_whole()  # the parts are kept in sessions of their own
        keeper = Keeper(session, _sides(session, context.files, found, actor.locale), lists)
        keeper.go_on(found.counts.get("keeping"))
    while _keep_part(context, claim, keeper):
        progress("imports.step.keeping", keeper.done, keeper.total)
        time.sleep(OTHERS_TURN)
    return keeper.kept.plain()


def _keep_part(context: WorkContext, claim: JobClaim, keeper: Keeper) -> bool:
    """One part in its unit of work, with how far it has come; False when nothing is left to do."""
    with context.database.unit_of_work() as session:
        found, actor = _known(context, session, claim, lock=True)
        stored = found.counts.get("keeping")
        if found.kept_at is not None or (stored is not None and stored["done"] > keeper.done):
            # Another worker took over meanwhile: this one was thought dead.
            raise Refusal("imports.kept_elsewhere")
        keeper.keep_part(session, actor, found.id, now=utc_now())
        if not keeper.finished:
            found.counts = {**found.counts, "keeping": keeper.standing()}
            return True
        counts = {name: value for name, value in found.counts.items() if name != "keeping"}
        found.counts = {**counts, "kept": keeper.kept.plain()}
        found.kept_at = utc_now()
        told = {name: value for name, value in keeper.kept.plain().items() if isinstance(value, int)}
        audit.record(session, actor, "import.keep", "import", found.id, found.kept_at, **told)
        return False


def _known(
    context: WorkContext, session: Session, claim: JobClaim, *, lock: bool = False
) -> tuple[SheetMatch, Actor]:
    """The import and who asked, if they may still see it."""
    actor = context.actor_of_job(session, claim)
    found = queries.match_or_none(session, actor, claim.params["match_id"], lock=lock)
    if found is None:
        raise NotFound
    return found, actor
