"""Profiles as JSON and back: what a frozen list was computed from, readable years later."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from matching import CapabilityProfile, Certificate, NeedProfile, SpecRow, Term

# Rises when the fields of the profiles change their meaning: older snapshots are then told apart, not misread.
FORMAT = 1


def plain(profile: NeedProfile | CapabilityProfile) -> dict[str, Any]:
    """A profile as JSON: dates ISO, sets sorted, fields at their default left out."""
    defaults = type(profile)(id="")
    stored = {
        field.name: getattr(profile, field.name)
        for field in fields(profile)
        if getattr(profile, field.name) != getattr(defaults, field.name)
    }
    return {name: _plain(value) for name, value in stored.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, SpecRow | Certificate | Term):
        return {name: _plain(part) for name, part in asdict(value).items()}
    return value


def need_of(stored: dict[str, Any]) -> NeedProfile:
    """The profile that :func:`plain` wrote. Raises TypeError for fields that this version does not know."""
    values = dict(stored)
    values["specs"] = tuple(SpecRow(**row) for row in values.get("specs", ()))
    values["terms"] = tuple(Term(**row) for row in values.get("terms", ()))
    values["certificates_required"] = tuple(values.get("certificates_required", ()))
    values["due"] = _date(values.get("due"))
    for name in ("excluded_firms", "current_suppliers"):
        values[name] = frozenset(values.get(name, ()))
    return NeedProfile(**values)


def capability_of(stored: dict[str, Any]) -> CapabilityProfile:
    """The profile that :func:`plain` wrote."""
    values = dict(stored)
    values["specs"] = tuple(SpecRow(**row) for row in values.get("specs", ()))
    values["terms"] = tuple(Term(**row) for row in values.get("terms", ()))
    values["certificates"] = tuple(_certificate(row) for row in values.get("certificates", ()))
    values["standards"] = tuple(values.get("standards", ()))
    values["confirmed_on"] = _date(values.get("confirmed_on"))
    for name in ("types", "divisions", "excluded_firms"):
        values[name] = frozenset(values.get(name, ()))
    return CapabilityProfile(**values)


def _certificate(row: dict[str, Any]) -> Certificate:
    return Certificate(
        row["kind"],
        _date(row.get("valid_from")),
        _date(row.get("valid_until")),
        row.get("declared_absent", False),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
