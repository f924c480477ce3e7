"""Index and database: revisions that rise with what is said, comparisons that find and mend, rebuilds beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import index_commands
from marketplace.certifications.models import Certification
from marketplace.core import jobs, outbox
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.outbox import OutboxEntry, Trouble
from marketplace.discovery import rebuilding, records, runs
from marketplace.discovery.building import build
from marketplace.discovery.documents import PUBLIC
from marketplace.discovery.indexing import index_keys
from marketplace.discovery.models import IndexRecord, IndexRun
from marketplace.discovery.rebuilding import rebuild, roll_back
from marketplace.discovery.reconciling import RECONCILE, keep_equal, reconcile
from marketplace.discovery.tending import go_back
from search.documents import Document, Tombstone
from search.engines.base import EngineError, EngineUnavailable
from search.engines.writing import Outcome, Report
from tests.integration.discovery.conftest import DAY, NOW, House

EVERYBODY = frozenset({PUBLIC})
ADMINISTRATOR = Actor(account_id=1, administrator=True)


def revision(house: House, kind: str, number: int) -> int:
    with house.context.database.reading() as session:
        record = session.get(IndexRecord, (kind, number))
        return record.rev if record is not None else 0


def held(house: House) -> dict[str, tuple[int, str, bool]]:
    return {
        entry.key: (entry.rev, entry.digest, entry.deleted)
        for kind in ("need", "capability", "firm")
        for entry in house.engine.entries(kind)
    }


def test_a_revision_rises_with_what_is_said_and_with_nothing_else(house: House) -> None:
    firm = house.firm()
    offer, need = house.capability(firm), house.need(firm)
    key = f"capability:{offer.id}"
    house.changed(key, f"need:{need.id}")
    assert revision(house, "capability", offer.id) == 1
    house.changed(key, key)
    assert revision(house, "capability", offer.id) == 1  # looked at again, and it said the same
    rebuild(house.context, NOW)
    reconcile(house.context, NOW)
    assert revision(house, "capability", offer.id) == 1
    house.session.add(Certification(firm_id=firm.id, kind_key="iso-9001", created_at=NOW))  # a child row
    house.changed(f"firm:{firm.id}")
    assert revision(house, "capability", offer.id) == 2
    assert revision(house, "need", need.id) == 1  # a need does not carry its firm's certificates
    offer.closed_at = NOW
    house.changed(key)
    assert revision(house, "capability", offer.id) == 3
    assert held(house)[key] == (3, "", True)
    offer.closed_at = None
    house.changed(key)
    assert held(house)[key][0] == 4
    assert house.found("capability", EVERYBODY) == {offer.id}


def test_who_built_from_older_rows_never_gets_the_higher_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between building and raising the record, another process changes the row and looks at it: ours must look again."""
    need = house.need(house.firm(), "旧题")
    house.session.commit()
    key = f"need:{need.id}"
    meddled = []

    def slow(session: Session, kind: str, ids: Sequence[int], now: Any) -> dict[int, Document]:
        built = build(session, kind, ids, now)
        if not meddled and kind == "need":
            meddled.append(1)
            need.title = "新题"
            house.session.commit()
            index_keys(house.context, [key], NOW)
        return built

    monkeypatch.setattr(records, "build", slow)
    assert index_keys(house.context, [key], NOW) == {}
    assert meddled
    assert house.found("need", EVERYBODY, text="新题") == {need.id}
    assert house.found("need", EVERYBODY, text="旧题") == set()
    assert revision(house, "need", need.id) == held(house)[key][0]


def test_a_draft_that_never_was_anywhere_leaves_no_grave(house: House) -> None:
    need = house.need(house.firm(), published_at=None)
    house.changed(f"need:{need.id}")
    assert not [key for key in held(house) if key.startswith("need")]


def test_a_comparison_finds_what_is_missing_altered_or_too_much_and_mends_it(house: House) -> None:
    firm = house.firm()
    needs = [house.need(firm, f"轴套{number}") for number in range(6)]
    house.changed(f"firm:{firm.id}")
    before = held(house)
    ids = [need.id for need in needs]
    # behind everybody's back: one gone, one altered, one closed without a word, one that never was
    house.engine.write(
        [Document("need", ids[1], "别的", 1, (PUBLIC,)), Document("need", 999, "幽灵", 7, (PUBLIC,))],
        [Tombstone(f"need:{ids[0]}", 5, NOW.date())],
    )
    needs[2].closed_at = NOW
    house.session.commit()
    run = reconcile(house.context, NOW)
    assert (run.missing, run.differing, run.surplus) == (1, 1, 2)
    assert run.unequal == 4
    again = reconcile(house.context, NOW)
    assert (again.unequal, again.checked) == (0, 6)  # five needs and their firm
    assert house.found("need", EVERYBODY) == {ids[0], ids[1], *ids[3:]}
    assert {key for key, (_, _, gone) in held(house).items() if gone} == {f"need:{ids[2]}", "need:999"}
    assert held(house)[f"need:{ids[0]}"][0] > 5  # above what stood there, or it would not have gone in
    assert held(house)[f"need:{ids[3]}"] == before[f"need:{ids[3]}"]
    with house.context.database.reading() as session:
        assert [row.unequal for row in session.scalars(select(IndexRun).order_by(IndexRun.id))] == [4, 0]


def test_a_database_out_of_a_backup_is_not_outvoted_by_a_newer_index(house: House) -> None:
    need = house.need(house.firm(), "昨晚的题")
    house.changed(f"need:{need.id}")
    later = replace(build(house.session, "need", [need.id], NOW)[need.id], title="今早的题", rev=30)
    house.session.commit()
    house.engine.write([later])
    assert reconcile(house.context, NOW).differing == 1
    assert reconcile(house.context, NOW).unequal == 0
    assert house.found("need", EVERYBODY, text="昨晚") == {need.id}


def test_while_an_index_is_built_beside_the_old_one_answers_and_both_are_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = house.firm()
    needs = [house.need(firm, f"轴套{number}") for number in range(4)]
    house.changed(f"firm:{firm.id}")
    verify = rebuilding._verify
    seen = []

    def meddle(*given: Any) -> int:
        if not seen:  # everything is filled in; now the world moves on
            needs[0].title, needs[1].closed_at = "铝壳", NOW
            fresh = house.need(firm, "新来的轴套")
            house.changed(*(f"need:{need.id}" for need in (*needs, fresh)))
            seen.append(house.found("need", EVERYBODY))
        return verify(*given)

    monkeypatch.setattr(rebuilding, "_verify", meddle)
    assert rebuild(house.context, NOW) == 5
    expected = {need.id for need in needs if need is not needs[1]} | {needs[-1].id + 1}
    assert seen == [expected]
    assert house.found("need", EVERYBODY) == expected
    assert house.found("need", EVERYBODY, text="铝壳") == {needs[0].id}
    assert reconcile(house.context, NOW).unequal == 0
    state = house.engine.state()
    assert (state.can_roll_back, state.complete, state.rebuilding) == (True, True, False)


def test_an_index_that_is_not_whole_never_answers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = [house.need(house.firm()) for _ in range(3)]
    house.changed(*(f"need:{need.id}" for need in needs))
    name = house.engine.state().index
    monkeypatch.setattr(rebuilding, "_expected", lambda *_: (99, []))
    monkeypatch.setattr(rebuilding, "PAUSE", 0.0)
    with pytest.raises(EngineError, match="99 expected"):
        rebuild(house.context, NOW)
    assert house.engine.state().index == name
    assert not house.engine.state().rebuilding
    assert house.found("need", EVERYBODY) == {need.id for need in needs}
    with house.context.database.reading() as session:
        last = runs.latest(session, "rebuild")
        assert last is not None and "99 expected" in (last.error or "")
        assert runs.latest(session, "rebuild", good=True) is None


def test_going_back_answers_from_the_index_before_and_a_comparison_brings_it_up_to_date(house: House) -> None:
    need = house.need(house.firm(), "轴套")
    house.changed(f"need:{need.id}")
    old = house.engine.state().index
    rebuild(house.context, NOW)
    need.title = "铝壳"
    house.changed(f"need:{need.id}")
    assert roll_back(house.context, NOW) == old
    assert house.found("need", EVERYBODY, text="轴套") == {need.id}
    assert reconcile(house.context, NOW).differing == 1
    assert house.found("need", EVERYBODY, text="铝壳") == {need.id}


class Killed(BaseException):
    """A process that ends here, whatever it was about to do."""


def test_going_back_is_on_record_before_it_is_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.changed(f"need:{house.need(house.firm()).id}")
    rebuild(house.context, NOW)
    house.session.commit()
    seen: list[tuple[list[str], list[datetime | None]]] = []

    def looked_then_killed(*_: Any) -> None:
        with house.context.database.reading() as session:
            begun = list(session.scalars(select(IndexRun.finished_at).where(IndexRun.task == "rollback")))
        seen.append((house.on_record(), begun))
        raise Killed

    monkeypatch.setattr(type(house.engine), "roll_back", looked_then_killed)
    with pytest.raises(Killed):
        go_back(house.context.database, ADMINISTRATOR, house.engine, NOW)
    with pytest.raises(Killed):
        roll_back(house.context, NOW)
    assert seen == [(["index.rollback"], []), (["index.rollback"] * 2, [None])]


@pytest.mark.parametrize("by", ["page", "command"])
def test_going_back_is_checked_first_and_a_failure_is_on_record_whoever_asked(
    house: House, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    house.changed(f"need:{house.need(house.firm()).id}")
    house.session.commit()

    def ask() -> str:
        """What is said of it, to whoever asked."""
        if by == "command":
            return CliRunner().invoke(index_commands.rollback, obj=house.context).output
        with pytest.raises(Refusal) as refused:
            go_back(house.context.database, ADMINISTRATOR, house.engine, NOW)
        return refused.value.code

    def failing(*_: Any) -> None:
        raise EngineError("the folder is gone")

    assert (
        ask() == {"page": "discovery.no_way_back", "command": "Error: There is no index to go back to.\n"}[by]
    )
    assert house.on_record() == []
    rebuild(house.context, NOW)
    monkeypatch.setattr(type(house.engine), "roll_back", failing)
    assert ask() == {"page": "discovery.no_way_back", "command": "Error: the folder is gone\n"}[by]
    assert house.on_record() == ["index.rollback", "index.rollback_failed"]


def test_a_run_under_way_is_not_the_last_one(house: House) -> None:
    house.changed(f"need:{house.need(house.firm()).id}")
    reconcile(house.context, NOW)
    with (
        runs.noted(house.context, "reconcile", NOW + timedelta(hours=1)),
        house.context.database.reading() as session,
    ):
        last = runs.latest(session, "reconcile")
        assert last is not None and last.begun_at == NOW
    with house.context.database.reading() as session:
        last = runs.latest(session, "reconcile")
        assert last is not None and last.begun_at == NOW + timedelta(hours=1)


def test_every_item_of_a_report_is_seen_to(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a bulk is told to come later, one is refused, one stands there newer: each row gets what it deserves."""
    firm = house.firm()
    needs = [house.need(firm) for _ in range(4)]
    house.session.commit()
    keys = [f"need:{need.id}" for need in needs]
    sound = house.engine.write
    told = {
        keys[1]: Outcome("retry", "429"),
        keys[2]: Outcome("refused", "mapping"),
        keys[3]: Outcome("stale"),
    }

    def partly(documents: Any, tombstones: Any = ()) -> Report:
        kept = [document for document in documents if document.key not in told]
        asked = {document.key for document in documents}
        report = sound(kept, tombstones)
        return Report({**report.outcomes, **{k: v for k, v in told.items() if k in asked}})

    monkeypatch.setattr(house.engine, "write", partly)
    assert index_keys(house.context, keys, NOW) == {
        keys[1]: Trouble("429", "retry"),
        keys[2]: Trouble("mapping", "refused"),
    }
    # brought along by its firm, a listing waits under its own name and holds up nobody
    assert index_keys(house.context, [f"firm:{firm.id}"], NOW) == {}
    with house.context.database.reading() as session:
        waiting = session.scalars(select(OutboxEntry.key).where(OutboxEntry.kind == "index"))
        assert set(waiting) == {keys[1], keys[2]}


def test_what_is_away_costs_no_row_an_attempt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    need = house.need(house.firm())
    house.session.commit()

    def away(*_: object) -> Report:
        raise EngineUnavailable("no answer")

    monkeypatch.setattr(house.engine, "write", away)
    (trouble,) = index_keys(house.context, [f"need:{need.id}"], NOW).values()
    assert isinstance(trouble, Trouble)
    assert trouble.verdict == "away"
    with house.context.database.unit_of_work() as session:
        outbox.enqueue(session, "index", "x", NOW)
    assert revision(house, "need", need.id) == 1
    monkeypatch.undo()
    house.moment = NOW + DAY
    house.changed(f"need:{need.id}")
    assert held(house)[f"need:{need.id}"][0] == 1


def test_the_comparison_that_time_asks_for_is_asked_for_once_and_rings(house: House) -> None:
    house.session.commit()
    heard: list[set[str]] = []

    class Ears:
        def ring(self, names: Iterable[str]) -> None:
            heard.append(set(names))

        def close(self) -> None: ...

    context = replace(house.context, database=Database(house.context.settings.database_url, Ears()))
    for _minute in range(2):
        keep_equal(context, NOW)
    assert heard == [{jobs.BELL}]
    with context.database.reading() as session:
        assert [job.kind for job in session.scalars(select(jobs.Job))] == [RECONCILE]
    context.database.dispose()
