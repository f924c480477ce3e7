"""What a supplier wishes counts on both sides: the gap is told to either, in both languages, and only lowers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.nearly.presenting import lines_for_supplier
from marketplace.proposals.evidence import readable_by
from marketplace.proposals.models import NearMiss, Proposal
from marketplace.proposals.wording import Wording
from tests.integration.nearly.conftest import Mill

SAID = {
    "payment_later": {
        "zh": "付款期 90 天，比供应方能接受的 60 天多 30 天",
        "en": "Paid within 90 days, 30 more than the 60 days that the supplier accepts",
    },
    "division_not_served": {"zh": "供货范围没有包括", "en": "Does not deliver to"},
}


@pytest.mark.parametrize(
    ("wish", "code"),
    [({"payment_days": 60}, "payment_later"), ({"divisions": ("320000",)}, "division_not_served")],
)
def test_an_unmet_wish_is_a_gap_for_both_sides(mill: Mill, wish: dict[str, object], code: str) -> None:
    need = mill.need(payment_days=90, payment_start="delivery", buyer_kind="sme", delivery_division="410402")
    plain = mill.offer("whole", "锦纶66高强工业丝 甲", payment_days=120, divisions=("410000",))
    wishing = mill.offer("whole", "锦纶66高强工业丝 甲", **wish)
    mill.settle()
    with mill.database.reading() as session:
        pairs = {
            row.capability_id: row
            for row in session.scalars(select(Proposal).where(Proposal.need_id == need))
        }
        gaps = pairs[wishing].gaps
        assert [gap[0] for gap in gaps] == [code]
        assert code not in {gap[0] for gap in pairs[plain].gaps}
        assert pairs[wishing].score <= pairs[plain].score
        for side in ("buyer", "supplier", "staff"):
            for locale in ("zh", "en"):
                (line,) = Wording(session, locale).lines(readable_by(gaps, side))
                assert SAID[code][locale] in line
        near = session.scalars(select(NearMiss).where(NearMiss.need_id == need)).all()
        assert {row.capability_id for row in near if row.standing == "listed"} == {wishing}


def test_what_a_need_refuses_is_told_to_each_side_in_its_words(mill: Mill) -> None:
    need = mill.need(description="不要再生料。")
    named = mill.offer("whole", "锦纶66高强工业丝 再生料")
    free = mill.offer("whole", "锦纶66高强工业丝 无再生料")
    mill.settle()
    with mill.database.reading() as session:
        pairs = {
            row.capability_id: row
            for row in session.scalars(select(Proposal).where(Proposal.need_id == need))
        }
        assert "unwanted_in_prose" not in {gap[0] for gap in pairs[free].gaps}
        near = session.scalars(
            select(NearMiss).where(NearMiss.need_id == need, NearMiss.capability_id == named)
        ).one()
        for locale, told, own in (
            ("zh", "需求写明不要「再生料」，供应方资料中写有", "对方写明不要再生料，标题或简介里写有"),
            ("en", "The need does not take “再生料”", "which your title or summary names"),
        ):
            wording = Wording(session, locale)
            for side in ("buyer", "staff"):
                (line,) = wording.lines(readable_by(pairs[named].gaps, side))
                assert told in line
            (mend,) = lines_for_supplier(near, wording)
            assert own in mend.text and (mend.kind, mend.subject) == ("spec", "")


def test_the_buyer_is_not_told_how_much_longer_the_supplier_could_wait(mill: Mill) -> None:
    need = mill.need(payment_days=30, payment_start="delivery", buyer_kind="sme")
    patient = mill.offer("whole", "锦纶66高强工业丝 乙", payment_days=177)
    mill.settle()
    with mill.database.reading() as session:
        statement = select(Proposal).where(Proposal.need_id == need, Proposal.capability_id == patient)
        row = session.scalars(statement).one()
        assert ["payment_met", {"wanted": 30}] in row.reasons
        assert "177" not in repr([row.reasons, row.unproven, row.gaps, row.signals])
