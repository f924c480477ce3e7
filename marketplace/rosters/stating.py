"""What one row of a roster states, in the record's terms: keys for words, and notes on words that no list knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.sheets import Amount, Record
from marketplace.core.sheets.values import folded
from marketplace.imports.profiles import firm_key
from marketplace.imports.vocabulary import Vocabulary
from marketplace.rosters import values
from marketplace.taxonomy.lists import SeedLists

TOKEN = re.compile(r"F(\d{1,18})-(\d{1,9})")
_WEBSITE = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+", re.IGNORECASE)
_PARTS = re.compile(r"[、，,;；/\n]+")
_OF_COLUMN = {
    "main_product": "main_product", "region": "registered_division", "industry": "industry_code", "town": "office_id",
    "established_on": "established_on", "business_phone": "business_phone", "website": "website",
    "employees": "employees", "revenue": "revenue", "assets": "assets",
}  # fmt: skip
_LONGEST = {"main_product": 400, "business_phone": 40, "website": 200, "legal_name": 120}


@dataclass
class Statement:
    """``said``: field to value; ``blank``: fields whose column is there and whose cell is empty; ``notes``: codes with
    parameters; ``token``: the firm and version that our own export wrote beside the row."""

    said: dict[str, Any] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)
    token: tuple[int, int] | None = None

    def plain(self) -> dict[str, Any]:
        return {"said": self.said, "blank": self.blank, "token": self.token}


class Stating:
    """Reads statements; knows the lists and the district's 镇/街道."""

    def __init__(self, lists: SeedLists, offices: Mapping[int, str]) -> None:
        self._words = Vocabulary(lists)
        self._tiers = {
            key: kind.position for key, kind in lists.certificate_kinds.items() if kind.family == "tier"
        }
        # 「专精特新“小巨人”企业」 holds the name of the tier below it too: the highest of those named counts.
        self._tier_names = [
            (_bare(name), key)
            for key, kind in lists.certificate_kinds.items()
            if kind.family == "tier"
            for name in (kind.name, kind.name_en, *kind.aliases)
            if name
        ]
        self._offices = {firm_key(name): office_id for office_id, name in offices.items()}

    def of(self, record: Record, columns: frozenset[str]) -> Statement:
        """``columns``: the fields that the sheet has a column for."""
        found = Statement()
        read = record.values
        found.said["legal_name"] = read["firm"]
        if code := read.get("credit_code"):
            found.said["credit_code"] = code
        token = TOKEN.fullmatch(str(read.get("row_id") or ""))
        found.token = (int(token[1]), int(token[2])) if token else None
        for column, name in _OF_COLUMN.items():
            if column not in columns or column not in read:
                if column in columns and not record.texts.get(column, "").strip():
                    found.blank.append(name)
                continue
            value = self._value(name, read[column], found)
            if value is not None:
                self._keep(name, value, found)
        self._place(read, found)
        self._certificate(read, found)
        self._person(read, found)
        self._too_long(found)
        return found

    def _keep(self, name: str, value: Any, found: Statement) -> None:
        found.said[name] = values.plain(name, value)

    def _value(self, name: str, value: Any, found: Statement) -> Any:
        if name == "registered_division":
            return self._looked_up(name, str(value), self._words.division(str(value)), found)
        if name == "industry_code":
            # People write a chain into the column of industries: :meth:`_place` takes it from there.
            known = self._words.industry(str(value))
            told = known or self._words.chain(str(value)) or self._words.link(str(value))
            self._looked_up(name, str(value), told, found)
            return known or None
        if name == "office_id":
            return self._looked_up(name, str(value), self._office(str(value)), found)
        if isinstance(value, Amount):
            return value.high
        if name == "employees":
            return int(value) if isinstance(value, Decimal) else None
        if name == "website":
            address = value if re.match(r"https?://", value, re.IGNORECASE) else f"http://{value}"
            return self._looked_up(name, value, address if _WEBSITE.fullmatch(address) else None, found)
        return value

    def _looked_up(self, name: str, text: str, key: Any, found: Statement) -> Any:
        if not key:
            found.notes.append(
                ["rosters.note_unknown", {"field": [f"rosters.field.{name}", {}], "text": text[:60]}]
            )
            return None
        return key

    def _office(self, text: str) -> int | None:
        wanted = firm_key(text)
        if wanted in self._offices:
            return self._offices[wanted]
        ending = {
            number for name, number in self._offices.items() if len(wanted) >= 2 and name.endswith(wanted)
        }
        return ending.pop() if len(ending) == 1 else None

    def _place(self, read: Mapping[str, Any], found: Statement) -> None:
        places: dict[tuple[str, str], None] = {}
        for text in _texts(read.get("chain_link")):
            link = self._looked_up("chains", text, self._words.link(text), found)
            if link:
                places[self._words.chain_of_link(link), link] = None
        for text in (*_texts(read.get("chain")), *_texts(read.get("industry"))):
            if link := self._words.link(text):
                places[self._words.chain_of_link(link), link] = None
            elif (chain := self._words.chain(text)) and all(there != chain for there, _ in places):
                places[chain, ""] = None
        if places:
            self._keep("chains", list(places), found)

    def _certificate(self, read: Mapping[str, Any], found: Statement) -> None:
        text = str(read.get("tier") or "")
        if not text:
            return
        kinds = [kind for name, kind in self._tier_names if name in _bare(text)]
        if not kinds:
            self._looked_up("tier", text, None, found)
            return
        stated = {
            "cohort": str(read.get("cohort") or "")[:60],
            "number": str(read.get("certificate_number") or "")[:80],
            **{name: _day(read.get(name)) for name in ("valid_from", "valid_until")},
        }
        found.said[values.TIER] = {"kind": max(kinds, key=self._tiers.__getitem__)} | {
            name: value for name, value in stated.items() if value
        }

    def _person(self, read: Mapping[str, Any], found: Statement) -> None:
        columns = {"name": "contact_name", "phone": "contact_phone", "email": "contact_mail"}
        longest = {"name": 60, "phone": 40, "email": 254}
        contact = {part: str(read[key])[: longest[part]] for part, key in columns.items() if read.get(key)}
        if contact:
            found.said[values.CONTACT] = contact

    def _too_long(self, found: Statement) -> None:
        for name, longest in _LONGEST.items():
            text = found.said.get(name)
            if isinstance(text, str) and len(text) > longest and name != "legal_name":
                del found.said[name]
                params = {"field": [f"rosters.field.{name}", {}], "length": len(text), "longest": longest}
                found.notes.append(["rosters.note_long", params])


def _bare(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’「」]", "", folded(text)).casefold()


def _texts(value: Any) -> list[str]:
    return [part.strip() for part in _PARTS.split(str(value or "")) if part.strip()]


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else ""
