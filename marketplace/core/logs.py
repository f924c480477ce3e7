"""Logs: one event, one line of JSON on standard error. Variables of a traceback are never shown: they hold secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# PostgreSQL tells the whole row that it refused.
_ROW = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def _without_rows(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if "exception" in event:
        event["exception"] = _ROW.sub("DETAIL: (left out)", event["exception"])
    return event


class _AsEvents(logging.Handler):
    """What a library logs in its own way becomes a line like ours."""

    def emit(self, record: logging.LogRecord) -> None:
        said = structlog.get_logger()
        said.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def configure_logs() -> None:
    """Once a process; whoever assembles a second part (the demo: site and worker) changes nothing."""
    if structlog.is_configured():
        return
    # A line for each request that a search server does not answer tells nothing: our circuit breaker says it once.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    huey = logging.getLogger("huey")
    huey.setLevel(logging.WARNING)  # each bell that it answers would be a line
    huey.addHandler(_AsEvents())
    huey.propagate = False
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        # Asked each time: a stream that was replaced since (a test, a service manager) may be closed by now.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
