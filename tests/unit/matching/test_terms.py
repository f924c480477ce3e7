"""What each type asks in its own fields: met, open, a gap, or ruled out; only what both sides state contradicts."""

from __future__ import annotations

import pytest

from marketplace import paths
from matching import CapabilityProfile, NeedProfile, SpecRow, Term, read_units
from matching.evidence import Evidence
from matching.terms import check

UNITS = read_units(paths.SEEDS / "units")


def judged(
    type_: str,
    need: list[Term],
    offer: list[Term],
    *,
    nature: str = "opening",
    specs: tuple[SpecRow, ...] = (),
) -> Evidence:
    return check(
        NeedProfile("n", type=type_, terms=tuple(need)),
        CapabilityProfile("c", types=frozenset({type_}), terms=tuple(offer), nature=nature, specs=specs),
        UNITS,
    )


def found(evidence: Evidence) -> dict[str, set[str]]:
    """The fields by what became of them."""
    groups = {"met": evidence.reasons, "open": evidence.unproven, "gap": evidence.gaps}
    named = {
        group: {str(finding.params.get("term", finding.params.get("parameter"))) for finding in findings}
        for group, findings in groups.items()
    }
    out = {str(evidence.excluded.params.get("term"))} if evidence.excluded else set()
    return {group: names for group, names in {**named, "out": out}.items() if names}


AMOUNT = Term("amount", number=3_000_000, closed=True)
LOAN = [
    Term("purpose", "working"),
    AMOUNT,
    Term("loan_months", number=12),
    Term("security", "receivables"),
    Term("security", "credit"),
]
BANK = [
    Term("purpose", "working"),
    Term("purpose", "orders"),
    Term("amount_low", number=100_000),
    Term("amount_high", number=5_000_000),
    Term("loan_months", number=36),
    Term("security", "receivables"),
]


def test_a_loan_within_everything_that_the_bank_states() -> None:
    evidence = judged("finance", LOAN, BANK)
    assert found(evidence) == {"met": {"purpose", "amount", "loan_months", "security"}}
    assert evidence.value == 1.0


@pytest.mark.parametrize(
    ("change", "group", "field"),
    [
        ([Term("amount_high", number=2_000_000)], "gap", "amount"),
        ([Term("amount_low", number=4_000_000)], "gap", "amount"),
        ([Term("loan_months", number=6)], "gap", "loan_months"),
        ([Term("security", "mortgage")], "out", "security"),
        ([Term("purpose", "equipment")], "out", "purpose"),
    ],
)
def test_where_a_bank_differs(change: list[Term], group: str, field: str) -> None:
    keys = {term.key for term in change}
    evidence = judged("finance", LOAN, [*(term for term in BANK if term.key not in keys), *change])
    assert field in found(evidence)[group]
    assert evidence.value is not None and evidence.value < 1.0


def test_what_a_bank_leaves_open_is_asked_and_excludes_nothing() -> None:
    evidence = judged("finance", LOAN, [])
    assert found(evidence) == {"open": {"purpose", "amount", "loan_months", "security"}}
    assert 0 < (evidence.value or 0) < 0.5


def test_a_need_without_terms_is_judged_by_none() -> None:
    assert judged("finance", [], BANK).value is None
    assert judged("procurement", LOAN, BANK).value is None, "another type's fields say nothing"


def test_what_few_may_read_is_marked() -> None:
    evidence = judged("finance", LOAN, BANK)
    closed = {finding.params["term"] for finding in evidence.reasons if finding.params.get("closed")}
    assert closed == {"amount"}


def test_more_than_the_most_is_worth_its_share() -> None:
    near = judged("finance", [AMOUNT], [Term("amount_high", number=2_900_000)]).value
    far = judged("finance", [AMOUNT], [Term("amount_high", number=300_000)]).value
    assert near is not None and far is not None and 0 < far < near < 1


def test_target_figures_against_the_figures_reached() -> None:
    need = [
        Term("targets", "断裂强度≥8.5 cN/dtex，收缩率≤3 %"),
        Term("research_months", number=12),
        Term("ip", "joint"),
    ]
    offer = [Term("reached", "断裂强度 8.8 cN/dtex"), Term("research_months", number=18), Term("ip", "open")]
    assert found(judged("rnd", need, offer)) == {
        "met": {"抗拉强度", "ip"},
        "open": {"干热收缩率"},
        "gap": {"research_months"},
    }
    short = [Term("reached", "断裂强度 7.9 cN/dtex"), Term("ip", "solver")]
    assert found(judged("rnd", need, short))["gap"] == {"抗拉强度", "ip"}
    stated = (SpecRow("断裂强度", "≥", 8.6, unit="cN/dtex"),)
    assert "抗拉强度" in found(judged("rnd", need, [], specs=stated))["met"], "stated rows count as reached"


def test_data_by_what_and_form() -> None:
    need = [Term("what", "data"), Term("data_form", "api"), Term("data_form", "file")]
    assert found(judged("data_scene", need, [Term("what", "data"), Term("data_form", "file")])) == {
        "met": {"what", "data_form"}
    }
    assert found(judged("data_scene", need, [Term("what", "data"), Term("data_form", "onsite")]))["gap"] == {
        "data_form"
    }
    assert found(judged("data_scene", need, [Term("what", "scene")]))["out"] == {"what"}


def test_a_joint_brand_by_category_mode_and_territory() -> None:
    need = [Term("category", "尼龙绳网、户外装备"), Term("mode", "joint"), Term("territory", "province")]
    wide = [
        Term("category", "户外装备与劳保"),
        Term("mode", "joint"),
        Term("mode", "private"),
        Term("territory", "country"),
    ]
    evidence = judged("co_brand", need, wide)
    assert found(evidence) == {"met": {"category", "mode", "territory"}}
    assert any(finding.params.get("words") == "户外装备" for finding in evidence.reasons)
    other = [Term("category", "食品"), Term("mode", "licence"), Term("territory", "abroad")]
    assert found(judged("co_brand", need, other)) == {
        "open": {"category"},
        "gap": {"territory"},
        "out": {"mode"},
    }


def test_a_platform_by_equipment_hours_and_fee() -> None:
    need = [Term("equipment", "高压绝缘检测"), Term("hours", number=20), Term("fee", number=500)]
    offer = [Term("equipment", "220 kV 高压绝缘检测平台"), Term("hours", number=60), Term("fee", number=300)]
    assert found(judged("platform", need, offer)) == {"met": {"equipment", "hours", "fee"}}
    dear = [Term("equipment", "高压绝缘检测"), Term("hours", number=8), Term("fee", number=800)]
    assert found(judged("platform", need, dear)) == {"met": {"equipment"}, "gap": {"hours", "fee"}}
    assert found(judged("platform", need, [Term("free", "yes")]))["met"] == {"fee"}


def test_whoever_can_pay_nothing() -> None:
    need = [Term("free", "yes")]
    assert found(judged("platform", need, [Term("free", "yes")])) == {"met": {"free"}}
    assert found(judged("platform", need, [Term("fee", number=200)])) == {"gap": {"free"}}
    assert found(judged("platform", need, [])) == {"open": {"free"}}


def test_a_first_product_meets_products_and_a_first_user_meets_openings() -> None:
    product, order = [Term("seeks", "product")], [Term("seeks", "order")]
    assert judged("first_use", product, [], nature="capability").excluded is None
    assert judged("first_use", order, [], nature="opening").excluded is None
    for need, nature in ((product, "opening"), (order, "capability")):
        excluded = judged("first_use", need, [], nature=nature).excluded
        assert excluded is not None and excluded.code == "other_counterpart"
    kinds = judged("first_use", [Term("first_kind", "set")], [Term("first_kind", "batch")])
    assert found(kinds)["out"] == {"first_kind"}
