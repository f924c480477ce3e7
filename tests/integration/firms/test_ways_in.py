"""The way in by a link: what it opens, what it does not, and what happens to those who guess."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.letters import Site
from marketplace.accounts.rules import LIMITS
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import claims, people, rules
from marketplace.firms.models import ClaimAlarm, ClaimCode, FirmMember
from marketplace.mail.models import MailMessage
from tests.unit.firms.house import MACHINE, NOW, firm, member, office, organiser, somebody

SITE = Site("链桥", "https://lianqiao.example", office="区局", phone="0375-1234567")
WRONG = "AAAA-AAAA-AAAA"


def test_link_and_code_together_give_the_firm_to_its_owner_once(session: Session) -> None:
    made, person = firm(session), somebody(session)
    way = claims.issue(session, MACHINE, made.id, now=NOW)
    stored = session.scalars(select(ClaimCode)).one()
    assert way.token not in (stored.link_hash, stored.code_hash) and way.code != stored.code_hash
    assert claims.firm_behind(session, way.token, NOW).id == made.id
    assert people.claim_by_link(session, person, way.token, code=WRONG, site=SITE, now=NOW) is None
    claimed = people.claim_by_link(session, person, way.token, code=way.code.lower(), site=SITE, now=NOW)
    assert claimed is not None and claimed.claimed_at == NOW
    with pytest.raises(Refusal, match=r"firms\.link_dead"):
        claims.firm_behind(session, way.token, NOW)


def test_a_link_takes_no_other_firms_code(session: Session) -> None:
    first, second, person = firm(session, 1), firm(session, 2), somebody(session)
    here, there = (claims.issue(session, MACHINE, one.id, now=NOW) for one in (first, second))
    assert people.claim_by_link(session, person, here.token, code=there.code, site=SITE, now=NOW) is None
    assert session.scalar(select(func.count()).select_from(FirmMember)) == 0
    assert people.claim_by_link(session, person, there.token, code=there.code, site=SITE, now=NOW) is second


def test_links_end_with_their_code(session: Session) -> None:
    made = firm(session)
    old = claims.issue(session, MACHINE, made.id, now=NOW)
    new = claims.issue(session, MACHINE, made.id, now=NOW)
    last = NOW + rules.CLAIM_CODE_VALID - timedelta(seconds=1)
    assert claims.firm_behind(session, new.token, last).id == made.id
    for token, moment in ((old.token, NOW), (new.token, NOW + rules.CLAIM_CODE_VALID), ("made-up", NOW)):
        with pytest.raises(Refusal, match=r"firms\.link_dead"):
            claims.firm_behind(session, token, moment)
        with pytest.raises(Refusal, match=r"firms\.link_dead"):
            claims.opens(session, token, new.code, SITE, now=moment)


def test_fifty_guesses_at_once_count_as_ten_lock_the_code_and_tell_the_bureau_once(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        town, bureau = office(session, "town", "东镇"), office(session, "bureau", "区局")
        other = office(session, "town", "西镇")
        issuer = organiser(session, town, "town", "issuer")
        organiser(session, bureau, "bureau", "chief")
        organiser(session, other, "town", "elsewhere")
        made = firm(session, 1, office_id=town)
        firm_id = made.id
        way = claims.issue(session, issuer, firm_id, now=NOW)

    def guess(number: int) -> str:
        try:
            with database.unit_of_work() as session:
                return str(claims.opens(session, way.token, f"AAAA-AAAA-{number:04}", SITE, now=NOW))
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(50) as pool:
        said = list(pool.map(guess, range(50)))
    assert (said.count("False"), said.count("firms.link_dead")) == (LIMITS["claim"].most, 40)
    with database.unit_of_work() as session:
        stored = session.scalars(select(ClaimCode)).one()
        assert (stored.wrong_tries, stored.locked_at) == (LIMITS["claim"].most, NOW)
        # The right code opens nothing any more, by whatever page.
        with pytest.raises(Refusal, match=r"firms\.link_dead"):
            claims.opens(session, way.token, way.code, SITE, now=NOW)
        assert people.claim(session, somebody(session), code=way.code, site=SITE, now=NOW) is None
        mails = session.scalars(select(MailMessage).order_by(MailMessage.recipient)).all()
        assert [mail.recipient for mail in mails] == ["chief@lianqiao.example", "issuer@lianqiao.example"]
        assert all("0375-1234567" in mail.text and way.code not in mail.text for mail in mails)
        assert session.scalars(select(ClaimAlarm.firm_id)).all() == [firm_id]
    database.dispose()


def test_an_alarm_stands_with_those_who_look_after_the_firm_until_it_is_ticked_off(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    bureau = organiser(session, office(session, "bureau", "区局"), "bureau", "bureau")
    own, other = organiser(session, east, "town", "east"), organiser(session, west, "town", "west")
    made = firm(session, 1, office_id=east)
    way = claims.issue(session, own, made.id, now=NOW)
    for _ in range(LIMITS["claim"].most):
        claims.opens(session, way.token, WRONG, SITE, now=NOW)
    seen = {actor.name: len(claims.open_alarms(session, actor)) for actor in (bureau, own, other)}
    assert seen == {"bureau": 1, "east": 1, "west": 0}
    alarm_id = claims.open_alarms(session, own)[0][0].id
    for stranger in (other, member(session, made.id)):
        with pytest.raises(NotFound):
            claims.tick_off(session, stranger, alarm_id, now=NOW)
    claims.tick_off(session, own, alarm_id, now=NOW)
    assert claims.open_alarms(session, bureau) == []


def test_one_person_who_guesses_at_the_page_for_codes_is_told_of_once(session: Session) -> None:
    bureau = organiser(session, office(session, "bureau", "区局"), "bureau", "bureau")
    person = somebody(session, "guesser")
    for _ in range(LIMITS["claim"].most):
        assert people.claim(session, person, code=WRONG, site=SITE, now=NOW) is None
    with pytest.raises(Refusal, match=r"core\.too_many"):
        people.claim(session, person, code=WRONG, site=SITE, now=NOW)
    ((alarm, about, guesser),) = claims.open_alarms(session, bureau)
    assert about is None and guesser is not None and guesser.id == person.account_id
    assert session.scalars(select(MailMessage.recipient)).all() == ["bureau@lianqiao.example"]
    assert alarm.at == NOW


def test_slips_are_for_firms_that_one_looks_after_and_nobody_speaks_for(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    free, taken, foreign = (
        firm(session, 1, office_id=east),
        firm(session, 2, office_id=east),
        firm(session, 3, office_id=west),
    )
    member(session, taken.id)
    town = organiser(session, east, "town", "east")
    issued = claims.issue_many(session, town, [free.id, taken.id], now=NOW)
    assert [way.firm.id for way in issued] == [free.id]
    with pytest.raises((Forbidden, NotFound)):
        claims.issue_many(session, town, [free.id, foreign.id], now=NOW)
    with pytest.raises(NotFound):
        claims.issue_many(session, somebody(session), [free.id], now=NOW)
