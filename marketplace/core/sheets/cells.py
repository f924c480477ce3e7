"""A cell's value as the text that a person sees in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

CellValue = int | float | str | bool | time | date | datetime | timedelta


def number_text(value: float) -> str:
    """15 significant digits, as Excel keeps them: 0.1 + 0.2 is 0.3, and 13800000000.0 is no 1.38e10."""
    if value == int(value) if abs(value) < 1e15 else False:
        return str(int(value))
    text = f"{value:.15g}"
    if "e" in text and abs(int(text.partition("e")[2])) <= 30:
        return f"{Decimal(text):f}"
    return text


def percent_text(value: float) -> str:
    return f"{number_text(float(f'{value * 100:.15g}'))}%"


def cell_text(value: CellValue) -> str:
    """Numbers without noise, days as 2026-11-23, moments as 2026-11-23 14:30, spans of time as 36:00."""
    if isinstance(value, str):
        # No database keeps a zero character, and nobody sees one.
        return value.replace("\0", "") if "\0" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return value.isoformat()
