"""What the matcher is told about a need and a capability: frozen values, no database row, no personal data.

A field that nobody stated is None or empty, and stays 未证实: only what is stated can exclude.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SpecRow:
    """One requirement or one offered parameter.

    operator: = ≥ ≤ > < range contains. `value` is a number, or text for codes and grades (「V-0」「IP65」「Q355ND」), or
    text holding a quantity (「0.5~3」). `value_high` closes a range. `must` matters on the need's side only.
    """

    parameter: str
    operator: str = "="
    value: float | str | None = None
    value_high: float | None = None
    unit: str = ""
    must: bool = True
    standard: str = ""


@dataclass(frozen=True)
class Certificate:
    """A certificate as stated. Both dates are included days; None = not stated. `declared_absent`: 明示没有."""

    kind: str
    valid_from: date | None = None
    valid_until: date | None = None
    declared_absent: bool = False


@dataclass(frozen=True)
class Term:
    """One value of a field that the type asks for: a text, the key of a choice, or a number (yuan for money). `closed`:
    for invited eyes only, so that a finding about it is told to the other side without it."""

    key: str
    text: str = ""
    number: float | None = None
    closed: bool = False


@dataclass(frozen=True)
class NeedProfile:
    """One need. `quantity_period` "" means a one-off; 年/月/... a running demand; ? (capacity.UNSTATED_PERIOD) not stated.
    `due` and `lead_time_days` exclude each other: the latter counts from `as_of`. `excluded_firms` and
    `current_suppliers` hold firm ids."""

    id: str
    firm_id: str = ""
    firm_name: str = ""
    title: str = ""
    use: str = ""
    description: str = ""
    specs: tuple[SpecRow, ...] = ()
    certificates_required: tuple[str, ...] = ()
    industry: str = ""  # GB/T 4754-2017 code: letter, 2, 3 or 4 digits
    chain: str = ""
    link: str = ""
    quantity: float | None = None
    quantity_unit: str = ""
    quantity_period: str = ""
    lead_time_days: float | None = None
    due: date | None = None
    splitting_accepted: bool = True
    type: str = ""
    delivery_division: str = ""  # GB/T 2260 code, 6 digits
    place: str = ""  # the buyer's own, same code: near it is near where no place of delivery is stated
    open_procedure: bool = False  # public money or a compulsory tender: see criteria.py
    excluded_firms: frozenset[str] = frozenset()
    current_suppliers: frozenset[str] = frozenset()
    control_group: str = ""
    terms: tuple[Term, ...] = ()
    payment_days: float | None = None  # from delivery, acceptance or settlement
    paid_when_paid: bool = False


@dataclass(frozen=True)
class CapabilityProfile:
    """One capability of one firm. `types` empty = open to every need type; `divisions` empty = delivers anywhere;
    `place` (GB/T 2260 code, 6 digits) is where it is made, empty = not stated. `payment_days`: how long the supplier
    can wait for its money at most."""

    id: str
    firm_id: str = ""
    firm_name: str = ""
    title: str = ""
    summary: str = ""
    description: str = ""
    specs: tuple[SpecRow, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    standards: tuple[str, ...] = ()
    industry: str = ""
    chain: str = ""
    link: str = ""
    capacity: float | None = None
    capacity_unit: str = ""
    capacity_period: str = "年"
    moq: float | None = None  # in capacity_unit
    lead_time_days: float | None = None
    types: frozenset[str] = frozenset()
    divisions: frozenset[str] = frozenset()  # GB/T 2260 prefixes: 41, 4104 or 410402
    place: str = ""
    excluded_firms: frozenset[str] = frozenset()
    control_group: str = ""
    confirmed_on: date | None = None
    terms: tuple[Term, ...] = ()
    nature: str = ""  # capability or opening
    payment_days: float | None = None
