"""What a search server says when it misbehaves: no for some items of a bulk, and answers that make no sense."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.servers.stub import Answer, Asked, answer

Status = Callable[[str, int], int]

GARBAGE = {
    "not json": Answer(200, b"<html>It works!</html>", kind="text/html"),
    "half a json": Answer(200, b'{"took": 1, "hits": {"tot'),
    "cut off": answer({"took": 1, "hits": {"hits": [], "total": {"value": 0}}}, cut=True),
    "an empty object": answer({}),
    "a list": answer([1, 2]),
    "null": answer(None),
    "hits without counts": answer({"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": [], "total": {"value": 0}}}),
    "a part only": answer({"timed_out": True, "_shards": {"failed": 0}, "hits": {"hits": [], "total": {"value": 0}}, "aggregations": {}}),
    "shards missing": answer({"timed_out": False, "_shards": {"failed": 1}, "hits": {"hits": [], "total": {"value": 0}}, "aggregations": {}}),
    "another product": Answer(200, b"{}", product="Something else"),
    "a server error": answer({"error": {"type": "boom", "reason": "boom"}}, 500),
    "busy": answer({"error": "too many"}, 429),
    "a redirect": Answer(302, b""),
    "no entry": answer({"error": {"type": "security", "reason": "no"}}, 401),
    "binary": Answer(200, bytes(range(256))),
}  # fmt: skip


class OneIndex:
    """A server with one index, which gives each item of a bulk the status that `status(key, attempt)` says."""

    def __init__(self, name: str, status: Status = lambda key, attempt: 200) -> None:
        self.name = name
        self.index = f"{name}-g0"
        self.status = status
        self.tried: dict[str, int] = {}

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("/_alias"):
            names = (self.name, f"{self.name}-complete")
            return answer({self.index: {"aliases": {name: {} for name in names}}})
        assert asked.path.endswith("/_bulk"), asked
        items = []
        for line in asked.body.splitlines():
            action = json.loads(line).get("index")
            if isinstance(action, dict) and "_id" in action:
                assert action["version_type"] == "external_gte"
                key = action["_id"]
                self.tried[key] = self.tried.get(key, 0) + 1
                items.append({"index": self._item(key)})
        return answer({"errors": True, "items": items})

    def _item(self, key: str) -> dict[str, object]:
        status = self.status(key, self.tried[key])
        error = {"error": {"type": "es_rejected", "reason": f"because {status}"}} if status >= 300 else {}
        return {"_id": key, "status": status, **error}
