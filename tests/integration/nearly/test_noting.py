"""What the worker writes down: pairs that lack one or two things, in step with what they are made of, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from marketplace.capabilities import service as capabilities
from marketplace.core import outbox
from marketplace.nearly import queries
from marketplace.needs import inviting
from marketplace.needs import queries as needs_queries
from marketplace.needs import service as needs
from marketplace.needs.models import Need
from marketplace.proposals.models import MatchRun, NearMiss, NearMissGap, NeedOutcome, Proposal
from tests.integration.capabilities.house import MACHINE, NOW, Counter
from tests.integration.nearly.conftest import WEAKER, Mill


def pairs(mill: Mill) -> dict[tuple[int, int], str]:
    with mill.database.reading() as session:
        return {(row.need_id, row.capability_id): row.standing for row in session.scalars(select(NearMiss))}


def proposed(mill: Mill) -> set[tuple[int, int]]:
    statement = select(Proposal.need_id, Proposal.capability_id).where(Proposal.withdrawn_at.is_(None))
    with mill.database.reading() as session:
        return {(need_id, capability_id) for need_id, capability_id in session.execute(statement)}


def outcomes(mill: Mill, need_id: int) -> dict[str, int]:
    statement = select(NeedOutcome.cause, NeedOutcome.capabilities).where(NeedOutcome.need_id == need_id)
    with mill.database.reading() as session:
        return {cause: count for cause, count in session.execute(statement)}


def test_one_thing_missing_is_noted_and_three_are_not(mill: Mill) -> None:
    need = mill.listings["need"]
    assert pairs(mill) == {(need, mill.listings["lapsed"]): "barred"}
    with mill.database.reading() as session:
        (gap,) = session.scalars(select(NearMissGap)).all()
        near = session.scalars(select(NearMiss)).one()
    assert (gap.kind, gap.subject, gap.state) == ("certificate", "iso-9001", "lacking")
    assert gap.finding == ["certificate_lapsed", {"certificate": "iso-9001", "until": "2026-06-01"}]
    assert (near.supplier_id, near.label) == (mill.firms["lapsed"], "strong")


def test_a_pair_that_a_fact_rules_out_is_never_proposed(mill: Mill) -> None:
    need = mill.listings["need"]
    assert proposed(mill) == {(need, mill.listings["whole"])}
    barred = {pair for pair, standing in pairs(mill).items() if standing == "barred"}
    assert barred and not barred & proposed(mill)


def test_mending_it_makes_the_proposal_and_ends_the_near_miss(mill: Mill) -> None:
    mill.certify("lapsed", date(2029, 1, 1))
    mill.settle()
    pair = (mill.listings["need"], mill.listings["lapsed"])
    assert pair in proposed(mill) and pair not in pairs(mill)


def test_mending_one_of_three_brings_it_near(mill: Mill) -> None:
    """The pair stood nowhere before: the change of the firm alone leads to the need."""
    mill.certify("poor", date(2029, 1, 1))
    mill.settle()
    pair = (mill.listings["need"], mill.listings["poor"])
    assert pairs(mill)[pair] == "barred" and pair not in proposed(mill)


def test_a_new_capability_that_nearly_fits_is_noted(mill: Mill) -> None:
    other = mill.offer("whole", "锦纶66高强工业丝 二线", specs=(WEAKER,))
    mill.settle()
    assert pairs(mill)[mill.listings["need"], other] == "barred"


def test_a_listed_pair_is_noted_for_what_falls_short(mill: Mill) -> None:
    late = mill.offer("whole", "锦纶66高强工业丝 三线", lead_time_days=45)
    mill.settle()
    pair = (mill.listings["need"], late)
    assert pair in proposed(mill) and pairs(mill)[pair] == "listed"


def test_what_closes_is_forgotten(mill: Mill) -> None:
    with mill.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, mill.listings["lapsed"], now=NOW)
    mill.settle()
    assert pairs(mill) == {}
    with mill.database.unit_of_work() as session:
        capabilities.resume(session, MACHINE, mill.listings["lapsed"], now=NOW)
    mill.settle()
    assert len(pairs(mill)) == 1
    with mill.database.unit_of_work() as session:
        needs.pause(session, MACHINE, mill.listings["need"], now=NOW)
    mill.settle()
    assert pairs(mill) == {}
    with mill.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(NearMissGap)) == 0


def test_no_match_is_a_result_with_counts_by_cause(mill: Mill) -> None:
    lonely = mill.need(
        "深海机器人回收服务", use="水下作业", description="三千米，自带母船。", specs=(), certificates=()
    )
    with mill.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, mill.listings["whole"], now=NOW)
    mill.settle()
    assert sum(outcomes(mill, lonely).values()) >= 2
    assert set(outcomes(mill, lonely)) <= {"no_capability", "text_too_weak"}
    assert outcomes(mill, mill.listings["need"]) == {"certificate_lapsed": 2}
    with mill.database.unit_of_work() as session:
        capabilities.resume(session, MACHINE, mill.listings["whole"], now=NOW)
    mill.settle()
    assert outcomes(mill, mill.listings["need"]) == {}


def test_what_was_said_of_an_older_version_is_shown_to_nobody(mill: Mill) -> None:
    """Changed and published again, and the worker has not looked yet: neither an outcome nor a near miss of before."""
    need = mill.listings["need"]
    with mill.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, mill.listings["whole"], now=NOW)
    mill.settle()

    def shown() -> tuple[list[str], int, set[int], dict[int, list[str]], set[int]]:
        """Causes, needs without a match counted and listed, the causes of each, and the needs nearly met."""
        scope, as_of = queries.Scope(), NOW.date()
        with mill.database.reading() as session:
            causes = [cause.code for cause in queries.causes(session, MACHINE, as_of, scope)]
            count = queries.numbers(session, MACHINE, as_of, scope).unmatched
            unmatched = session.scalars(queries.unmatched_needs(MACHINE, as_of, scope)).unique().all()
            for cause in causes:
                by_cause = queries.unmatched_needs(MACHINE, as_of, scope, cause)
                assert {one.id for one in session.scalars(by_cause).unique()} == {one.id for one in unmatched}
            near = session.scalars(queries.visible_near_misses(MACHINE, as_of)).unique().all()
            told = queries.causes_of(session, [need])
            return (
                causes, count, {one.id for one in unmatched},
                {number: [row.cause for row in rows] for number, rows in told.items()}, {row.need_id for row in near},
            )  # fmt: skip

    before = shown()
    assert before == (["certificate_lapsed"], 1, {need}, {need: ["certificate_lapsed"]}, {need})
    with mill.database.unit_of_work() as session:
        needs.revise(session, MACHINE, need, now=NOW)
        content = replace(
            needs_queries.content_of_need(session.get_one(Need, need)), title="尼龙66高强工业丝（改）"
        )
        needs.save(session, MACHINE, need, content, now=NOW)
        needs.submit(session, MACHINE, need, now=NOW)
        needs.publish(session, MACHINE, need, now=NOW)
    assert outcomes(mill, need) and pairs(mill)  # the rows are still there
    assert shown() == ([], 0, set(), {}, set())
    mill.settle()
    assert shown() == before
    with mill.database.unit_of_work() as session:
        needs.close(session, MACHINE, need, reason="met", now=NOW)
    assert shown()[:3] == ([], 0, set())  # at once, and not only when the worker has looked
    mill.settle()
    assert outcomes(mill, need) == {} and pairs(mill) == {}


def test_of_a_need_for_invited_firms_nobody_else_is_near(mill: Mill) -> None:
    need = mill.need(visibility="invited")
    mill.settle()
    assert [pair for pair in pairs(mill) if pair[0] == need] == []
    with mill.database.unit_of_work() as session:
        inviting.invite(session, MACHINE, need, [mill.firms["lapsed"]], now=NOW)
    mill.settle()
    assert (need, mill.listings["lapsed"]) in pairs(mill)


def test_matching_again_writes_nothing_where_nothing_changed(mill: Mill) -> None:
    with mill.database.reading() as session:
        before = session.scalars(select(NearMiss.id)).all(), session.scalar(select(func.max(MatchRun.id)))
    with mill.database.unit_of_work() as session:
        outbox.enqueue(session, "match", f"need:{mill.listings['need']}", NOW)
    with Counter(mill.database.engine) as statements:
        mill.settle()
    assert not [
        said
        for said in statements.statements
        if "near_miss" in said and not said.lstrip().startswith("SELECT")
    ]
    with mill.database.reading() as session:
        after = session.scalars(select(NearMiss.id)).all(), session.scalar(select(func.max(MatchRun.id)))
    assert after == before
