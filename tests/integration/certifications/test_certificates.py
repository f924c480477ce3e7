"""Certificates: stated, checked, revoked, and what counts on a day, in Python and in SQL alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.certifications import queries, service
from marketplace.certifications.models import Certification
from marketplace.certifications.rules import CertificationFacts
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.outbox import OutboxEntry
from marketplace.firms.models import Firm
from marketplace.taxonomy.service import import_seeds
from tests.unit.firms.house import MACHINE, NOW, firm, member, office, organiser, somebody

TODAY = day_of(NOW)


@pytest.fixture
def made(session: Session) -> Firm:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    return firm(session)


def add(session: Session, actor: Actor, firm_id: int, kind: str = "iso-9001", **said: Any) -> Certification:
    facts = CertificationFacts(kind, **{"number": "Q-1", **said})
    return service.add(session, actor, firm_id, facts, now=NOW)


def test_a_lapsed_certificate_stops_counting_at_midnight_in_china(session: Session, made: Firm) -> None:
    """2026-11-30 is its last day. In Shanghai that day ends at 16:00 UTC."""
    held = add(session, MACHINE, made.id, valid_until=date(2026, 11, 30))
    before = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC)
    for moment, counts in ((before, True), (after, False)):
        day = day_of(moment)
        assert (queries.kinds_in_force([held], day) == {"iso-9001"}) == counts
        found = session.scalars(select(Certification.id).where(queries.in_force(day))).all()
        assert (found == [held.id]) == counts


def test_a_certificate_begins_at_midnight_in_china(session: Session, made: Firm) -> None:
    held = add(session, MACHINE, made.id, valid_from=date(2026, 12, 1))
    for moment, counts in (
        (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC), True),
    ):
        assert bool(queries.kinds_in_force([held], day_of(moment))) == counts


def test_python_and_sql_agree_on_every_combination_of_days(session: Session, made: Firm) -> None:
    days = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
    rows = []
    for valid_from, valid_until, revoked_on in product(days, repeat=3):
        if valid_from and valid_until and valid_from > valid_until:
            continue
        row = add(session, MACHINE, made.id, valid_from=valid_from, valid_until=valid_until)
        row.revoked_on = revoked_on
        rows.append(row)
    session.flush()
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
        by_query = set(session.scalars(select(Certification.id).where(queries.in_force(day))))
        by_rule = {row.id for row in rows if queries.kinds_in_force([row], day)}
        assert by_query == by_rule and 0 < len(by_rule) < len(rows)


def test_who_states_and_who_checks(session: Session, made: Firm) -> None:
    owner, viewer = member(session, made.id), member(session, made.id, "viewer")
    stated = add(session, owner, made.id)
    assert (stated.source, stated.verified_at) == ("self", None)
    assert add(session, MACHINE, made.id).source == "staff"
    for actor in (viewer, somebody(session), Actor()):
        with pytest.raises(Forbidden):
            add(session, actor, made.id)
        with pytest.raises(Forbidden):
            service.remove(session, actor, stated.id, now=NOW)
    town = organiser(session, office(session, "town", "东镇"), "town", "clerk")
    for actor in (owner, town):
        with pytest.raises(Forbidden):
            service.verify(session, actor, stated.id, now=NOW)
        with pytest.raises(Forbidden):
            service.revoke(session, actor, stated.id, on=TODAY, now=NOW)
    clerk = organiser(session, office(session, "bureau", "区局"), "bureau", "bureau")
    service.verify(session, clerk, stated.id, now=NOW)
    assert (stated.source, stated.verified_by, stated.verified_at) == ("verified", clerk.account_id, NOW)


def test_certificates_of_a_firm_that_one_may_not_know_are_not_found(session: Session, made: Firm) -> None:
    stated = add(session, MACHINE, made.id)
    made.verified_at = None
    session.flush()
    with pytest.raises(NotFound):
        service.remove(session, somebody(session), stated.id, now=NOW)
    with pytest.raises(NotFound):
        add(session, somebody(session, "second"), made.id)


def test_removing_and_revoking(session: Session, made: Firm) -> None:
    stated = add(session, MACHINE, made.id, valid_from=TODAY)
    with pytest.raises(Refusal, match=r"certifications\.revoked_early"):
        service.revoke(session, MACHINE, stated.id, on=TODAY - timedelta(days=1), now=NOW)
    service.revoke(session, MACHINE, stated.id, on=TODAY, now=NOW)
    assert queries.kinds_in_force([stated], TODAY) == frozenset()
    service.remove(session, MACHINE, stated.id, now=NOW)
    assert queries.held_by(session, [made.id]) == {}
    with pytest.raises(NotFound):
        service.verify(session, MACHINE, stated.id, now=NOW)


def test_saying_that_there_is_none(session: Session, made: Firm) -> None:
    owner = member(session, made.id)
    service.declare_absent(session, owner, made.id, "iatf-16949", now=NOW)
    service.declare_absent(session, owner, made.id, "iatf-16949", now=NOW)
    assert queries.absences_of(session, [made.id]) == {made.id: {"iatf-16949"}}
    add(session, owner, made.id, "iatf-16949", valid_until=TODAY)
    assert queries.absences_of(session, [made.id]) == {}
    with pytest.raises(Refusal, match=r"certifications\.held"):
        service.declare_absent(session, owner, made.id, "iatf-16949", now=NOW)
    service.declare_absent(session, owner, made.id, "iatf-16949", now=NOW + timedelta(days=1))
    service.undeclare_absent(session, owner, made.id, "iatf-16949", now=NOW)
    with pytest.raises(NotFound):
        service.undeclare_absent(session, owner, made.id, "iatf-16949", now=NOW)
    with pytest.raises(Refusal, match=r"certifications\.kind_unknown"):
        service.declare_absent(session, owner, made.id, "no-such-kind", now=NOW)


def test_each_change_asks_for_the_index_and_the_match(session: Session, made: Firm) -> None:
    wanted = {("index", f"firm:{made.id}"), ("match", f"firm:{made.id}")}

    def asked() -> set[tuple[str, str]]:
        found = {(row.kind, row.key) for row in session.scalars(select(OutboxEntry))}
        session.execute(OutboxEntry.__table__.delete())
        return found

    asked()
    stated = add(session, MACHINE, made.id)
    assert asked() == wanted
    service.verify(session, MACHINE, stated.id, now=NOW)
    assert asked() == wanted
    service.revoke(session, MACHINE, stated.id, on=TODAY, now=NOW)
    assert asked() == wanted
    service.declare_absent(session, MACHINE, made.id, "ccc", now=NOW)
    assert asked() == wanted
    service.undeclare_absent(session, MACHINE, made.id, "ccc", now=NOW)
    assert asked() == wanted
    service.remove(session, MACHINE, stated.id, now=NOW)
    assert asked() == wanted


def test_tiers_keep_the_rule_that_they_were_issued_under(session: Session, made: Firm) -> None:
    old = add(
        session,
        MACHINE,
        made.id,
        "srdi-sme",
        rule_document="工信部企业〔2022〕63号",
        valid_until=date(2027, 6, 30),
    )
    new = add(
        session,
        MACHINE,
        made.id,
        "srdi-sme",
        rule_document="工信部企业〔2026〕2号",
        valid_from=date(2026, 6, 1),
    )
    found = queries.held_by(session, [made.id])[made.id]
    assert {row.rule_document for row in found} == {old.rule_document, new.rule_document}
    assert queries.kinds_in_force(found, TODAY) == {"srdi-sme"}
