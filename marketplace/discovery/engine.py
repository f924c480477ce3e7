"""The search engine of this site, opened once a process: which one it is, is decided here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from marketplace.core.actor import Actor
from marketplace.core.analysis import analyser
from marketplace.discovery.documents import (
    FACETS,
    PUBLIC,
    STAFF,
    VERIFIED,
    firm_token,
    invited_token,
    office_token,
)
from marketplace.discovery.offered import reading
from marketplace.settings import Settings
from search.engines.base import Engine, EngineError
from search.engines.candidates import CandidateSource

# Decides the order of equals; changing it shuffles every list, so it never changes.
SALT = "lianqiao"
_lock = threading.Lock()
_engines: dict[str, tuple[str, Engine]] = {}
# (the one before, the one after) of this process.
_before: list[tuple[Engine, Engine]] = []


def engine_of(settings: Settings) -> Engine:
    """The engine of these settings. Opening it asks no server: a site starts while its search server is down."""
    # Both late: they load tantivy or the client of a server, which no page needs that does not search.
    if settings.search_engine == "elasticsearch":
        return _opened(
            f"{settings.elasticsearch_url} {settings.elasticsearch_prefix} {settings.elasticsearch_shards}",
            lambda: _served(settings),
        )
    root = settings.data_dir / "index"
    return _opened(str(root), lambda: _embedded(root))


def candidate_source(settings: Settings) -> CandidateSource | None:
    """The cluster, where the index lives in one; a folder of this machine could name nothing faster than it is judged."""
    if settings.search_engine != "elasticsearch":
        return None
    return cast("CandidateSource", engine_of(settings))


def reader_of(settings: Settings) -> Engine:
    """The engine that pages ask: under other synonyms the one before answers until the new index is whole."""
    engine = engine_of(settings)
    with _lock:
        before = next((old for old, new in _before if new is engine), None)
    try:
        return before if before is not None and engine.needs_rebuild else engine
    except EngineError:
        return engine


def _embedded(root: Path) -> Engine:
    # Late: see engine_of.
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(root, analyser(), facets=FACETS, salt=SALT)


def _served(settings: Settings) -> Engine:
    # Late: see engine_of.
    from search.engines.elasticsearch import ElasticsearchEngine

    options: dict[str, Any] = {}
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key
    if settings.elasticsearch_ca is not None:
        options["ca_certs"] = str(settings.elasticsearch_ca)
    return ElasticsearchEngine(
        settings.elasticsearch_url,
        analyser(),
        facets=FACETS,
        salt=SALT,
        prefix=settings.elasticsearch_prefix,
        shards=settings.elasticsearch_shards,
        reading=reading(),
        **options,
    )


def _opened(place: str, make: Callable[[], Engine]) -> Engine:
    with _lock:
        version = analyser().version
        if place not in _engines or _engines[place][0] != version:  # other synonyms: another index
            made = make()
            if place in _engines:
                _before[:] = [*_before[-3:], (_engines[place][1], made)]
            _engines[place] = (version, made)
        return _engines[place][1]


def tokens_of(actor: Actor) -> frozenset[str]:
    """What this actor holds; a document is seen by those who hold one of its tokens.

    The same rule as ``visible_to`` of needs, capabilities and firms; a generated test holds them equal.
    """
    tokens = {PUBLIC}
    if actor.vouched_for:
        tokens.add(VERIFIED)
    tokens |= {firm_token(firm_id) for firm_id in actor.firm_ids}
    tokens |= {invited_token(firm_id) for firm_id in actor.checked_firms}
    if actor.staff and actor.acting_for is not None:
        tokens.add(firm_token(actor.acting_for))
    if actor.office_id is not None:
        tokens.add(office_token(actor.office_id))
    if actor.bureau:
        tokens.add(STAFF)
    return frozenset(tokens)
