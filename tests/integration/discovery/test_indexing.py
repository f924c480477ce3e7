"""The index follows the database: written, removed, renamed, lost and found again; twice is as good as once."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from marketplace.assembly import build_worker
from marketplace.certifications.models import Certification
from marketplace.core import outbox
from marketplace.discovery import building, indexing
from marketplace.discovery.building import BUILDERS
from marketplace.discovery.documents import PUBLIC, VERIFIED
from marketplace.discovery.engine import engine_of
from marketplace.discovery.indexing import index_keys, keep_whole
from marketplace.discovery.rebuilding import rebuild
from search.engines.base import EngineBusy
from search.query import Query
from tests.integration.discovery.conftest import DAY, NOW, TODAY, House

EVERYBODY = frozenset({PUBLIC})
KNOWN = frozenset({PUBLIC, VERIFIED})


def test_what_is_published_is_found_and_what_is_closed_is_not(house: House) -> None:
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    assert house.found("need", EVERYBODY, text="轴套") == {need.id}
    need.closed_at = NOW
    house.changed(f"need:{need.id}")
    assert house.found("need", EVERYBODY) == set()
    need.closed_at, need.title = None, "铝壳"
    house.changed(f"need:{need.id}")
    assert house.found("need", EVERYBODY, text="铝壳") == {need.id}
    assert house.found("need", EVERYBODY, text="轴套") == set()


def test_a_row_that_is_gone_has_no_document(house: House) -> None:
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    house.session.delete(need)
    house.changed(f"need:{need.id}")
    assert house.engine.count() == 0


def test_a_renamed_firm_is_found_by_its_new_name_with_all_it_has(house: House) -> None:
    firm, other = house.firm("旧名精工"), house.firm("旁人")
    need, offer = house.need(firm), house.capability(firm)
    house.need(other), house.capability(other)
    house.changed(f"firm:{firm.id}", f"firm:{other.id}")
    firm.legal_name = "崭新精工"
    house.changed(f"firm:{firm.id}")
    assert house.found("need", EVERYBODY, text='"崭新精工"') == {need.id}
    assert house.found("capability", EVERYBODY, text='"崭新精工"') == {offer.id}
    assert house.found("firm", EVERYBODY, text='"崭新精工"') == {firm.id}
    for kind in ("need", "capability", "firm"):
        assert house.found(kind, EVERYBODY, text='"旧名精工"') == set()


def test_a_firm_is_found_by_what_it_makes_now(house: House) -> None:
    firm = house.firm()
    offer = house.capability(firm, "浇铸轴套")
    house.changed(f"capability:{offer.id}")
    assert house.found("firm", EVERYBODY, text="轴套") == {firm.id}
    offer.product = "铝壳"
    house.changed(f"capability:{offer.id}")
    assert house.found("firm", EVERYBODY, text="轴套") == set()
    offer.visibility = "verified"
    house.changed(f"capability:{offer.id}")
    assert house.found("firm", KNOWN, text="铝壳") == set()  # what is not public names no firm in public


def test_a_suspended_firm_takes_everything_with_it(house: House) -> None:
    firm = house.firm()
    house.need(firm), house.capability(firm)
    house.changed(f"firm:{firm.id}")
    assert house.engine.count() == 3
    firm.suspended_at = NOW
    house.changed(f"firm:{firm.id}")
    assert house.engine.count() == 0


def test_twice_and_in_any_order_is_as_good_as_once(house: House) -> None:
    firm = house.firm()
    keys = [f"firm:{firm.id}", f"need:{house.need(firm).id}", f"capability:{house.capability(firm).id}"]
    house.changed(*keys)
    once = sorted(e.key for kind in BUILDERS for e in house.engine.entries(kind) if not e.deleted)
    house.changed(*reversed(keys))
    house.changed(*keys, *keys)
    assert (
        sorted(e.key for kind in BUILDERS for e in house.engine.entries(kind) if not e.deleted)
        == once
        == sorted(keys)
    )


def test_a_key_that_names_nothing_fails_alone(house: House) -> None:
    need = house.need(house.firm())
    house.session.commit()
    failures = index_keys(house.context, [f"need:{need.id}", "order:1", "need:x", "", "need:²"], NOW)
    assert set(failures) == {"order:1", "need:x", "", "need:²"}
    assert house.found("need", EVERYBODY) == {need.id}


def test_while_the_index_cannot_be_written_every_key_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise EngineBusy("held by another process")

    need = house.need(house.firm())
    house.session.commit()
    monkeypatch.setattr(indexing, "write", busy)
    assert set(index_keys(house.context, [f"need:{need.id}"], NOW)) == {f"need:{need.id}"}


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_rebuild_holds_everything_that_is_open(
    house: House, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(building, "BATCH", batch)
    firms = [house.firm(f"第{number}厂") for number in range(3)]
    for firm in firms:
        house.need(firm), house.need(firm, closed_at=NOW), house.capability(firm)
    house.session.commit()
    told: list[str] = []
    assert rebuild(house.context, NOW, lambda step, done, total: told.append(step)) == 9
    assert not house.engine.needs_rebuild
    assert set(told) == {"discovery.step.need", "discovery.step.capability", "discovery.step.firm"}


def test_a_lost_index_says_so_and_comes_back_by_itself(house: House) -> None:
    need = house.need(house.firm())
    house.changed(f"need:{need.id}")
    shutil.rmtree(house.context.settings.data_dir / "index")
    page = house.engine.search(Query(kinds=("need",)), visible=EVERYBODY, as_of=TODAY)
    assert (page.total, page.complete) == (0, False)
    keep_whole(house.context, NOW)  # the worker's upkeep, once a minute
    assert house.found("need", EVERYBODY) == {need.id}
    assert house.engine.search(Query(kinds=("need",)), visible=EVERYBODY, as_of=TODAY).complete
    keep_whole(house.context, NOW)


def test_a_clock_that_goes_back_hides_no_change(house: House) -> None:
    need = house.need(house.firm())
    house.session.commit()
    index_keys(house.context, [f"need:{need.id}"], NOW + timedelta(seconds=9))
    need.title = "铝壳"
    house.session.commit()
    index_keys(house.context, [f"need:{need.id}"], NOW)
    assert house.found("need", EVERYBODY, text="铝壳") == {need.id}


def test_the_day_after_a_certificate_lapses_its_filter_no_longer_finds_the_firm(house: House) -> None:
    """Nobody writes a row at midnight: the worker's daily chore has the firm looked at again."""
    firm = house.firm()
    offer = house.capability(firm)
    house.session.add(Certification(firm_id=firm.id, kind_key="iso-9001", valid_until=TODAY, created_at=NOW))
    house.session.commit()
    worker = build_worker(house.context.settings)
    moments = iter([NOW])
    clock = {"now": next(moments)}
    worker.now = lambda: clock["now"]
    with house.context.database.unit_of_work() as session:
        outbox.enqueue(session, "index", f"firm:{firm.id}", NOW)

    def held() -> dict[str, int]:
        asked = Query(kinds=("capability",))
        facets = house.engine.search(asked, visible=EVERYBODY, as_of=TODAY).facets
        return dict(facets["certificate"])

    while worker.look_round():
        pass
    assert held() == {"iso-9001": 1}
    midnight = NOW.replace(hour=16, minute=0, second=0)
    clock["now"] = midnight - timedelta(seconds=1)
    while worker.look_round():
        pass
    assert held() == {"iso-9001": 1}
    clock["now"] = midnight
    while worker.look_round():
        pass
    assert held() == {}
    assert house.found("capability", EVERYBODY, TODAY + DAY) == {offer.id}
    worker.context.database.dispose()


def test_each_data_folder_has_one_engine(house: House) -> None:
    assert engine_of(house.context.settings) is engine_of(house.context.settings)


def test_names_are_found_in_pinyin_but_not_the_firm_behind_an_anonymous_need(house: House) -> None:
    firm = house.firm("示例神马尼龙科技有限公司")
    named, hidden = house.need(firm, "轴承滚子"), house.need(firm, "轴承套圈", anonymous=True)
    offer = house.capability(firm, "尼龙66切片")
    house.changed(f"firm:{firm.id}")
    assert house.found("firm", EVERYBODY, text="shenmanilong") == {firm.id}
    assert house.found("firm", EVERYBODY, text="nl66") == {firm.id}
    assert house.found("capability", EVERYBODY, text="nilong66") == {offer.id}
    assert house.found("need", EVERYBODY, text="zhoucheng") == {named.id, hidden.id}
    assert house.found("need", KNOWN, text="smnl") == {named.id}
