"""A certificate counts through its last day, by Chinese days: on lists as of the conference, in proposals as of today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.certifications import service as certifications
from marketplace.certifications.rules import CertificationFacts
from marketplace.conferences import list_queries, lists
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchEntry
from marketplace.conferences.rules import ConferenceFacts
from marketplace.core.context import WorkContext
from marketplace.core.outbox import OutboxEntry
from marketplace.discovery.daily import certificates_turned
from marketplace.needs.models import NeedCertificate
from marketplace.proposals.models import Proposal
from marketplace.proposals.refreshing import refresh
from marketplace.settings import Settings
from tests.integration.matchlists.conftest import MACHINE, NOW, District

LAST_DAY = date(2026, 12, 14)
DAY = timedelta(days=1)


def certified(district: District, **facts: Any) -> int:
    """The yarn need asks for ISO 9001, and the spinner holds it; returns the certificate."""
    with district.database.unit_of_work() as session:
        session.add(NeedCertificate(need_id=district.yarn_need, kind_key="iso-9001"))
        held = CertificationFacts(kind_key="iso-9001", **facts)
        return certifications.add(session, MACHINE, district.spinner, held, now=NOW).id


def conference_at(district: District, start: datetime) -> int:
    with district.database.unit_of_work() as session:
        office = district.people["organiser"].office_id
        facts = ConferenceFacts(
            "示例对接会", "示例区局", "示例会展中心", start, start + timedelta(minutes=30)
        )
        made = conferences.create(session, MACHINE, facts, office_id=office, now=NOW).id
        conferences.add_participants(session, MACHINE, made, [district.buyer], "buyer", now=NOW)
        return made


def listed(district: District, conference_id: int) -> tuple[list[int], dict[str, int], set[str]]:
    """Which capabilities stand for the yarn need, why others do not, and what is said of the certificate."""
    with district.database.unit_of_work() as session:
        made = lists.generate(session, MACHINE, conference_id, now=NOW)
        entries = session.scalars(
            select(MatchEntry).where(MatchEntry.list_id == made.id, MatchEntry.need_id == district.yarn_need)
        ).all()
        causes = list_queries.stored_causes(session, made.id).get(district.yarn_need, {})
        said = {
            code
            for entry in entries
            for code, _params in (*entry.reasons, *entry.unproven)
            if code.startswith("certificate_")
        }
        return [entry.capability_id for entry in entries], dict(causes), said


@pytest.mark.parametrize(
    ("start", "counts"),
    [
        (datetime(2026, 12, 13, 1, 0, tzinfo=UTC), True),  # the day before its last
        (datetime(2026, 12, 14, 1, 0, tzinfo=UTC), True),  # its last day, included
        (datetime(2026, 12, 14, 15, 59, tzinfo=UTC), True),  # 23:59 in China, still the last day
        (datetime(2026, 12, 14, 16, 0, tzinfo=UTC), False),  # midnight in China, though the 14th in London
        (datetime(2026, 12, 15, 1, 0, tzinfo=UTC), False),  # the day after
    ],
)
def test_a_list_goes_by_the_conference_day(district: District, start: datetime, counts: bool) -> None:
    certified(district, valid_until=LAST_DAY)
    found, causes, said = listed(district, conference_at(district, start))
    if counts:
        assert (found, said) == ([district.yarn], {"certificate_expires_soon"})
    else:
        assert (found, causes.get("certificate_lapsed")) == ([], 1)


@pytest.mark.parametrize(("offset", "counts"), [(-1, False), (0, True), (1, True)])
def test_a_certificate_counts_from_its_first_day(district: District, offset: int, counts: bool) -> None:
    certified(district, valid_from=LAST_DAY, valid_until=LAST_DAY + 900 * DAY)
    start = datetime(2026, 12, 14, 1, 0, tzinfo=UTC) + offset * DAY
    found, causes, said = listed(district, conference_at(district, start))
    if counts:
        assert (found, said) == ([district.yarn], {"certificate_valid"})
    else:
        assert (found, causes.get("certificate_not_yet_valid")) == ([], 1)


def test_the_same_list_says_another_thing_of_another_day_and_nothing_of_today(district: District) -> None:
    """Today the certificate is valid; what counts is the day of the conference, on each conference its own."""
    certified(district, valid_until=LAST_DAY)
    before = conference_at(district, datetime(2026, 12, 14, 1, 0, tzinfo=UTC))
    after = conference_at(district, datetime(2026, 12, 15, 1, 0, tzinfo=UTC))
    assert listed(district, before)[0] == [district.yarn]
    assert listed(district, after)[0] == []
    with district.database.unit_of_work() as session:
        facts = ConferenceFacts(
            "示例对接会", "示例区局", "示例会展中心",
            datetime(2026, 12, 15, 1, 0, tzinfo=UTC), datetime(2026, 12, 15, 2, 0, tzinfo=UTC),
        )  # fmt: skip
        conferences.update(session, MACHINE, before, facts, now=NOW)
    assert listed(district, before)[0] == []


@pytest.mark.parametrize("ended", ["lapsed", "revoked"])
def test_proposals_go_by_today_and_the_turn_of_the_day_makes_them_again(
    district: District, tmp_path: Any, ended: str
) -> None:
    """On the last day the pair stands; at midnight in China the day's chores ask for it, and it is withdrawn."""
    held = certified(district, valid_until=LAST_DAY if ended == "lapsed" else LAST_DAY + 900 * DAY)
    if ended == "revoked":
        with district.database.unit_of_work() as session:
            certifications.revoke(session, MACHINE, held, on=LAST_DAY + DAY, now=NOW)
    context = WorkContext(Settings(data_dir=tmp_path, secret_key="a key for tests"), district.database)

    def stands(moment: datetime, keys: list[str]) -> bool:
        assert refresh(context, keys, moment) == {}
        with district.database.reading() as session:
            found = session.scalars(select(Proposal)).one()
            return found.withdrawn_at is None

    last_minute = datetime(2026, 12, 14, 15, 59, tzinfo=UTC)
    assert stands(last_minute - DAY, [f"need:{district.yarn_need}"])
    assert stands(last_minute, [f"firm:{district.spinner}"])
    with district.database.unit_of_work() as session:
        session.query(OutboxEntry).delete()
        certificates_turned(session, LAST_DAY, LAST_DAY, last_minute)
        assert session.scalars(select(OutboxEntry.key)).all() == []
        certificates_turned(session, LAST_DAY + DAY, LAST_DAY + DAY, last_minute)
        asked = session.scalars(select(OutboxEntry.key).where(OutboxEntry.kind == "match")).all()
        assert asked == [f"firm:{district.spinner}"]
    assert not stands(last_minute + timedelta(minutes=1), list(asked))
