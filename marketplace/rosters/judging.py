"""What each row of a roster would do: which firm it means, what it would change there, and what is doubtful about it.

Works on values alone. The whole sheet is judged after reading; a few rows again after one of them was mended, and each row
once more in the moment of writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.certifications.rules import tier_suggestion
from marketplace.imports.profiles import firm_key
from marketplace.rosters import rules, values
from marketplace.rosters.folding import Folding
from marketplace.rosters.known import Directory, Held, Named, Record
from marketplace.taxonomy.values import Tier, TierRule

Suspicion = list[Any]
"""A code and its parameters."""


@dataclass
class Line:
    """One row as judging needs it: what it says, what was unreadable in it, what a person decided."""

    position: int
    number: int
    name: str
    fold: str
    code: str | None
    said: dict[str, Any]
    blank: list[str] = field(default_factory=list)
    token: tuple[int, int] | None = None
    problems: list[dict[str, Any]] = field(default_factory=list)
    joined: int | None = None


@dataclass(frozen=True)
class Judgement:
    kind: str
    firm_id: int | None
    changes: list[dict[str, Any]]
    suspicions: list[Suspicion]

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.suspicions]


@dataclass(frozen=True)
class TierBook:
    """The dated rules of tiers, and the day to judge on."""

    rules: Sequence[TierRule]
    tiers: Sequence[Tier]
    today: date

    def lapsed(self, tier: Mapping[str, Any]) -> Suspicion | None:
        """A tier whose last day has passed: as written, or else as the rule it was issued under lets it last."""
        issued = _day(tier.get("valid_from"))
        rule = tier_suggestion(self.rules, self.tiers, tier["kind"], issued) if issued else None
        ends = _day(tier.get("valid_until")) or (rule.last_day if rule else None)
        if ends is None or ends >= self.today:
            return None
        document = rule.document if rule else ""
        code = "tier_expired_by_rule" if document else "tier_expired"
        return [code, {"ends": ends.isoformat(), "document": document}]


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


class Judge:
    """Judges rows against a directory of who is on file and their whole records."""

    def __init__(
        self, folding: Folding, directory: Directory, records: Mapping[int, Record], book: TierBook
    ) -> None:
        self._folding, self._directory, self._records, self._book = folding, directory, records, book

    def of(self, lines: Iterable[Line]) -> dict[int, Judgement]:
        """By position. Rows are compared with each other too, so all that share a code or a folded name come together."""
        ordered = sorted(lines, key=lambda line: line.position)
        doubts = in_the_sheet(ordered)
        return {line.position: self.one(line, doubts.get(line.position, [])) for line in ordered}

    def one(self, line: Line, doubts: Sequence[Suspicion] = ()) -> Judgement:
        firm_id, about_whom = self._firm(line)
        suspicions = [*doubts, *about_whom]
        record = self._records.get(firm_id) if firm_id is not None else None
        changes = changes_of(line, record) if record is not None else []
        suspicions += [["cell_unread", {}]] if line.problems else []
        if record is not None and line.token is not None and line.token[1] != record.version and changes:
            suspicions.append(["changed_since_export", {}])
        tier = line.said.get(values.TIER)
        if tier and (record is None or any(change["field"] == values.TIER for change in changes)):
            lapsed = self._book.lapsed(tier)
            suspicions += [lapsed] if lapsed else []
        kind = rules.kind_of([code for code, _ in suspicions], firm_id is None, bool(changes))
        return Judgement(kind, firm_id, changes, suspicions)

    # ------------------------------------------------------------ which firm
    def _firm(self, line: Line) -> tuple[int | None, list[Suspicion]]:
        """The firm on file that a row means (None: a new one), and what is doubtful about that."""
        if line.joined is not None:
            return (line.joined or None), []
        if line.token is not None:
            named = self._directory.by_id.get(line.token[0])
            if named is None:
                return None, [["row_unknown", {}]]
            return named.id, self._code_of_another(line, named)
        if line.code and line.code in self._directory.by_code:
            named = self._directory.by_code[line.code]
            return named.id, self._name_of_another(line, named)
        return self._by_name(line)

    def _code_of_another(self, line: Line, named: Named) -> list[Suspicion]:
        other = self._directory.by_code.get(line.code or "")
        if other is None or other.id == named.id:
            return []
        return [["name_other_code", {"firm": other.name, "known": other.code}]]

    def _name_of_another(self, line: Line, named: Named) -> list[Suspicion]:
        if firm_key(line.name) == firm_key(named.name):
            return []
        code = "name_similar" if line.fold == self._folding.fold(named.name) else "code_other_name"
        return [[code, {"firm": named.name, "known": named.code or "", "firm_id": named.id}]]

    def _by_name(self, line: Line) -> tuple[int | None, list[Suspicion]]:
        same = self._directory.by_key.get(firm_key(line.name), [])
        fitting = [named for named in same if line.code is None or named.code is None]
        if len(fitting) == 1:
            return fitting[0].id, []
        if len(fitting) > 1:
            return None, [["ambiguous", {"firm": line.name, "count": len(fitting)}]]
        if same:
            return None, [["name_other_code", {"firm": same[0].name, "known": same[0].code}]]
        alike = self._directory.by_fold.get(line.fold, [])
        if not alike:
            return None, []
        first = alike[0]
        told = {"firm": first.name, "known": first.code or "", "firm_id": first.id}
        return None, [["name_similar", told]]


def in_the_sheet(lines: Sequence[Line]) -> dict[int, list[Suspicion]]:
    """What rows of one sheet make doubtful about each other. The first of two equal rows stands."""
    found: dict[int, list[Suspicion]] = defaultdict(list)
    for group in _sharing(lines, lambda line: line.code):
        keys = {firm_key(line.name) for line in group}
        for line in group if len(keys) > 1 else ():
            others = [other.number for other in group if firm_key(other.name) != firm_key(line.name)]
            found[line.position].append(["code_repeated", {"rows": others[:5]}])
    for group in _sharing(lines, lambda line: line.fold):
        first_of: dict[str, Line] = {}
        for line in group:
            key = firm_key(line.name)
            first = first_of.setdefault(key, line)
            if first is not line:
                code = "row_twice" if first.said == line.said else "firm_twice"
                found[line.position].append([code, {"first": first.number}])
            other = next((one for known, one in first_of.items() if known != key), None)
            if other is not None and not (other.code and line.code and other.code == line.code):
                found[line.position].append(["similar_in_sheet", {"firm": other.name, "row": other.number}])
    return found


def _sharing(lines: Sequence[Line], key: Any) -> list[list[Line]]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if shared := key(line):
            groups[shared].append(line)
    return [group for group in groups.values() if len(group) > 1]


# ---------------------------------------------------------------- what would change
def changes_of(line: Line, record: Record) -> list[dict[str, Any]]:
    """Field by field: what is on file with who said it and when, and what the sheet says."""
    found = []
    for name in values.FIELDS:
        new = _new_value(name, line, record)
        old = record.values.get(name)
        if new is not None and new != old:
            found.append(_change(name, old, new, *_said(record, name)))
        elif name in line.blank and old is not None and line.token is not None and name in values.CLEARABLE:
            found.append(_change(name, old, None, *_said(record, name)))
    found += _tier_change(line, record)
    contact = line.said.get(values.CONTACT)
    if contact and not record.claimed:
        old = record.contact or {}
        # A row that names no e-mail takes none away.
        merged = {**old, **contact}
        if merged != old:
            found.append(_change(values.CONTACT, old or None, merged, "sheet", record.contact_at))
    return found


def _said(record: Record, name: str) -> tuple[str, str]:
    if record.values.get(name) is None:
        return "", ""
    source, at, _account = record.sources.get(name, ("", record.created, None))
    return source, at


def _new_value(name: str, line: Line, record: Record) -> Any:
    new = line.said.get(name)
    if name == "legal_name" and new is not None and new == _folded_name(record.name):
        return record.name
    if name != "chains" or new is None:
        return new
    old = record.values.get("chains") or []
    # A row of our own export says all places that a firm has; any other roster adds to what is known.
    told = new if line.token is not None else [*old, *new]
    linked = {chain for chain, link in told if link}
    places = sorted({(chain, link) for chain, link in told if link or chain not in linked})
    kept = [list(place) for place in places]
    bare = sorted({(chain, link) for chain, link in old if link or chain not in {c for c, le in old if le}})
    return old if kept == [list(place) for place in bare] else kept


def _folded_name(name: str) -> str:
    """A name as a sheet's cell gives it: blanks in a row are one."""
    return " ".join(name.split())


def _change(name: str, old: Any, new: Any, source: str, at: str) -> dict[str, Any]:
    return {
        "field": name,
        "old": old,
        "new": new,
        "source": source,
        "at": at,
        "protected": old is not None and source in rules.SAID_BY_THE_FIRM,
        "clears": new is None,
    }


def _tier_change(line: Line, record: Record) -> list[dict[str, Any]]:
    stated = line.said.get(values.TIER)
    if not stated:
        return []
    same_kind = [held for held in record.tiers if held.stated["kind"] == stated["kind"]]
    if any(all(held.stated.get(part) == value for part, value in stated.items()) for held in same_kind):
        return []
    replaced = next((held for held in same_kind if not _renews(stated, held)), None)
    if replaced is None:
        return [_change(values.TIER, None, stated, "", "") | {"replaces": None}]
    # What the sheet leaves out of a certificate stands as it is on file.
    merged = {**replaced.stated, **stated}
    return [
        _change(values.TIER, replaced.stated, merged, replaced.source, replaced.at)
        | {"replaces": replaced.id}
    ]


def _renews(stated: Mapping[str, Any], held: Held) -> bool:
    """A later period is another certificate: the earlier one stays on record."""
    begins, ended = stated.get("valid_from"), held.stated.get("valid_until")
    return bool(begins and ended and begins > ended)
