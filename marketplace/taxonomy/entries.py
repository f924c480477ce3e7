"""Who may post what in which direction, and what a type's own fields take. Pure: the lists come in as values.

Directions: want (我需要, a need), open (我开放, a resource that others may use), make (我能做, what it makes or does).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from marketplace.core.errors import Problem
from marketplace.core.money import MOST, in_wan
from marketplace.core.terms import LONGEST_TEXT, TermContent
from marketplace.taxonomy.values import Option, TypeField

DIRECTIONS = ("want", "open", "make")
KINDS = ("text", "choice", "choices", "money", "number", "days", "percent", "yes_no")
CHOOSING = ("choice", "choices")
YES, NO = "yes", "no"
MOST_NUMBER = Decimal(10**9)
FIELD = "term_"
"""Before a key: the name of the form field, and of the field of a problem."""

Rights = frozenset[tuple[str, str, str]]


def parties_of(party_kind: str, chain_leader: bool) -> tuple[str, ...]:
    """What a firm counts as: its kind, and chain leader beside it."""
    return (party_kind, "chain_leader") if chain_leader else (party_kind,)


def may_post(rights: Rights, parties: Collection[str], type_key: str, direction: str) -> bool:
    """Whether one of the parties may. A site whose list is not loaded refuses nobody."""
    return not rights or any((party, type_key, direction) in rights for party in parties)


def postable(
    rights: Rights, parties: Collection[str], direction: str, types: Iterable[str]
) -> tuple[str, ...]:
    """The types that these parties may post in a direction, in the order of the types."""
    return tuple(key for key in types if may_post(rights, parties, key, direction))


def right_problems(
    rights: Rights, parties: Sequence[str], types: Iterable[str], direction: str, field: str
) -> list[Problem]:
    """The first type that may not be posted, told at its field."""
    for key in types:
        if not may_post(rights, parties, key, direction):
            params: dict[str, Any] = {
                "party": (f"entries.party.{parties[-1]}", {}),
                "direction": (f"entries.direction.{direction}", {}),
            }
            return [Problem("entries.not_posted", field, params)]
    return []


def fields_for(fields: Iterable[TypeField], side: str, types: Collection[str]) -> tuple[TypeField, ...]:
    """The fields of these types on one side, in their order."""
    return tuple(field for field in fields if field.side == side and field.type in types)


def readable(fields: Iterable[TypeField], *, closed_too: bool) -> tuple[TypeField, ...]:
    """The fields whose values a reader sees; those for invited parties only where ``closed_too``."""
    return tuple(field for field in fields if closed_too or not field.closed)


def ordered(terms: Iterable[TermContent], fields: Sequence[TypeField]) -> tuple[TermContent, ...]:
    """In the order of the fields and their options, each value once: how terms are stored and compared."""
    places = {field.key: place for place, field in enumerate(fields)}
    options = {
        (field.key, option.key): place for field in fields for place, option in enumerate(field.options)
    }
    unique = dict.fromkeys(terms)
    return tuple(
        sorted(
            unique,
            key=lambda term: (places.get(term.key, len(places)), options.get((term.key, term.text or ""), 0)),
        )
    )


# ---------------------------------------------------------------- what may not be
def term_problems(terms: Sequence[TermContent], fields: Sequence[TypeField]) -> list[Problem]:
    """What no draft may hold: fields of another type, wrong choices, numbers out of bounds, texts too long."""
    known = {field.key: field for field in fields}
    problems = []
    for term in terms:
        field = known.get(term.key)
        code = "entries.other_type" if field is None else _problem(field, term)
        if code:
            params = {"most": LONGEST_TEXT} if code == "entries.term_long" else {}
            problems.append(Problem(code, f"{FIELD}{term.key}", params))
    for field in fields:
        if field.kind != "choices" and sum(term.key == field.key for term in terms) > 1:
            problems.append(Problem("entries.term_twice", f"{FIELD}{field.key}"))
    low, high = number_of(terms, "amount_low"), number_of(terms, "amount_high")
    if low is not None and high is not None and low > high:
        problems.append(Problem("entries.amount_order", f"{FIELD}amount_high"))
    return problems


def _problem(field: TypeField, term: TermContent) -> str:
    if field.kind in CHOOSING:
        return "" if field.option(term.text or "") else "entries.choice"
    if field.kind == "yes_no":
        return "" if term.text in (YES, NO) else "entries.choice"
    if field.kind == "text":
        if term.text is None:
            return "entries.choice"
        return "entries.term_long" if len(term.text) > LONGEST_TEXT else ""
    if term.number is None:
        return "entries.number_missing"
    if term.number < 0:
        return "entries.negative"
    most = {"money": MOST, "percent": Decimal(100), "days": Decimal(3650)}.get(field.kind, MOST_NUMBER)
    if term.number > most:
        return "entries.too_large"
    return "entries.whole_days" if field.kind == "days" and term.number % 1 else ""


def missing_problems(terms: Sequence[TermContent], fields: Sequence[TypeField]) -> list[Problem]:
    """What must be there before the bureau looks at it."""
    said = {term.key for term in terms}
    return [
        Problem("entries.missing", f"{FIELD}{field.key}")
        for field in fields
        if field.required and field.key not in said
    ]


# ---------------------------------------------------------------- reading
def number_of(terms: Iterable[TermContent], key: str) -> Decimal | None:
    return next((term.number for term in terms if term.key == key), None)


def texts_of(terms: Iterable[TermContent], key: str) -> tuple[str, ...]:
    return tuple(term.text for term in terms if term.key == key and term.text is not None)


def written(field: TypeField, terms: Iterable[TermContent], locale: str, words: tuple[str, str]) -> str:
    """A field's value as a reader reads it, empty where nothing is said; ``words`` are yes and no in that language."""
    own = [term for term in terms if term.key == field.key]
    if not own:
        return ""
    if field.kind in CHOOSING:
        names = [option.label(locale) for term in own if (option := field.option(term.text or ""))]
        return ("、" if locale == "zh" else ", ").join(names)
    first = own[0]
    if field.kind == "yes_no":
        return words[0] if first.text == YES else words[1]
    if first.number is None:
        return first.text or ""
    if field.kind == "money":
        return f"{in_wan(first.number)} {unit_text(field, locale)}"
    number = f"{first.number.normalize():,f}"
    return f"{number}%" if field.kind == "percent" else f"{number} {unit_text(field, locale)}".strip()


_UNITS_EN = {
    "万元": "×10,000 yuan",
    "个月": "months",
    "小时/月": "hours a month",
    "元/小时": "yuan an hour",
}


def unit_text(field: TypeField, locale: str) -> str:
    """The unit beside a number, in the reader's language; the list's own where it has no other."""
    unit = {"days": "天", "money": "万元", "percent": "%"}.get(field.kind, field.unit)
    if locale != "en":
        return unit
    return {"天": "days"}.get(unit) or _UNITS_EN.get(unit, unit)


def options_in(text: str) -> tuple[Option, ...]:
    """「key=中文|English;…」 as options."""
    found = []
    for part in filter(None, text.split(";")):
        key, _, names = part.partition("=")
        name, _, english = names.partition("|")
        found.append(Option(name, english, key))
    return tuple(found)
