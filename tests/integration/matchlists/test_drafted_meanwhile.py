"""An edition is never older than its conference: what is changed while it is drafted is in it, whoever ends last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.conferences import drafting, list_queries, lists
from marketplace.conferences import jobs as conference_jobs
from marketplace.conferences import service as conferences
from marketplace.conferences.models import Conference, MatchList, Participant
from marketplace.conferences.weight_rules import weights_of
from marketplace.core import jobs
from marketplace.core.context import WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.proposals.proposing import Outdated
from marketplace.settings import Settings
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.test_weights import LOCAL, adopt
from tests.integration.matchlists.working import ask_for_draft, begin_draft


class Drafting:
    """Jobs that draft for the district's conference, and a change in the middle of the next one."""

    def __init__(self, district: District, folder: Path) -> None:
        self.district = district
        settings = Settings(data_dir=folder, secret_key="a key for tests")
        organiser = district.people["organiser"]
        self.context = WorkContext(settings, district.database, lambda _session, _claim: organiser)

    def asked(self) -> int:
        with self.district.database.unit_of_work() as session:
            return ask_for_draft(session, self.district)

    def generate(self, claim: JobClaim, meanwhile: Callable[[], object]) -> None:
        """``meanwhile`` happens once, when everything has been read and the first need is matched."""
        waiting = [meanwhile]

        def progress(_step: str, done: int, _total: int) -> None:
            if done and waiting:
                waiting.pop()()

        conference_jobs.generate(self.context, claim, progress)
        assert not waiting

    def invite(self) -> None:
        with self.district.database.unit_of_work() as session:
            conferences.add_participants(
                session, MACHINE, self.district.conference, [self.district.turner], "supplier", now=NOW
            )

    def editions(self) -> list[set[int]]:
        """The firms whose capabilities each edition was drafted from."""
        with self.district.database.reading() as session:
            ids = session.scalars(select(MatchList.id).order_by(MatchList.edition)).all()
            stored = [list_queries.whole_list(session, list_id).inputs for list_id in ids]
        return [{int(one["firm_id"]) for one in inputs["capabilities"]} for inputs in stored]


@pytest.fixture
def work(district: District, tmp_path: Path) -> Drafting:
    return Drafting(district, tmp_path)


def test_who_is_invited_while_an_edition_is_drafted_is_in_it(work: Drafting) -> None:
    first = work.asked()
    work.generate(begin_draft(work.district), work.invite)
    assert work.editions() == [{work.district.turner}]
    with work.district.database.reading() as session:
        assert session.get_one(jobs.Job, first).finished_at is not None
    assert work.asked() != first, "what is kept is over: whoever asks now is given another"


def test_of_two_drafts_the_one_from_before_a_change_may_end_last(work: Drafting) -> None:
    work.asked()
    earlier = begin_draft(work.district)
    with work.district.database.unit_of_work() as session:
        wanted = {"conference_id": work.district.conference}
        jobs.submit(session, work.district.people["organiser"], conference_jobs.GENERATE, wanted, NOW)

    def another_worker() -> None:
        work.invite()
        work.generate(begin_draft(work.district), lambda: None)

    work.generate(earlier, another_worker)
    assert work.editions() == [{work.district.turner}] * 2


def test_weights_adopted_while_an_edition_is_drafted_are_its_own(work: Drafting) -> None:
    district = work.district
    with district.database.unit_of_work() as session:
        first = lists.generate(session, MACHINE, district.conference, now=NOW).id
    work.asked()
    work.generate(begin_draft(work.district), lambda: adopt(district, first, LOCAL))
    with district.database.reading() as session:
        newest = list_queries.newest_list(session, district.conference)
        assert (newest.edition, newest.run.weights) == (3, weights_of(LOCAL).plain())


def withdrawn(session: Session, conference_id: int) -> None:
    firm = select(Participant.id).where(Participant.conference_id == conference_id)
    conferences.remove_participant(session, MACHINE, conference_id, session.scalars(firm).one(), now=NOW)


def put_off(session: Session, conference_id: int) -> None:
    starts, ends = Conference.starts_at, Conference.ends_at
    held = session.execute(select(starts, ends)).one()
    later = {"starts_at": held[0] + timedelta(days=1), "ends_at": held[1] + timedelta(days=1)}
    session.execute(update(Conference).values(later))


def announced(session: Session, conference_id: int) -> None:
    conferences.announce(session, MACHINE, conference_id, now=NOW)


def confirmed(session: Session, conference_id: int) -> None:
    firm = session.scalars(
        select(Participant.firm_id).where(Participant.conference_id == conference_id)
    ).one()
    conferences.confirm(session, MACHINE, conference_id, firm, now=NOW)


@pytest.mark.parametrize(
    ("change", "stands"), [(withdrawn, False), (put_off, False), (announced, True), (confirmed, True)]
)
def test_a_draft_stands_unless_something_it_was_made_of_has_changed(
    district: District, change: Callable[[Session, int], None], stands: bool
) -> None:
    with district.database.reading() as session:
        drafted = drafting.draft(session, MACHINE, district.conference, now=NOW)
    with district.database.unit_of_work() as session:
        change(session, district.conference)
    with district.database.unit_of_work() as session:
        if stands:
            assert drafting.keep(session, MACHINE, drafted, now=NOW).edition == 1
        else:
            with pytest.raises(Outdated):
                drafting.keep(session, MACHINE, drafted, now=NOW)
