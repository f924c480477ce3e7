"""Saved searches: nothing old at the start, nothing twice, nothing missed, and never more than their owner may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

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
from search.engines.base import EngineError
from tests.integration.discovery.conftest import NOW, House

find_hits = alerts.finder(actor_of)


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
        search = saving.save(self.house.session, self.actor, self.house.engine, kind=kind, text=text, **asked)  # type: ignore[arg-type]
        self.house.session.commit()
        return search


def alerted(house: House) -> None:
    house.session.commit()
    assert find_hits(house.context, ["changed"], NOW) == {}


def hits(house: House, search: SavedSearch) -> list[tuple[int, int, str]]:
    with house.context.database.reading() as session:
        rows = session.scalars(
            select(SearchHit).where(SearchHit.search_id == search.id).order_by(SearchHit.id)
        )
        return [(row.item_id, row.rev, row.state) for row in rows]


def test_the_first_save_announces_nothing_old(house: House) -> None:
    firm = house.firm()
    asked_of, waiting = house.need(firm), house.need(firm)
    house.changed(f"need:{asked_of.id}")
    alerted(house)
    house.changed(f"need:{waiting.id}")  # in the index, and no saved search was asked of it yet
    search = Follower(house).save()
    alerted(house)
    assert hits(house, search) == [(waiting.id, 1, "known")]
    assert [row.unseen for row in saving.followed(house.session, Follower(house, "另一人").actor)] == []
    with house.context.database.reading() as session:
        assert saving.found_by(session, search) == []


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
            house.session, ANONYMOUS, house.engine, name="x", kind="need", text="", filters={}, cadence="daily", now=NOW
        )  # fmt: skip
    saving.change(house.session, owner.actor, search.id, name=" 新名 ", cadence="weekly", now=NOW)
    assert (search.name, search.cadence) == ("新名", "weekly")
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
    with pytest.raises(EngineError):
        Follower(house, "另一人").save()
    house.session.rollback()
    rebuild(house.context, NOW)
    alerted(house)
    assert hits(house, search) == [(need.id, 1, "ready")]
