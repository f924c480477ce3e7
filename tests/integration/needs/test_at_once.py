"""Two changes of one need at the same moment: the second waits, and is told what the first one left."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from marketplace.core.db import Database
from marketplace.needs import service
from marketplace.needs.models import Need, NeedVersion
from tests.integration.firms.test_at_once import first_then_second
from tests.integration.needs.district import CONTENT, MACHINE, NOW, build, made


def test_a_need_sent_twice_is_submitted_once(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        district = build(session)
        need_id, owner = made(session, district).id, district.actor("owner")
    told = first_then_second(
        database,
        lambda session: service.submit(session, owner, need_id, now=NOW),
        lambda session: service.submit(session, owner, need_id, now=NOW),
    )
    assert told == "lifecycle.step"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(NeedVersion)) == 1
    database.dispose()


def test_a_text_saved_while_the_need_is_published_does_not_become_public_unread(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        district = build(session)
        need, owner = made(session, district), district.actor("owner")
        need_id, title = need.id, need.title

    def submitted_and_published(session: object) -> None:
        service.submit(session, owner, need_id, now=NOW)  # type: ignore[arg-type]
        service.publish(session, MACHINE, need_id, now=NOW)  # type: ignore[arg-type]

    told = first_then_second(
        database,
        submitted_and_published,
        lambda session: service.save(
            session, owner, need_id, replace(CONTENT, title="没有人看过的文字"), now=NOW
        ),
    )
    assert told == "lifecycle.step"
    with database.reading() as session:
        kept = session.get_one(Need, need_id)
        assert kept.published_at == NOW and kept.title == title
    database.dispose()
