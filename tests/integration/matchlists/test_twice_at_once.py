"""The same button pressed twice at the same moment, by one person or by two: once done, and nobody meets a fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.calls import service as calls
from marketplace.calls.choosing import Chosen
from marketplace.calls.models import CallDeclaration
from marketplace.calls.rules import CallFacts
from marketplace.certifications import service as certifications
from marketplace.certifications.models import CertificateAbsence
from marketplace.conferences import asking, drafting
from marketplace.conferences import service as conferences
from marketplace.conferences.jobs import GENERATE
from marketplace.conferences.models import Conference, Participant
from marketplace.core import jobs
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import NotFound
from marketplace.core.files import FileStore
from marketplace.core.synonyms import SynonymSet
from marketplace.discovery import tending
from marketplace.needs import attachments
from marketplace.needs import service as needs
from marketplace.needs.models import AttachmentRelease
from marketplace.vocabulary import service as vocabulary
from tests.integration.firms.test_at_once import Act, first_then_second
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.working import ask_for_draft, begin_draft


def twice(district: District, act: Any) -> str:
    return first_then_second(district.database, act, act)


def count(district: District, model: Any) -> int:
    with district.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_firm_invited_twice_takes_part_once(district: District) -> None:
    there = count(district, Participant)
    told = twice(
        district,
        lambda session: conferences.add_participants(
            session, district.people["organiser"], district.conference, [district.spinner], "supplier", now=NOW
        ),
    )  # fmt: skip
    assert told == "" and count(district, Participant) == there + 1


def test_a_draft_asked_for_twice_is_one_edition(district: District) -> None:
    """By one officer or by two, on whichever page: who comes second follows the first one's job."""
    colleague = replace(district.people["organiser"], account_id=district.people["buyer"].account_id)
    wanted = {"conference_id": district.conference}
    followed = []

    def ask(actor: Actor) -> Act:
        return lambda session: followed.append(
            asking.asked_once(session, actor, GENERATE, wanted, NOW, "conference_id")
        )

    organiser = district.people["organiser"]
    assert first_then_second(district.database, ask(organiser), ask(organiser)) == ""
    assert first_then_second(district.database, ask(organiser), ask(colleague)) == ""
    assert count(district, jobs.Job) == 1 == len(set(followed))
    with district.database.reading() as session:
        for officer in (organiser, colleague):
            assert asking.followed(session, officer, followed[0]).kind == GENERATE
        for stranger in (district.people["buyer"], district.people["spinner"], ANONYMOUS):
            with pytest.raises(NotFound):
                asking.followed(session, stranger, followed[0])
    with district.database.unit_of_work() as session:
        session.get_one(jobs.Job, followed[0]).finished_at = NOW
    with district.database.unit_of_work() as session:  # what is done is no longer followed
        ask(colleague)(session)
    assert count(district, jobs.Job) == 2


def begun(district: District) -> jobs.JobClaim:
    """A draft that somebody has asked for and a worker has begun."""
    with district.database.unit_of_work() as session:
        ask_for_draft(session, district)
    return begin_draft(district)


def test_a_draft_under_way_is_followed_also_after_a_change(district: District) -> None:
    """It is drafted again before it is kept (test_drafted_meanwhile.py)."""
    claim = begun(district)
    with district.database.unit_of_work() as session:
        conferences.add_participants(
            session, MACHINE, district.conference, [district.spinner], "supplier", now=NOW
        )
        assert ask_for_draft(session, district) == claim.id
        with pytest.raises(NotFound):
            asking.drafted_once(session, district.people["buyer"], district.conference, NOW)
    assert count(district, jobs.Job) == 1


def test_who_asks_while_an_edition_is_being_kept_gets_another_one(district: District) -> None:
    claim = begun(district)
    with district.database.reading() as session:
        drafted = drafting.draft(session, MACHINE, district.conference, now=NOW)
    followed: list[int] = []

    def keep(session: Session) -> None:
        drafting.keep(session, MACHINE, drafted, now=NOW)
        jobs.finish(session, claim, {}, NOW)

    told = first_then_second(
        district.database, keep, lambda session: followed.append(ask_for_draft(session, district))
    )
    assert told == "" and count(district, jobs.Job) == 2
    assert followed[0] != claim.id


def test_an_index_is_compared_once_however_many_ask(district: District) -> None:
    admin = Actor(account_id=district.people["buyer"].account_id, administrator=True)
    assert twice(district, lambda session: tending.ask_for(session, admin, tending.RECONCILE, NOW)) == ""
    assert count(district, jobs.Job) == 1


def test_a_firm_says_once_that_it_has_none(district: District) -> None:
    with district.database.unit_of_work() as session:
        office = session.get_one(Conference, district.conference).office_id
        facts = CallFacts("征集（示例）", date(2026, 12, 1))
        call = calls.open_call(session, MACHINE, facts, Chosen(everyone=True), office_id=office, now=NOW).id
    told = twice(
        district,
        lambda session: calls.declare_none(
            session, district.people["spinner"], call, district.spinner, "capabilities", reason="none_now", now=NOW
        ),
    )  # fmt: skip
    assert told == "" and count(district, CallDeclaration) == 1


def test_a_drawing_asked_for_twice_is_asked_for_once(district: District, tmp_path: Path) -> None:
    with district.database.unit_of_work() as session:
        buyer = district.people["buyer"]
        needs.revise(session, buyer, district.odd_need, now=NOW)
        drawing = attachments.attach(
            session, buyer, FileStore(tmp_path), district.odd_need, attachments.drawing("图.pdf", b"%PDF-1.7\n"),
            confidentiality="restricted", now=NOW,
        ).id  # fmt: skip
        needs.submit(session, buyer, district.odd_need, now=NOW)
        needs.publish(session, MACHINE, district.odd_need, now=NOW)
    told = twice(
        district,
        lambda session: attachments.ask(
            session, district.people["spinner"], district.odd_need, drawing, district.spinner, now=NOW
        ),
    )
    assert told == "" and count(district, AttachmentRelease) == 1


def test_a_certificate_is_declared_absent_once(district: District) -> None:
    told = twice(
        district,
        lambda session: certifications.declare_absent(
            session, district.people["spinner"], district.spinner, "iatf-16949", now=NOW
        ),
    )
    assert told == "" and count(district, CertificateAbsence) == 1


def test_a_change_of_synonyms_is_weighed_once(district: District) -> None:
    organiser, weighed = district.people["organiser"], []
    told = twice(
        district,
        lambda session: weighed.append(
            vocabulary.weigh(session, organiser, None, ["示例甲", "示例乙"], "来电", now=NOW).id
        ),
    )
    assert told == "" and count(district, jobs.Job) == 1 == len(set(weighed))
    with district.database.unit_of_work() as session:  # another wording is another change
        vocabulary.weigh(session, organiser, None, ["示例甲", "示例丙"], "来电", now=NOW)
    assert count(district, jobs.Job) == 2


@pytest.mark.parametrize("old", [["尼龙66", "PA66"], []])
def test_two_officers_keep_the_same_set_once(district: District, old: list[str]) -> None:
    organiser = district.people["organiser"]
    with district.database.unit_of_work() as session:
        wanted = {
            "set_id": None, "old": old, "names": ["示例甲", "示例乙"], "reason": "", "digest": vocabulary.digest(session),
        }  # fmt: skip
        weighed = []
        for _ in range(2):
            job = jobs.submit(session, organiser, vocabulary.WEIGH, wanted, NOW)
            job.finished_at, job.result = NOW, {"need_ids": []}
            session.flush()
            weighed.append(job.id)
    first, second = (
        lambda session, number=number: vocabulary.keep(
            session, organiser, session.get_one(jobs.Job, number), now=NOW
        )
        for number in weighed
    )
    assert first_then_second(district.database, first, second) == "vocabulary.stale"
    assert count(district, SynonymSet) == 1
