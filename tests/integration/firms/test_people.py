"""Members, claims by code and invitations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.letters import Site
from marketplace.accounts.models import Attempt, Invitation
from marketplace.accounts.rules import LIMITS
from marketplace.core.actor import Actor
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import people, queries, rules
from marketplace.firms.models import ClaimCode, Firm, FirmMember
from marketplace.mail.models import MailMessage
from tests.unit.firms.house import MACHINE, NOW, firm, member, office, organiser, somebody

SITE = Site("链桥", "https://lianqiao.example")


def roles(session: Session, firm_id: int) -> list[str]:
    return sorted(member.role for member in queries.members_of(session, firm_id))


# ---------------------------------------------------------------- claim codes
def test_a_code_gives_the_firm_to_its_owner_once(session: Session) -> None:
    made, first, second = firm(session), somebody(session, "first"), somebody(session, "second")
    code = people.issue_claim_code(session, MACHINE, made.id, now=NOW)
    assert session.scalars(select(ClaimCode.code_hash)).one() != code
    claimed = people.claim(session, first, code=code.lower().replace("-", " "), site=SITE, now=NOW)
    assert claimed is not None and claimed.id == made.id and claimed.claimed_at == NOW
    assert roles(session, made.id) == ["owner"]
    assert people.claim(session, second, code=code, site=SITE, now=NOW) is None
    assert roles(session, made.id) == ["owner"]


def test_a_code_holds_for_thirty_days_to_the_second(session: Session) -> None:
    ends = NOW + rules.CLAIM_CODE_VALID
    for number, (moment, works) in enumerate([(ends - timedelta(seconds=1), True), (ends, False)], 1):
        made = firm(session, number)
        code = people.issue_claim_code(session, MACHINE, made.id, now=NOW)
        found = people.claim(
            session, somebody(session, f"claimer-{number}"), code=code, site=SITE, now=moment
        )
        assert (found is not None) == works


def test_a_new_code_ends_the_earlier_one(session: Session) -> None:
    made = firm(session)
    old, new = (people.issue_claim_code(session, MACHINE, made.id, now=NOW) for _ in range(2))
    person = somebody(session)
    assert people.claim(session, person, code=old, site=SITE, now=NOW) is None
    assert people.claim(session, person, code=new, site=SITE, now=NOW) is not None


def test_ten_wrong_codes_lock_a_person_for_a_day_even_with_the_right_one(session: Session) -> None:
    made, person, other = firm(session), somebody(session, "guesser"), somebody(session, "honest")
    code = people.issue_claim_code(session, MACHINE, made.id, now=NOW)
    for _ in range(LIMITS["claim"].most):
        assert people.claim(session, person, code="AAAA-AAAA-AAAA", site=SITE, now=NOW) is None
    with pytest.raises(Refusal, match=r"core\.too_many"):
        people.claim(
            session, person, code=code, site=SITE, now=NOW + LIMITS["claim"].window - timedelta(seconds=1)
        )
    assert roles(session, made.id) == []
    assert people.claim(session, person, code=code, site=SITE, now=NOW + LIMITS["claim"].window) is not None
    assert session.scalar(select(func.count()).select_from(Attempt)) == LIMITS["claim"].most
    second = firm(session, 2)
    code = people.issue_claim_code(session, MACHINE, second.id, now=NOW)
    assert people.claim(session, other, code=code, site=SITE, now=NOW) is not None


def test_a_code_claimed_by_two_at_the_same_moment_goes_to_one(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        firm_id = firm(session).id
        code = people.issue_claim_code(session, MACHINE, firm_id, now=NOW)
        rivals = [somebody(session, f"rival-{number}") for number in range(4)]

    def claim(rival: Actor) -> bool:
        with database.unit_of_work() as session:
            return people.claim(session, rival, code=code, site=SITE, now=NOW) is not None

    with ThreadPoolExecutor(len(rivals)) as pool:
        won = list(pool.map(claim, rivals))
    assert sorted(won) == [False, False, False, True]
    with database.reading() as session:
        assert roles(session, firm_id) == ["owner"]
    database.dispose()


def test_codes_are_issued_by_those_who_look_after_the_firm(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    made = firm(session, 1, office_id=east)
    people.issue_claim_code(session, organiser(session, east, "town", "east"), made.id, now=NOW)
    refused = [organiser(session, west, "town", "west"), member(session, made.id), Actor()]
    for actor in refused:
        with pytest.raises((NotFound, Forbidden)):
            people.issue_claim_code(session, actor, made.id, now=NOW)


# ---------------------------------------------------------------- members
def test_the_last_owner_stays(session: Session) -> None:
    made = firm(session)
    owner = member(session, made.id)
    row = queries.members_of(session, made.id)[0]
    with pytest.raises(Refusal, match=r"firms\.last_owner"):
        people.remove_member(session, owner, made.id, row.id, now=NOW)
    member(session, made.id, "owner", "second-owner")
    people.remove_member(session, owner, made.id, row.id, now=NOW)
    assert roles(session, made.id) == ["owner"]


def test_two_owners_who_remove_each_other_at_once_leave_one(database_url: str) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        firm_id = firm(session).id
        owners = [member(session, firm_id, "owner", f"owner-{number}") for number in range(2)]
        rows = {m.account_id: m.id for m in queries.members_of(session, firm_id)}

    def remove_the_other(number: int) -> bool:
        try:
            with database.unit_of_work() as session:
                other = rows[owners[1 - number].account_id or 0]
                people.remove_member(session, owners[number], firm_id, other, now=NOW)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove_the_other, range(2))) == [False, True]
    with database.reading() as session:
        assert roles(session, firm_id) == ["owner"]
    database.dispose()


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_take_in_and_remove(session: Session, role: str) -> None:
    made, other = firm(session, 1), firm(session, 2)
    owner, colleague = member(session, made.id), member(session, made.id, role)
    stranger = member(session, other.id)
    newcomer = somebody(session)
    target = queries.members_of(session, made.id)[1].id
    with pytest.raises(Forbidden):
        people.remove_member(session, colleague, made.id, target, now=NOW)
    with pytest.raises(NotFound):
        people.remove_member(session, stranger, made.id, target, now=NOW)
    with pytest.raises(Forbidden):
        people.add_member(session, colleague, made.id, newcomer.account_id or 0, "owner", now=NOW)
    with pytest.raises(Refusal, match=r"firms\.role_unknown"):
        people.add_member(session, owner, made.id, newcomer.account_id or 0, "chief", now=NOW)
    theirs = queries.members_of(session, other.id)[0].id
    with pytest.raises(NotFound):
        people.remove_member(session, owner, made.id, theirs, now=NOW)


# ---------------------------------------------------------------- invitations
def invite(
    session: Session, actor: Actor, firm_id: int, email: str, role: str = "editor"
) -> tuple[Invitation, str]:
    tokens: list[str] = []

    def link_for(token: str) -> str:
        tokens.append(token)
        return f"https://lianqiao.example/invitation/{token}"

    invitation = people.invite_colleague(
        session, actor, firm_id, email=email, role=role, link_for=link_for, locale="zh", site=SITE, now=NOW
    )
    return invitation, tokens[0]


def test_an_invited_colleague_joins_by_the_mailed_link(session: Session) -> None:
    made = firm(session)
    owner = member(session, made.id)
    colleague = somebody(session, "colleague")
    _, token = invite(session, owner, made.id, "Colleague@Lianqiao.example")
    mail = session.scalars(select(MailMessage)).one()
    assert mail.recipient == "colleague@lianqiao.example"
    assert token in mail.text and made.legal_name in mail.subject
    joined = people.accept_invitation(session, colleague, token, now=NOW)
    assert (joined.firm_id, joined.role, joined.account_id) == (made.id, "editor", colleague.account_id)
    with pytest.raises(Refusal, match=r"accounts\.link_dead"):
        people.accept_invitation(session, colleague, token, now=NOW)


def test_a_link_is_for_the_address_it_went_to(session: Session) -> None:
    made = firm(session)
    _, token = invite(session, member(session, made.id), made.id, "colleague@lianqiao.example")
    with pytest.raises(Refusal, match=r"accounts\.invitation_other"):
        people.accept_invitation(session, somebody(session, "finder"), token, now=NOW)
    assert session.scalar(select(func.count()).select_from(FirmMember)) == 1


def test_a_withdrawn_invitation_is_dead(session: Session) -> None:
    made, other = firm(session, 1), firm(session, 2)
    owner = member(session, made.id)
    invitation, token = invite(session, owner, made.id, "colleague@lianqiao.example")
    with pytest.raises(NotFound):
        people.revoke_invitation(session, member(session, other.id), other.id, invitation.id, now=NOW)
    people.revoke_invitation(session, owner, made.id, invitation.id, now=NOW)
    with pytest.raises(Refusal, match=r"accounts\.link_dead"):
        people.accept_invitation(session, somebody(session, "colleague"), token, now=NOW)


def test_invitations_are_for_owners_and_not_without_end(session: Session) -> None:
    made = firm(session)
    owner = member(session, made.id)
    for actor, refused in (
        (member(session, made.id, "editor"), Forbidden),
        (somebody(session), NotFound),
        (Actor(), NotFound),
    ):
        with pytest.raises(refused):
            invite(session, actor, made.id, "x@lianqiao.example")
    with pytest.raises(Refusal, match=r"firms\.already_colleague"):
        invite(session, owner, made.id, f"editor-{made.id}@lianqiao.example")
    for number in range(rules.MOST_INVITATIONS_A_DAY):
        invite(session, owner, made.id, f"colleague-{number}@lianqiao.example")
    with pytest.raises(Refusal, match=r"firms\.invitations_many"):
        invite(session, owner, made.id, "one-more@lianqiao.example")


def test_what_staff_may_fill_in_for(session: Session) -> None:
    east, west = office(session, "town", "东镇"), office(session, "town", "西镇")
    bureau = office(session, "bureau", "区局")
    made: Firm = firm(session, 1, office_id=east)
    assert queries.may_act_for(session, organiser(session, east, "town", "east"), made.id)
    assert not queries.may_act_for(session, organiser(session, west, "town", "west"), made.id)
    assert queries.may_act_for(session, organiser(session, bureau, "bureau", "bureau"), made.id)
    assert not queries.may_act_for(session, member(session, made.id), made.id)
    assert not queries.may_act_for(session, organiser(session, bureau, "bureau", "second"), 10**9)
