"""The matcher fitted over every open capability; built in the worker and on the command line, never in a page.

The last one is kept and told what has changed since: listings, firms, certificates, the day. Its statistics stay until so
much has changed that they would tell; then it is fitted anew, and how far that moved the lists is logged. The worker keeps a fitted one on disk for its next start.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Pool, func, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.capabilities.models import Capability
from marketplace.capabilities.queries import open_capabilities
from marketplace.certifications.models import CertificateAbsence, Certification
from marketplace.core.analysis import analyser
from marketplace.core.context import WorkContext
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.needs.queries import open_needs
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.taxonomy import queries as taxonomy
from matching import CapabilityProfile, UnitTable, read_units

if TYPE_CHECKING:
    from matching import Matcher

log = structlog.get_logger()
_lock = threading.Lock()
STATE = "matcher.state"
DRIFT_SAMPLE = 25  # needs whose lists are compared when a matcher is fitted anew
READING_SECONDS = 1.0  # of every minute
AHEAD_AT_ONCE = 1000


@dataclass(frozen=True)
class _Kept:
    """A matcher, what it knows, and the version of the tables at that time."""

    version: tuple[object, ...]
    profiles: dict[str, CapabilityProfile]
    matcher: Matcher


# By database: reading and writing engines share its pool.
_kept: WeakKeyDictionary[Pool, _Kept] = WeakKeyDictionary()
# Which version of each listing such a matcher has read.
_versions: WeakKeyDictionary[Matcher, Mapping[int, int]] = WeakKeyDictionary()


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


def current_matcher(
    session: Session, as_of: date, folder: Path | None = None, *, under: Matcher | None = None
) -> Matcher:
    """The matcher over all capabilities open on a day; the last one is kept while nothing has changed. ``under``: one
    whose statistics it shall keep, whatever changes."""
    pool = session.get_bind().engine.pool
    version = (*_content_version(session, as_of), under and under.fingerprint)
    with _lock:
        kept = _kept.get(pool)
        if kept is None or kept.version != version:
            rows = session.scalars(open_capabilities(as_of).order_by(Capability.id)).unique().all()
            profiles = {profile.id: profile for profile in capability_profiles(session, rows)}
            if under is not None:
                matcher = _under(under, kept, profiles)
            else:
                matcher = _following(session, kept or _saved(session, folder), profiles, as_of, folder)
            kept = _Kept(version, profiles, matcher)
            _versions[matcher] = {row.id: row.version for row in rows}
            _kept[pool] = kept
        return kept.matcher


def versions_read(matcher: Matcher) -> Mapping[int, int] | None:
    """By listing, of a matcher that :func:`current_matcher` gave: it may be held for a whole batch. None of any other,
    which was made of what stood a moment ago."""
    return _versions.get(matcher)


def read_ahead(context: WorkContext, now: datetime) -> None:
    """The worker's upkeep: read for a second what no need has come near yet, so that a conference waits for less."""
    with context.database.reading() as session:
        kept = _kept.get(session.get_bind().engine.pool)
    until = time.monotonic() + READING_SECONDS
    while kept is not None and time.monotonic() < until and kept.matcher.read_ahead(AHEAD_AT_ONCE):
        pass


def _following(
    session: Session, kept: _Kept | None, profiles: dict[str, CapabilityProfile], as_of: date,
    folder: Path | None,
) -> Matcher:  # fmt: skip
    """The kept matcher with what changed, or one fitted anew."""
    # Late: loads numpy.
    from matching.drift import REFIT_SHARE, overlap

    if (
        kept is None
        or kept.matcher.links != chain_edges(session)
        or kept.matcher.analyser.version != analyser().version
    ):
        return _keeping(fit(session, list(profiles.values())), folder)
    changed = [profile for key, profile in profiles.items() if kept.profiles.get(key) != profile]
    matcher = kept.matcher.changed(changed, kept.profiles.keys() - profiles.keys())
    if matcher.worn <= REFIT_SHARE:
        return matcher
    anew = fit(session, list(profiles.values()))
    sample = session.scalars(open_needs(as_of).order_by(Need.id.desc()).limit(DRIFT_SAMPLE)).unique().all()
    same = overlap(matcher, anew, need_profiles(session, sample), as_of)
    log.info("matcher fitted anew", worn=round(matcher.worn, 3), overlap_at_20=round(same, 3))
    return _keeping(anew, folder)


def _under(under: Matcher, kept: _Kept | None, profiles: dict[str, CapabilityProfile]) -> Matcher:
    """The kept matcher with what changed, where it scores under these statistics; else one made of them."""
    if kept is None or kept.matcher.fingerprint != under.fingerprint:
        return under.narrowed(list(profiles.values()))
    changed = [profile for key, profile in profiles.items() if kept.profiles.get(key) != profile]
    return kept.matcher.changed(changed, kept.profiles.keys() - profiles.keys())


def _saved(session: Session, folder: Path | None) -> _Kept | None:
    """The matcher of an earlier process, where one is on disk and still holds."""
    if folder is None or not (folder / STATE).exists():
        return None
    # Late: loads numpy.
    from matching import state

    try:
        matcher = state.load(folder / STATE, analyser(), units(), chain_edges(session))
    except state.StateRefused as refused:
        log.info("matcher is fitted anew", saved=str(refused))
        return None
    return _Kept((), {profile.id: profile for profile in matcher.capabilities}, matcher)


def _keeping(matcher: Matcher, folder: Path | None) -> Matcher:
    if folder is not None:
        # Late: loads numpy.
        from matching import state

        try:
            state.save(matcher, folder / STATE)
        except OSError as error:  # the next process fits anew; this one needs no file
            log.error("matcher cannot be saved", exc_info=error)
    return matcher


def _content_version(session: Session, as_of: date) -> tuple[object, ...]:
    """Changes whenever a profile could: counts and newest moments of all that profiles are made of."""
    parts: list[object] = [as_of, chain_edges(session), analyser().version]
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
