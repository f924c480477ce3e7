"""The firms on file that the rows of a roster may mean, with what each record says, who said it and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.certifications import queries as certifications
from marketplace.core.actor import Actor
from marketplace.firms import prefilled
from marketplace.firms.models import Firm
from marketplace.imports.profiles import firm_key
from marketplace.rosters import values
from marketplace.rosters.folding import Folding

_STREAMED = 2_000
_LOADED = 400


@dataclass(frozen=True)
class Held:
    """One certificate on file."""

    id: int
    stated: dict[str, Any]
    source: str
    at: str


@dataclass(frozen=True)
class Record:
    """A firm as it stands: values by field, and who said each, with the moment."""

    id: int
    version: int
    name: str
    code: str | None
    claimed: bool
    values: dict[str, Any]
    # field to (source, moment, account)
    sources: dict[str, tuple[str, str, int | None]]
    created: str
    tiers: tuple[Held, ...] = ()
    contact: dict[str, Any] | None = None
    contact_at: str = ""


@dataclass
class Named:
    """A firm by its name and code alone: enough to find it by."""

    id: int
    name: str
    code: str | None


@dataclass
class Directory:
    """Who is on file under the codes, names and folded names of a sheet. All others are read past."""

    by_code: dict[str, Named] = field(default_factory=dict)
    by_key: dict[str, list[Named]] = field(default_factory=dict)
    by_fold: dict[str, list[Named]] = field(default_factory=dict)
    by_id: dict[int, Named] = field(default_factory=dict)

    def add(self, named: Named, fold: str) -> None:
        if named.id in self.by_id:
            return
        self.by_id[named.id] = named
        if named.code:
            self.by_code[named.code] = named
        self.by_key.setdefault(firm_key(named.name), []).append(named)
        self.by_fold.setdefault(fold, []).append(named)


def directory_of(
    session: Session, folding: Folding, names: Iterable[str], codes: Iterable[str], ids: Iterable[int]
) -> Directory:
    """One pass over the district's names, however many rows the sheet has; only what fits them is remembered."""
    folds = {folding.fold(name) for name in names}
    wanted_codes, wanted_ids = set(codes), set(ids)
    found = Directory()
    columns = select(Firm.id, Firm.legal_name, Firm.credit_code).order_by(Firm.id)
    for firm_id, name, code in session.execute(columns.execution_options(yield_per=_STREAMED)):
        fold = folding.fold(name)
        if fold in folds or code in wanted_codes or firm_id in wanted_ids:
            found.add(Named(firm_id, name, code), fold)
    return found


def look_again(
    session: Session,
    directory: Directory,
    folding: Folding,
    names: Iterable[str],
    codes: Iterable[str | None],
) -> None:
    """What others have put on file meanwhile under the very names and codes of these rows."""
    wanted = [code for code in codes if code]
    statement = select(Firm.id, Firm.legal_name, Firm.credit_code).where(
        Firm.legal_name.in_(set(names)) | Firm.credit_code.in_(wanted)
    )
    for firm_id, name, code in session.execute(statement):
        directory.add(Named(firm_id, name, code), folding.fold(name))


def records_of(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Record]:
    """Whole records, a few hundred at a time."""
    found: dict[int, Record] = {}
    for start in range(0, len(ids), _LOADED):
        part = ids[start : start + _LOADED]
        statement = select(Firm).where(Firm.id.in_(part))
        firms = session.scalars(
            statement.options(selectinload(Firm.chains), selectinload(Firm.provenance))
        ).all()
        held = certifications.held_by(session, part)
        contacts = prefilled.contacts_of(session, actor, part)
        for firm in firms:
            contact = contacts.get(firm.id)
            found[firm.id] = Record(
                firm.id, firm.version, firm.legal_name, firm.credit_code, firm.claimed_at is not None,
                values.plain_of(firm),
                {
                    entry.field: (entry.source, entry.at.isoformat(), entry.account_id)
                    for entry in firm.provenance
                },
                firm.created_at.isoformat(),
                tuple(_held(one) for one in held.get(firm.id, ())),
                _contact(contact) if contact else None,
                contact.at.isoformat() if contact else "",
            )  # fmt: skip
            session.expunge(firm)
    return found


def _held(one: Any) -> Held:
    stated = {
        "kind": one.kind_key,
        "cohort": one.cohort,
        "number": one.number,
        "valid_from": one.valid_from.isoformat() if one.valid_from else None,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
    }
    return Held(
        one.id,
        {name: value for name, value in stated.items() if value},
        "verified" if one.verified_at else one.source,
        one.created_at.isoformat(),
    )


def _contact(contact: Any) -> dict[str, Any]:
    parts = {"name": contact.name, "phone": contact.phone, "email": contact.email}
    return {name: value for name, value in parts.items() if value}
