"""The two clients, and what their failures mean here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import elasticsearch
from elasticsearch import Elasticsearch

from search.engines.base import EngineError, EngineUnavailable

#: A reader does not wait longer; a batch may.
QUERY_SECONDS: Final = 1.0
INDEX_SECONDS: Final = 30.0
CLIENT_MAJOR: Final = elasticsearch.VERSION[0]
#: What a busy or starting server says; anything else will not get better by asking again.
PASSING: Final = frozenset({429, 500, 502, 503, 504})


def query_client(url: str, seconds: float, **options: Any) -> Elasticsearch:
    return Elasticsearch(
        url.split(","),
        request_timeout=seconds,
        max_retries=1,
        retry_on_timeout=True,
        retry_on_status=(429, 502, 503, 504),
        **options,
    )


def index_client(url: str, seconds: float, **options: Any) -> Elasticsearch:
    """Does not retry: the writer does, item by item."""
    return Elasticsearch(url.split(","), request_timeout=seconds, max_retries=0, **options)


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the client raises becomes EngineUnavailable, and so does an answer that makes no sense: a proxy's
    error page, half a document, another product on this port."""
    try:
        yield
    except EngineError:
        raise
    except elasticsearch.ApiError as error:
        raise EngineUnavailable(f"{error.status_code}: {reason_of(error.body)}") from error
    except (elasticsearch.TransportError, elasticsearch.UnsupportedProductError) as error:
        raise EngineUnavailable(f"{type(error).__name__}: {error}"[:500]) from error
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise EngineUnavailable(f"an answer that makes no sense: {error!r}"[:500]) from error


def reason_of(body: Any) -> str:
    """What the server says went wrong, in one line."""
    found = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(found, dict):
        cause = found.get("caused_by") or {}
        said = [
            found.get("type"),
            found.get("reason"),
            cause.get("reason") if isinstance(cause, dict) else None,
        ]
        found = ": ".join(str(part) for part in said if part)
    return str(found)[:500]


def server_version(client: Elasticsearch) -> str:
    """The version of the node that answers. `GET /` may be forbidden to us, this is not."""
    answer = client.nodes.info(node_id="_local", metric="http", filter_path="nodes.*.version")
    (node,) = answer["nodes"].values()
    return str(node["version"])
