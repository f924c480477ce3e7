"""Saved searches: nothing old at the start, nothing twice, nothing missed, and never more than their owner may see."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.actors import actor_of
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.discovery import alerts, saving
from marketplace.discovery.indexing import index_keys
from marketplace.discovery.models import SavedSearch, SearchHit
from marketplace.discovery.rebuilding import rebuild
from marketplace.discovery.rules import MOST_SAVED
from marketplace.firms.models import Firm, FirmMember
from search.engines.base import Engine
from tests.integration.discovery.conftest import NOW, House
from tests.integration.firms.test_at_once import first_then_second

find_hits = alerts.finder(actor_of)
Meanwhile = Callable[[Callable[[], object]], None]


class Follower:
    def __init__(self, house: House, name: str = "读者", firm: Firm | None = None) -> None:
        self.house = house
        account = Account(name=name, email=f"{name}@example.com", locale="zh", created_at=NOW)
        house.session.add(account)
        house.session.flush()
        if firm is not None:
            house.session.add(FirmMember(firm_id=firm.id, account_id=account.id, role="owner", joined_at=NOW))
        house.session.commit()
        self.account = account

    @property
    def actor(self) -> Actor:
        return actor_of(self.house.session, self.account, "zh")

    def save(self, text: str = "轴套", kind: str = "need", **more: object) -> SavedSearch:
        asked = {"name": "轴套", "filters": {}, "cadence": "instant", "now": NOW, **more}
        actor = self.actor
        self.house.session.commit()
        with self.house.context.database.unit_of_work() as session:
            return saving.save(session, actor, kind=kind, text=text, **asked)  # type: ignore[arg-type]


def alerted(house: House) -> None:
    house.session.commit()
    assert find_hits(house.context, ["changed"], NOW) == {}


def hits(house: House, search: SavedSearch) -> list[tuple[int, int, str]]:
    with house.context.database.reading() as session:
        rows = session.scalars(
            select(SearchHit).where(SearchHit.search_id == search.id).order_by(SearchHit.id)
        )
        return [(row.item_id, row.rev, row.state) for row in rows]


def told(house: House, search: SavedSearch) -> list[tuple[int, int, str]]:
    """What was found, without what was there before."""
    return [hit for hit in hits(house, search) if hit[2] != "known"]


def test_the_first_save_announces_nothing_old(house: House) -> None:
    firm = house.firm()
    asked_of, waiting = house.need(firm), house.need(firm)
    house.changed(f"need:{asked_of.id}")
    alerted(house)
    house.changed(f"need:{waiting.id}")  # in the index, and no saved search was asked of it yet
    search = Follower(house).save()
    alerted(house)
    assert told(house, search) == []
    later = house.need(firm)
    house.changed(f"need:{later.id}")
    second = Follower(house, "另一人").save()  # while the first is still to be asked
    alerted(house)
    assert told(house, search) == [(later.id, 1, "ready")] and told(house, second) == []
    assert [row.unseen for row in saving.followed(house.session, Follower(house, "第三人").actor)] == []
    with house.context.database.reading() as session:
        assert [row.item_id for row in saving.found_by(session, search)] == [later.id]
        assert saving.found_by(session, second) == []


def test_following_after_the_first_fill_leaves_no_row_for_each_document(house: House) -> None:
    """And what changes afterwards is announced like anything else."""
    firm = house.firm()
    needs = [house.need(firm) for _ in range(4)]
    house.changed(*(f"need:{need.id}" for need in needs))
    first, second = Follower(house).save(), Follower(house, "另一人").save()
    assert hits(house, first) == hits(house, second) == []
    alerted(house)
    assert hits(house, first) == hits(house, second) == []
    needs[0].description = "要耐磨的轴套"
    house.changed(f"need:{needs[0].id}")
    alerted(house)
    assert hits(house, first) == hits(house, second) == [(needs[0].id, 2, "ready")]


def test_what_comes_is_announced_once_and_what_does_not_match_never(house: House) -> None:
    firm = house.firm()
    follower = Follower(house)
    search = follower.save()
    need, other = house.need(firm), house.need(firm, "铝壳")
    keys = [f"need:{need.id}", f"need:{other.id}"]
    house.changed(*keys)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready")]
    # delivered again, looked at again, built anew: the same revision, and nothing to say
    house.changed(*keys)
    alerted(house)
    rebuild(house.context, NOW)
    alerted(house)
    house.engine.reset()
    rebuild(house.context, NOW)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready")]
    other.title = "铝轴套"  # it matches since now
    house.changed(*keys)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready"), (other.id, 2, "ready")]


def test_nothing_is_missed_however_late_the_index_was(house: House) -> None:
    """A clock would have passed it: changed before the search was asked last, written long after."""
    firm = house.firm()
    search = Follower(house).save()
    late, early = house.need(firm), house.need(firm)
    house.changed(f"need:{early.id}")
    alerted(house)
    house.moment = NOW - timedelta(days=3)  # and by a machine whose clock is wrong
    house.changed(f"need:{late.id}")
    alerted(house)
    assert [item for item, _, _ in hits(house, search)] == [early.id, late.id]


def test_a_worker_that_died_after_writing_leaves_nothing_unannounced(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Follower(house).save()
    need = house.need(house.firm())
    house.session.commit()
    with monkeypatch.context() as patched:
        patched.setattr("marketplace.discovery.indexing._note_written", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index_keys(house.context, [f"need:{need.id}"], NOW)
    alerted(house)
    assert hits(house, search) == []  # nobody confirmed it, and its row still waits
    house.changed(f"need:{need.id}")
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready")]


def test_the_owners_rights_count_as_they_are_when_the_search_is_asked(house: House) -> None:
    buyer, supplier = house.firm("买家"), house.firm("供方")
    insider, stranger = Follower(house, "内", supplier), Follower(house, "外")
    inside, outside = insider.save(), stranger.save()
    hidden = house.need(buyer, invited=(supplier,), visibility="invited")
    house.changed(f"need:{hidden.id}")
    alerted(house)
    assert hits(house, inside) == [(hidden.id, 1, "ready")]
    assert hits(house, outside) == []
    supplier.suspended_at = NOW  # what they may see ends here
    second = house.need(buyer, invited=(supplier,), visibility="invited")
    house.changed(f"need:{second.id}")
    alerted(house)
    assert hits(house, inside) == [(hidden.id, 1, "ready")]


def test_an_account_that_has_ended_is_asked_for_no_more(house: House) -> None:
    follower = Follower(house)
    search = follower.save()
    follower.account.disabled_at = NOW
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    alerted(house)
    assert hits(house, search) == []


def test_muted_it_finds_and_tells_nobody(house: House) -> None:
    firm, follower = house.firm(), Follower(house)
    search = follower.save()
    saving.mute(house.session, follower.actor, search.id, muted=True, now=NOW)
    first = house.need(firm)
    house.changed(f"need:{first.id}")
    alerted(house)
    saving.mute(house.session, follower.actor, search.id, muted=False, now=NOW)
    second = house.need(firm)
    house.changed(f"need:{second.id}")
    alerted(house)
    assert hits(house, search) == [(first.id, 1, "known"), (second.id, 1, "ready")]


def test_new_since_you_looked(house: House) -> None:
    firm, follower = house.firm(), Follower(house)
    search = follower.save()
    first, second = house.need(firm), house.need(firm)
    house.changed(f"need:{first.id}", f"need:{second.id}")
    alerted(house)
    assert [row.unseen for row in saving.followed(house.session, follower.actor)] == [2]
    assert saving.look(house.session, follower.actor, search.id) == 0
    assert [row.unseen for row in saving.followed(house.session, follower.actor)] == [0]
    first.description = "耐磨"
    house.changed(f"need:{first.id}")
    alerted(house)
    assert [row.unseen for row in saving.followed(house.session, follower.actor)] == [1]
    found = saving.found_by(house.session, search)
    assert [(row.item_id, row.first) for row in found] == [(first.id, False), (second.id, True)]
    assert saving.found_by(house.session, search, before=found[0].hit_id) == found[1:]


def test_a_saved_search_is_its_owners_alone(house: House) -> None:
    owner, other = Follower(house), Follower(house, "旁人")
    search = owner.save()
    for actor in (other.actor, ANONYMOUS, Actor(account_id=999, administrator=True)):
        with pytest.raises(NotFound):
            saving.own_search(house.session, actor, search.id)
        with pytest.raises(NotFound):
            saving.delete(house.session, actor, search.id, now=NOW)
    with pytest.raises(Forbidden):
        saving.save(
            house.session, ANONYMOUS, name="x", kind="need", text="", filters={}, cadence="daily", now=NOW
        )  # fmt: skip
    changed = saving.change(house.session, owner.actor, search.id, name=" 新名 ", cadence="weekly", now=NOW)
    assert (changed.name, changed.cadence) == ("新名", "weekly")
    saving.delete(house.session, owner.actor, search.id, now=NOW)
    house.session.commit()
    assert saving.followed(house.session, owner.actor) == []
    actions = house.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "saved_search")
    )
    assert list(actions) == ["search.save", "search.change", "search.delete"]


def test_the_same_question_is_saved_once_and_bad_ones_not_at_all(house: House) -> None:
    follower = Follower(house)
    one = follower.save("轴套", filters={"chain": ["a", "b"]})
    assert follower.save(" 轴套 ", filters={"chain": ["b", "a"], "type": []}).id == one.id
    for wrong in ({"name": " "}, {"name": "长" * 61}, {"cadence": "hourly"}, {"kind": "order"}):
        with pytest.raises(Refusal):
            follower.save("别的", **wrong)
    house.session.rollback()
    for number in range(MOST_SAVED - 1):
        follower.save(f"轴套{number}")
    with pytest.raises(Refusal, match="too_many_saved"):
        follower.save("再来一个")
    house.session.rollback()


def test_an_unfinished_index_is_not_asked_what_is_new(house: House) -> None:
    """What it does not hold yet would count as not found, and would never be asked about again."""
    search = Follower(house).save()
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    house.engine.reset()  # another version, or lost
    house.session.commit()
    trouble = find_hits(house.context, ["changed"], NOW)["changed"]
    assert trouble.verdict == "away"  # type: ignore[union-attr]
    late = Follower(house, "另一人").save()  # no engine is needed to begin to follow
    rebuild(house.context, NOW)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready")]
    assert hits(house, late) == [(need.id, 1, "known")]


# ---------------------------------------------------------------- while the engine is asked


@pytest.fixture
def meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What somebody else does while the engine is asked; once, at the first question."""
    acts: list[Callable[[], object]] = []
    search = type(house.engine).search

    def asked(engine: Engine, *args: Any, **asked: Any) -> Any:
        if acts:
            acts.pop()()
        return search(engine, *args, **asked)

    monkeypatch.setattr(type(house.engine), "search", asked)
    return acts.append


def test_who_begins_to_follow_while_the_engine_is_asked_waits_for_nothing_and_misses_nothing(
    house: House, meanwhile: Meanwhile
) -> None:
    """The engine is asked without the database's writer: the save goes through, and what it follows is asked about."""
    firm = house.firm()
    first = Follower(house).save()
    need = house.need(firm)
    house.changed(f"need:{need.id}")
    second, later = Follower(house, "另一人"), house.need(firm)
    house.session.commit()
    saved: list[SavedSearch] = []

    def follow() -> None:
        saved.append(second.save())
        house.changed(f"need:{later.id}")

    meanwhile(follow)
    alerted(house)
    assert hits(house, first) == [(need.id, 1, "ready"), (later.id, 1, "ready")]
    assert hits(house, saved[0]) == [(need.id, 1, "known"), (later.id, 1, "ready")]


def test_who_mutes_while_the_engine_is_asked_is_told_nothing(house: House, meanwhile: Meanwhile) -> None:
    follower = Follower(house)
    search = follower.save()
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    actor = follower.actor
    house.session.commit()

    def mute() -> None:
        with house.context.database.unit_of_work() as session:
            saving.mute(session, actor, search.id, muted=True, now=NOW)

    meanwhile(mute)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "known")]


def test_a_search_whose_save_is_under_way_hears_of_what_comes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved before the need came in, and committed after the worker had looked who follows."""
    follower, need = Follower(house), house.need(house.firm())
    actor = follower.actor
    house.session.commit()
    saved, looked = Event(), Event()
    followed = alerts._followed
    searches: list[SavedSearch] = []

    def look(*args: Any) -> Any:
        try:
            return followed(*args)
        finally:
            looked.set()

    def save() -> None:
        with house.context.database.unit_of_work() as session:
            searches.append(
                saving.save(
                    session,
                    actor,
                    name="轴套",
                    kind="need",
                    text="轴套",
                    filters={},
                    cadence="instant",
                    now=NOW,
                )
            )
            session.flush()
            saved.set()
            looked.wait(10)

    monkeypatch.setattr(alerts, "_followed", look)
    with ThreadPoolExecutor(1) as pool:
        saving_ = pool.submit(save)
        saved.wait(10)
        if house.session.get_bind().dialect.name == "sqlite":
            looked.set()  # nothing can be written beside an open change: the need comes in after it
        house.changed(f"need:{need.id}")
        alerted(house)
        saving_.result()
    assert hits(house, searches[0]) == [(need.id, 1, "ready")]


def test_the_same_search_saved_twice_at_once_is_one(house: House) -> None:
    actor = Follower(house).actor
    house.session.commit()

    def save(session: Session) -> None:
        saving.save(
            session, actor, name="轴套", kind="need", text="轴套", filters={}, cadence="instant", now=NOW
        )

    assert first_then_second(house.context.database, save, save) == ""
    assert [row.search.name for row in saving.followed(house.session, actor)] == ["轴套"]
