"""What was read of short stretches before: figures, names and codes come again and again in a register."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Memory(Generic[T]):
    """`read` reads stretches, all that are new in one go; it changes no answer, and threads may share it."""

    def __init__(self, read: Callable[[list[str]], Sequence[T]], *, most: int, longest: int) -> None:
        """At most about `most` stretches are kept, none that is longer than `longest`: such a one does not come again."""
        self._read, self._most, self._longest = read, most, longest
        self._known: dict[str, T] = {}

    def of(self, stretches: Sequence[str]) -> list[T]:
        """What each of these distinct stretches says."""
        known = self._known
        said: list[T | None] = list(map(known.get, stretches))
        if None in said:
            places = [place for place, value in enumerate(said) if value is None]
            new = [stretches[place] for place in places]
            for place, stretch, value in zip(places, new, self._read(new), strict=True):
                said[place] = value
                if len(stretch) <= self._longest:
                    known[stretch] = value
            if len(known) > self._most:
                self._known = {}
        return cast(list[T], said)

    def forget(self) -> None:
        """As if nothing had been read yet; for measuring."""
        self._known = {}
