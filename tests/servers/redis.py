"""A real Redis for one test process: this machine's server, on a port of its own, keeping nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

READY_SECONDS = 20


class Absent(Exception):
    """This machine has no Redis for us, and why."""


@contextmanager
def running() -> Iterator[str]:
    """Address of the server; it ends with the block."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise Absent("no Redis: install it (Debian: apt install redis-server)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="lianqiao-redis-") as folder:
        keeping_nothing = ["--save", "", "--appendonly", "no", "--dir", folder]
        command = [program, "--port", str(port), "--bind", "127.0.0.1", *keeping_nothing]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(server, port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Absent("no Redis: it does not start here")
