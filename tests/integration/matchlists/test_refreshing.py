"""What a change matches again: no more than it can reach, and no need's fault is another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace import paths
from marketplace.capabilities import service as capabilities
from marketplace.core.sheets import open_table
from marketplace.firms import service as firms
from marketplace.imports.pairing import prepare
from marketplace.imports.reading import look_at, read_views
from marketplace.proposals import board, profiles, reach, refreshing
from marketplace.proposals import matcher as matcher_module
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import Proposal
from marketplace.taxonomy.lists import lists_of
from matching import drift
from tests.integration.capabilities.house import Counter
from tests.integration.matchlists.conftest import MACHINE, NOW, District, made_capability, made_need
from tests.integration.matchlists.working import Matching

TODAY = NOW.date()


class Site(Matching):
    """Matching that notes every need that it comes to, and fails for some."""

    def __init__(self, district: District, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(district, folder)
        self.matched: list[int] = []
        self.broken: set[int] = set()
        compare = refreshing.compare

        def noted(session: Any, actor: Any, need_id: int, matcher: Any, **about: Any) -> Any:
            self.matched.append(need_id)
            if need_id in self.broken:
                raise RuntimeError("this need's own fault")
            return compare(session, actor, need_id, matcher, **about)

        monkeypatch.setattr(refreshing, "compare", noted)

    def settle(self) -> list[int]:
        """Everything due is done; which needs that matched."""
        self.matched.clear()
        self.worker.drain_all()
        return sorted(self.matched)


@pytest.fixture
def site(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site(district, tmp_path, monkeypatch)
    assert site.settle() == [district.yarn_need, district.odd_need]
    assert site.waiting() == {}
    yield site


def test_a_changed_capability_matches_only_the_needs_that_it_stands_with(site: Site) -> None:
    site.ask(f"capability:{site.district.yarn}")
    assert site.settle() == [site.district.yarn_need]
    site.ask(f"capability:{site.district.shaft}")
    assert site.settle() == []


def test_a_new_capability_enters_the_list_that_it_fits(site: Site) -> None:
    with site.district.database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
    assert site.settle() == [site.district.yarn_need]
    assert site.proposed(site.district.yarn_need) == {site.district.yarn, other}


def test_a_closed_capability_leaves_the_list_that_it_stood_on(site: Site) -> None:
    with site.district.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, site.district.yarn, now=NOW)
    assert site.settle() == [site.district.yarn_need]
    assert site.proposed(site.district.yarn_need) == set()


def test_a_buyers_change_matches_its_own_needs_and_a_suppliers_what_it_reaches(site: Site) -> None:
    site.ask(f"firm:{site.district.buyer}")
    assert site.settle() == [site.district.yarn_need, site.district.odd_need]
    site.ask(f"firm:{site.district.spinner}")
    assert site.settle() == [site.district.yarn_need]
    site.ask(f"firm:{site.district.turner}")
    assert site.settle() == []


def test_a_suspended_buyer_loses_its_proposals(site: Site) -> None:
    with site.district.database.unit_of_work() as session:
        firms.suspend(session, MACHINE, site.district.buyer, reason="示例", now=NOW)
    assert site.district.yarn_need in site.settle()
    assert site.proposed(site.district.yarn_need) == set()


def test_one_failing_need_fails_alone_and_under_its_own_key(site: Site) -> None:
    site.broken = {site.district.odd_need}
    with site.district.database.unit_of_work() as session:
        session.execute(
            update(Proposal).values(withdrawn_at=NOW).where(Proposal.need_id == site.district.yarn_need)
        )
    site.ask(f"need:{site.district.odd_need}", f"need:{site.district.yarn_need}")
    assert site.settle() == [site.district.yarn_need, site.district.odd_need]
    assert site.proposed(site.district.yarn_need) == {site.district.yarn}
    assert site.waiting() == {f"need:{site.district.odd_need}": 1}
    site.broken.clear()
    site.now += timedelta(minutes=1)
    assert site.settle() == [site.district.odd_need]
    assert site.waiting() == {}


def test_a_need_that_fails_for_a_capability_is_put_aside_and_tried_again_itself(site: Site) -> None:
    with site.district.database.unit_of_work() as session:
        second = made_need(session, site.district.buyer, "尼龙66工业丝 1400dtex", "帘布用。")
    site.settle()
    site.broken = {site.district.yarn_need}
    site.ask(f"capability:{site.district.yarn}")
    assert site.settle() == [site.district.yarn_need, second]
    assert site.waiting() == {f"need:{site.district.yarn_need}": 0}
    site.broken.clear()
    site.now += refreshing.RETRY_AFTER
    assert site.settle() == [site.district.yarn_need]
    assert site.waiting() == {}


def test_a_need_that_cannot_be_read_hides_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    read = profiles.need_profiles

    def failing(session: Any, needs: Any) -> Any:
        if any(need.id == site.district.odd_need for need in needs):
            raise ValueError("unreadable")
        return read(session, needs)

    monkeypatch.setattr(profiles, "need_profiles", failing)
    site.broken = {site.district.odd_need}
    with site.district.database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
    site.settle()
    assert site.proposed(site.district.yarn_need) == {site.district.yarn, other}
    assert list(site.waiting()) == [f"need:{site.district.odd_need}"]


def test_a_key_that_names_nothing_fails_alone(site: Site) -> None:
    site.ask("need:x", "sheet:1", f"need:{site.district.yarn_need}")
    assert site.settle() == [site.district.yarn_need]
    assert site.waiting() == {"need:x": 1, "sheet:1": 1}


def test_lists_of_another_version_are_made_again_by_their_own_rows(site: Site) -> None:
    with site.district.database.unit_of_work() as session:
        session.execute(update(Proposal).values(method="an older one"))
    site.ask(f"capability:{site.district.shaft}")
    assert site.settle() == []
    assert site.waiting() == {f"need:{site.district.yarn_need}": 0}
    site.now += refreshing.RETRY_AFTER
    assert site.settle() == [site.district.yarn_need]


def test_a_full_list_is_matched_again_only_for_what_would_stand_on_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "MOST_PER_NEED", 1)
    with site.district.database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
        matcher = current_matcher(session, TODAY)
        stored = session.scalars(select(Proposal)).one()
        stored.score = 0.99
        session.flush()
        found = reach.needs_reached(session, matcher, {other}, TODAY)
        assert found.now == set()
        stored.score = 0.0
        session.flush()
        assert reach.needs_reached(session, matcher, {other}, TODAY).now == {site.district.yarn_need}


def test_looking_for_what_is_reached_costs_as_many_queries_for_many_needs(
    site: Site,
) -> None:
    def cost(*, unread: bool) -> int:
        with site.district.database.reading() as session:
            matcher = current_matcher(session, TODAY)
            if unread:
                board._kept.clear()
            with Counter(site.district.database.engine) as statements:
                reach.needs_reached(session, matcher, {site.district.shaft}, TODAY)
        return len(statements)

    few = cost(unread=True)
    with site.district.database.unit_of_work() as session:
        for number in range(5):
            made_need(session, site.district.buyer, f"示例需求 {number}", "示例。")
    assert cost(unread=True) == few
    assert cost(unread=False) < few  # the needs are held ready


def test_narrowed_scores_each_pair_as_the_whole_matcher_does() -> None:
    folder = paths.SEEDS / "demo" / "sheets"
    sides = {}
    for side, name in (("needs", "需求汇总表（示例）.xlsx"), ("capabilities", "能力汇总表（示例）.xlsx")):
        workbook = open_table((folder / name).read_bytes(), name)
        sides[side] = read_views(workbook, look_at(workbook, side), side, locale="zh")
    pairing = prepare(sides["needs"].rows, sides["capabilities"].rows, lists_of(None), TODAY)
    whole = pairing.matcher
    listed = {need.id: whole.match(need, top=0, as_of=TODAY) for need in pairing.needs}
    compared = 0
    for profile in list(pairing.capabilities.values())[::3]:
        alone = whole.narrowed([profile])
        for need in pairing.needs:
            expected = [
                match
                for match in listed[need.id]
                if match.capability_id == profile.id and match.label != "weak"
            ]
            assert alone.match(need, top=1, as_of=TODAY) == expected
            compared += len(expected)
    assert compared > 15


def test_a_kept_matcher_learns_what_changed_and_a_new_process_reads_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one text is read again but the new one's, neither after a change nor after a start."""
    database = site.district.database
    assert (tmp_path / matcher_module.STATE).is_file()  # the first drain fitted and kept it
    monkeypatch.setattr(drift, "REFIT_SHARE", 10.0)

    def never(*_: Any) -> None:
        raise AssertionError("fitted anew")

    monkeypatch.setattr(matcher_module, "fit", never)
    with database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
    for _start in range(2):
        with database.reading() as session:
            matcher = current_matcher(session, TODAY, tmp_path)
            assert str(other) in {capability.id for capability in matcher.capabilities}
            assert matcher.worn > 0
        matcher_module._kept.clear()
    (tmp_path / matcher_module.STATE).write_bytes(b"damaged")
    with database.reading() as session, pytest.raises(AssertionError, match="fitted anew"):
        current_matcher(session, TODAY, tmp_path)


def test_the_worker_reads_ahead_what_no_need_has_come_near(site: Site) -> None:
    context = site.worker.context
    matcher_module.read_ahead(context, NOW)  # nothing is fitted yet, and nothing is to be read
    with site.district.database.reading() as session:
        matcher = current_matcher(session, TODAY)
    matcher_module.read_ahead(context, NOW)
    assert matcher.read_ahead(1) == 0
