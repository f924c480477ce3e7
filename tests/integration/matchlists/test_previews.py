"""First candidates while the bureau still looks: for the need's own firm, of firms that it may see, and nobody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from marketplace.capabilities import service as capabilities
from marketplace.core.context import WorkContext
from marketplace.core.errors import Forbidden, NotFound
from marketplace.needs import queries
from marketplace.needs import service as needs
from marketplace.proposals import refreshing
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import NeedPreview, Proposal
from marketplace.proposals.previews import candidates_for, keep, look
from marketplace.settings import Settings
from marketplace.worker import Worker
from tests.integration.matchlists.conftest import MACHINE, NOW, District


def waiting_need(district: District) -> int:
    """The yarn need taken back and handed in anew: it waits for the bureau."""
    with district.database.unit_of_work() as session:
        buyer = district.people["buyer"]
        copied = needs.copy(session, buyer, district.yarn_need, now=NOW)
        content = queries.content_of_need(copied)
        needs.save(session, buyer, copied.id, replace(content, valid_until=date(2027, 2, 1)), now=NOW)
        needs.submit(session, buyer, copied.id, now=NOW)
        return copied.id


def work(district: District, folder: Path) -> None:
    settings = Settings(data_dir=folder, secret_key="a key for tests")
    Worker(
        WorkContext(settings, district.database), {"match": refreshing.refresh}, {}, lambda: NOW
    ).drain_all()


def test_the_buyer_sees_first_candidates_with_reasons_and_no_proposal_is_written(
    district: District, tmp_path: Path
) -> None:
    need_id = waiting_need(district)
    buyer = district.people["buyer"]
    with district.database.reading() as session:
        assert candidates_for(session, buyer, need_id, now=NOW) is None  # the worker has not looked yet
    work(district, tmp_path)
    with district.database.reading() as session:
        found = candidates_for(session, buyer, need_id, now=NOW)
        assert found is not None and found[0].capability.id == district.yarn
        assert found[0].evidence["reasons"] and found[0].label in ("strong", "possible")
        assert session.scalar(select(func.count()).where(Proposal.need_id == need_id)) == 0
        for name in ("spinner", "turner", "organiser"):
            with pytest.raises(NotFound):
                candidates_for(session, district.people[name], need_id, now=NOW)


def test_a_changed_or_published_need_shows_no_old_preview(district: District, tmp_path: Path) -> None:
    need_id, buyer = waiting_need(district), district.people["buyer"]
    work(district, tmp_path)
    with district.database.unit_of_work() as session:
        needs.withdraw(session, buyer, need_id, now=NOW)
        need = needs.held(session, buyer, need_id, NOW)
        other = replace(
            queries.content_of_need(need), title="深海机器人回收服务", description="自带母船。", specs=()
        )
        needs.save(session, buyer, need_id, other, now=NOW)
        assert candidates_for(session, buyer, need_id, now=NOW) == []  # a draft waits for nobody
        needs.submit(session, buyer, need_id, now=NOW)
        assert candidates_for(session, buyer, need_id, now=NOW) is None
    work(district, tmp_path)
    with district.database.unit_of_work() as session:
        found = candidates_for(session, buyer, need_id, now=NOW)
        assert found is not None and district.yarn not in [one.capability.id for one in found]
        needs.publish(session, MACHINE, need_id, now=NOW)
        assert candidates_for(session, buyer, need_id, now=NOW) == []


def test_a_candidate_that_closed_since_is_not_shown(district: District, tmp_path: Path) -> None:
    need_id, buyer = waiting_need(district), district.people["buyer"]
    work(district, tmp_path)
    with district.database.unit_of_work() as session:
        capabilities.pause(session, district.people["spinner"], district.yarn, now=NOW)
        found = candidates_for(session, buyer, need_id, now=NOW)
        assert found is not None and district.yarn not in [one.capability.id for one in found]


def test_only_the_machine_and_staff_compute_one(district: District) -> None:
    need_id = waiting_need(district)
    with district.database.unit_of_work() as session:
        matcher = current_matcher(session, NOW.date())
        with pytest.raises(Forbidden):
            look(session, district.people["buyer"], need_id, matcher, now=NOW)
        first = look(session, MACHINE, need_id, matcher, now=NOW)
        with pytest.raises(Forbidden):
            keep(session, district.people["buyer"], first, now=NOW)
        assert keep(session, MACHINE, first, now=NOW) >= 1
        assert session.get_one(NeedPreview, need_id).need_version == 2
        # Of a need that is open already there is none: it has proposals.
        first = look(session, MACHINE, district.yarn_need, matcher, now=NOW)
        assert keep(session, MACHINE, first, now=NOW) == 0
