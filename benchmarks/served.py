"""A real Elasticsearch to measure against: the one that the environment names, else one of our own for as long as it takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.servers.elasticsearch import Absent, Server

ADDRESS = "ELASTICSEARCH_TEST_URL"


@contextmanager
def elasticsearch() -> Iterator[str | None]:
    """Its address. None, and the reason printed, where this machine has no server for us."""
    if named := os.environ.get(ADDRESS):
        yield named
        return
    server = _started()
    try:
        yield server.url if server else None
    finally:
        if server:
            server.stop()


def _started() -> Server | None:
    try:
        server = Server(heap="1g")
        server.wait()
    except Absent as reason:
        print(f"  {reason}")
        return None
    return server
