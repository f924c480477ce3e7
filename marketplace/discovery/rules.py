"""Rules of saved searches and of the index: pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem

KINDS = ("need", "capability", "firm")
CADENCES = ("instant", "daily", "weekly")
# known: there when the search was saved, or found while it was muted; ready: to be told of; told: a mail has said so.
HIT_STATES = ("known", "ready", "told")
MOST_SAVED = 50
LONGEST_NAME = 60


def may_follow(actor: Actor) -> bool:
    """Whoever signed in; what they find is asked with what they may see at that time."""
    return actor.signed_in


def may_watch_index(actor: Actor) -> bool:
    """The state of the index, and what can be done about it: administrators, and the machine."""
    return actor.administrator or actor.system


def fingerprint(kind: str, text: str, filters: Mapping[str, Sequence[str]]) -> str:
    """The same question, however its filters were ordered, has the same one."""
    chosen = sorted((name, sorted(set(values))) for name, values in filters.items() if values)
    question = json.dumps([kind, " ".join(text.split()), chosen])
    return hashlib.blake2b(question.encode(), digest_size=16).hexdigest()


def problems_of(name: str, cadence: str) -> list[Problem]:
    problems = []
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        problems.append(Problem("discovery.search_name", "name", {"most": LONGEST_NAME}))
    if cadence not in CADENCES:
        problems.append(Problem("discovery.cadence_unknown", "cadence"))
    return problems
