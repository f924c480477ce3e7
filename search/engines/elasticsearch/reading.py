"""Reading an index from one end to the other: a point in time, and every page begins behind the last one."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import elasticsearch
from elasticsearch import Elasticsearch

from search.engines.elasticsearch.clauses import Clause
from search.engines.elasticsearch.client import translated

BATCH: Final = 2_000
_KEPT: Final = "2m"


def walk(
    client: Elasticsearch, index: str, query: Clause, sort: list[str], columns: tuple[str, ...], **more: Any
) -> Iterator[dict[str, Any]]:
    """Every hit of `query` in the order of `sort`, which must be unique; `columns` from its fields."""
    with translated():
        pit = client.open_point_in_time(index=index, keep_alive=_KEPT)["id"]
    try:
        after: list[Any] | None = None
        while True:
            with translated():
                answer = client.search(
                    pit={"id": pit, "keep_alive": _KEPT},
                    query=query,
                    sort=[{name: "asc"} for name in sort],
                    search_after=after,
                    size=BATCH,
                    source=False,
                    docvalue_fields=[{"field": name} for name in columns],
                    track_total_hits=False,
                    **more,
                )
                pit = answer["pit_id"]
                hits: list[dict[str, Any]] = answer["hits"]["hits"]
            yield from hits
            if len(hits) < BATCH:
                return
            after = hits[-1]["sort"]
    finally:
        with suppress(elasticsearch.ApiError, elasticsearch.TransportError):
            client.close_point_in_time(id=pit)


def columns_of(hit: dict[str, Any], *names: str) -> list[int]:
    """Numbers out of a hit's fields, in this order."""
    return [int(hit["fields"][name][0]) for name in names]
