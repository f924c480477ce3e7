"""A job acts as the person who asked for it, with the reach they had when they asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.jobs import JobClaim


def actor_params(actor: Actor) -> dict[str, Any]:
    """What of an actor a job's params keep, under ``actor``."""
    return {
        "name": actor.name,
        "firm_roles": [[firm_id, role] for firm_id, role in actor.firm_roles.items()],
        "office_id": actor.office_id,
        "office_kind": actor.office_kind,
        "administrator": actor.administrator,
        "verified": actor.verified,
        "locale": actor.locale,
        "acting_for": actor.acting_for,
        "unchecked_firms": sorted(actor.unchecked_firms),
    }


def actor_of_job(claim: JobClaim) -> Actor:
    """The actor that :func:`actor_params` kept."""
    kept = dict(claim.params["actor"])
    kept["firm_roles"] = MappingProxyType({int(firm_id): role for firm_id, role in kept["firm_roles"]})
    kept["unchecked_firms"] = frozenset(kept.get("unchecked_firms", ()))
    return Actor(account_id=claim.account_id, **kept)
