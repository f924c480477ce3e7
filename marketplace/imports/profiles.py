"""Rows of two sheets as the matcher's profiles: typed cells and free texts in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.core.i18n import N_, translate
from marketplace.core.sheets import LeadTime, Quantity, Reading, Record
from marketplace.core.sheets.values import folded
from marketplace.imports.entry_columns import direction_in, terms_in
from marketplace.imports.vocabulary import Vocabulary
from matching import CapabilityProfile, NeedProfile, SpecRow, Term, UnitTable, read_specs
from matching.capacity import UNSTATED_PERIOD
from matching.standards import read_standards

SIDES = ("needs", "capabilities")
_PERIODS = {
    "年": "年", "a": "年", "year": "年", "月": "月", "month": "月", "日": "天", "天": "天", "day": "天", "周": "周",
    "季": "季", "小时": "小时", "批": "", "批次": "", "班": "",
}  # fmt: skip
_HEADING_PERIODS = (
    ("年", "年"),
    ("annual", "年"),
    ("yearly", "年"),
    ("月", "月"),
    ("monthly", "月"),
    ("日", "天"),
    ("季", "季"),
)
_REMARKS = re.compile(r"备注|说明|补充|其他|其它|要求|remark|note|comment", re.IGNORECASE)
_STANDARD = re.compile(
    r"[A-Z]{2,5}(?:\s*/\s*[TZ])?\s*[-]?\s*[A-Z]?\d{2,6}(?:\.\d{1,3})*(?:\s*[-—–]\s*\d{1,4})?", re.IGNORECASE
)
_EMPTY_BRACKETS = re.compile(r"[（(]\s*(?:按|执行|符合|依据)?\s*[）)]")
_NEED_ID = ("need_id", N_("需求-%(row)s"))
_IDS = {
    "needs": _NEED_ID,
    "own_needs": _NEED_ID,
    "capabilities": ("capability_id", N_("能力-%(row)s")),
    "firms": ("row_id", N_("企业-%(row)s")),
}
_BRANCH = re.compile(r"[\s()（）·•.,，。\-]")


@dataclass(frozen=True)
class Row:
    """One record to match: its id (the sheet's own, or made of the row number) and what its headings add.

    ``period`` is the period that the quantity's heading names (年产能, 月需求量), "" for none.
    """

    id: str
    record: Record
    period: str = ""

    @property
    def firm(self) -> str:
        return str(self.record.values.get("firm", ""))

    @property
    def title(self) -> str:
        return str(self.record.values.get("title", ""))


def rows_of(readings: list[Reading], side: str, locale: str) -> list[Row]:
    """Every record of a file with its id; rows of a second sheet carry the sheet's name where they have no id."""
    key, pattern = _IDS[side]
    pattern = translate(pattern, locale)
    rows: list[Row] = []
    used = {
        str(record.values[key])
        for reading in readings
        for record in reading.records
        if record.values.get(key)
    }
    for place, reading in enumerate(readings):
        period = _heading_period(reading)
        for record in reading.records:
            own = record.values.get(key)
            number = f"{reading.sheet.name}-{record.row}" if place else str(record.row)
            made = pattern % {"row": number}
            while not own and made in used:
                made += "'"
            rows.append(Row(str(own or made), record, period))
    return rows


def firm_key(name: str) -> str:
    """What makes two spellings one firm: width, case, blanks, brackets and middle dots do not count."""
    return _BRANCH.sub("", folded(name)).casefold()


def need_profile(row: Row, vocabulary: Vocabulary, units: UnitTable) -> NeedProfile:
    values = row.record.values
    quantity, unit, period = _amount(values.get("quantity"), values.get("unit"), row.period)
    lead: LeadTime | None = values.get("lead_time")
    chain, link, industry = _place(values, vocabulary)
    specs, standards = _specs(values, units)
    return NeedProfile(
        id=row.id,
        firm_id=firm_key(row.firm),
        firm_name=row.firm,
        title=row.title,
        use=str(values.get("use", "")),
        description=_description(row.record, "standards", standards),
        specs=specs,
        certificates_required=vocabulary.required(values.get("certificates", ())),
        industry=industry,
        chain=chain,
        link=link,
        quantity=quantity,
        quantity_unit=unit,
        quantity_period=period or (UNSTATED_PERIOD if quantity is not None else ""),
        lead_time_days=lead.days if lead and lead.by is None else None,
        due=lead.by if lead else None,
        type=(kind := vocabulary.need_type(str(values["type"])) if values.get("type") else ""),
        terms=_terms(row, "want", (kind or "procurement",), vocabulary),
        delivery_division=vocabulary.division(str(values["region"])) if values.get("region") else "",
        payment_days=values.get("payment_days"),
    )


def capability_profile(row: Row, vocabulary: Vocabulary, units: UnitTable) -> CapabilityProfile:
    """The region of a capability's row is where the firm sits, not how far it delivers: that is its 供货范围 alone."""
    values = row.record.values
    capacity, unit, period = _amount(values.get("quantity"), values.get("unit"), row.period or "年")
    moq, moq_unit, _ = _amount(values.get("moq"), None, "")
    lead: LeadTime | None = values.get("lead_time")
    chain, link, industry = _place(values, vocabulary)
    specs, standards = _specs(values, units)
    types = _types(str(values.get("type", "")), vocabulary)
    return CapabilityProfile(
        id=row.id,
        firm_id=firm_key(row.firm),
        firm_name=row.firm,
        title=row.title,
        summary=str(values.get("sentence", "")),
        description=_description(row.record, "process"),
        specs=specs,
        certificates=vocabulary.held(values.get("certificates", ())),
        standards=(*values.get("standards", ()), *standards),
        industry=industry,
        chain=chain,
        link=link,
        capacity=capacity,
        capacity_unit=unit,
        capacity_period=period or "年",
        moq=moq if moq_unit in ("", unit) else None,
        lead_time_days=lead.days if lead else None,
        types=frozenset(types),
        nature="opening" if direction_in(row.record.extra) == "open" else "capability",
        terms=_terms(row, "offer", types, vocabulary),
        divisions=frozenset(values.get("serves", ())),
        payment_days=values.get("payment_days"),
    )


def _types(written: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The types that a cell names; a class of products (「标准件」) names none, and the offer stays open to every need."""
    parts = re.split(r"[、，,;；]", written)
    return tuple(dict.fromkeys(key for part in parts if part.strip() and (key := vocabulary.need_type(part))))


def _terms(row: Row, side: str, types: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Term, ...]:
    closed = {field.key for field in vocabulary.lists.type_fields if field.side == side and field.closed}
    return tuple(
        Term(
            term.key, term.text or "", None if term.number is None else float(term.number), term.key in closed
        )
        for term in terms_in(row.record.extra, side, types, vocabulary.lists)
    )


def _heading_period(reading: Reading) -> str:
    for column in reading.columns:
        if column.field and column.field.key == "quantity":
            return next((period for mark, period in _HEADING_PERIODS if mark in column.label.casefold()), "")
    return ""


def _amount(quantity: Quantity | None, unit: object, period: str) -> tuple[float | None, str, str]:
    """Number (the larger of a range), unit and period; a unit column may hold both (吨/年)."""
    if quantity is None or quantity.high is None:
        return None, "", ""
    named, _, per = str(unit or "").partition("/")
    own = _PERIODS.get(quantity.period.casefold(), "") or _PERIODS.get(folded(per).casefold(), "")
    return float(quantity.high), quantity.unit or folded(named), own or period


def _specs(values: Mapping[str, Any], units: UnitTable) -> tuple[tuple[SpecRow, ...], tuple[str, ...]]:
    """The specification column's rows with the standard that a line quotes, and standards that stand alone. Numbers in
    the prose are read by the matcher itself."""
    rows: list[SpecRow] = []
    alone: list[str] = []
    for line in values.get("specs", ()):
        quoted = [found[0] for found in _STANDARD.finditer(line) if read_standards(found[0])]
        bare = line
        for standard in quoted:
            bare = bare.replace(standard, " ")
        # 「≥4.5级（GB/T 16603-2017）」: the standard's number is no range of values.
        found_rows = read_specs(_EMPTY_BRACKETS.sub("", bare) if quoted else line, units)
        rows += [replace(row, standard=quoted[0]) for row in found_rows] if quoted else found_rows
        alone += [] if found_rows else quoted
    return tuple(dict.fromkeys(rows)), tuple(alone)


def _description(record: Record, also: str, standards: tuple[str, ...] = ()) -> str:
    """The description with what else was written about the thing: a further column, remarks of the reader's own."""
    values = record.values
    parts = [str(values.get("description", ""))]
    more = values.get(also, "")
    parts.append("、".join(more) if isinstance(more, tuple) else str(more))
    parts.append("、".join(standards))
    parts.extend(text.strip() for heading, text in record.extra.items() if _REMARKS.search(heading))
    return "\n".join(part for part in parts if part)


def _place(values: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[str, str, str]:
    """Chain, link and industry; people write a chain into the column of industries, and a link into that of chains."""
    written = [str(values[key]) for key in ("chain", "industry") if values.get(key)]
    link = vocabulary.link(str(values["chain_link"])) if values.get("chain_link") else ""
    chain = industry = ""
    for text in written:
        link = link or vocabulary.link(text)
        chain = chain or vocabulary.chain_of_link(link) or vocabulary.chain(text)
        industry = industry or vocabulary.industry(text)
    return chain, link, industry
