"""Where the next page begins: opaque to the reader, checked when it comes back."""

import base64
import binascii
import json
from dataclasses import dataclass

from search.query import BadQuery, Sort


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort values of the last hit shown, and how many were shown up to it."""

    sort: Sort
    after: tuple[int, ...]
    shown: int

    def pack(self) -> str:
        plain = json.dumps([self.sort, self.after, self.shown], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def unpack(cls, packed: str, sort: Sort) -> "Cursor | None":
        """None for the first page. Raises BadQuery where it was made for another sort or by somebody else."""
        if not packed:
            return None
        try:
            plain = json.loads(base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True))
            made_for, after, shown = plain
            cursor = cls(made_for, tuple(after), shown)
        except (binascii.Error, ValueError, TypeError, RecursionError) as error:
            raise BadQuery("bad_cursor") from error
        numbers = (*cursor.after, cursor.shown)
        lengths = {"relevance": 2}
        if (
            made_for != sort
            or len(cursor.after) != lengths.get(sort, 1)
            or not all(type(number) is int and abs(number) < 2**63 for number in numbers)
            or cursor.shown < 0
        ):
            raise BadQuery("bad_cursor")
        return cursor
