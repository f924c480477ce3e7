"""Match lists: computed from what they store, decided on by people, frozen for good, and proved on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import event

from marketplace.accounts import offices
from marketplace.conferences import exports, list_queries, lists, queries
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.actor import Actor, system_actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from tests.integration.matchlists.conftest import NOW, District
from tests.integration.matchlists.spun import added

# One list, one fingerprint, whatever the database: filled by the first run, compared by the second.
_fingerprints: set[str] = set()


def generate(district: District) -> MatchList:
    with district.database.unit_of_work() as session:
        return lists.generate(session, district.people["organiser"], district.conference, now=NOW)


def entry_of(district: District, list_id: int) -> int:
    with district.database.reading() as session:
        return list_queries.entries_of(session, list_id)[district.yarn_need][0].id


def test_a_draft_lists_what_fits_and_says_why_nothing_else_does(district: District) -> None:
    made = generate(district)
    with district.database.reading() as session:
        entries = list_queries.entries_of(session, made.id)
        assert [entry.capability_id for entry in entries[district.yarn_need]] == [district.yarn]
        assert [row.need_id for row in list_queries.unmatched_of(session, made.id)] == [district.odd_need]
        assert all(row.causes for row in list_queries.unmatched_of(session, made.id))


def test_the_same_inputs_give_the_same_fingerprint_on_every_database(district: District) -> None:
    made = generate(district)
    assert generate(district).machine_hash == made.machine_hash
    _fingerprints.add(made.machine_hash)
    assert len(_fingerprints) == 1


def test_computing_again_proves_the_list_and_sees_a_changed_input(district: District) -> None:
    made = generate(district)
    with district.database.unit_of_work() as session:
        assert lists.prove(session, district.people["organiser"], made.id).equal
    with district.database.unit_of_work() as session:
        stored = list_queries.whole_list(session, made.id)
        changed = {**stored.inputs, "capabilities": stored.inputs["capabilities"][:0]}
        stored.inputs = changed
    with district.database.unit_of_work() as session:
        assert not lists.prove(session, district.people["organiser"], made.id).equal


def test_another_version_is_named_instead_of_a_difference(district: District) -> None:
    made = generate(district)
    with district.database.unit_of_work() as session:
        stored = list_queries.whole_list(session, made.id)
        stored.statistics = {**stored.statistics, "analyser": "another"}
    with district.database.unit_of_work() as session:
        found = lists.prove(session, district.people["organiser"], made.id)
    assert (found.equal, found.changed_version) == (False, "analyser")


def test_decisions_go_on_into_the_next_edition(district: District) -> None:
    made = generate(district)
    with district.database.unit_of_work() as session:
        organiser = district.people["organiser"]
        lists.drop(session, organiser, entry_of(district, made.id), reason="去年谈过", now=NOW)
        added(session, organiser, made.id, district.yarn_need, district.shaft, "链主点名")
    again = generate(district)
    assert again.edition == made.edition + 1
    with district.database.reading() as session:
        entries = {
            entry.capability_id: entry
            for entry in list_queries.entries_of(session, again.id)[district.yarn_need]
        }
    assert entries[district.yarn].dropped_at is not None
    assert entries[district.yarn].decision_reason == "去年谈过"
    assert (entries[district.shaft].source, entries[district.shaft].added_reason) == ("staff", "链主点名")


def test_a_frozen_list_takes_nothing_more(district: District) -> None:
    made = generate(district)
    organiser = district.people["organiser"]
    entry_id = entry_of(district, made.id)
    with district.database.unit_of_work() as session:
        lists.pin(session, organiser, entry_id, now=NOW)
        frozen = lists.freeze(session, organiser, made.id, now=NOW)
        kept = frozen.frozen_hash
    steps = (
        lambda session: lists.pin(session, organiser, entry_id, now=NOW),
        lambda session: lists.drop(session, organiser, entry_id, reason="x", now=NOW),
        lambda session: lists.restore(session, organiser, entry_id, now=NOW),
        lambda session: lists.freeze(session, organiser, made.id, now=NOW),
        lambda session: added(session, organiser, made.id, district.yarn_need, district.shaft, "x"),
    )
    for step in steps:
        with (
            pytest.raises(Refusal, match=r"conferences\.frozen"),
            district.database.unit_of_work() as session,
        ):
            step(session)
    with district.database.reading() as session:
        assert lists.frozen_hash(session, session.get_one(MatchList, made.id)) == kept


def test_only_those_who_run_it_reach_a_list(district: District) -> None:
    made = generate(district)
    for who in ("buyer", "spinner"):
        with district.database.reading() as session, pytest.raises((NotFound, Forbidden)):
            lists.known_list(session, district.people[who], made.id)


def test_the_workbook_has_reasons_in_every_row_and_no_formula(district: District) -> None:
    made = generate(district)
    with district.database.reading() as session:
        content = exports.match_list_workbook(session, district.people["organiser"], made.id, locale="zh")
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    reasons = headings.index("理由")
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows and all(row[reasons] for row in rows)
    assert not any(
        cell.data_type == "f" for page in book.worksheets for row in page.iter_rows() for cell in row
    )


def test_the_copy_for_firms_has_no_scores_and_no_anonymous_buyer(district: District) -> None:
    made = generate(district)
    with district.database.reading() as session:
        content = exports.match_list_workbook(
            session, district.people["organiser"], made.id, locale="zh", with_scores=False
        )
    texts = [
        str(cell.value)
        for page in openpyxl.load_workbook(BytesIO(content)).worksheets
        for row in page.iter_rows()
        for cell in row
    ]
    assert not any("分值" in text for text in texts)
    with district.database.reading() as session:
        index = list_queries.entries_of(session, made.id)[district.yarn_need][0]
        assert index.need.anonymous
    first = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    assert not any("甲示例帘布" in str(cell.value) for row in first.iter_rows() for cell in row)


def test_without_a_buyers_need_there_is_nothing_to_draft(district: District) -> None:
    with district.database.unit_of_work() as session:
        participant = queries.participants(session, district.conference, "buyer")[0]
        session.delete(participant)
    with pytest.raises(Refusal, match=r"conferences\.no_needs"):
        generate(district)


def test_a_town_drafts_from_no_anonymous_need_of_another_office(district: District) -> None:
    with district.database.unit_of_work() as session:
        machine = system_actor("test")
        town = offices.create_office(
            session, machine, kind="town", name="示例镇", division_code="410472", now=NOW
        )
        start = datetime(2026, 12, 15, 1, 0, tzinfo=UTC)
        facts = ConferenceFacts(
            "镇对接会（示例）", "示例镇", "示例镇会议室", start, start + timedelta(hours=3)
        )
        conference = conferences.create(session, machine, facts, office_id=town.id, now=NOW)
        conferences.add_participants(session, machine, conference.id, [district.buyer], "buyer", now=NOW)
        clerk = Actor(account_id=1, name="clerk", office_id=town.id, office_kind="town", verified=True)
        made = lists.generate(session, clerk, conference.id, now=NOW)
        assert [need["id"] for need in made.inputs["needs"]] == [str(district.odd_need)]


def test_a_new_edition_reads_of_the_earlier_ones_what_was_decided_and_nothing_else(
    district: District,
) -> None:
    """However many editions there were: the writer must not be held up by rows that say nothing."""
    machine, loaded = system_actor("test"), []
    first = generate(district)
    with district.database.unit_of_work() as session:
        entry = list_queries.stored_entries(session, first.id)[0]
        pair = (entry.need_id, entry.capability_id)
        lists.pin(session, machine, entry.id, reason="示例", now=NOW)
    second = generate(district)
    with district.database.unit_of_work() as session:
        (pinned,) = [one for one in list_queries.stored_entries(session, second.id) if one.pinned_at]
        assert (pinned.need_id, pinned.capability_id) == pair
        lists.restore(session, machine, pinned.id, now=NOW)
    listen = (MatchEntry, "load", lambda entry, _context: loaded.append(entry.id))
    event.listen(*listen)
    try:
        third = generate(district)
    finally:
        event.remove(*listen)
    assert loaded == []
    with district.database.reading() as session:
        assert not any(one.pinned_at for one in list_queries.stored_entries(session, third.id))
