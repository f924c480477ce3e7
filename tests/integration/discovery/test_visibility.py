"""Who may see what is written twice, as SQL and as tokens in the index: both give every reader the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.capabilities import queries as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core.actor import Actor, system_actor
from marketplace.discovery.engine import tokens_of
from marketplace.discovery.rebuilding import rebuild
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from tests.integration.discovery.conftest import DAY, NOW, TODAY, House

STATES: dict[str, dict[str, Any]] = {
    "draft": {"published_at": None},
    "submitted": {"published_at": None, "submitted_at": NOW},
    "returned": {"published_at": None, "returned_at": NOW},
    "published": {},
    "paused": {"paused_at": NOW},
    "closed": {"closed_at": NOW},
}
VALIDITIES = (None, TODAY - DAY, TODAY, TODAY + DAY)


def neighbours(house: House) -> dict[str, Firm]:
    office = house.office()
    return {
        "ours": house.firm("甲", office_id=office.id),
        "theirs": house.firm("乙"),
        "waiting": house.firm("丙", verified_at=None, office_id=office.id),
        "suspended": house.firm("丁", suspended_at=NOW),
    }


def readers(them: dict[str, Firm]) -> dict[str, Actor]:
    def member(*names: str) -> Actor:
        roles = MappingProxyType({them[name].id: "viewer" for name in names})
        unchecked = frozenset(
            them[name].id for name in names if not them[name].verified_at or them[name].suspended_at
        )
        return Actor(account_id=1, firm_roles=roles, unchecked_firms=unchecked)

    office_id = them["ours"].office_id
    town = Actor(account_id=3, office_id=office_id, office_kind="town")
    return {
        "a stranger": Actor(),
        "a newcomer": Actor(account_id=1),
        "ours": member("ours"),
        "theirs": member("theirs"),
        "both": member("ours", "theirs"),
        "of a firm that waits": member("waiting"),
        "of a suspended firm": member("suspended"),
        "the town": town,
        "the town, filling in for ours": replace(town, acting_for=them["ours"].id),
        "another town": Actor(account_id=4, office_id=(office_id or 0) + 99, office_kind="town"),
        "another town, filling in": Actor(
            account_id=4, office_id=(office_id or 0) + 99, office_kind="town", acting_for=them["theirs"].id
        ),
        "the bureau": Actor(account_id=5, office_id=(office_id or 0) + 1, office_kind="bureau"),
        "the administrator": Actor(account_id=6, administrator=True),
        "the machine": system_actor(),
    }


def compare(house: House, reader: Actor, as_of: date) -> int:
    """Hits of the index and rows of the database, kind by kind; returns how many there were."""
    tokens = tokens_of(reader)
    wanted = {
        "need": select(Need.id)
        .join(Firm, Firm.id == Need.firm_id)
        .where(needs.visible_to(reader, as_of), needs.open_now(as_of)),
        "capability": select(Capability.id)
        .join(Firm, Firm.id == Capability.firm_id)
        .where(capabilities.visible_to(reader, as_of), capabilities.open_now(as_of)),
        "firm": select(Firm.id).where(
            firms.visible_to(reader), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None)
        ),
    }
    seen = 0
    for kind, statement in wanted.items():
        rows = set(house.session.scalars(statement))
        assert house.found(kind, tokens, as_of) == rows, (kind, reader, as_of)
        seen += len(rows)
    return seen


def test_every_reader_finds_what_the_database_would_show_them(house: House) -> None:
    """Every firm × visibility × state × validity × invitation, for every kind of reader, today and in the days after."""
    them = neighbours(house)
    for firm, state, until in product(them.values(), STATES.values(), VALIDITIES):
        for visibility in ("public", "verified"):
            house.need(firm, visibility=visibility, valid_until=until, **state)
            house.capability(firm, visibility=visibility, valid_until=until, **state)
        for invited in ((), (them["theirs"],), (them["ours"], them["suspended"])):
            house.need(firm, invited=invited, visibility="invited", valid_until=until, **state)
    house.session.commit()
    assert rebuild(house.context, NOW) > 40
    seen = {
        name: [compare(house, reader, as_of) for as_of in (TODAY, TODAY + DAY, TODAY + 2 * DAY)]
        for name, reader in readers(them).items()
    }
    assert seen["the bureau"] == seen["the administrator"] == seen["the machine"]
    assert seen["a stranger"][0] < seen["theirs"][0] < seen["the bureau"][0]
    assert seen["another town"][0] < seen["the town"][0] < seen["the bureau"][0]
    assert all(today > tomorrow > after for today, tomorrow, after in seen.values())


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["state", "visibility", "validity", "suspend", "verify", "office"]),
        st.integers(0, 5),
    ),
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_whatever_changes_index_and_database_agree_once_the_worker_has_looked(
    house: House, changes: list[tuple[int, str, int]]
) -> None:
    house.session.rollback()  # what an example before this one left unfinished
    them = neighbours(house)
    order = list(them.values())
    listings: list[Any] = [house.need(firm, invited=(order[1],)) for firm in order[:3]]
    listings += [house.capability(firm) for firm in order[:3]]
    keys = [f"firm:{firm.id}" for firm in order]
    house.changed(*keys)
    for place, what, value in changes:
        row, firm = listings[place], order[place % len(order)]
        kind = "need" if isinstance(row, Need) else "capability"
        key = f"firm:{firm.id}" if what in ("suspend", "verify", "office") else f"{kind}:{row.id}"
        match what:
            case "state":
                stamps = {"published_at": NOW, "submitted_at": None, "returned_at": None}
                stamps |= {"paused_at": None, "closed_at": None, **list(STATES.values())[value]}
                for name, stamp in stamps.items():
                    setattr(row, name, stamp)
            case "visibility":
                choices = ("public", "verified", "invited") if kind == "need" else ("public", "verified")
                row.visibility = choices[value % len(choices)]
            case "validity":
                row.valid_until = VALIDITIES[value % len(VALIDITIES)]
            case "suspend":
                firm.suspended_at = NOW if value % 2 else None
            case "verify":
                firm.verified_at = NOW if value % 2 else None
            case "office":
                firm.office_id = order[0].office_id if value % 2 else None
        house.changed(key)
    for reader in readers(them).values():
        compare(house, reader, TODAY)
