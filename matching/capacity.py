"""How much, how fast, where to: capacity against quantity, MOQ, lead time against the due date, delivery area or
nearness."""

from __future__ import annotations

from datetime import date

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.findings import Finding
from matching.profiles import CapabilityProfile, NeedProfile
from matching.units import DAYS_PER_PERIOD, UnitTable, shown

UNSTATED_PERIOD = "?"
"""A quantity that may be a year's or a single order's (a sheet seldom says): compared per year, shown as written."""
_UNKNOWN = 0.5  # neither praise nor blame, below every proof


def check_quantity(
    need: NeedProfile, capability: CapabilityProfile, as_of: date, units: UnitTable
) -> Evidence:
    """Share of the quantity that the stated capacity covers; a running demand is compared per year, a one-off
    over the time until it is due (a year where no date is given)."""
    if not need.quantity or need.quantity <= 0:
        return NOTHING_ASKED
    quantity = _shown(need.quantity, need.quantity_unit, need.quantity_period)
    if not capability.capacity:
        return Evidence(_UNKNOWN, (), (Finding(codes.CAPACITY_UNPROVEN, {"quantity": quantity}),))
    capacity = _shown(capability.capacity, capability.capacity_unit, capability.capacity_period)
    factor = _factor(capability.capacity_unit, need.quantity_unit, units)
    if factor is None:
        params: dict[str, str | int | float] = {"capacity": capacity, "quantity": quantity}
        return Evidence(_UNKNOWN, (), (Finding(codes.CAPACITY_UNIT_UNCLEAR, params),))
    per_day = capability.capacity * factor / DAYS_PER_PERIOD.get(capability.capacity_period or "年", 365.0)
    if need.quantity_period:
        wanted = need.quantity / DAYS_PER_PERIOD.get(need.quantity_period, 365.0)
        share = per_day / wanted
    else:
        share = per_day * (days_allowed(need, as_of) or 365.0) / need.quantity
    moq = capability.moq * factor if capability.moq else 0.0
    gaps: tuple[Finding, ...] = ()
    if moq > need.quantity:
        # The buyer's period may hold several orders; one order is at most the whole quantity.
        shown_moq = _shown(capability.moq or 0.0, capability.capacity_unit, "")
        gaps = (Finding(codes.MOQ_ABOVE, {"moq": shown_moq, "quantity": quantity}),)
    if share >= 0.999:
        met = Finding(codes.CAPACITY_MET, {"capacity": capacity, "quantity": quantity})
        return Evidence(0.6 if gaps else 1.0, (met,), (), gaps)
    percent = max(1, int(share * 100))
    params = {"percent": percent, "capacity": capacity, "quantity": quantity}
    if not need.splitting_accepted:
        return Evidence(0.0, (), (), gaps, (Finding(codes.CAPACITY_UNDIVIDED, params),))
    return Evidence(0.8 * share, (), (), (Finding(codes.CAPACITY_PART, params), *gaps))


def check_lead_time(need: NeedProfile, capability: CapabilityProfile, as_of: date) -> Evidence:
    wanted = days_allowed(need, as_of)
    if wanted is None:
        return NOTHING_ASKED
    days = max(0, int(wanted))
    if capability.lead_time_days is None:
        return Evidence(_UNKNOWN, (), (Finding(codes.LEAD_TIME_UNPROVEN, {"wanted": days}),))
    offered = int(capability.lead_time_days)
    params: dict[str, str | int | float] = {"offered": offered, "wanted": days}
    if offered <= days:
        return Evidence(1.0, (Finding(codes.LEAD_TIME_MET, params),))
    late = offered - days
    value = max(0.0, 0.4 * (1 - late / max(days, 1)))
    return Evidence(value, (), (), (Finding(codes.LEAD_TIME_LATE, {**params, "days": late}),))


def check_delivery(need: NeedProfile, capability: CapabilityProfile) -> Evidence:
    """How near it is made to where it is wanted: the stated place of delivery, else the buyer's own. A delivery area that
    leaves the place out counts as far, and is a gap to show where the place was stated; a wide one brings nobody nearer.
    By default it weighs nothing in the rank."""
    wanted = need.delivery_division or need.place
    if not wanted:
        return NOTHING_ASKED
    served = any(wanted.startswith(_area(division)) for division in capability.divisions)
    if capability.divisions and not served:
        gap = Finding(codes.DIVISION_NOT_SERVED, {"division": wanted})
        return Evidence(0.0, (), (), (gap,) if need.delivery_division else ())
    if served and not capability.place:
        return Evidence(1.0)
    return Evidence(_nearness(wanted, capability.place))


def _area(division: str) -> str:
    """What the codes of all that lies in it begin with: 41 of 410000, 4110 of 411000 (not 411), 50 of 500000."""
    while len(division) > 2 and division.endswith("00"):
        division = division[:-2]
    return division


def _nearness(wanted: str, place: str) -> float:
    """By GB/T 2260 codes: the same district 1, city .7, province .4, elsewhere 0."""
    if not place:
        return _UNKNOWN
    for digits, value in ((6, 1.0), (4, 0.7), (2, 0.4)):
        if wanted[:digits] == place[:digits]:
            return value
    return 0.0


def days_allowed(need: NeedProfile, as_of: date) -> float | None:
    if need.due is not None:
        return float((need.due - as_of).days)
    return need.lead_time_days


def _factor(source: str, target: str, units: UnitTable) -> float | None:
    if source.strip() == target.strip():
        return 1.0
    if units.unit(source) is None or units.unit(target) is None:
        return None
    return units.convert(1.0, source, target)


def _shown(value: float, unit: str, period: str) -> str:
    """「3 万 t/年」 style: 万 from ten thousand up, so that a printed line stays short."""
    number = f"{shown(value / 10000)} 万" if value >= 10000 else shown(value)
    tail = f"/{period}" if period and period != UNSTATED_PERIOD else ""
    return f"{number} {unit}{tail}".replace("万 ", "万").strip()
