"""Which of several index folders answers, which one grows beside it, and which one stands ready to go back to.

One small file names each of them. Naming another folder is one atomic rename, and every process sees it at its next
question: that is the whole swap.
"""

import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from search.engines.base import EngineError, RebuildLost
from search.engines.embedded.lock import locked

Role = Literal["current", "building", "previous"]
_ROLES: Final[tuple[Role, ...]] = ("current", "building", "previous")

Mark = tuple[int, int]


class Shelf:
    """The folders under `root`/`name`; `name` carries the versions of all that their content depends on."""

    def __init__(self, root: Path, name: str) -> None:
        self.path = root / name
        self._root = root

    def folder(self, generation: str) -> Path:
        return self.path / generation

    def named(self, role: Role) -> str | None:
        """The folder in this role; None while there is none."""
        try:
            name = (self.path / role).read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        return name if name.startswith("g-") and name.isascii() else None

    def mark(self) -> Mark | None:
        """Changes whenever another folder begins to answer."""
        try:
            stat = (self.path / "current").stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def current(self) -> str:
        """The folder that answers; a first one is named where there is none."""
        if name := self.named("current"):
            return name
        with locked(self.path):
            return self.named("current") or self._point("current", _fresh_name())

    def beside(self) -> str | None:
        """The folder that is being built, if any."""
        name = self.named("building")
        return name if name != self.named("current") else None

    def begin(self) -> str:
        """Names a folder to build in; an unfinished one is given up."""
        self.current()
        with locked(self.path):
            if name := self.beside():
                self._drop(name)
            return self._point("building", _fresh_name())

    def swap(self, generation: str) -> None:
        with locked(self.path):
            if self.named("building") != generation:
                raise RebuildLost("another rebuild took the place of this one")
            last = self.named("current")
            if last:
                self._point("previous", last)
            self._point("current", generation)
            (self.path / "building").unlink(missing_ok=True)
        self.tidy()

    def give_up(self, generation: str) -> None:
        with locked(self.path):
            if self.named("building") == generation:
                (self.path / "building").unlink(missing_ok=True)
            if self.named("current") != generation:
                self._drop(generation)

    def roll_back(self) -> None:
        with locked(self.path):
            before, now = self.named("previous"), self.named("current")
            if before is None or now is None or before == now or not self.folder(before).is_dir():
                raise EngineError("there is no index to go back to")
            self._point("current", before)
            self._point("previous", now)

    def tidy(self) -> None:
        """Forgets folders without a role, and other versions but the latest: a process that still runs the version
        before must not lose its index under its hands."""
        kept = {self.named(role) for role in _ROLES}
        for path in self.path.iterdir():
            if path.is_dir() and path.name not in kept and path.name.startswith("g-"):
                self._drop(path.name)
        others = [path for path in self._root.iterdir() if path.is_dir() and path != self.path]
        others.sort(key=lambda path: path.stat().st_mtime)
        for path in others[:-1]:
            shutil.rmtree(path, ignore_errors=True)

    def _point(self, role: Role, generation: str) -> str:
        self.path.mkdir(parents=True, exist_ok=True)
        aside = self.path / f".{role}.{uuid.uuid4().hex}"
        aside.write_text(generation, "ascii")
        aside.replace(self.path / role)
        return generation

    def _drop(self, generation: str) -> None:
        with suppress(OSError):
            shutil.rmtree(self.folder(generation))


def _fresh_name() -> str:
    return f"g-{uuid.uuid4().hex[:12]}"
