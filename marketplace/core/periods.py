"""How often an amount comes: the codes that rows keep (once, day, month, year), and the unit of time that the matcher and
sheets know each by. What pages call them stands in words.py (``core.period.*``)."""

from __future__ import annotations

from collections.abc import Collection

from marketplace.core.quantities import shown_in

UNITS = {"day": "天", "month": "月", "year": "年"}
_CODES = {unit: code for code, unit in UNITS.items()}


def unit_of(code: str | None) -> str:
    """Empty for what comes once, or of which nothing was said."""
    return UNITS.get(code or "", "")


def period_of(unit: str, among: Collection[str]) -> str | None:
    """The code of a unit of time, where it is ``among`` those that a listing may have."""
    code = _CODES.get(unit)
    return code if code in among else None


def per(unit: str, code: str, locale: str) -> str:
    """「吨/年」, as an import reads it."""
    return f"{unit}{shown_in(f'/{unit_of(code)}', locale)}"
