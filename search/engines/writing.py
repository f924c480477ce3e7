"""What became of each document and tombstone that an engine was given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from search.documents import Document, Tombstone

#: done: stored. stale: something newer stands there already, which is as good. retry: not now, the same may go
#: well later. refused: never, however often it is tried; a person has to look.
State = Literal["done", "stale", "retry", "refused"]

Item = Document | Tombstone


class Outcome(NamedTuple):
    state: State
    reason: str = ""


DONE = Outcome("done")
STALE = Outcome("stale")


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome per key. A key that was given more than once stands for its newest revision."""

    outcomes: Mapping[str, Outcome]

    @property
    def written(self) -> int:
        return sum(outcome.state == "done" for outcome in self.outcomes.values())

    @property
    def settled(self) -> frozenset[str]:
        """Keys that need no further look."""
        return frozenset(key for key, (state, _) in self.outcomes.items() if state in ("done", "stale"))

    @property
    def retry(self) -> dict[str, str]:
        """Keys to try again, with the reason."""
        return self._reasons("retry")

    @property
    def refused(self) -> dict[str, str]:
        """Keys that will never go in as they are, with the reason."""
        return self._reasons("refused")

    def _reasons(self, wanted: State) -> dict[str, str]:
        return {key: reason for key, (state, reason) in self.outcomes.items() if state == wanted}


def newest(items: Iterable[Item]) -> list[Item]:
    """One item per key: the one of the highest revision, of equal ones the last."""
    kept: dict[str, Item] = {}
    for item in items:
        if item.key not in kept or item.rev >= kept[item.key].rev:
            kept[item.key] = item
    return list(kept.values())


def unknown_facets(item: Item, known: Iterable[str]) -> list[str]:
    """Facets that the engine was not told of: what has no field must not slip in."""
    return sorted(set(item.facets).difference(known)) if isinstance(item, Document) else []


def both(first: Report, second: Report) -> Report:
    """The report of a write to two indices: settled is only what both have taken."""
    outcomes = dict(first.outcomes)
    for key, outcome in second.outcomes.items():
        if key not in outcomes or (
            outcomes[key].state in ("done", "stale") and outcome.state in ("retry", "refused")
        ):
            outcomes[key] = outcome
    return Report(outcomes)
