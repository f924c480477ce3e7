"""What the index holds of a need, a capability and a firm: built from rows, never read back into them.

No personal contact, no size figure, and nothing that names the firm of an anonymous need. Only what is open gets a
document; validity is stored as days and asked ``as_of`` a day, so that nothing is rewritten when a day passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities, open_now
from marketplace.certifications import queries as certifications
from marketplace.core.analysis import analyser
from marketplace.core.clock import day_of
from marketplace.core.listing import TermColumns
from marketplace.core.specs import content_of, written
from marketplace.core.terms import terms_of
from marketplace.discovery.offered import offered
from marketplace.discovery.wording import indexed, names
from marketplace.firms.models import Firm
from marketplace.needs.models import Need, NeedInvitee
from marketplace.needs.queries import open_needs
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import fields_for, parties_of
from marketplace.taxonomy.presenting import term_lines
from marketplace.taxonomy.values import TypeField
from search.documents import LAST_DAY, Document, day

STAFF = "staff"
VERIFIED = "verified"
PUBLIC = "public"
# Every facet that any document carries; the index is told of them once.
FACETS = ("direction", "chain", "link", "type", "division", "certificate", "procedure", "openness", "party")


def firm_token(firm_id: int) -> str:
    """Held by those who speak for the firm or fill in for it."""
    return f"firm:{firm_id}"


def invited_token(firm_id: int) -> str:
    """Held by the firm's own people only: an invitation is not for staff who fill in for it."""
    return f"invited:{firm_id}"


def office_token(office_id: int) -> str:
    """Held by the staff of the 镇/街道 that looks after the firm."""
    return f"office:{office_id}"


def _owners(firm: Firm) -> tuple[str, ...]:
    """Who always sees what this firm has: itself, its office, and those whose reach is the whole district."""
    looked_after = (office_token(firm.office_id),) if firm.office_id is not None else ()
    return (firm_token(firm.id), *looked_after, STAFF)


def need_documents(session: Session, ids: Iterable[int], now: datetime) -> list[Document]:
    """Documents of those needs that are open; what is missing from the result has none."""
    rows = session.scalars(open_needs(day_of(now)).where(Need.id.in_(list(ids)))).unique().all()
    invited = _invited(session, rows)
    fields = taxonomy.type_fields(session)
    return [_need(need, invited.get(need.id, ()), fields) for need in rows]


def _need(need: Need, invited: Sequence[int], fields: Sequence[TypeField]) -> Document:
    own = _owners(need.firm)
    seen_by = {
        "public": (PUBLIC, VERIFIED, *own),
        "verified": (VERIFIED, *own),
        "invited": (*(invited_token(firm_id) for firm_id in invited), *own),
    }[need.visibility]
    specs = "；".join(written(row) for row in content_of(need.specs))
    terms = _terms(fields_for(fields, "want", (need.type_key,)), need.terms)
    title, body = indexed(need.title, need.use, need.description, specs, terms)
    open_to = (
        ("sme", need.sme_oriented),
        ("first_of_kind", need.accepts_first_of_kind),
        ("splitting", need.splitting_accepted),
    )
    return Document(
        kind="need",
        id=need.id,
        title=title,
        subtitle="" if need.anonymous else need.firm.legal_name,
        body=body,
        names=_names(title, "" if need.anonymous else need.firm.legal_name),
        rev=0,  # records.py gives it its own
        visibility=seen_by,
        facets={
            **_place(need.chain_key, need.link_key),
            "direction": ("want",),
            "type": (need.type_key,),
            "division": divisions_of(need.delivery_division),
            "certificate": tuple(sorted(row.kind_key for row in need.certificates)),
            "procedure": (need.procedure,),
            "openness": tuple(name for name, open_ in open_to if open_),
            # An anonymous buyer may be the only bank or public buyer of the district.
            "party": () if need.anonymous else _parties(need.firm),
        },
        published=day(_day(need.published_at)),
        valid_until=day(need.valid_until, default=LAST_DAY),
    )


def capability_documents(session: Session, ids: Iterable[int], now: datetime) -> list[Document]:
    rows = session.scalars(open_capabilities(day_of(now)).where(Capability.id.in_(list(ids)))).unique().all()
    held = certifications.held_by(session, {row.firm_id for row in rows})
    fields = taxonomy.type_fields(session)
    return [
        _capability(row, certifications.kinds_in_force(held.get(row.firm_id, []), day_of(now)), fields)
        for row in rows
    ]


def _capability(row: Capability, certificates: frozenset[str], fields: Sequence[TypeField]) -> Document:
    own = _owners(row.firm)
    specs = "；".join(written(spec) for spec in content_of(row.specs))
    standards = "、".join(sorted(standard.standard for standard in row.standards))
    types = [kind.type_key for kind in row.types]
    terms = _terms(fields_for(fields, "offer", types), row.terms)
    title, body = indexed(
        row.product, row.english_product or "", row.sentence, row.description, specs, standards, terms
    )
    return Document(
        kind="capability",
        id=row.id,
        title=title,
        subtitle=row.firm.legal_name,
        body=body,
        names=_names(title, row.firm.legal_name),
        offered=offered(row),
        rev=0,  # records.py gives it its own
        visibility=(PUBLIC, VERIFIED, *own) if row.visibility == "public" else (VERIFIED, *own),
        facets={
            **_place(row.chain_key, row.link_key),
            "direction": ("open" if row.nature == "opening" else "make",),
            "type": tuple(sorted(types)) or ("procurement", "processing"),
            "division": divisions_of(row.firm.production_division or row.firm.registered_division),
            "certificate": tuple(sorted(certificates)),
            "party": _parties(row.firm),
        },
        published=day(_day(row.published_at)),
        valid_until=day(row.valid_until, default=LAST_DAY),
    )


def firm_documents(session: Session, ids: Iterable[int], now: datetime) -> list[Document]:
    rows = session.scalars(
        select(Firm)
        .where(Firm.id.in_(list(ids)), Firm.verified_at.is_not(None), Firm.suspended_at.is_(None))
        .options(selectinload(Firm.chains))
    ).all()
    held = certifications.held_by(session, [row.id for row in rows])
    products = _products(session, [row.id for row in rows], now)
    return [
        Document(
            kind="firm",
            id=row.id,
            title=row.legal_name,
            subtitle=row.english_name or "",
            body="\n".join(
                [row.main_product or "", row.profile or "", "、".join(products.get(row.id, ()))]
            ).strip(),
            names=_names(row.legal_name, *products.get(row.id, ())),
            rev=0,  # records.py gives it its own
            visibility=(PUBLIC, VERIFIED, *_owners(row)),
            facets={
                "chain": tuple(sorted({place.chain_key for place in row.chains})),
                "link": tuple(sorted({place.link_key for place in row.chains if place.link_key})),
                "division": divisions_of(row.production_division or row.registered_division),
                "certificate": tuple(
                    sorted(certifications.kinds_in_force(held.get(row.id, []), day_of(now)))
                ),
                "party": _parties(row),
            },
            published=day(_day(row.verified_at)),
        )
        for row in rows
    ]


def _terms(fields: Sequence[TypeField], rows: Iterable[TermColumns]) -> str:
    """What the type's fields say to everybody; an entrance is for the page, not for searching."""
    shown = [field for field in fields if field.key != "entrance"]
    lines = term_lines(shown, terms_of(rows), "zh", closed_too=False)
    return "；".join(f"{line['label']} {line['value']}" for line in lines)


def _parties(firm: Firm) -> tuple[str, ...]:
    return parties_of(firm.party_kind, firm.chain_leader)


def _names(*names: str) -> tuple[str, ...]:
    """Pinyin and initials, by which a name is found on a keyboard set to English."""
    # Late: loads the word cutter, which no page needs that does not search.
    from search.analysis.pinyin import name_tokens

    return name_tokens(filter(None, names), analyser())


def _place(chain: str | None, link: str | None) -> dict[str, tuple[str, ...]]:
    return {"chain": (chain,) if chain else (), "link": (link,) if link else ()}


def divisions_of(code: str | None) -> tuple[str, ...]:
    """A county's code as county and city, so that either finds it."""
    return (code, f"{code[:4]}00") if code else ()


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else day_of(moment)


def _invited(session: Session, needs: Sequence[Need]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    ids = [need.id for need in needs if need.visibility == "invited"]
    statement = select(NeedInvitee.need_id, NeedInvitee.firm_id).where(NeedInvitee.need_id.in_(ids))
    for need_id, firm_id in session.execute(statement):
        found.setdefault(need_id, []).append(firm_id)
    return found


def _products(session: Session, firm_ids: list[int], now: datetime) -> dict[int, list[str]]:
    """Public product names of each firm: people look for a firm by what it makes."""
    found: dict[int, list[str]] = {}
    statement = (
        select(Capability.firm_id, Capability.product)
        .join(Firm, Firm.id == Capability.firm_id)
        .where(open_now(day_of(now)), Capability.firm_id.in_(firm_ids), Capability.visibility == "public")
        .order_by(Capability.id)
    )
    for firm_id, product in session.execute(statement):
        if names(product):
            found.setdefault(firm_id, []).append(product)
    return found
