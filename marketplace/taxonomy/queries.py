"""Reads of the reference lists, as frozen values. Each is kept in memory; one query per call asks for its digest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.taxonomy import models, rules
from marketplace.taxonomy.entry_lists import entry_rights as entry_rights
from marketplace.taxonomy.entry_lists import type_fields as type_fields
from marketplace.taxonomy.kept import cached
from marketplace.taxonomy.values import (
    CertificateKind,
    Chain,
    Division,
    Edge,
    Industry,
    Link,
    NeedType,
    Parameter,
    SizeGroup,
    Tier,
    TierRule,
)


def list_versions(session: Session) -> dict[str, str]:
    """The digest of every loaded list: what a frozen result stores to say which taxonomy it used."""
    rows = session.execute(select(models.TaxonomyList.key, models.TaxonomyList.digest))
    return {row.key: row.digest for row in rows}


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


# ---------------------------------------------------------------- industries
def industries(session: Session) -> Mapping[str, Industry]:
    """Every industry by code, in the order of the standard."""

    def read(session: Session) -> Mapping[str, Industry]:
        rows = session.scalars(select(models.Industry).order_by(models.Industry.code)).all()
        return MappingProxyType(
            {row.code: Industry(row.name, row.name_en, row.code, row.level, row.parent or "") for row in rows}
        )

    return cached(session, ("industries",), "industries", read)


def industry_path(session: Session, code: str) -> tuple[Industry, ...]:
    """A node with everything above it, section first; empty for an unknown code. Takes ``C281`` and ``281`` alike."""
    known = industries(session)
    path: list[Industry] = []
    node = known.get(rules.industry_code(code))
    while node is not None:
        path.append(node)
        node = known.get(node.parent)
    return tuple(reversed(path))


def industry_children(session: Session, parent: str = "") -> tuple[Industry, ...]:
    """The next level below a code; the sections for ''."""
    return tuple(node for node in industries(session).values() if node.parent == parent)


def search_industries(session: Session, text: str, limit: int = 20) -> tuple[Industry, ...]:
    """By code prefix, then by name prefix, then by a part of the name; wider levels first among equals."""
    wanted, code = text.strip().casefold(), rules.industry_code(text)
    if not wanted:
        return industry_children(session)[:limit]
    ranked = []
    for node in industries(session).values():
        names = (node.name.casefold(), node.name_en.casefold())
        if code and node.code.startswith(code):
            rank = 0
        elif any(name.startswith(wanted) for name in names):
            rank = 1
        elif any(wanted in name for name in names):
            rank = 2
        else:
            continue
        ranked.append((rank, len(node.code), node.code, node))
    return tuple(entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit])


# ---------------------------------------------------------------- divisions
def divisions(session: Session) -> Mapping[str, Division]:
    """Every division by code, also those no longer in force (an old address must still be readable)."""

    def read(session: Session) -> Mapping[str, Division]:
        rows = session.scalars(select(models.Division).order_by(models.Division.code)).all()
        return MappingProxyType(
            {
                row.code: Division(
                    row.name,
                    row.name_en,
                    row.code,
                    row.level,
                    row.parent or "",
                    row.full_name,
                    row.is_zone,
                    row.valid_from,
                    row.valid_to,
                )
                for row in rows
            }
        )

    return cached(session, ("divisions",), "divisions", read)


def division(session: Session, code: str | None) -> Division | None:
    return divisions(session).get(code) if code else None


def division_label(session: Session, code: str | None, locale: str) -> str:
    """The full written name; an unknown code as it is, nothing for None."""
    found = division(session, code)
    return (code or "") if found is None else (found.label(locale) if locale == "en" else found.full_name)


def division_children(session: Session, parent: str, as_of: date) -> tuple[Division, ...]:
    """The divisions in force directly below a code; provinces for ''."""
    return tuple(
        node for node in divisions(session).values() if node.parent == parent and node.in_force(as_of)
    )


def division_tree(session: Session, as_of: date) -> Mapping[str, tuple[Division, ...]]:
    """Children by parent code, for a three-step chooser."""
    below: dict[str, list[Division]] = {}
    for node in divisions(session).values():
        if node.in_force(as_of):
            below.setdefault(node.parent, []).append(node)
    return {code: tuple(nodes) for code, nodes in below.items()}


def search_divisions(session: Session, text: str, as_of: date, limit: int = 20) -> tuple[Division, ...]:
    """By code or name prefix, then by a part of the full name; wider levels first, then by code."""
    wanted = text.strip().casefold()
    if not wanted:
        return division_children(session, "", as_of)[:limit]
    ranked = []
    for node in divisions(session).values():
        if not node.in_force(as_of):
            continue
        if node.code.startswith(wanted) or any(
            name.casefold().startswith(wanted) for name in (node.name, node.full_name, node.name_en)
        ):
            rank = 0
        elif wanted in node.full_name.casefold() or wanted in node.name_en.casefold():
            rank = 1
        else:
            continue
        ranked.append((rank, ("province", "city", "area").index(node.level), node.code, node))
    return tuple(entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit])


# ---------------------------------------------------------------- chains
def chains(session: Session) -> tuple[Chain, ...]:
    """The chains in their order, each with its links from upstream to downstream."""

    def read(session: Session) -> tuple[Chain, ...]:
        groups: dict[str, list[str]] = {}
        for pair in session.scalars(select(models.LinkIndustry).order_by(models.LinkIndustry.industry)):
            groups.setdefault(pair.link, []).append(pair.industry)
        links: dict[str, list[Link]] = {}
        for row in session.scalars(select(models.ChainLink)):
            link = Link(
                row.name,
                row.name_en,
                row.key,
                row.chain,
                row.position,
                row.stage,
                _split(row.products),
                tuple(groups.get(row.key, ())),
            )
            links.setdefault(row.chain, []).append(link)
        return tuple(
            Chain(
                row.name,
                row.name_en,
                row.key,
                row.position,
                row.summary,
                row.summary_en,
                tuple(
                    sorted(
                        links.get(row.key, ()),
                        key=lambda link: (rules.STAGES.index(link.stage), link.position),
                    )
                ),
            )
            for row in session.scalars(select(models.Chain).order_by(models.Chain.position))
        )

    return cached(session, ("chains", "links", "link_industries"), "chains", read)


def chain(session: Session, key: str) -> Chain:
    """Raises NotFound."""
    for found in chains(session):
        if found.key == key:
            return found
    raise NotFound(f"chain {key}")


def links(session: Session) -> dict[str, Link]:
    """Every link by key."""
    return {link.key: link for found in chains(session) for link in found.links}


def links_for_industry(session: Session, code: str) -> tuple[Link, ...]:
    """The links whose groups a firm's industry (3 or 4 digits) falls into: a suggestion, never a fact."""
    group = rules.industry_code(code)[:3]
    return tuple(link for link in links(session).values() if group in link.industries)


def edges(session: Session) -> tuple[Edge, ...]:
    """Upstream → downstream, all chains."""

    def read(session: Session) -> tuple[Edge, ...]:
        rows = session.scalars(
            select(models.LinkEdge).order_by(models.LinkEdge.upstream, models.LinkEdge.downstream)
        )
        return tuple(Edge(row.upstream, row.downstream, row.flow, row.flow_en) for row in rows)

    return cached(session, ("link_edges",), "link_edges", read)


# ---------------------------------------------------------------- kinds and types
def certificate_kinds(session: Session) -> Mapping[str, CertificateKind]:
    """Every kind by key, in the order in which they are offered; tiers are kinds of the family ``tier``."""

    def read(session: Session) -> Mapping[str, CertificateKind]:
        rows = session.scalars(select(models.CertificateKind).order_by(models.CertificateKind.position))
        return MappingProxyType(
            {
                row.key: CertificateKind(
                    row.name, row.name_en, row.key, row.position, row.family, _split(row.aliases)
                )
                for row in rows
            }
        )

    return cached(session, ("certificate_kinds",), "certificate_kinds", read)


def need_types(session: Session) -> Mapping[str, NeedType]:
    def read(session: Session) -> Mapping[str, NeedType]:
        rows = session.scalars(select(models.NeedType).order_by(models.NeedType.position))
        return MappingProxyType(
            {
                row.key: NeedType(
                    row.name,
                    row.name_en,
                    row.key,
                    row.position,
                    row.summary,
                    row.summary_en,
                    _split(row.sections),
                )
                for row in rows
            }
        )

    return cached(session, ("need_types",), "need_types", read)


# ---------------------------------------------------------------- dated rules
def tier_rules(session: Session) -> tuple[TierRule, ...]:
    """The rules of graded cultivation, oldest first."""

    def read(session: Session) -> tuple[TierRule, ...]:
        out = []
        for row in session.scalars(select(models.TierRule).order_by(models.TierRule.valid_from)):
            month, day = row.annual_update_by.split("-")
            out.append(
                TierRule(
                    row.name,
                    row.name_en,
                    row.key,
                    row.document,
                    row.valid_from,
                    row.valid_to,
                    (int(month), int(day)),
                    row.re_review,
                )
            )
        return tuple(out)

    return cached(session, ("tier_rules",), "tier_rules", read)


def tiers(session: Session, rule: str | None = None) -> tuple[Tier, ...]:
    """The tiers of one rule, or of all, lowest first."""

    def read(session: Session) -> tuple[Tier, ...]:
        rows = session.scalars(
            select(models.Tier).order_by(models.Tier.rule, models.Tier.level, models.Tier.key)
        )
        return tuple(
            Tier(
                row.name,
                row.name_en,
                row.rule,
                row.key,
                row.parent or "",
                row.level,
                row.recognised_by,
                row.validity_years,
                row.confidence,
                row.shown,
            )
            for row in rows
        )

    return tuple(tier for tier in cached(session, ("tiers",), "tiers", read) if rule in (None, tier.rule))


def size_groups(session: Session) -> tuple[SizeGroup, ...]:
    def three(row: models.SizeGroup, what: str) -> tuple[int, int, int] | None:
        bounds = [getattr(row, f"{what}_{edge}") for edge in ("small_ge", "medium_ge", "medium_lt")]
        return None if None in bounds else (bounds[0], bounds[1], bounds[2])

    def read(session: Session) -> tuple[SizeGroup, ...]:
        return tuple(
            SizeGroup(
                row.name,
                row.name_en,
                row.key,
                row.position,
                three(row, "employees"),
                three(row, "revenue_wan"),
                three(row, "assets_wan"),
                _split(row.codes),
                _split(row.excluded_codes),
            )
            for row in session.scalars(select(models.SizeGroup).order_by(models.SizeGroup.position))
        )

    return cached(session, ("size_groups",), "size_groups", read)


def size_group_for(session: Session, industry_code: str) -> SizeGroup | None:
    """The size group of an industry; None = ask (unknown code, or an industry outside the 16 groups).

    A four-digit class that was not imported is judged by its group or division.
    """
    code = rules.industry_code(industry_code)
    while code:
        if path := industry_path(session, code):
            return rules.size_group_for(path[-1].code, size_groups(session), path[0].code)
        code = code[:-1] if code.isdigit() else ""
    return None


def parameters(session: Session) -> tuple[Parameter, ...]:
    """Every dated figure: payment terms and procurement. For rules.parameter_on and rules.payment_term_verdict."""

    def read(session: Session) -> tuple[Parameter, ...]:
        rows = session.scalars(
            select(models.DatedParameter).order_by(
                models.DatedParameter.key, models.DatedParameter.valid_from, models.DatedParameter.id
            )
        )
        return tuple(
            Parameter(
                row.key,
                row.scope,
                row.region,
                row.value,
                row.unit,
                row.valid_from,
                row.valid_to,
                row.document,
                row.article,
                _split(row.binds),
                row.source,
                row.confidence,
                row.shown,
            )
            for row in rows
        )

    return cached(session, ("payment_terms", "procurement_parameters"), "parameters", read)
