"""Other weights on a draft: what the preview promises is what adopting gives; chosen, kept, undone, frozen and proved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from marketplace.accounts import offices
from marketplace.conferences import drafting, list_queries, lists, weight_queries, weights
from marketplace.conferences.asking import asked_once
from marketplace.conferences.jobs import REWEIGH, reweigh
from marketplace.conferences.models import Conference, MatchEntry, MatchList, MatchPool
from marketplace.conferences.weight_rules import weights_of
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.context import WorkContext
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.jobs import Job
from marketplace.needs import service as needs
from marketplace.proposals.models import MatchRun
from marketplace.settings import Settings
from marketplace.worker import Worker
from matching import DEFAULT_WEIGHTS
from tests.integration.capabilities.house import Counter
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.spun import SPINNERS, drafted, spun

LOCAL = {"delivery": "high", "lead_time": "off"}
# The same edition under the same weights has one fingerprint, whatever the database.
_fingerprints: set[str] = set()


def adopt(district: District, list_id: int, steps: Mapping[str, str]) -> MatchList:
    organiser = district.people["organiser"]
    with district.database.reading() as session:
        made = weights.reweighed(session, organiser, list_id, steps, lambda *_: None, now=NOW)
    with district.database.unit_of_work() as session:
        return weights.adopt(session, organiser, list_id, steps, made, now=NOW)


def ranked(district: District, list_id: int) -> dict[int, list[tuple[int, str, float]]]:
    with district.database.reading() as session:
        rows = session.scalars(
            select(MatchEntry)
            .where(MatchEntry.list_id == list_id, MatchEntry.source == "machine")
            .order_by(MatchEntry.need_id, MatchEntry.rank)
        )
        found: dict[int, list[tuple[int, str, float]]] = {}
        for entry in rows:
            found.setdefault(entry.need_id, []).append((entry.capability_id, entry.label, entry.score))
        return found


@pytest.fixture
def made(district: District) -> MatchList:
    with district.database.unit_of_work() as session:
        spun(session, district, asked=3)
    return drafted(district)


def test_the_present_weights_change_nothing_and_entries_are_what_the_pool_gives(
    district: District, made: MatchList
) -> None:
    with district.database.reading() as session:
        same = weights.preview(session, district.people["organiser"], made.id, {})
        pools = session.scalars(select(MatchPool).where(MatchPool.list_id == made.id)).all()
    assert (same.changed_needs, same.uncertain, same.shown) == (0, 0, ())
    assert same.needs == len(pools) == 5
    held = {pool.need_id: {one["capability_id"] for one in pool.candidates} for pool in pools}
    for need_id, entries in ranked(district, made.id).items():
        assert len(entries) <= 10 <= SPINNERS
        assert {str(capability_id) for capability_id, _label, _score in entries} <= held[need_id]
    assert max(map(len, held.values())) >= SPINNERS


def test_the_preview_is_what_adopting_gives(district: District, made: MatchList) -> None:
    before = ranked(district, made.id)
    with district.database.reading() as session:
        shown = weights.preview(session, district.people["organiser"], made.id, LOCAL)
    new = adopt(district, made.id, LOCAL)
    after = ranked(district, new.id)
    assert (new.edition, new.conference_id) == (made.edition + 1, made.conference_id)
    assert shown.counts["enters"] and shown.counts["leaves"]
    for change in shown.shown:
        listed = [move for move in change.moves if move.after is not None]
        assert [(m.capability_id, m.after.label, m.after.score) for m in listed if m.after] == after[
            change.need_id
        ]
        assert [m.after.rank for m in listed if m.after] == list(range(1, len(listed) + 1))
        old = sorted((m.before.rank, m.capability_id) for m in change.moves if m.before)
        assert [key for _rank, key in old] == [key for key, _label, _score in before[change.need_id]]
    changed = {need_id for need_id in before if before[need_id] != after[need_id]}
    order = {
        need_id
        for need_id in before
        if [one[:2] for one in before[need_id]] != [one[:2] for one in after[need_id]]
    }
    assert order == {change.need_id for change in shown.shown} <= changed


def test_a_public_buyers_need_knows_neither_place_nor_tier(district: District, made: MatchList) -> None:
    with district.database.reading() as session:
        only_place = weights.preview(session, district.people["organiser"], made.id, {"delivery": "high"})
        tier = weights.preview(session, district.people["organiser"], made.id, {"tier": "high"})
        pools = session.scalars(select(MatchPool).where(MatchPool.list_id == made.id)).all()
        state = weight_queries.weighable(session, session.get_one(MatchList, made.id))
    (public,) = [pool.need_id for pool in pools if pool.open_procedure]
    assert state.public == 1
    assert only_place.changed_needs == 2
    assert public not in {change.need_id for change in (*only_place.shown, *tier.shown)}
    for pool in pools:
        known = {name for one in pool.candidates for name in one["signals"]}
        assert ("tier" in known) == (pool.need_id != public and bool(pool.candidates))


def test_what_was_chosen_holds_for_later_editions_until_it_is_undone(
    district: District, made: MatchList
) -> None:
    new = adopt(district, made.id, LOCAL)
    later = drafted(district)
    assert ranked(district, later.id) == ranked(district, new.id) != ranked(district, made.id)
    undone = adopt(district, later.id, {})
    assert ranked(district, undone.id) == ranked(district, made.id)
    assert undone.machine_hash == made.machine_hash
    with district.database.reading() as session:
        assert not session.get_one(Conference, district.conference).weight_steps
        said = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "match_list.weigh").order_by(AuditEntry.id)
        ).all()
    assert [(entry.details["before"], entry.details["after"]) for entry in said] == [({}, LOCAL), (LOCAL, {})]
    assert {entry.account_id for entry in said} == {district.people["organiser"].account_id}
    assert [entry.subject_id for entry in said] == [new.id, undone.id]


PAPERS = {"certificates": "high"}


def asked_for(district: District, list_id: int, steps: Mapping[str, str]) -> int:
    """The number of the job that the page leads to."""
    organiser = district.people["organiser"]
    with district.database.unit_of_work() as session:
        weights.to_adopt(session, organiser, list_id, steps)
        return asked_once(
            session, organiser, REWEIGH, {"list_id": list_id, "steps": dict(steps)}, NOW, "list_id"
        )


def test_each_choice_is_carried_out_and_the_last_one_holds(
    district: District, made: MatchList, tmp_path: Path
) -> None:
    """Chosen while another choice is being computed: it neither follows that one nor is refused over it."""
    organiser = district.people["organiser"]
    local = asked_for(district, made.id, LOCAL)
    assert asked_for(district, made.id, LOCAL) == local  # the button pressed twice
    papers = asked_for(district, made.id, PAPERS)
    assert papers != local
    again = asked_for(district, made.id, LOCAL)  # thought better of it: the first is not the last word
    assert len({local, papers, again}) == 3
    context = WorkContext(
        Settings(data_dir=tmp_path, secret_key="a key for tests"), district.database, lambda *_: organiser
    )
    worker = Worker(context, {}, {REWEIGH: reweigh}, lambda: NOW)
    while worker.work_one_job():
        pass
    with district.database.reading() as session:
        jobs = [session.get_one(Job, number) for number in (local, papers, again)]
        assert [job.state for job in jobs] == ["done"] * 3, [job.error for job in jobs]
        editions = [session.get_one(MatchList, (job.result or {})["list_id"]) for job in jobs]
        assert [one.edition for one in editions] == [2, 3, 4]
        assert [one.run.weights for one in editions] == [
            weights_of(steps).plain() for steps in (LOCAL, PAPERS, LOCAL)
        ]
        assert session.get_one(Conference, district.conference).weight_steps == LOCAL
        said = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "match_list.weigh").order_by(AuditEntry.id)
        ).all()
    assert ranked(district, editions[0].id) == ranked(district, editions[2].id)
    assert [(entry.details["before"], entry.details["after"]) for entry in said] == [
        ({}, LOCAL), (LOCAL, PAPERS), (PAPERS, LOCAL),
    ]  # fmt: skip


def test_a_choice_on_a_list_that_was_drafted_from_other_listings_meanwhile_is_said(
    district: District, made: MatchList
) -> None:
    """Its inputs are not those that somebody looked at when choosing."""
    organiser = district.people["organiser"]
    with district.database.reading() as session:
        chosen = weights.reweighed(session, organiser, made.id, LOCAL, lambda *_: None, now=NOW)
    with district.database.unit_of_work() as session:
        needs.close(session, MACHINE, district.odd_need, reason="met", now=NOW)
    drafted(district)
    with (
        pytest.raises(Refusal, match=r"conferences\.weights\.old_edition"),
        district.database.unit_of_work() as session,
    ):
        weights.adopt(session, organiser, made.id, LOCAL, chosen, now=NOW)


def test_decisions_outlast_other_weights(district: District, made: MatchList) -> None:
    organiser = district.people["organiser"]
    with district.database.reading() as session:
        shown = weights.preview(session, organiser, made.id, LOCAL).shown[0]
    leaving = next(move.capability_id for move in shown.moves if move.kind == "leaves")
    with district.database.unit_of_work() as session:
        entry = session.scalars(
            select(MatchEntry).where(
                MatchEntry.list_id == made.id,
                MatchEntry.need_id == shown.need_id,
                MatchEntry.capability_id == leaving,
            )
        ).one()
        lists.pin(session, organiser, entry.id, now=NOW)
    with district.database.reading() as session:
        again = weights.preview(session, organiser, made.id, LOCAL)
    assert again.decided[shown.need_id, leaving].pinned_at is not None
    new = adopt(district, made.id, LOCAL)
    with district.database.reading() as session:
        kept = list_queries.entries_of(session, new.id)[shown.need_id][0]
        assert (kept.capability_id, kept.source) == (leaving, "carried")


def test_chosen_weights_are_frozen_hashed_and_proved(district: District, made: MatchList) -> None:
    organiser = district.people["organiser"]
    new = adopt(district, made.id, LOCAL)
    with district.database.unit_of_work() as session:
        lists.freeze(session, organiser, new.id, now=NOW)
    with district.database.reading() as session:
        assert lists.prove(session, organiser, new.id).equal
        frozen = list_queries.whole_list(session, new.id)
        other = list_queries.whole_list(session, made.id)
        assert frozen.inputs == other.inputs
        assert frozen.run.weights == frozen.statistics["weights"] == weights_of(LOCAL).plain()
        assert frozen.statistics["hash"] == frozen.run.statistics_hash != other.statistics["hash"]
        assert frozen.frozen_hash == lists.frozen_hash(session, frozen)
        _fingerprints.add(f"{frozen.frozen_hash}")
    assert len(_fingerprints) == 1
    with district.database.unit_of_work() as session:
        stored = list_queries.whole_list(session, new.id)
        stored.statistics = {**stored.statistics, "weights": DEFAULT_WEIGHTS.plain()}
    with district.database.reading() as session:
        found = lists.prove(session, organiser, new.id)
    assert (found.equal, found.altered) == (False, "statistics")


def test_only_a_draft_that_is_the_newest_and_keeps_values_can_be_weighed_anew(
    district: District, made: MatchList
) -> None:
    organiser = district.people["organiser"]

    def refusal(list_id: int, steps: Mapping[str, str] = LOCAL) -> str:
        with pytest.raises(Refusal) as refused, district.database.unit_of_work() as session:
            weights.to_adopt(session, organiser, list_id, steps)
        return refused.value.code

    assert refusal(made.id, {}) == "conferences.weights.same"
    new = adopt(district, made.id, LOCAL)
    assert refusal(made.id) == "conferences.weights.old_edition"
    with district.database.unit_of_work() as session:
        session.execute(delete(MatchPool).where(MatchPool.list_id == new.id))
    assert refusal(new.id, {}) == "conferences.weights.no_values"
    with district.database.unit_of_work() as session:
        lists.freeze(session, organiser, new.id, now=NOW)
    assert refusal(new.id, {}) == "conferences.frozen"
    for list_id in (made.id, new.id):
        with district.database.reading() as session, pytest.raises(Refusal):
            weights.preview(session, organiser, list_id, LOCAL)


def test_somebody_who_freezes_meanwhile_is_not_overtaken(district: District, made: MatchList) -> None:
    organiser = district.people["organiser"]
    with district.database.reading() as session:
        other = weights.reweighed(session, organiser, made.id, LOCAL, lambda *_: None, now=NOW)
    with district.database.unit_of_work() as session:
        lists.freeze(session, organiser, made.id, now=NOW)
    with (
        pytest.raises(Refusal, match=r"conferences\.frozen"),
        district.database.unit_of_work() as session,
    ):
        weights.adopt(session, organiser, made.id, LOCAL, other, now=NOW)
    with district.database.reading() as session:
        assert session.scalars(select(MatchList.id)).all() == [made.id]
        assert not session.get_one(Conference, district.conference).weight_steps


def test_another_dictionary_is_said_instead_of_mixed(district: District, made: MatchList) -> None:
    with district.database.unit_of_work() as session:
        stored = list_queries.whole_list(session, made.id)
        stored.statistics = {**stored.statistics, "analyser": "another"}
    with pytest.raises(Refusal, match=r"conferences\.weights\.version"):
        adopt(district, made.id, LOCAL)


def test_another_method_is_said_before_anything_is_previewed(district: District, made: MatchList) -> None:
    with district.database.unit_of_work() as session:
        run = session.get_one(MatchRun, made.run_id)
        run.method = "lianqiao-0/" + run.method.split("/", 1)[1]
    with (
        district.database.reading() as session,
        pytest.raises(Refusal, match=r"conferences\.weights\.version"),
    ):
        weights.preview(session, district.people["organiser"], made.id, LOCAL)


def test_weights_are_for_those_who_run_the_conference(district: District, made: MatchList) -> None:
    with district.database.unit_of_work() as session:
        town = offices.create_office(
            session, MACHINE, kind="town", name="示例远镇", division_code="410473", now=NOW
        ).id
    buyer, account = district.buyer, district.people["organiser"].account_id
    strangers = {
        "anonymous": ANONYMOUS,
        "newcomer": Actor(account_id=account),
        "another office": Actor(account_id=account, office_id=town, office_kind="town"),
        "filling in": Actor(account_id=account, office_id=town, office_kind="town", acting_for=buyer),
        **{who: district.people[who] for who in ("buyer", "spinner", "turner")},
    }
    for who, actor in strangers.items():
        with district.database.writing_session() as session:
            for asked in (
                lambda session, actor: weights.preview(session, actor, made.id, LOCAL),
                lambda session, actor: weights.to_adopt(session, actor, made.id, LOCAL),
                lambda session, actor: weights.reweighed(
                    session, actor, made.id, LOCAL, lambda *_: None, now=NOW
                ),
            ):
                with pytest.raises(NotFound):
                    asked(session, actor)
            session.rollback()
        assert who
    for actor in (district.people["organiser"], MACHINE, Actor(account_id=account, administrator=True)):
        with district.database.reading() as session:
            assert weights.preview(session, actor, made.id, LOCAL).changed_needs
    with district.database.reading() as session:
        ready = weights.reweighed(session, MACHINE, made.id, LOCAL, lambda *_: None, now=NOW)
    for who in ("buyer", "spinner"):
        with pytest.raises(NotFound), district.database.unit_of_work() as session:
            weights.adopt(session, district.people[who], made.id, LOCAL, ready, now=NOW)


def test_a_preview_asks_as_much_for_three_needs_as_for_one_and_pages_the_rest(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    organiser = district.people["organiser"]
    asked = []
    for count in (1, 3):
        with district.database.unit_of_work() as session:
            spun(session, district, count=0 if count == 3 else SPINNERS, asked=count if count == 1 else 2)
        made = drafted(district)
        with district.database.reading() as session, Counter(district.database.engine) as statements:
            assert weights.preview(session, organiser, made.id, LOCAL).changed_needs == count
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 8
    monkeypatch.setattr(weights, "NEEDS_SHOWN", 2)
    with district.database.reading() as session:
        whole = weights.preview(session, organiser, made.id, LOCAL)
        rest = weights.preview(session, organiser, made.id, LOCAL, whole.following or 0)
    assert (len(whole.shown), len(rest.shown), rest.following) == (2, 1, None)
    assert whole.counts == rest.counts
    assert len({change.need_id for change in (*whole.shown, *rest.shown)}) == 3


def test_pools_are_no_part_of_the_machines_list(district: District, made: MatchList) -> None:
    with district.database.reading() as session:
        again = drafting.draft(session, MACHINE, district.conference, now=NOW)
    assert again.computed.hash == made.machine_hash
    assert len(again.computed.pools) == 5
