"""Which column holds which field: guessed from its heading with a confidence that a page can show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

Parser = Callable[[str, str], object]
"""A cell's text (never blank) and the unit in the heading's brackets ("" for none) to a value; raises ValueProblem."""

LEAST_CONFIDENCE = 0.55
LEAST_ALIKE = 0.72  # share of two headings' signs that stand in the same order
_ORNAMENTS = re.compile(r"[\s*※★:：、，,。.·_\-—/\\|\"'“”‘’<>《》?？!！#]+")
_BRACKETS = re.compile(r"[（(【\[〔]([^（()）【】\[\]〔〕]*)[）)】\]〕]")
_NUMBERING = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、．)）]\s*")
_UNIT = re.compile(r"^(?:单位[:：]?)?([A-Za-z%°μ²³0-9/·一-鿿]{1,8})$")
_NOT_UNITS = re.compile(r"必填|选填|可选|可多|说明|详|格式|如|填|按|若|见|等|盖章|全称|公开|内部|注|请")


@dataclass(frozen=True)
class Field:
    """One thing to read from a sheet. ``headings`` are its names in real sheets, the official Chinese one first.

    ``required``: a row without it is left out and reported. ``column_required``: the sheet must have the column at all.
    """

    key: str
    headings: tuple[str, ...]
    parse: Parser
    required: bool = False
    column_required: bool = False

    @property
    def label(self) -> str:
        """The Chinese heading, which is also what the catalogue translates."""
        return self.headings[0]


@dataclass(frozen=True)
class Column:
    """A column and the field it is taken for (None: kept as it is). ``how``: exact, normalised, contained, fuzzy,
    chosen (by a person) or none."""

    index: int
    label: str
    field: Field | None
    confidence: float
    how: str
    unit: str = ""


@lru_cache(maxsize=8192)
def normalised(label: str) -> str:
    """A heading without brackets, numbering, ornaments, width and case."""
    text = unicodedata.normalize("NFKC", label).lower().strip(" \t\r\n*※★")
    text = _NUMBERING.sub("", text)
    bare = _BRACKETS.sub("", text)
    return _ORNAMENTS.sub("", bare) or _ORNAMENTS.sub("", text)


def unit_in(label: str) -> str:
    """The unit that a heading names in brackets: 「数量（吨）」 → 吨, 「企业名称（必填）」 → nothing."""
    for inner in reversed(_BRACKETS.findall(unicodedata.normalize("NFKC", label))):
        found = _UNIT.match(inner.strip())
        if found and not _NOT_UNITS.search(inner):
            return found[1]
    return ""


class Vocabulary:
    """All headings of a set of fields, ready to be compared with."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = tuple(fields)
        self._exact: dict[str, list[tuple[Field, float]]] = {}
        self._normal: dict[str, list[tuple[Field, float]]] = {}
        for field in fields:
            for rank, heading in enumerate((*field.headings, field.key)):
                # Later synonyms yield: 需求内容 is the title only where nothing is called 需求名称.
                self._exact.setdefault(heading.lower(), []).append((field, 1 - 0.002 * rank))
                self._normal.setdefault(normalised(heading), []).append((field, 0.95 - 0.002 * rank))
        self._letters = {heading: frozenset(heading) for heading in self._normal}
        self._strengths: dict[str, float] = {}

    def strength(self, label: str) -> float:
        """How surely the label names any field, 0-1."""
        if label not in self._strengths:
            self._strengths[label] = max((score for _, score, _ in self.candidates(label)), default=0.0)
        return self._strengths[label]

    def candidates(self, label: str) -> list[tuple[Field, float, str]]:
        """Fields that the label may name, each once, with confidence and how it was recognised."""
        best: dict[str, tuple[Field, float, str]] = {}
        parts = [label, *reversed(label.split("/"))] if "/" in label else [label]
        for depth, part in enumerate(dict.fromkeys(parts)):
            for field, score, how in self._of_part(part.strip()):
                score -= 0.01 * depth
                if score > best.get(field.key, (field, 0.0, ""))[1]:
                    best[field.key] = (field, score, how)
        return list(best.values())

    def _of_part(self, part: str) -> list[tuple[Field, float, str]]:
        if part.lower() in self._exact:
            return [(field, score, "exact") for field, score in self._exact[part.lower()]]
        normal = normalised(part)
        if not normal or len(normal) > 40:
            return []
        if normal in self._normal:
            return [(field, score, "normalised") for field, score in self._normal[normal]]
        found: list[tuple[Field, float, str]] = []
        letters = frozenset(normal)
        for heading, owners in self._normal.items():
            short, long = (heading, normal) if len(heading) <= len(normal) else (normal, heading)
            if len(short) >= 2 and short in long:
                shared = len(short) / len(long)
                # The head of a Chinese noun stands last: 联系人电话 is a 电话.
                score, how = 0.45 + 0.4 * shared + (0.06 if long.endswith(short) else 0.0), "contained"
            elif abs(len(heading) - len(normal)) <= 4 and len(normal) <= 24:
                # At most so many signs can be paired: most headings are ruled out here, before a matcher is built.
                known = self._letters[heading]
                most = len(known & letters) + len(heading) - len(known)
                if 2 * min(most, len(short)) < LEAST_ALIKE * (len(heading) + len(normal)):
                    continue
                alike = SequenceMatcher(None, heading, normal, autojunk=False)
                if alike.quick_ratio() < LEAST_ALIKE or alike.ratio() < LEAST_ALIKE:
                    continue
                score, how = 0.8 * alike.ratio(), "fuzzy"
            else:
                continue
            found.extend((field, min(score, 0.9) + (rank - 0.95) * 0.1, how) for field, rank in owners)
        return found


def guess_columns(labels: Sequence[str], fields: Sequence[Field]) -> tuple[Column, ...]:
    """One column to one field, the surest first; the rest stay extra columns. Deterministic."""
    vocabulary = Vocabulary(fields)
    offers = []
    for index, label in enumerate(labels):
        for field, score, how in vocabulary.candidates(label) if label else ():
            if score >= LEAST_CONFIDENCE:
                offers.append((-score, index, field.key, field, how))
    offers.sort(key=lambda offer: offer[:3])
    taken: dict[int, tuple[Field, float, str]] = {}
    used: set[str] = set()
    for negative, index, key, field, how in offers:
        if index not in taken and key not in used:
            taken[index] = (field, round(-negative, 3), how)
            used.add(key)
    for field in fields:
        if field.column_required and field.key not in used:
            # 需求内容 describes a need, unless nothing else could name it: what must be there comes first.
            for negative, index, key, other, how in offers:
                if key == field.key and not taken[index][0].column_required:
                    taken[index] = (other, round(-negative, 3), how)
                    used.add(key)
                    break
    columns = []
    for index, label in enumerate(labels):
        found, confidence, how = taken.get(index, (None, 0.0, "none"))
        columns.append(Column(index, label, found, confidence, how, unit_in(label)))
    return tuple(columns)


def choose_columns(
    columns: Sequence[Column], fields: Sequence[Field], choice: Mapping[int, str]
) -> tuple[Column, ...]:
    """The same columns with a person's choices (column index → field key, "" for none); a field moves, never doubles."""
    by_key = {field.key: field for field in fields}
    chosen = {by_key[key].key for key in choice.values() if key in by_key}
    changed = []
    for column in columns:
        if column.index in choice:
            field = by_key.get(choice[column.index])
            changed.append(
                Column(column.index, column.label, field, 1.0 if field else 0.0, "chosen", column.unit)
            )
        elif column.field and column.field.key in chosen:
            changed.append(Column(column.index, column.label, None, 0.0, "none", column.unit))
        else:
            changed.append(column)
    return tuple(changed)


def missing_fields(columns: Sequence[Column], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Fields whose column the sheet must have and has not."""
    present = {column.field.key for column in columns if column.field}
    return tuple(field for field in fields if field.column_required and field.key not in present)
