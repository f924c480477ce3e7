"""Money: yuan as Decimal inside, 万元 only where a person reads or writes it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from marketplace.core.errors import Refusal

WAN = Decimal(10_000)
# More than any contract of the district, less than the columns hold.
MOST = Decimal(10) ** 13
_FEN = Decimal("0.01")


def from_wan(text: str, field: str | None = None) -> Decimal:
    """「12.5」 in 万元 to yuan, to the 分. Raises Refusal ``core.amount_unreadable`` for what is no amount from 0 to MOST."""
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").replace("万元", "").strip()) * WAN
    except InvalidOperation:
        raise Refusal("core.amount_unreadable", field, text=text[:40]) from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise Refusal("core.amount_unreadable", field, text=text[:40])
    return abs(amount).quantize(_FEN, ROUND_HALF_UP)


def in_wan(yuan: Decimal) -> str:
    """Yuan as 万元 without trailing zeros: Decimal(125000) → 「12.5」."""
    return f"{(yuan / WAN).normalize():f}"
