"""The search engine of this site: one embedded index in the data folder, opened once a process."""

from __future__ import annotations

import threading
from pathlib import Path

from marketplace.core.actor import Actor
from marketplace.core.analysis import analyser
from marketplace.discovery.documents import FACETS, PUBLIC, STAFF, VERIFIED, firm_token
from marketplace.settings import Settings
from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine

# Decides the order of equals; changing it shuffles every list, so it never changes.
SALT = "lianqiao"
_lock = threading.Lock()
_engines: dict[Path, EmbeddedEngine] = {}


def engine_of(settings: Settings) -> Engine:
    """The engine of these settings."""
    root = settings.data_dir / "index"
    with _lock:
        if root not in _engines:
            _engines[root] = EmbeddedEngine(root, analyser(), facets=FACETS, salt=SALT)
        return _engines[root]


def tokens_of(actor: Actor) -> frozenset[str]:
    """What this actor holds; a document is seen by those who hold one of its tokens."""
    tokens = {PUBLIC}
    if actor.staff or actor.firm_ids:
        tokens.add(VERIFIED)
    tokens.update(firm_token(firm_id) for firm_id in actor.firm_ids)
    if actor.bureau:
        tokens.add(STAFF)
    return frozenset(tokens)
