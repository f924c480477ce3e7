"""A search written out as a table: every hit, by id, from the rows as they stand and as far as this reader may see them.

The index says which; what is written comes from the database, where permission is asked once more, part by part. No
person, telephone or size figure has a column here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities import rules as capability_rules
from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import view_of, visible_capabilities
from marketplace.core import audit, files, jobs
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.errors import Forbidden, Problem, Refusal
from marketplace.core.files import StoredFile
from marketplace.core.i18n import N_, render, translate
from marketplace.core.jobs import Job, JobClaim
from marketplace.core.periods import per
from marketplace.core.sheets import ColumnSpec, SheetSpec, write_workbook
from marketplace.core.sheets.writing import Cell, write_csv
from marketplace.discovery.engine import reader_of, tokens_of
from marketplace.discovery.facets import Names
from marketplace.discovery.rules import KINDS, may_follow
from marketplace.firms.models import Firm
from marketplace.firms.queries import visible_to as firm_visible
from marketplace.needs.models import Need
from marketplace.needs.queries import firm_shown, visible_needs
from marketplace.settings import Settings
from search.documents import split_key
from search.engines.base import EngineUnavailable
from search.query import Query

EXPORT = "search.export"
# What a person waits for; longer ones are a job.
MOST_AT_ONCE = 1000
# A table is what its reader might see when it was made: it is not handed out for long.
KEPT = timedelta(days=1)
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_PART = 500
_ANONYMOUS = N_("匿名链主企业")
_TITLES = {"need": N_("需求"), "capability": N_("能力"), "firm": N_("企业")}
_TABLE = "search"  # the purpose of its file


class Question(NamedTuple):
    """What is exported: the filters and words of a search page."""

    kind: str
    text: str
    filters: dict[str, tuple[str, ...]]
    suffix: str

    @property
    def query(self) -> Query:
        """Raises BadQuery."""
        return Query(self.text, self.filters, (self.kind,), page_size=1)

    def kept(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {**self._asdict(), "filters": {name: list(values) for name, values in self.filters.items()}}

    @classmethod
    def asked(cls, kept: Mapping[str, Any]) -> Question:
        """What a job keeps, as it was asked."""
        return cls(**{**kept, "filters": {name: tuple(values) for name, values in kept["filters"].items()}})


def count(settings: Settings, actor: Actor, question: Question, as_of: date) -> int:
    """How many rows the table has for this reader now. Asked of the engine before anything is written, so that nobody's
    change waits for its answer. Raises BadQuery and EngineError."""
    _check(actor, question)
    found: int = _whole(settings).search(question.query, visible=tokens_of(actor), as_of=as_of).total
    return found


def ask(session: Session, actor: Actor, question: Question, rows: int, *, now: datetime) -> Job | None:
    """Note that this reader takes a table of so many rows away; returns the job where they are too many to wait for.
    Asked twice for the same table, it is the same job."""
    _check(actor, question)
    job = None
    if rows > MOST_AT_ONCE:
        wanted = {"asked": question.kept()}
        job = jobs.submit_once(session, actor, EXPORT, wanted, now, about=("asked",), own=True)
    audit.record(
        session,
        actor,
        "search.export",
        "search",
        None,
        now,
        kind=question.kind,
        rows=rows,
        suffix=question.suffix,
    )
    return job


def _check(actor: Actor, question: Question) -> None:
    if not may_follow(actor):
        raise Forbidden
    if question.kind not in KINDS or question.suffix not in MEDIA_TYPES:
        raise Refusal.of([Problem("discovery.unknown_filter")])


def table(
    settings: Settings,
    question: Question,
    reading: Callable[[], tuple[Session, Actor]],
    as_of: date,
    progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """The file. ``reading`` is asked for session and reader before every part, so that a long export sees the end of
    a right; ``progress`` hears how many rows are written."""
    _session, actor = reading()
    keys = _whole(settings).export(question.query, visible=tokens_of(actor), as_of=as_of)
    rows = _rows(question.kind, keys, reading, as_of, progress)
    title = translate(_TITLES[question.kind], actor.locale)
    headings = [(translate(name, actor.locale), kind, width) for name, kind, width in _COLUMNS[question.kind]]
    # A csv is opened in a spreadsheet too: its heading is what a person reads there.
    columns = [ColumnSpec(name, name, kind, width) for name, kind, width in headings]
    out, sheet = BytesIO(), SheetSpec(title, columns, rows)
    if question.suffix == "csv":
        write_csv(out, sheet)
    else:
        write_workbook(out, [sheet], title=title)
    return out.getvalue()


def file_name(question: Question, locale: str, as_of: date) -> str:
    return f"{translate(_TITLES[question.kind], locale)}-{as_of.isoformat()}.{question.suffix}"


def _whole(settings: Settings) -> Any:
    """The index, when it is whole: a table that lacks rows looks like one that does not."""
    engine = reader_of(settings)
    if engine.needs_rebuild:
        raise EngineUnavailable("the index is being built")
    return engine


# ---------------------------------------------------------------- the job


def export(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """A long table, kept for a day."""
    question, now = Question.asked(claim.params["asked"]), utc_now()
    with context.database.reading() as session:

        def reading() -> tuple[Session, Actor]:
            session.rollback()
            session.expunge_all()
            return session, context.actor_of_job(session, claim)

        def written(done: int) -> None:
            progress("discovery.step.exporting", done, 0)

        content = table(context.settings, question, reading, day_of(now), written)
    with (
        files.laid_down(context.database, context.files, content),
        context.database.unit_of_work() as session,
    ):
        unused = _forget_old(session, now)
        actor = context.actor_of_job(session, claim)
        name = file_name(question, actor.locale, day_of(now))
        stored = files.keep(
            session, actor, context.files, name, content, MEDIA_TYPES[question.suffix], _TABLE, utc_now()
        )
        result = {"file_id": stored.id}
    files.sweep(context.database, context.files, unused)
    return result


def kept_file(session: Session, job: Job, now: datetime) -> StoredFile | None:
    """The table that this job made, while it is handed out."""
    if job.result is None or job.finished_at is None or job.finished_at + KEPT <= now:
        return None
    return session.get(StoredFile, job.result["file_id"])


def _forget_old(session: Session, now: datetime) -> list[str]:
    """Rows of tables that are no longer handed out go; returns the hashes of bytes that nobody else names."""
    old = select(StoredFile.id).where(StoredFile.purpose == _TABLE, StoredFile.created_at <= now - KEPT)
    return files.forget(session, session.scalars(old))


# ---------------------------------------------------------------- rows


def _rows(
    kind: str,
    keys: Iterator[str],
    reading: Callable[[], tuple[Session, Actor]],
    as_of: date,
    progress: Callable[[int], None],
) -> Iterator[Sequence[Cell]]:
    done = 0
    while part := [split_key(key)[1] for key in islice(keys, _PART)]:
        session, actor = reading()
        yield from _OF_KIND[kind](session, actor, part, as_of, Names(session, actor.locale))
        done += len(part)
        progress(done)


def _needs(session: Session, actor: Actor, ids: list[int], as_of: date, names: Names) -> Iterable[list[Cell]]:
    statement = visible_needs(actor, as_of).where(Need.id.in_(ids)).order_by(Need.id)
    for need in session.scalars(statement).unique():
        firm = firm_shown(actor, need)
        yield [
            need.id,
            need.title,
            firm.legal_name if firm is not None else translate(_ANONYMOUS, names.locale),
            names.of("type", need.type_key),
            *_place(names, need),
            need.use,
            need.description,
            need.quantity,
            need.quantity_unit,
            _period(need.quantity_period, names.locale),
            need.lead_time_days,
            names.place(need.delivery_division),
            names.of("procedure", need.procedure),
            need.published_at and day_of(need.published_at),
            need.valid_until,
        ]


def _capabilities(
    session: Session, actor: Actor, ids: list[int], as_of: date, names: Names
) -> Iterable[list[Cell]]:
    statement = visible_capabilities(actor, as_of).where(Capability.id.in_(ids)).order_by(Capability.id)
    for row in session.scalars(statement).unique():
        yield [
            row.id,
            row.product,
            row.firm.legal_name,
            *_place(names, row),
            row.sentence,
            row.description,
            row.capacity,
            _per_period(row, names.locale),
            row.lead_time_days,
            names.place(row.firm.production_division or row.firm.registered_division),
            names.served([division.code for division in row.divisions]),
            row.payment_days if capability_rules.may_see_record(actor, view_of(row, as_of)) else None,
            row.published_at and day_of(row.published_at),
            row.valid_until,
        ]


def _firms(
    session: Session, actor: Actor, ids: list[int], _as_of: date, names: Names
) -> Iterable[list[Cell]]:
    for firm in session.scalars(select(Firm).where(Firm.id.in_(ids), firm_visible(actor)).order_by(Firm.id)):
        yield [
            firm.id,
            firm.legal_name,
            firm.english_name,
            names.of("party", firm.party_kind),
            names.place(firm.production_division or firm.registered_division),
            firm.profile,
        ]


def _place(names: Names, row: Need | Capability) -> tuple[Cell, Cell]:
    return (
        names.of("chain", row.chain_key) if row.chain_key else None,
        names.of("link", row.link_key) if row.link_key else None,
    )


def _period(period: str | None, locale: str) -> str | None:
    return render(f"core.period.{period}", {}, locale) if period else None


def _per_period(row: Capability, locale: str) -> str | None:
    if not row.capacity_unit or not row.capacity_period:
        return row.capacity_unit
    return per(row.capacity_unit, row.capacity_period, locale)


_OF_KIND: dict[str, Callable[..., Iterable[list[Cell]]]] = {
    "need": _needs,
    "capability": _capabilities,
    "firm": _firms,
}
_COLUMNS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "need": (
        (N_("编号"), "number", 8),
        (N_("需求名称"), "wrap", 28),
        (N_("需求企业"), "wrap", 22),
        (N_("类型"), "text", 10),
        (N_("产业链"), "text", 12),
        (N_("环节"), "text", 12),
        (N_("用途"), "wrap", 28),
        (N_("说明"), "wrap", 44),
        (N_("数量"), "number", 10),
        (N_("单位"), "text", 8),
        (N_("周期"), "text", 8),
        (N_("交期（天）"), "number", 9),
        (N_("地区"), "text", 16),
        (N_("采购方式"), "text", 9),
        (N_("发布日期"), "day", 11),
        (N_("有效期至"), "day", 11),
    ),
    "capability": (
        (N_("编号"), "number", 8),
        (N_("产品或服务"), "wrap", 28),
        (N_("企业"), "wrap", 24),
        (N_("产业链"), "text", 12),
        (N_("环节"), "text", 12),
        (N_("一句话"), "wrap", 32),
        (N_("说明"), "wrap", 44),
        (N_("产能"), "number", 10),
        (N_("产能单位"), "text", 10),
        (N_("交期（天）"), "number", 9),
        (N_("地区"), "text", 16),
        (N_("供货范围"), "wrap", 20),
        # A firm reads its own, its office those that it looks after; the cells of all others are empty.
        (N_("最长能接受的账期（天）"), "number", 12),
        (N_("发布日期"), "day", 11),
        (N_("有效期至"), "day", 11),
    ),
    "firm": (
        (N_("编号"), "number", 8),
        (N_("企业名称"), "wrap", 28),
        (N_("英文名称"), "wrap", 28),
        (N_("单位类型"), "text", 10),
        (N_("地区"), "text", 16),
        (N_("简介"), "wrap", 44),
    ),
}
