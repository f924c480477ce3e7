"""Certificates on their boundary days, capacity, lead time, place in the chain, relations."""

from datetime import date

import pytest

from matching import CapabilityProfile, Certificate, NeedProfile, UnitTable
from matching.capacity import check_delivery, check_lead_time, check_quantity
from matching.certificates import certificate_key, check
from matching.chain import check_chain, industry_depth
from matching.gates import is_current_supplier, relation_gate
from matching.payment import check_payment

DAY = date(2026, 11, 23)
NEED = NeedProfile("n", certificates_required=("ISO 9001",))


def held(*certificates: Certificate) -> CapabilityProfile:
    return CapabilityProfile("c", certificates=certificates)


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (Certificate("ISO9001:2015", None, date(2027, 11, 1)), "certificate_valid"),
        (
            Certificate("ISO 9001", None, date(2026, 11, 23)),
            "certificate_expires_soon",
        ),  # its last day still counts
        (Certificate("ISO 9001", None, date(2026, 11, 22)), "certificate_lapsed"),
        (Certificate("ISO 9001", date(2026, 11, 23), date(2029, 11, 22)), "certificate_valid"),
        (Certificate("ISO 9001", date(2026, 11, 24), date(2029, 11, 23)), "certificate_not_yet_valid"),
        (Certificate("iso9001 质量管理体系认证"), "certificate_undated"),
        (Certificate("ISO 9001", declared_absent=True), "certificate_absent"),
        (Certificate("ISO 14001", None, date(2027, 1, 1)), "certificate_unproven"),
    ],
)
def test_a_certificate_counts_on_its_days_only(certificate: Certificate, code: str) -> None:
    result = check(NEED, held(certificate), DAY)
    findings = [*result.reasons, *result.unproven, *([result.excluded] if result.excluded else [])]
    assert [finding.code for finding in findings] == [code]


def test_a_renewed_certificate_outweighs_its_lapsed_forerunner() -> None:
    old, new = (
        Certificate("ISO 9001", None, date(2025, 1, 1)),
        Certificate("ISO 9001", date(2025, 1, 2), date(2028, 1, 1)),
    )
    assert check(NEED, held(old, new), DAY).excluded is None


def test_a_claim_in_the_text_is_asked_for_not_believed() -> None:
    result = check(NEED, held(), DAY, "我司通过 ISO 9001 认证")
    assert [finding.code for finding in result.unproven] == ["certificate_claimed"]
    silent = check(NEED, held(), DAY)
    assert silent.value is not None and result.value is not None and silent.value < result.value < 1


def test_spellings_of_a_certificate_are_one() -> None:
    assert (
        len({certificate_key(text) for text in ("IATF 16949", "iatf16949:2016", "IATF-16949 认证证书")}) == 1
    )


def supply(**rest: object) -> CapabilityProfile:
    return CapabilityProfile("c", "firm", **rest)  # type: ignore[arg-type]


def test_capacity_is_compared_across_units_and_periods(units: UnitTable) -> None:
    need = NeedProfile("n", quantity=500, quantity_unit="吨", quantity_period="月")
    enough = check_quantity(need, supply(capacity=3, capacity_unit="万吨", capacity_period="年"), DAY, units)
    assert [finding.code for finding in enough.reasons] == ["capacity_met"]
    assert enough.reasons[0].params == {"capacity": "3 万吨/年", "quantity": "500 吨/月"}
    unclear = check_quantity(need, supply(capacity=30000, capacity_unit="件"), DAY, units)
    assert [finding.code for finding in unclear.unproven] == ["capacity_unit_unclear"]
    enough = check_quantity(
        need, supply(capacity=6_000_000, capacity_unit="kg", capacity_period="年"), DAY, units
    )
    assert [finding.code for finding in enough.reasons] == ["capacity_met"]
    part = check_quantity(need, supply(capacity=200, capacity_unit="t", capacity_period="月"), DAY, units)
    assert part.gaps[0].code == "capacity_part" and part.gaps[0].params["percent"] == 40
    assert part.excluded is None


def test_an_undivided_order_excludes_what_is_too_small(units: UnitTable) -> None:
    need = NeedProfile("n", quantity=100, quantity_unit="台", splitting_accepted=False, quantity_period="年")
    result = check_quantity(need, supply(capacity=40, capacity_unit="台"), DAY, units)
    assert result.excluded is not None and result.excluded.params["percent"] == 40
    unknown = check_quantity(need, supply(), DAY, units)
    assert unknown.excluded is None and unknown.unproven[0].code == "capacity_unproven"


def test_a_one_off_is_measured_over_the_time_allowed(units: UnitTable) -> None:
    need = NeedProfile("n", quantity=100, quantity_unit="台", lead_time_days=73)
    result = check_quantity(need, supply(capacity=365, capacity_unit="台"), DAY, units)
    assert result.gaps[0].params["percent"] == 73


def test_minimum_order_above_the_quantity_is_a_gap(units: UnitTable) -> None:
    need = NeedProfile("n", quantity=500, quantity_unit="kg")
    result = check_quantity(need, supply(capacity=100, capacity_unit="t", moq=1), DAY, units)
    assert [gap.code for gap in result.gaps] == ["moq_above"]


def test_lead_time_against_days_and_due_date() -> None:
    need = NeedProfile("n", due=date(2026, 12, 23))
    assert check_lead_time(need, supply(lead_time_days=30), DAY).reasons[0].code == "lead_time_met"
    late = check_lead_time(need, supply(lead_time_days=31), DAY)
    assert late.gaps[0].params == {"offered": 31, "wanted": 30, "days": 1}
    assert check_lead_time(need, supply(), DAY).unproven[0].code == "lead_time_unproven"
    assert check_lead_time(NeedProfile("n"), supply(), DAY).value is None


def test_delivery_area_is_a_gap_never_an_exclusion() -> None:
    need = NeedProfile("n", delivery_division="410402")
    assert check_delivery(need, supply(divisions=frozenset({"410400"}))).value == 1.0
    away = check_delivery(need, supply(divisions=frozenset({"320000"})))
    assert away.gaps[0].code == "division_not_served" and away.excluded is None


@pytest.mark.parametrize(
    ("served", "delivered", "reached"),
    [
        ("410000", "410402", True),
        ("410402", "410402", True),
        ("410402", "410403", False),
        ("411000", "411002", True),
        ("411000", "411102", False),  # 许昌 holds no county of 漯河
        ("500000", "500101", True),
        ("500000", "510104", False),  # nor 重庆 one of 四川
    ],
)
def test_what_lies_in_an_area_is_served(served: str, delivered: str, reached: bool) -> None:
    found = check_delivery(
        NeedProfile("n", delivery_division=delivered), supply(divisions=frozenset({served}))
    )
    assert (not found.gaps) is reached


@pytest.mark.parametrize(
    ("place", "value"),
    [("410402", 1.0), ("410472", 0.7), ("410100", 0.4), ("320583", 0.0), ("", 0.5)],
)
def test_without_a_stated_delivery_area_it_counts_how_near_it_is_made(place: str, value: float) -> None:
    found = check_delivery(NeedProfile("n", delivery_division="410402"), supply(place=place))
    assert (found.value, found.gaps, found.excluded) == (value, (), None)
    assert check_delivery(NeedProfile("n"), supply(place=place)).value is None
    assert check_delivery(NeedProfile("n", place="410402"), supply(place=place)).value == value


def test_a_wide_delivery_area_brings_nobody_nearer_and_an_unstated_place_is_no_gap() -> None:
    need = NeedProfile("n", delivery_division="410402")
    everywhere = frozenset({"320000", "410000"})
    assert check_delivery(need, supply(place="320583", divisions=everywhere)).value == 0.0
    assert check_delivery(need, supply(place="410403", divisions=everywhere)).value == 0.7
    unsaid = check_delivery(NeedProfile("n", place="410402"), supply(divisions=frozenset({"320000"})))
    assert (unsaid.value, unsaid.gaps) == (0.0, ())


@pytest.mark.parametrize(
    ("wanted", "offered", "depth"),
    [
        ("2651", "2651", 4),
        ("C2651", "2659", 3),
        ("26", "26", 4),
        ("2651", "2611", 2),
        ("2651", "3825", 1),
        ("2651", "6510", 0),
        ("C", "2651", 1),
    ],
)
def test_industry_codes_by_their_common_beginning(wanted: str, offered: str, depth: int) -> None:
    assert industry_depth(wanted, offered) == depth


def test_chain_links_by_their_edges() -> None:
    need = NeedProfile("n", chain="nylon", link="weaving")
    edges = {("spinning", "weaving")}
    values = [
        check_chain(need, supply(chain=chain, link=link), edges).value
        for chain, link in (
            ("nylon", "weaving"),
            ("nylon", "spinning"),
            ("nylon", "resin"),
            ("", ""),
            ("steel", "rolling"),
        )
    ]
    assert values == sorted(values, key=lambda value: -(value or 0)) and values[0] == 1.0


@pytest.mark.parametrize(
    ("need", "capability", "code"),
    [
        (NeedProfile("n", "f"), CapabilityProfile("c", "f"), "same_firm"),
        (
            NeedProfile("n", "a", control_group="g"),
            CapabilityProfile("c", "b", control_group="g"),
            "same_control",
        ),
        (
            NeedProfile("n", "a", excluded_firms=frozenset({"b"})),
            CapabilityProfile("c", "b"),
            "excluded_counterpart",
        ),
        (
            NeedProfile("n", "a"),
            CapabilityProfile("c", "b", excluded_firms=frozenset({"a"})),
            "counterpart_excluded",
        ),
        (
            NeedProfile("n", "a", type="procurement"),
            CapabilityProfile("c", "b", types=frozenset({"finance"})),
            "type_closed",
        ),
        (NeedProfile("n", "a", type="procurement"), CapabilityProfile("c", "b"), None),
        (NeedProfile("n"), CapabilityProfile("c"), None),  # two unknown firms are not one firm
    ],
)
def test_relations_that_close_a_pair(
    need: NeedProfile, capability: CapabilityProfile, code: str | None
) -> None:
    found = relation_gate(need, capability)
    assert (found.code if found else None) == code


def test_a_current_supplier_is_marked_not_refused() -> None:
    need = NeedProfile("n", "a", current_suppliers=frozenset({"b"}))
    assert is_current_supplier(need, CapabilityProfile("c", "b"))
    assert relation_gate(need, CapabilityProfile("c", "b")) is None


WAITS = CapabilityProfile("c", payment_days=60)


@pytest.mark.parametrize(
    ("days", "paid_when_paid", "code"),
    [
        (59, False, "payment_met"),
        (60, False, "payment_met"),
        (61, False, "payment_later"),
        (30, True, "payment_undated"),
        (None, True, "payment_undated"),
    ],
)
def test_the_supplier_says_how_long_it_can_wait(days: float | None, paid_when_paid: bool, code: str) -> None:
    result = check_payment(NeedProfile("n", payment_days=days, paid_when_paid=paid_when_paid), WAITS)
    assert [finding.code for finding in (*result.reasons, *result.gaps)] == [code]
    assert result.excluded is None and not result.unproven


def test_waiting_longer_wins_no_place_and_silence_loses_none() -> None:
    """A wish can only lower: otherwise whoever accepts the longest term would stand first."""
    need = NeedProfile("n", payment_days=60)
    assert check_payment(need, CapabilityProfile("c", payment_days=360)).value is None
    assert check_payment(need, CapabilityProfile("c")).value is None
    assert check_payment(NeedProfile("n"), WAITS).value is None
    late = [check_payment(NeedProfile("n", payment_days=days), WAITS).value for days in (61, 90, 180, 720)]
    assert late == sorted(late, key=lambda value: -(value or 0)) and all(value is not None for value in late)
