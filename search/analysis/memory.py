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
        said = list(map(known.get, stretches))
        if None in said:
            new = [stretch for stretch, value in zip(stretches, said, strict=True) if value is None]
            read = dict(zip(new, self._read(new), strict=True))
            said = [
                read[stretch] if value is None else value
                for stretch, value in zip(stretches, said, strict=True)
            ]
            if len(known) > self._most:
                self._known = known = {}
            known.update((stretch, value) for stretch, value in read.items() if len(stretch) <= self._longest)
        return cast(list[T], said)

    def forget(self) -> None:
        """As if nothing had been read yet; for measuring."""
        self._known = {}
