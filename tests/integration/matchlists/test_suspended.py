"""A suspended firm keeps what is its own and hears of nobody: no pair, no conference, no candidate, whatever its people's
role; and the others hear no more of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.service import create_account
from marketplace.conferences import lists
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchEntry, Participant
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, NotFound
from marketplace.firms import people
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import Proposal
from marketplace.proposals.proposing import propose_for_need
from marketplace.proposals.service import answer
from tests.integration.capabilities.site import make_site, visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District
from tests.integration.matchlists.spun import added

ROLES = ("owner", "editor", "viewer")


@pytest.fixture
def site(district: District, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from make_site(database_url, tmp_path)


@pytest.fixture
def cast(district: District) -> dict[str, Actor]:
    """People of the spinner in each role, and one who speaks for the turner too; an announced conference with a frozen
    list, on which both stand with the buyer; a proposal that the spinner has answered."""
    organiser = district.people["organiser"]
    with district.database.unit_of_work() as session:
        found = {}
        for name in (*ROLES, "both"):
            email = f"{name}@suspended.example"
            account = create_account(session, MACHINE, name=name, email=email, verified=True, now=NOW).id
            role = name if name in ROLES else "owner"
            people.add_member(session, MACHINE, district.spinner, account, role, now=NOW)
            found[name] = Actor(account_id=account)
        people.add_member(session, MACHINE, district.turner, found["both"].account_id, "owner", now=NOW)
        for firm_id in (district.buyer, district.spinner, district.turner):
            session.get_one(Firm, firm_id).verified_at = NOW
        suppliers = [district.spinner, district.turner]
        conferences.add_participants(session, organiser, district.conference, suppliers, "supplier", now=NOW)
        conferences.announce(session, organiser, district.conference, now=NOW)
        matcher = current_matcher(session, day_of(NOW))
        for need_id in session.scalars(select(Need.id).order_by(Need.id)).all():
            propose_for_need(session, MACHINE, need_id, matcher, now=NOW)
        made = lists.generate(session, organiser, district.conference, now=NOW)
        added(session, organiser, made.id, district.yarn_need, district.shaft, "链主点名")
        lists.freeze(session, organiser, made.id, now=NOW)
    with district.database.unit_of_work() as session:
        pair = session.scalars(select(Proposal).where(Proposal.supplier_id == district.spinner)).first()
        assert pair is not None
        answer(session, district.people["spinner"], pair.id, side="supplier", answer="yes", now=NOW)
    return {**found, **{who: district.people[who] for who in ("buyer", "organiser")}}


def proposal_of(district: District) -> int:
    with district.database.reading() as session:
        return session.scalars(select(Proposal.id).where(Proposal.supplier_id == district.spinner)).one()


def suspend(district: District, *, suspended: bool = True) -> None:
    with district.database.unit_of_work() as session:
        session.get_one(Firm, district.spinner).suspended_at = NOW if suspended else None


def test_what_a_suspended_firm_reads_in_every_role(
    site: Flask, district: District, cast: dict[str, Actor]
) -> None:
    conference, pair = f"/conferences/{district.conference}", f"/proposals/{proposal_of(district)}"
    clients = {who: visitor(site, actor) for who, actor in cast.items()}
    for who in ROLES:
        assert [clients[who].get(path).status_code for path in (conference, pair)] == [200, 200], who
        assert "尼龙对接会（示例）" in clients[who].get("/conferences/").text
    suspend(district)
    for who in ROLES:
        client = clients[who]
        assert [client.get(path).status_code for path in (conference, pair)] == [404, 404], who
        assert "尼龙对接会（示例）" not in client.get("/conferences/").text
        assert "尼龙66高强工业丝" not in client.get("/proposals/").text
        confirmed = client.post(f"{conference}/participants/{district.spinner}/confirm")
        assert confirmed.status_code == 404
        said = client.post(f"{pair}/answer", data={"side": "supplier", "answer": "no", "reason": "capacity"})
        assert said.status_code == 404
        own = (f"/firms/{district.spinner}", f"/capabilities/{district.yarn}", "/capabilities/mine")
        for path in own:  # its own records stay
            shown = client.get(path)
            assert (shown.status_code == 200 and "940~2100dtex" in shown.text) or path.startswith(
                "/firms/"
            ), path
    assert [clients["organiser"].get(path).status_code for path in (conference, pair)] == [200, 200]
    suspend(district, suspended=False)
    for who in ROLES:
        assert [clients[who].get(path).status_code for path in (conference, pair)] == [200, 200], who


def test_who_speaks_for_another_firm_too_reads_that_ones_part_alone(
    site: Flask, district: District, cast: dict[str, Actor]
) -> None:
    path, client = f"/conferences/{district.conference}", visitor(site, cast["both"])
    both = client.get(path).text
    assert "锦纶66高强工业丝" in both and "非标轴类零件机加工" in both
    suspend(district)
    shown = client.get(path).text
    assert "锦纶66高强工业丝" not in shown and "非标轴类零件机加工" in shown
    refused = client.post(f"{path}/participants/{district.spinner}/confirm")
    assert refused.status_code == 403
    with district.database.reading() as session:
        place = session.scalars(select(Participant).where(Participant.firm_id == district.spinner)).one()
        assert place.confirmed_at is None


def test_the_other_side_reads_no_pair_with_it(
    site: Flask, district: District, cast: dict[str, Actor]
) -> None:
    path, client = f"/conferences/{district.conference}", visitor(site, cast["buyer"])
    assert "乙示例工业丝" in client.get(path).text
    suspend(district)
    shown = client.get(path).text
    assert "乙示例工业丝" not in shown and "丙示例机加工" in shown
    with district.database.reading() as session:  # the list itself is frozen, and says what it said
        assert session.scalars(select(MatchEntry.id).where(MatchEntry.supplier_id == district.spinner)).all()


def test_services_refuse_what_pages_do(district: District, cast: dict[str, Actor]) -> None:
    suspended = Actor(
        account_id=cast["owner"].account_id,
        firm_roles={district.spinner: "owner"},
        unchecked_firms=frozenset({district.spinner}),
        verified=True,
    )
    for act in (
        lambda session: conferences.confirm(
            session, suspended, district.conference, district.spinner, now=NOW
        ),
        lambda session: answer(
            session, suspended, proposal_of(district), side="supplier", answer="later", now=NOW
        ),
    ):
        with pytest.raises((NotFound, Forbidden)), district.database.unit_of_work() as session:
            act(session)
