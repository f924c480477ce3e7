"""The taxonomy as plain frozen values: what rules work on, what queries cache, what templates read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Named:
    """Anything with a Chinese name and, where there is one, an English name."""

    name: str
    name_en: str

    def label(self, locale: str) -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return self.name_en if locale == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Industry(Named):
    """A node of GB/T 4754: level is section, division, group or class."""

    code: str
    level: str
    parent: str


@dataclass(frozen=True)
class Division(Named):
    """An administrative division; ``is_zone`` marks functional zones, whose codes are statistical ones."""

    code: str
    level: str
    parent: str
    full_name: str
    is_zone: bool
    valid_from: date | None
    valid_to: date | None

    def in_force(self, as_of: date) -> bool:
        return in_force(self.valid_from, self.valid_to, as_of)


@dataclass(frozen=True)
class Chain(Named):
    """An industrial chain with its links, upstream first."""

    key: str
    position: int
    summary: str
    summary_en: str
    links: tuple[Link, ...]

    def summary_in(self, locale: str) -> str:
        return self.summary_en if locale == "en" and self.summary_en else self.summary


@dataclass(frozen=True)
class Link(Named):
    """A link of a chain; ``industries`` are GB/T 4754 groups, ``products`` typical product words."""

    key: str
    chain: str
    position: int
    stage: str
    products: tuple[str, ...]
    industries: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """What flows from one link to another."""

    upstream: str
    downstream: str
    flow: str
    flow_en: str


@dataclass(frozen=True)
class CertificateKind(Named):
    """A kind of certificate; family is management, product, licence, laboratory, recognition, first_of_kind or tier."""

    key: str
    position: int
    family: str
    aliases: tuple[str, ...]


SECTIONS = ("specs", "delivery", "budget", "purchase")
"""Parts of a need that not every type has: figures and certificates; quantity, time and place; money; how it is bought."""


@dataclass(frozen=True)
class NeedType(Named):
    """A type of entry. ``sections``: which parts of a need it has, beside its own fields; names of SECTIONS."""

    key: str
    position: int
    summary: str
    summary_en: str
    sections: tuple[str, ...]

    def summary_in(self, locale: str) -> str:
        return self.summary_en if locale == "en" and self.summary_en else self.summary


@dataclass(frozen=True)
class Option(Named):
    """One choice of a type's field."""

    key: str


@dataclass(frozen=True)
class TypeField(Named):
    """A field of a type; side is want or offer, kind one of entries.KINDS."""

    side: str
    type: str
    key: str
    position: int
    kind: str
    unit: str
    options: tuple[Option, ...]
    required: bool
    closed: bool
    help: str
    help_en: str

    def help_in(self, locale: str) -> str:
        return self.help_en if locale == "en" and self.help_en else self.help

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True)
class TierRule(Named):
    """A rule of graded cultivation; ``annual_update`` is (month, day); re_review is at_expiry or before_expiry."""

    key: str
    document: str
    valid_from: date
    valid_to: date | None
    annual_update: tuple[int, int]
    re_review: str


@dataclass(frozen=True)
class Tier(Named):
    """A tier under one rule; ``shown`` is False for what no source confirms."""

    rule: str
    key: str
    parent: str
    level: int
    recognised_by: str
    validity_years: int | None
    confidence: str
    shown: bool


@dataclass(frozen=True)
class SizeGroup(Named):
    """One of the sixteen groups of 300号. Each threshold: small from, medium from, large from (or all None).

    Employees in persons, revenue and assets in 万元.
    """

    key: str
    position: int
    employees: tuple[int, int, int] | None
    revenue_wan: tuple[int, int, int] | None
    assets_wan: tuple[int, int, int] | None
    codes: tuple[str, ...]
    excluded_codes: tuple[str, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Which figures decide in this group."""
        return tuple(name for name in ("employees", "revenue_wan", "assets_wan") if getattr(self, name))


@dataclass(frozen=True)
class Parameter:
    """A dated figure of a rule. ``region`` is a division code, empty for the whole country; dates are inclusive."""

    key: str
    scope: str
    region: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None
    document: str
    article: str
    binds: tuple[str, ...]
    source: str
    confidence: str
    shown: bool

    @property
    def number(self) -> Decimal:
        """The value as a number. Raises ValueError for a set, a rule or a date."""
        try:
            return Decimal(self.value)
        except InvalidOperation:
            raise ValueError(f"{self.key} is not a number: {self.value!r}") from None

    @property
    def members(self) -> tuple[str, ...]:
        """The value as a list: ``a;b;c``."""
        return tuple(part for part in self.value.split(";") if part)

    @property
    def is_true(self) -> bool:
        return self.value == "true"


def in_force(valid_from: date | None, valid_to: date | None, as_of: date) -> bool:
    """Both ends belong to the period; an open end has no limit."""
    return (valid_from is None or valid_from <= as_of) and (valid_to is None or as_of <= valid_to)
