"""A small HTTP server that misbehaves on demand: refuses, hangs, answers garbage, fails some items of a bulk."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Asked(NamedTuple):
    method: str
    path: str
    body: bytes
    query: str = ""


class Answer(NamedTuple):
    status: int
    body: bytes
    #: Seconds before anything is said.
    after: float = 0.0
    product: str = "Elasticsearch"
    kind: str = "application/vnd.elasticsearch+json;compatible-with=8"
    #: Close the connection in the middle of the body.
    cut: bool = False


def answer(body: object, status: int = 200, **more: object) -> Answer:
    return Answer(status, json.dumps(body).encode(), **more)  # type: ignore[arg-type]


class Stub:
    """`behave` decides what each request gets; `asked` remembers them."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.behave: Callable[[Asked], Answer] = lambda asked: answer({})
        self.url = ""

    def paths(self, ending: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path.endswith(ending)]


@contextmanager
def stub_server() -> Iterator[Stub]:
    stub = Stub()
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked_for = urlsplit(self.path)
            asked = Asked(self.command, asked_for.path, self.rfile.read(length), asked_for.query)
            stub.asked.append(asked)
            given = stub.behave(asked)
            until = time.monotonic() + given.after
            while time.monotonic() < until and not done.is_set():
                time.sleep(0.01)
            try:
                self.send_response(given.status)
                self.send_header("Content-Type", given.kind)
                self.send_header("X-Elastic-Product", given.product)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body[: len(given.body) // 2] if given.cut else given.body)
                self.wfile.flush()
            except OSError:
                pass  # the client has given up waiting
            self.close_connection = given.cut or self.close_connection

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()
