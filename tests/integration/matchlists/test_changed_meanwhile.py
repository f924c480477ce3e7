"""Matching holds up nobody's change, and writes nothing down of what was changed while it compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace.capabilities import service as capabilities
from marketplace.capabilities.queries import content_of_capability
from marketplace.core.outbox import OutboxEntry
from marketplace.needs import queries
from marketplace.needs import service as needs
from marketplace.needs.models import NeedExclusion
from marketplace.proposals import refreshing
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import NeedPreview, Proposal
from marketplace.proposals.proposing import Outdated, compare, propose_for_need, write_down
from matching import Matcher
from tests.integration.matchlists.conftest import MACHINE, NOW, District, made_capability
from tests.integration.matchlists.test_previews import waiting_need
from tests.integration.matchlists.working import Matching


class Meanwhile(Matching):
    """Matching, and a change that somebody makes in the middle of the next comparison."""

    def __init__(self, district: District, folder: Path) -> None:
        super().__init__(district, folder)
        self.change: Callable[[], None] | None = None
        self.happened = 0

    def happen(self) -> None:
        change, self.change = self.change, None
        if change is not None:
            change()
            self.happened += 1

    def match(self, key: str, change: Callable[[], None]) -> None:
        self.ask(key)
        self.change = change
        self.worker.drain_all()
        assert self.happened == 1

    def later(self) -> None:
        self.now += refreshing.RETRY_AFTER
        self.worker.drain_all()


@pytest.fixture
def meanwhile(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    meanwhile = Meanwhile(district, tmp_path)
    match = Matcher.match

    def compared(self: Matcher, *args: Any, **options: Any) -> Any:
        found = match(self, *args, **options)
        meanwhile.happen()
        return found

    monkeypatch.setattr(Matcher, "match", compared)
    with district.database.unit_of_work() as session:
        session.execute(update(OutboxEntry).values(due_at=NOW + timedelta(days=1)))
    return meanwhile


def pause(district: District, capability_id: int) -> None:
    with district.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, capability_id, now=NOW)


def test_a_listing_paused_while_a_need_is_matched_is_not_proposed(meanwhile: Meanwhile) -> None:
    """On SQLite the change would wait for the matcher until its patience ended, as there is one writer."""
    district = meanwhile.district
    meanwhile.match(f"need:{district.yarn_need}", lambda: pause(district, district.yarn))
    assert meanwhile.proposed(district.yarn_need) == set()
    assert meanwhile.waiting()[f"need:{district.yarn_need}"] == 0  # not the need's own fault
    meanwhile.later()
    assert meanwhile.proposed(district.yarn_need) == set()
    assert f"need:{district.yarn_need}" not in meanwhile.waiting()


def test_the_pause_counts_from_when_a_need_is_put_aside(meanwhile: Meanwhile) -> None:
    """Not from when its batch began: whoever changes it may be changing more."""
    district = meanwhile.district
    key = f"need:{district.yarn_need}"

    def pause_after_a_minute() -> None:
        pause(district, district.yarn)
        meanwhile.now += timedelta(minutes=1)

    meanwhile.match(key, pause_after_a_minute)
    with district.database.reading() as session:
        put_aside = session.scalars(
            select(OutboxEntry).where(OutboxEntry.kind == "match", OutboxEntry.key == key)
        ).one()
        assert put_aside.due_at == meanwhile.now + refreshing.AGAIN_AFTER


def test_a_firm_that_is_ruled_out_while_the_need_is_matched_is_not_proposed(meanwhile: Meanwhile) -> None:
    district = meanwhile.district

    def rule_out() -> None:
        with district.database.unit_of_work() as session:
            session.add(NeedExclusion(need_id=district.yarn_need, firm_id=district.spinner))

    meanwhile.match(f"need:{district.yarn_need}", rule_out)
    assert meanwhile.proposed(district.yarn_need) == set()
    meanwhile.later()
    assert meanwhile.proposed(district.yarn_need) == set()
    assert f"need:{district.yarn_need}" not in meanwhile.waiting()


def test_a_need_closed_while_it_is_matched_gets_no_proposal(meanwhile: Meanwhile) -> None:
    district = meanwhile.district

    def close() -> None:
        with district.database.unit_of_work() as session:
            needs.close(session, district.people["buyer"], district.yarn_need, reason="cancelled", now=NOW)

    meanwhile.match(f"need:{district.yarn_need}", close)
    assert meanwhile.proposed(district.yarn_need) == set()
    meanwhile.later()
    assert meanwhile.proposed(district.yarn_need) == set()


def test_of_two_who_match_one_need_at_once_the_second_looks_again(meanwhile: Meanwhile) -> None:
    """The first knows a listing that the second does not: its proposal stays."""
    district = meanwhile.district
    new: list[int] = []

    def other_worker() -> None:
        with district.database.unit_of_work() as session:
            new.append(
                made_capability(session, district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
            )
            matcher = current_matcher(session, NOW.date())
            propose_for_need(session, MACHINE, district.yarn_need, matcher, now=NOW)

    meanwhile.match(f"need:{district.yarn_need}", other_worker)
    assert meanwhile.proposed(district.yarn_need) == {district.yarn, *new}
    meanwhile.later()
    assert meanwhile.proposed(district.yarn_need) == {district.yarn, *new}


def test_an_answer_given_while_a_need_is_matched_is_no_reason_to_match_again(meanwhile: Meanwhile) -> None:
    district = meanwhile.district
    with district.database.unit_of_work() as session:
        matcher = current_matcher(session, NOW.date())
        propose_for_need(session, MACHINE, district.yarn_need, matcher, now=NOW)
    with district.database.reading() as session:
        compared = compare(session, MACHINE, district.yarn_need, matcher, now=NOW)
    with district.database.unit_of_work() as session:
        session.execute(update(Proposal).values(buyer_answer="yes", buyer_answered_at=NOW))
    with district.database.unit_of_work() as session:
        assert write_down(session, MACHINE, compared, now=NOW) == 1
    pause(district, district.yarn)
    with pytest.raises(Outdated), district.database.unit_of_work() as session:
        write_down(session, MACHINE, compared, now=NOW)


@pytest.mark.parametrize("before_comparing", [True, False])
def test_a_listing_that_says_something_else_by_now_is_not_proposed_for_what_it_said(
    meanwhile: Meanwhile, before_comparing: bool
) -> None:
    """Open as before, and of another version: also where it was changed after the matcher had read it, and before this
    need's turn in the batch came."""
    district = meanwhile.district

    def change() -> None:
        with district.database.unit_of_work() as session:
            yarn = capabilities.revise(session, MACHINE, district.yarn, now=NOW)
            content = replace(content_of_capability(yarn), product="输送带整芯带芯")
            capabilities.save(session, MACHINE, district.yarn, content, now=NOW)
            capabilities.submit(session, MACHINE, district.yarn, now=NOW)
            capabilities.publish(session, MACHINE, district.yarn, now=NOW)

    with district.database.reading() as session:
        matcher = current_matcher(session, NOW.date())
    if before_comparing:
        change()
    with district.database.reading() as session:
        compared = compare(session, MACHINE, district.yarn_need, matcher, now=NOW)
    assert [int(match.capability_id) for match in compared.matches] == [district.yarn]
    if not before_comparing:
        change()
    with pytest.raises(Outdated), district.database.unit_of_work() as session:
        write_down(session, MACHINE, compared, now=NOW)
    with district.database.unit_of_work() as session:  # and with what it says now, it is written
        propose_for_need(session, MACHINE, district.yarn_need, current_matcher(session, NOW.date()), now=NOW)


def test_a_need_taken_back_while_its_first_candidates_are_looked_for_shows_none(meanwhile: Meanwhile) -> None:
    district, buyer = meanwhile.district, meanwhile.district.people["buyer"]
    need_id = waiting_need(district)

    def take_back_and_change() -> None:
        with district.database.unit_of_work() as session:
            needs.withdraw(session, buyer, need_id, now=NOW)
            content = queries.content_of_need(needs.held(session, buyer, need_id, NOW))
            needs.save(session, buyer, need_id, replace(content, title="深海机器人回收服务"), now=NOW)

    meanwhile.match(f"preview:{need_id}", take_back_and_change)
    meanwhile.later()
    with district.database.reading() as session:
        assert session.get(NeedPreview, need_id) is None
    assert meanwhile.waiting().get(f"preview:{need_id}", 0) == 0
