"""The columns of a sheet that say the direction and a type's own fields, found by their headings.

「方向」 holds 我需要, 我开放 or 我能做; a field of the type is found by its name in either language (「需要金额」, "Fee").
A cell that cannot be read stays in the text, as every other column that no field knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

from marketplace.core.errors import Refusal
from marketplace.core.money import from_wan
from marketplace.core.sheets.values import folded
from marketplace.core.terms import LONGEST_TEXT, TermContent
from marketplace.taxonomy.entries import fields_for, ordered
from marketplace.taxonomy.lists import SeedLists
from marketplace.taxonomy.values import TypeField

_DIRECTIONS = {
    "需要": "want",
    "开放": "open",
    "能做": "make",
    "want": "want",
    "need": "want",
    "open": "open",
    "make": "make",
    "offer": "make",
}
_HEADINGS = frozenset({"方向", "发布方向", "direction"})
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_PARTS = re.compile(r"[、，,;；/\n]+")
_YES, _NO = frozenset({"是", "有", "免费", "yes", "y", "free"}), frozenset({"否", "无", "收费", "no", "n"})


def direction_in(extra: Mapping[str, str]) -> str:
    """want, open or make as the row says; "" where no column says it."""
    for heading, cell in extra.items():
        if _bare(heading) in _HEADINGS:
            words = _bare(cell).removeprefix("我").removeprefix("i")
            return _DIRECTIONS.get(words, "")
    return ""


def terms_in(
    extra: Mapping[str, str], side: str, types: tuple[str, ...], lists: SeedLists
) -> tuple[TermContent, ...]:
    """The values of the types' fields on this side (want or offer)."""
    fields = fields_for(lists.type_fields, side, types)
    by_heading = {_bare(heading): cell for heading, cell in extra.items()}
    found: list[TermContent] = []
    for field in fields:
        cell = next((by_heading[name] for name in _names(field) if by_heading.get(name)), "").strip()
        if cell:
            found.extend(_read(field, cell))
    return ordered(found, fields)


def _bare(text: str) -> str:
    """A heading without its unit in brackets, blanks, width and case."""
    return re.sub(r"[（(].*?[）)]|\s|[:：]", "", folded(text)).casefold()


@cache
def _names(field: TypeField) -> tuple[str, ...]:
    return tuple(_bare(name) for name in (field.name, field.name_en, field.key) if name)


def _read(field: TypeField, cell: str) -> list[TermContent]:
    return _READERS.get(field.kind, _number)(field, cell)


def _text(field: TypeField, cell: str) -> list[TermContent]:
    return [TermContent(field.key, text=cell[:LONGEST_TEXT])]


def _chosen(field: TypeField, cell: str) -> list[TermContent]:
    """An option's own name or key, or a word that is in one option's name alone."""
    keys = []
    for part in (_bare(part) for part in _PARTS.split(cell)):
        names = {
            option.key: (_bare(option.name), _bare(option.name_en), option.key) for option in field.options
        }
        exact = [key for key, said in names.items() if part in said]
        near = [key for key, said in names.items() if len(part) > 1 and part in said[0]]
        if exact or len(near) == 1:
            keys.append((exact or near)[0])
    if field.kind == "choice":
        keys = keys[:1]
    return [TermContent(field.key, text=key) for key in dict.fromkeys(keys)]


def _yes_no(field: TypeField, cell: str) -> list[TermContent]:
    said = _bare(cell)
    if said in _YES or said in _NO:
        return [TermContent(field.key, text="yes" if said in _YES else "no")]
    return []


def _money(field: TypeField, cell: str) -> list[TermContent]:
    """In 万元 unless the cell says 元 or 亿元."""
    plain = folded(cell).replace("人民币", "")
    found = _NUMBER.search(plain)
    if found is None:
        return []
    tail = plain[found.end() :].strip()
    try:
        amount = from_wan(found[0])
    except Refusal:
        return []
    if tail.startswith("亿"):
        amount *= 10_000
    elif tail.startswith("元"):
        amount /= 10_000
    return [TermContent(field.key, number=amount)]


def _number(field: TypeField, cell: str) -> list[TermContent]:
    """The first number; years become months where months are asked."""
    plain = folded(cell)
    found = _NUMBER.search(plain)
    if found is None:
        return []
    number = Decimal(found[0].replace(",", ""))
    if field.unit == "个月" and plain[found.end() :].strip().startswith("年"):
        number *= 12
    return [TermContent(field.key, number=number)]


_READERS: dict[str, Callable[[TypeField, str], list[TermContent]]] = {
    "text": _text,
    "choice": _chosen,
    "choices": _chosen,
    "yes_no": _yes_no,
    "money": _money,
}
