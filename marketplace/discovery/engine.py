"""The search engine of this site: one embedded index in the data folder, opened once a process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

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
from marketplace.settings import Settings
from search.engines.base import Engine

if TYPE_CHECKING:
    from search.engines.embedded import EmbeddedEngine

# Decides the order of equals; changing it shuffles every list, so it never changes.
SALT = "lianqiao"
_lock = threading.Lock()
_engines: dict[Path, EmbeddedEngine] = {}


def engine_of(settings: Settings) -> Engine:
    """The engine of these settings."""
    # Late: it loads tantivy, which no page needs that does not search.
    from search.engines.embedded import EmbeddedEngine

    root = settings.data_dir / "index"
    with _lock:
        if root not in _engines:
            _engines[root] = EmbeddedEngine(root, analyser(), facets=FACETS, salt=SALT)
        return _engines[root]


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
