"""The matcher fitted over every open capability; built in the worker and on the command line, never in a page.

Fitting is kept until something that it rests on has changed: listings, firms, certificates or the day.
"""

from __future__ import annotations

import threading
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, func, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.certifications.models import CertificateAbsence, Certification
from marketplace.core.analysis import analyser
from marketplace.firms.models import Firm
from marketplace.proposals.profiles import capability_profiles
from marketplace.taxonomy import queries as taxonomy
from matching import CapabilityProfile, UnitTable, read_units

if TYPE_CHECKING:
    from matching import Matcher

_lock = threading.Lock()
# By database (reading and writing engines share its pool), the last fitted matcher and the version of what it was fitted on.
_kept: WeakKeyDictionary[Pool, tuple[tuple[object, ...], Matcher]] = WeakKeyDictionary()


@cache
def units() -> UnitTable:
    return read_units(paths.SEEDS / "units")


def chain_edges(session: Session) -> frozenset[tuple[str, str]]:
    """Which link delivers to which, as the matcher reads it."""
    return frozenset((edge.upstream, edge.downstream) for edge in taxonomy.edges(session))


def fit(session: Session, capabilities: list[CapabilityProfile]) -> Matcher:
    """A matcher over these profiles with the site's analyser, units and chains."""
    # Late: loads numpy.
    from matching import Matcher

    return Matcher.fit(capabilities, analyser(), units=units(), links=chain_edges(session))


def narrowed(matcher: Matcher, capabilities: list[CapabilityProfile]) -> Matcher:
    """A matcher that knows these capabilities alone and scores each exactly as the whole one does."""
    # Late: loads numpy.
    from matching import Matcher

    return Matcher.from_statistics(
        matcher.statistics(), capabilities, matcher.analyser, units=matcher.units, links=matcher.links
    )


def current_matcher(session: Session, as_of: date) -> Matcher:
    """The matcher over all capabilities open on a day; the last one is kept while nothing has changed."""
    pool = session.get_bind().engine.pool
    version = _content_version(session, as_of)
    with _lock:
        kept = _kept.get(pool)
        if kept is None or kept[0] != version:
            rows = session.scalars(open_capabilities(as_of).order_by(Capability.id)).unique().all()
            kept = (version, fit(session, capability_profiles(session, rows)))
            _kept[pool] = kept
        return kept[1]


def _content_version(session: Session, as_of: date) -> tuple[object, ...]:
    """Changes whenever a profile could: counts and newest moments of all that profiles are made of."""
    parts: list[object] = [as_of, chain_edges(session)]
    for model, moment in (
        (Capability, Capability.updated_at),
        (Firm, Firm.updated_at),
        (Certification, Certification.created_at),
        (CertificateAbsence, CertificateAbsence.declared_at),
    ):
        parts.append(tuple(session.execute(select(func.count(), func.max(moment)).select_from(model)).one()))
    removed = select(func.count(Certification.removed_at), func.count(Certification.revoked_on))
    parts.append(tuple(session.execute(removed).one()))
    states = select(
        func.count(Firm.verified_at),
        func.count(Firm.suspended_at),
        func.sum(Capability.version),
        # A step on one listing may be committed after a later one on another: the newest moment alone would miss it.
        *(
            func.count(getattr(Capability, step))
            for step in ("submitted_at", "published_at", "paused_at", "closed_at")
        ),
    )
    parts.append(
        tuple(
            session.execute(
                states.select_from(Firm).outerjoin(Capability, Capability.firm_id == Firm.id)
            ).one()
        )
    )
    return tuple(parts)
