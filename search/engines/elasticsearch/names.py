"""Which index answers, which grows beside it, which stands ready to go back to: aliases, so that a swap is one call.

An index also has an alias of its own for writing. A bulk that must go through an alias cannot call an index into being
that somebody deleted, with a mapping guessed from its first document.
"""

import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

import elasticsearch
from elasticsearch import Elasticsearch

from search.engines.base import EngineError, EngineUnavailable, RebuildLost
from search.engines.elasticsearch.client import CLIENT_MAJOR, server_version

Role = Literal["current", "building", "previous", "complete"]
Action = Mapping[str, Mapping[str, Any]]
_VERSION: Final = "[0-9a-f]{12}-[0-9a-f]{8}"


@dataclass(frozen=True, slots=True)
class Roles:
    """What the indices of one version are to us now."""

    current: str | None
    building: str | None
    previous: str | None
    complete: frozenset[str]
    everything: frozenset[str]


def written_through(index: str) -> str:
    return f"{index}.write"


class Names:
    """`base` carries the versions of analyser and mapping; it is also the alias that searches go to."""

    def __init__(self, client: Elasticsearch, prefix: str, version: str, body: Mapping[str, Any]) -> None:
        self._client = client
        self._prefix = prefix
        self._body = body
        self.base = f"{prefix}-{version}"

    def alias(self, role: Role) -> str:
        return self.base if role == "current" else f"{self.base}-{role}"

    def roles(self) -> Roles:
        answer = self._client.indices.get_alias(index=f"{self.base}-g*", expand_wildcards="open")
        held: dict[str, set[str]] = {role: set() for role in ("current", "building", "previous", "complete")}
        for index, about in answer.body.items():
            for role, indices in held.items():
                if self.alias(role) in about["aliases"]:  # type: ignore[arg-type]
                    indices.add(index)
        return Roles(
            current=min(held["current"], default=None),
            building=min(held["building"] - held["current"], default=None),
            previous=min(held["previous"] - held["current"], default=None),
            complete=frozenset(held["complete"]),
            everything=frozenset(answer.body),
        )

    def current(self) -> str:
        """The index that answers; the first one is made where there is none."""
        if found := self.roles().current:
            return found
        self._same_major()
        first = f"{self.base}-g0"  # one name, so that of two processes one comes second
        for _ in range(3):
            try:
                self._create(first, "current")
                return first
            except elasticsearch.BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise
            if found := self.roles().current:
                return found
            self.drop(first)  # left over without a role
        raise EngineUnavailable("no index could be made")

    def begin(self) -> str:
        """An index to build in; an unfinished one is given up."""
        self.current()
        if unfinished := self.roles().building:
            self.drop(unfinished)
        return self._create(self._fresh(), "building")

    def swap(self, index: str) -> None:
        roles = self.roles()
        if roles.building != index:
            raise RebuildLost("another rebuild took the place of this one")
        actions = [
            _add(index, self.base),
            _add(index, self.alias("complete")),
            _remove(index, self.alias("building")),
        ]
        if roles.current:
            actions += [_remove(roles.current, self.base), _add(roles.current, self.alias("previous"))]
        if roles.previous:
            actions.append(_remove(roles.previous, self.alias("previous")))
        self._client.indices.update_aliases(actions=actions)
        self.tidy()

    def roll_back(self) -> None:
        roles = self.roles()
        before, now = roles.previous, roles.current
        if before is None or now is None:
            raise EngineError("there is no index to go back to")
        self._client.indices.update_aliases(
            actions=[
                _remove(now, self.base), _add(now, self.alias("previous")),
                _add(before, self.base), _remove(before, self.alias("previous")),
            ]
        )  # fmt: skip

    def reset(self) -> None:
        """An empty index answers; the one before goes."""
        old = self.roles().current
        new = self._create(self._fresh(), None)
        moved = [_add(new, self.base), *([_remove(old, self.base)] if old else [])]
        self._client.indices.update_aliases(actions=moved)
        if old:
            self.drop(old)

    def mark_complete(self) -> None:
        self._client.indices.put_alias(index=self.current(), name=self.alias("complete"))
        self.tidy()

    def tidy(self) -> None:
        """Drops indices of this version without a role, and other versions but the latest: a process that still
        runs the version before must not lose its index under its hands."""
        roles = self.roles()
        for index in roles.everything - {roles.current, roles.building, roles.previous}:
            self.drop(index)
        theirs = re.compile(rf"{re.escape(self._prefix)}-({_VERSION})-g\w+")
        settings = self._client.indices.get_settings(
            index=f"{self._prefix}-*", name="index.creation_date", expand_wildcards="open"
        )
        born: dict[str, int] = {}
        for index, about in settings.body.items():
            match = theirs.fullmatch(index)
            if match and not index.startswith(self.base):
                made = int(about["settings"]["index"]["creation_date"])
                born[match[1]] = max(made, born.get(match[1], 0))
        for version in sorted(born, key=born.__getitem__)[:-1]:
            for index in settings.body:
                if index.startswith(f"{self._prefix}-{version}-"):
                    self.drop(index)

    def drop(self, index: str) -> None:
        with suppress(elasticsearch.NotFoundError):
            self._client.indices.delete(index=index)

    def _create(self, index: str, role: Role | None) -> str:
        aliases: dict[str, dict[str, Any]] = {written_through(index): {}}
        if role:
            aliases[self.alias(role)] = {}
        self._client.indices.create(index=index, aliases=aliases, **self._body)
        return index

    def _fresh(self) -> str:
        return f"{self.base}-g{uuid.uuid4().hex[:12]}"

    def _same_major(self) -> None:
        """What is pinned together is checked once, before anything is made on a server of another kind."""
        version = server_version(self._client)
        if int(version.split(".")[0]) != CLIENT_MAJOR:
            raise EngineUnavailable(
                f"the server is Elasticsearch {version}, and this client speaks {CLIENT_MAJOR}"
            )


def _add(index: str, alias: str) -> Action:
    return {"add": {"index": index, "alias": alias}}


def _remove(index: str, alias: str) -> Action:
    return {"remove": {"index": index, "alias": alias}}
