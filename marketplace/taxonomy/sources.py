"""Which seed file fills which table, in loading order: a list comes after the lists that it refers to."""

from __future__ import annotations

from marketplace.taxonomy import models
from marketplace.taxonomy.loading import Source

INDUSTRY_LIST = "industries"
INDUSTRY_EDITION = "GB/T 4754-2017"
CITY_CHAINS = "2026-11"
OWN_LISTS = "2026-11"
RULES = "2026-11-23"

SOURCES = (
    Source(INDUSTRY_LIST, INDUSTRY_EDITION, models.Industry, "taxonomy/industries.csv", ("code",), {}),
    Source(
        "divisions",
        "2023 + changes to 2026-11",
        models.Division,
        "taxonomy/divisions.csv",
        ("code",),
        {},
        changes="taxonomy/division_changes.csv",
    ),
    Source("chains", CITY_CHAINS, models.Chain, "taxonomy/chains.csv", ("key",), {}),
    Source("links", CITY_CHAINS, models.ChainLink, "taxonomy/links.csv", ("key",), {}),
    Source(
        "link_edges",
        CITY_CHAINS,
        models.LinkEdge,
        "taxonomy/link_edges.csv",
        ("upstream", "downstream"),
        {},
        owned=True,
    ),
    Source(
        "link_industries",
        CITY_CHAINS,
        models.LinkIndustry,
        "taxonomy/link_industries.csv",
        ("link", "industry"),
        {},
        owned=True,
    ),
    Source(
        "certificate_kinds", OWN_LISTS, models.CertificateKind, "taxonomy/certificate_kinds.csv", ("key",), {}
    ),
    Source("need_types", OWN_LISTS, models.NeedType, "taxonomy/need_types.csv", ("key",), {}),
    Source(
        "entry_rights",
        OWN_LISTS,
        models.EntryRight,
        "taxonomy/entry_rights.csv",
        ("party", "type", "direction"),
        {},
        owned=True,
    ),
    Source("type_fields", OWN_LISTS, models.TypeField, "taxonomy/type_fields.csv", ("side", "key"), {}),
    Source("tier_rules", RULES, models.TierRule, "rules/tier_rules.csv", ("key",), {}),
    Source("tiers", RULES, models.Tier, "rules/tiers.csv", ("rule", "key"), {}),
    Source(
        "tier_transitions",
        RULES,
        models.TierTransition,
        "rules/tier_transitions.csv",
        ("document", "valid_from"),
        {},
        owned=True,
    ),
    Source("size_groups", "2011-06-18", models.SizeGroup, "rules/size_groups.csv", ("key",), {}, owned=True),
    *(
        Source(
            key,
            RULES,
            models.DatedParameter,
            f"rules/{key}.csv",
            ("key", "scope", "region", "valid_from"),
            {"list_key": key},
            owned=True,
        )
        for key in ("payment_terms", "procurement_parameters")
    ),
)
