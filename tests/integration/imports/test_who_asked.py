"""A job acts for the person who asked, with the rights that they have when it runs, and says so when there are none."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from marketplace.accounts.models import Account, OfficeMember
from marketplace.actors import actor_of, actor_of_job, filling_in_for
from marketplace.core import jobs
from marketplace.core.actor import system_actor
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.core.jobs import Job
from marketplace.firms import service as firms
from marketplace.firms.facts import FirmFacts
from marketplace.firms.models import Firm
from marketplace.worker import Worker
from tests.integration.imports.conftest import NOW, small_upload

Change = Callable[[Database, int], None]


def _leave_the_office(database: Database, account_id: int) -> None:
    with database.unit_of_work() as session:
        session.execute(delete(OfficeMember).where(OfficeMember.account_id == account_id))


def _be_closed(database: Database, account_id: int) -> None:
    with database.unit_of_work() as session:
        session.get_one(Account, account_id).disabled_at = NOW


def _stay(_database: Database, _account_id: int) -> None:
    """Nothing changes."""


@pytest.mark.parametrize(
    ("change", "code"),
    [(_stay, None), (_leave_the_office, "core.job_right_ended"), (_be_closed, "core.job_account_ended")],
)
def test_a_queued_job_has_no_more_reach_than_its_person(
    change: Change,
    code: str | None,
    organiser: FlaskClient,
    people: SimpleNamespace,
    database: Database,
    worker: Worker,
) -> None:
    small_upload(organiser)
    change(database, int(people.organiser.partition(".")[0]))
    assert worker.work_one_job()
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.failure or {}).get("code") == code
    assert job.params["asked_by"] == {"locale": "zh", "acting_for": None}


def test_a_job_asked_for_in_a_firms_name_ends_when_staff_may_no_longer_fill_in_for_it(
    people: SimpleNamespace, database: Database
) -> None:
    account_id = int(people.town.partition(".")[0])
    with database.unit_of_work() as session:
        clerk = actor_of(session, session.get_one(Account, account_id), "en")
        firm = firms.create_for(session, system_actor("test"), FirmFacts("甲示例有限公司"), now=NOW)
        firm.office_id = clerk.office_id
        filling_in = filling_in_for(session, clerk, firm.id)
        assert filling_in is not None and filling_in.acting_for == firm.id
        jobs.submit(session, filling_in, "count", {}, NOW)
        claim = jobs.claim_next(session, ["count"], NOW)
        assert claim is not None and actor_of_job(session, claim) == filling_in
        session.get_one(Firm, firm.id).office_id = None
        session.flush()
        with pytest.raises(Refusal, match=r"core\.job_filling_in_ended"):
            actor_of_job(session, claim)
