"""Stored needs and capabilities as the matcher's profiles: values only, no contact data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities.models import Capability
from marketplace.certifications import queries as certifications
from marketplace.certifications.models import Certification
from marketplace.core.listing import SpecColumns, TermColumns
from marketplace.core.periods import unit_of
from marketplace.firms.models import Firm
from marketplace.firms.queries import current_supplier_codes
from marketplace.needs.models import Need
from marketplace.taxonomy import queries as taxonomy
from matching import CapabilityProfile, Certificate, NeedProfile, SpecRow, Term

log = structlog.get_logger()
_OPERATORS = {"eq": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "range": "range", "contains": "contains"}
PROCUREMENT_TYPES = frozenset({"procurement", "processing"})
# Told on the page, compared with nothing; and where to apply is nobody's to repeat.
_NOT_COMPARED = frozenset({"entrance", "rate", "limits", "present"})


def need_profiles(session: Session, needs: Sequence[Need]) -> list[NeedProfile]:
    """Profiles of needs whose firm and rows are loaded; two queries more, however many needs."""
    current = _current_suppliers(session, {need.firm_id for need in needs})
    closed = _closed_terms(session)
    return [
        NeedProfile(
            id=str(need.id),
            firm_id=str(need.firm_id),
            firm_name=need.firm.legal_name,
            title=need.title,
            use=need.use,
            description=need.description,
            specs=spec_rows(need.specs),
            certificates_required=tuple(sorted(row.kind_key for row in need.certificates)),
            industry=need.industry_code or "",
            chain=need.chain_key or "",
            link=need.link_key or "",
            quantity=_number(need.quantity),
            quantity_unit=need.quantity_unit or "",
            quantity_period=unit_of(need.quantity_period),
            lead_time_days=None if need.needed_by else need.lead_time_days,
            due=need.needed_by,
            splitting_accepted=need.splitting_accepted,
            type=need.type_key,
            delivery_division=need.delivery_division or "",
            place=_place(need.firm),
            open_procedure=need.procedure == "tender" or need.buyer_kind == "public",
            current_suppliers=current.get(need.firm_id, frozenset()),
            control_group=need.firm.control_group or "",
            terms=term_rows(need.terms, closed["want"]),
            payment_days=need.payment_days,
            paid_when_paid=need.paid_when_paid,
            excluded_firms=frozenset(str(row.firm_id) for row in need.exclusions),
        )
        for need in needs
    ]


def readable_needs(session: Session, needs: Sequence[Need]) -> Iterable[tuple[Need, NeedProfile | None]]:
    """Each need with its profile. One that cannot be read is None: it must not hide the others, and shows its fault
    where it is matched itself."""
    try:
        return list(zip(needs, need_profiles(session, needs), strict=True))
    except Exception as error:
        if len(needs) == 1:
            log.error("need cannot be read", need=needs[0].id, exc_info=error)
            return [(needs[0], None)]
        return [found for need in needs for found in readable_needs(session, [need])]


def capability_profiles(session: Session, capabilities: Sequence[Capability]) -> list[CapabilityProfile]:
    """Profiles of capabilities whose firm and rows are loaded; two queries more, however many capabilities."""
    firm_ids = {capability.firm_id for capability in capabilities}
    held = certifications.held_by(session, firm_ids)
    absent = certifications.absences_of(session, firm_ids)
    closed = _closed_terms(session)
    return [
        CapabilityProfile(
            id=str(capability.id),
            firm_id=str(capability.firm_id),
            firm_name=capability.firm.legal_name,
            title=capability.product,
            summary=capability.sentence,
            description=capability.description,
            specs=spec_rows(capability.specs),
            certificates=_certificates(
                held.get(capability.firm_id, []),
                absent.get(capability.firm_id, set()),
                {row.kind_key for row in capability.certificates},
            ),
            standards=tuple(sorted(row.standard for row in capability.standards)),
            industry=capability.industry_code or capability.firm.industry_code or "",
            chain=capability.chain_key or "",
            link=capability.link_key or "",
            capacity=_number(
                capability.spare_capacity if capability.spare_capacity is not None else capability.capacity
            ),
            capacity_unit=capability.capacity_unit or "",
            capacity_period=unit_of(capability.capacity_period or "year"),
            moq=_number(capability.moq) if capability.moq_unit == capability.capacity_unit else None,
            lead_time_days=capability.lead_time_days,
            payment_days=capability.payment_days,
            types=_types(capability),
            divisions=frozenset(row.code for row in capability.divisions),
            place=_place(capability.firm),
            control_group=capability.firm.control_group or "",
            confirmed_on=capability.confirmed_on,
            terms=term_rows(capability.terms, closed["offer"]),
            nature=capability.nature,
        )
        for capability in capabilities
    ]


def _place(firm: Firm) -> str:
    """Where a firm works: where it makes things, else where it is registered."""
    return firm.production_division or firm.registered_division or ""


def spec_rows(rows: Iterable[SpecColumns]) -> tuple[SpecRow, ...]:
    """Stored rows (need_specs, capability_specs) in the matcher's words."""
    return tuple(_spec_row(row) for row in rows)


def term_rows(rows: Iterable[TermColumns], closed: frozenset[str]) -> tuple[Term, ...]:
    """Stored terms in the matcher's words; those of ``closed`` fields are marked."""
    return tuple(
        Term(row.key, row.text or "", _number(row.number), row.key in closed)
        for row in rows
        if row.key not in _NOT_COMPARED
    )


def _closed_terms(session: Session) -> dict[str, frozenset[str]]:
    """By side, the fields that are for invited eyes."""
    fields = taxonomy.type_fields(session)
    return {
        side: frozenset(field.key for field in fields if field.side == side and field.closed)
        for side in ("want", "offer")
    }


def _types(capability: Capability) -> frozenset[str]:
    """An opening answers its own type alone; a capability that names none answers what is bought and made."""
    said = frozenset(row.type_key for row in capability.types)
    return said or (PROCUREMENT_TYPES if capability.nature == "capability" else frozenset({""}))


def _spec_row(row: SpecColumns) -> SpecRow:
    operator = _OPERATORS[row.operator]
    value, high = row.value, row.value_high
    number = _float(high)
    if operator == "range" and number is None:
        value = f"{value}~{high or ''}"
    return SpecRow(
        parameter=row.parameter,
        operator=operator,
        value=value,
        value_high=number,
        unit=row.unit or "",
        must=row.must,
        standard=row.standard or "",
    )


def _certificates(
    held: Iterable[Certification], absent: set[str], named: set[str]
) -> tuple[Certificate, ...]:
    """What the firm holds with dates, what the listing merely names, and what the firm says it does not hold."""
    dated = [
        Certificate(
            row.kind_key,
            row.valid_from,
            _last_day(row),
        )
        for row in held
    ]
    kinds = {certificate.kind for certificate in dated}
    undated = [Certificate(kind) for kind in sorted(named - kinds - absent)]
    missing = [Certificate(kind, declared_absent=True) for kind in sorted(absent - kinds)]
    return tuple(dated + undated + missing)


def _last_day(row: Certification) -> date | None:
    """The last day on which it counts: a revoked one no longer does on the day of its revocation."""
    revoked = row.revoked_on - timedelta(days=1) if row.revoked_on is not None else None
    return min(filter(None, (row.valid_until, revoked)), default=None)


def _current_suppliers(session: Session, buyer_ids: set[int]) -> dict[int, frozenset[str]]:
    """Each buyer's current suppliers as firm ids, as far as they are on this site."""
    codes = current_supplier_codes(session, buyer_ids)
    every = {code for marked in codes.values() for code in marked}
    if not every:
        return {}
    rows = session.execute(select(Firm.credit_code, Firm.id).where(Firm.credit_code.in_(every)))
    known = {code: str(firm_id) for code, firm_id in rows}
    return {
        buyer_id: frozenset(known[code] for code in marked if code in known)
        for buyer_id, marked in codes.items()
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _float(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
