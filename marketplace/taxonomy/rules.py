"""Rules that hang on dates, regions and figures. Pure: the figures come in as values, nothing is read here."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.taxonomy.values import Edge, Parameter, SizeGroup, TierRule, in_force

SIZES = ("micro", "small", "medium", "large")
STAGES = ("upstream", "midstream", "downstream")
BUYER_KINDS = ("public", "large", "sme", "unknown")
# What may start the clock: delivery by default, acceptance where agreed (art. 10), settlement for progress or periodic
# settlement (art. 9 para 4). Anything else (an invoice, a third party) is not one that the decree knows.
CLOCK_STARTS = ("delivery", "acceptance", "settlement")

Figure = int | float | Decimal | None


# ---------------------------------------------------------------- codes
def industry_code(text: str) -> str:
    """``c 2811`` and full-width digits become ``2811``; a section stays a capital letter. No check of existence."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    return folded[1:] if re.fullmatch(r"[A-T]\d+", folded) else folded


def within(code: str, ancestor: str) -> bool:
    """Whether a division lies in another (or is it): 410472 in 410400, 410400 in 410000, and all in ''."""
    return code.startswith(re.sub(r"(00)+$", "", ancestor))


def regions_of(code: str) -> tuple[str, ...]:
    """A division and everything above it, narrowest first, the whole country ('') last."""
    wider = [code, code[:4] + "00", code[:2] + "0000"] if len(code) == 6 else []
    return (*dict.fromkeys(wider), "")


# ---------------------------------------------------------------- size classes (工信部联企业〔2011〕300号)
def size_class(group: SizeGroup, employees: Figure, revenue_wan: Figure, assets_wan: Figure) -> str | None:
    """``micro``, ``small``, ``medium`` or ``large``; None while a figure that this group needs is missing.

    Last year's figures: persons, 万元, 万元. A class asks for *all* lower bounds at once, otherwise one class down;
    never a range test per figure: 2,000 people and 3 million yuan are in no range, yet small.
    """
    given = {"employees": employees, "revenue_wan": revenue_wan, "assets_wan": assets_wan}
    figures: list[tuple[int | float | Decimal, tuple[int, int, int]]] = []
    for name in group.indicators:
        figure = given[name]
        if figure is None:
            return None
        if figure < 0:
            raise ValueError("a size figure cannot be negative")
        figures.append((figure, getattr(group, name)))
    for level, size in ((2, "large"), (1, "medium"), (0, "small")):
        if all(figure >= bounds[level] for figure, bounds in figures):
            return size
    return "micro"


def size_group_for(industry: str, groups: Iterable[SizeGroup], section: str = "") -> SizeGroup | None:
    """The group of an industry code (2 to 4 digits, with or without its letter); None = ask the firm.

    ``section`` is the letter of the code's section, needed for groups named by section; a code that carries its own
    letter (``C281``) needs none. Rail, finance, education, health and own-property letting belong to no group.
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", industry)).upper()
    digits = industry_code(folded)
    letter = section or (folded[0] if folded[:1].isalpha() else "")
    if digits.isalpha():
        letter, digits = digits, ""
    best: tuple[int, SizeGroup] | None = None
    for group in groups:
        if any(digits.startswith(code) for code in group.excluded_codes if digits):
            continue
        for code in group.codes:
            hit = code == letter if code.isalpha() else bool(digits) and digits.startswith(code)
            if hit and (best is None or len(code) > best[0]):
                best = (len(code), group)
    return best[1] if best else None


def is_sme(size: str | None, controlled_by_large: bool) -> bool | None:
    """Whether a firm counts as an SME in procurement (财库〔2020〕46号 art. 2); None while its size is unknown."""
    if controlled_by_large:
        return False
    return None if size is None else size != "large"


# ---------------------------------------------------------------- dated parameters
def parameter_on(
    parameters: Iterable[Parameter], key: str, scope: str, region: str, as_of: date
) -> Parameter | None:
    """The figure in force on a day: narrowest region first, then its own scope before ``all``.

    Rows that no source confirms (``shown`` False) are never applied. None = nothing in force.
    """
    rows = [
        row
        for row in parameters
        if row.key == key and row.shown and in_force(row.valid_from, row.valid_to, as_of)
    ]
    for area in regions_of(region):
        for wanted in dict.fromkeys((scope, "all")):
            found = [row for row in rows if row.region == area and row.scope == wanted]
            if found:
                return max(found, key=lambda row: row.valid_from)
    return None


@dataclass(frozen=True)
class Verdict:
    """What decree 802 says of a payment term.

    ``code``: ok · state_reason (allowed if reasonable: say why) · barred · not_bound (no duty) · unknown (the buyer's
    size decides and is not known). ``reason`` is the code of a sentence in words.py (``payment.<reason>``); ``notes`` are further
    codes; ``days_allowed`` the limit that was compared with, in calendar days; ``article`` and ``document`` the place.
    """

    code: str
    reason: str
    document: str = ""
    article: str = ""
    days: int | None = None
    days_allowed: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, Any]:
        """What the sentences need: ``render(f"payment.{verdict.reason}", verdict.params, locale)``."""
        place = "payment.place_article" if self.article else "payment.place_document"
        at = {"document": self.document, "article": self.article}
        return {"days": self.days, "days_allowed": self.days_allowed, **at, "place": (place, at)}


def payment_term_verdict(
    buyer_kind: str,
    days: int | None,
    starts_from: str,
    paid_when_paid: bool,
    as_of: date,
    parameters: Sequence[Parameter],
) -> Verdict:
    """Judge a buyer's payment term towards a small or medium supplier.

    ``buyer_kind``: public (机关、事业单位), large, sme or unknown. ``days`` None = not agreed: the default applies.
    ``as_of`` is the day of the contract (for a need: today). Raises ValueError for an unknown kind or negative days.
    """
    if buyer_kind not in BUYER_KINDS:
        raise ValueError(f"unknown kind of buyer: {buyer_kind!r}")
    if days is not None and days < 0:
        raise ValueError("a payment term cannot be negative")
    if buyer_kind == "sme":
        return Verdict("not_bound", "sme_buyer", days=days)
    in_this = {
        key: parameter_on(parameters, f"payment.{key}", "all", "", as_of)
        for key in (
            "public.default_days",
            "public.max_days",
            "large.default_days",
            "large.pay_when_paid",
            "spc.pay_when_paid_void",
        )
    }
    if buyer_kind == "unknown":
        bound = in_this["large.default_days"] is not None
        return Verdict(
            "unknown" if bound else "not_bound", "size_unknown" if bound else "not_in_force", days=days
        )
    if buyer_kind == "large" and paid_when_paid:
        void = in_this["large.pay_when_paid"] or in_this["spc.pay_when_paid_void"]
        if void is not None:
            return Verdict("barred", "paid_when_paid", void.document, void.article, days)
    default, limit = (
        (in_this["public.default_days"], in_this["public.max_days"])
        if buyer_kind == "public"
        else (in_this["large.default_days"], in_this["large.default_days"])
    )
    if default is None or limit is None:
        return Verdict("not_bound", "not_in_force", days=days)
    allowed = int(limit.number)

    def verdict(code: str, reason: str, at_most: int = allowed) -> Verdict:
        return Verdict(code, reason, limit.document, limit.article, days, at_most, _clock_notes(starts_from))

    if buyer_kind == "public" and paid_when_paid:
        # The article names large buyers only; but a term that waits for someone else's money has no 60th day.
        return verdict("barred", "paid_when_paid_public")
    if days is not None and days > allowed:
        return verdict("barred" if buyer_kind == "public" else "state_reason", f"over_{buyer_kind}")
    if starts_from not in CLOCK_STARTS:
        return verdict("state_reason", "clock_unknown")
    if days is None:
        return verdict("ok", "default_applies", int(default.number))
    return verdict("ok", "agreed_over_default" if days > int(default.number) else "within_default")


def _clock_notes(starts_from: str) -> tuple[str, ...]:
    notes = {"acceptance": ("clock_acceptance",), "settlement": ("clock_settlement",)}
    return notes.get(starts_from, ())


def late_interest(parameters: Sequence[Parameter], as_of: date) -> tuple[Parameter, ...]:
    """Every rule on late interest that was not agreed, in force on a day. Decree and court reply differ: show both."""
    keys = ("payment.interest.unagreed", "payment.spc.interest_unagreed")
    found = (parameter_on(parameters, key, "all", "", as_of) for key in keys)
    return tuple(parameter for parameter in found if parameter is not None)


# ---------------------------------------------------------------- certificates and tiers
def certificate_state(
    valid_from: date | None, valid_to: date | None, as_of: date, revoked_on: date | None = None
) -> str:
    """``valid``, ``not_yet``, ``lapsed`` or ``revoked`` on a day. The last day counts; a revocation counts at once."""
    if revoked_on is not None and revoked_on <= as_of:
        return "revoked"
    if valid_from is not None and as_of < valid_from:
        return "not_yet"
    return "lapsed" if valid_to is not None and valid_to < as_of else "valid"


def last_day(valid_from: date, years: int) -> date:
    """The last day of a certificate: three years from 2023-01-01 end on 2025-12-31. The calendar's own last day where
    somebody has written a year that none follows."""
    year = valid_from.year + years
    if year > date.max.year:
        return date.max
    day = min(valid_from.day, calendar.monthrange(year, valid_from.month)[1])
    ends = date(year, valid_from.month, day)
    return ends if day < valid_from.day else ends - timedelta(days=1)


def tier_rule_on(rules: Iterable[TierRule], as_of: date) -> TierRule | None:
    """The rule under which a certificate is issued on a day. One issued earlier keeps its own rule and its own date."""
    found = [rule for rule in rules if in_force(rule.valid_from, rule.valid_to, as_of)]
    return max(found, key=lambda rule: rule.valid_from) if found else None


def annual_update_due(rule: TierRule, as_of: date) -> date:
    """The next day by which a firm confirms its data under a rule: 30 April (2022) or 31 May (2026)."""
    month, day = rule.annual_update
    due = date(as_of.year, month, day)
    return due if as_of <= due else date(as_of.year + 1, month, day)


# ---------------------------------------------------------------- chains
def link_distance(edges: Iterable[Edge], start: str, goal: str, most: int = 4) -> int | None:
    """Steps from a supplier's link downstream to a buyer's link: 0 the same, 1 direct supply, None further than ``most``."""
    if start == goal:
        return 0
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.upstream, []).append(edge.downstream)
    seen, queue = {start}, deque([(start, 0)])
    while queue:
        link, steps = queue.popleft()
        if steps == most:
            continue
        for following in after.get(link, ()):
            if following == goal:
                return steps + 1
            if following not in seen:
                seen.add(following)
                queue.append((following, steps + 1))
    return None
