"""Bulk writes in which every item is looked at: the helpers of the client retry nothing by default, and a bulk that
"succeeded" may have taken half of its items."""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import elasticsearch
from elasticsearch import Elasticsearch

from search.engines.base import EngineUnavailable
from search.engines.elasticsearch.client import PASSING, reason_of, translated
from search.engines.writing import DONE, STALE, Outcome, Report

MOST_ITEMS: Final = 1000
MOST_BYTES: Final = 5_000_000
#: So few items are somebody's own change, and found as soon as they are written; a larger bulk is found at the index's
#: next refresh, within a second, because each refresh asked for costs the server a small segment.
AT_ONCE: Final = 100
#: With doubling pauses from a fifth of a second: some three seconds in all.
TRIES: Final = 5
_FIRST_PAUSE: Final = 0.2

#: (key, action, source as JSON or None)
Operation = tuple[str, dict[str, Any], str | None]


class _GaveUp(Exception):
    """The server as a whole would not take it."""


class Bulk:
    def __init__(
        self,
        client: Elasticsearch,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._chance = chance

    def send(self, alias: str, operations: Iterable[Operation]) -> Report:
        """Raises EngineUnavailable when nothing at all could be tried."""
        outcomes: dict[str, Outcome] = {}
        gave_up = ""
        wanted = list(operations)
        refresh = 0 < len(wanted) <= AT_ONCE
        for batch in _batches(wanted):
            if gave_up:  # whoever is down for one batch is not asked with the next
                outcomes |= {key: Outcome("retry", gave_up) for key, *_ in batch}
                continue
            try:
                outcomes |= self._batch(alias, batch, refresh)
            except _GaveUp as error:
                if not outcomes:
                    raise EngineUnavailable(str(error)) from error
                gave_up = str(error)
                outcomes |= {key: Outcome("retry", gave_up) for key, *_ in batch}
        return Report(outcomes)

    def _batch(self, alias: str, batch: list[Operation], refresh: bool) -> dict[str, Outcome]:
        """Tries again what may go well later, with growing, uneven pauses so that many writers do not come at once."""
        outcomes: dict[str, Outcome] = {}
        waiting = {operation[0]: operation for operation in batch}
        said = ""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(_FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + self._chance()))
            try:
                answered = self._once(alias, list(waiting.values()), refresh)
            except EngineUnavailable as error:
                said = str(error)
                continue
            outcomes |= answered
            waiting = {key: waiting[key] for key, (state, _) in answered.items() if state == "retry"}
            if not waiting:
                return outcomes
        if not outcomes:
            raise _GaveUp(said)
        return outcomes

    def _once(self, alias: str, batch: list[Operation], refresh: bool) -> dict[str, Outcome]:
        """Raises EngineUnavailable for what may pass; a batch that the server cannot take whole goes in halves, down
        to the one item that it refuses."""
        lines: list[Any] = []
        for _, action, source in batch:
            lines.append(action)
            if source is not None:
                lines.append(source)
        try:
            with translated():
                answer = self._client.bulk(operations=lines, index=alias, require_alias=True, refresh=refresh)
                return _outcomes(batch, answer["items"])
        except EngineUnavailable as error:
            cause = error.__cause__
            if not isinstance(cause, elasticsearch.ApiError) or cause.status_code not in (400, 413):
                raise
            if len(batch) == 1:
                return {batch[0][0]: Outcome("refused", str(error))}
            half = len(batch) // 2
            return self._once(alias, batch[:half], refresh) | self._once(alias, batch[half:], refresh)


def indexing(key: str, rev: int, source: dict[str, Any]) -> Operation:
    """`external_gte`: the same revision may come twice, an older one gets 409, which means that all is well."""
    action = {"index": {"_id": key, "version": rev, "version_type": "external_gte"}}
    return key, action, json.dumps(source, ensure_ascii=False, separators=(",", ":"))


def removing(key: str, seq_no: int, primary_term: int) -> Operation:
    """Only what is still as it was seen."""
    return key, {"delete": {"_id": key, "if_seq_no": seq_no, "if_primary_term": primary_term}}, None


def _outcomes(batch: list[Operation], items: list[dict[str, Any]]) -> dict[str, Outcome]:
    if len(items) != len(batch):
        raise ValueError(f"{len(batch)} items were sent and {len(items)} answered")
    outcomes = {}
    for (key, *_), item in zip(batch, items, strict=True):
        ((_, about),) = item.items()
        if about["_id"] != key:
            raise ValueError(f"asked for {key}, answered for {about['_id']}")
        outcomes[key] = _outcome(int(about["status"]), about)
    return outcomes


def _outcome(status: int, about: dict[str, Any]) -> Outcome:
    if 200 <= status < 300:
        return DONE
    if status == 409:
        return STALE
    reason = f"{status}: {reason_of(about)}"
    # 403 is a disk that ran full: the server lets nobody write until there is room. 404 is an index just lost.
    return Outcome("retry" if status in PASSING or status in (403, 404) else "refused", reason)


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        length = len((operation[2] or "").encode())
        if batch and (len(batch) >= MOST_ITEMS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += length
    if batch:
        yield batch
