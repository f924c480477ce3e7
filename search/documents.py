"""What a search engine holds: one flat value per need, capability or firm.

The database is the truth and an index is disposable, so a document is built from rows and never read
back into them. Personal contacts and size figures have no field here, and must not be put into one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

#: Days are `date.toordinal()`; these bounds stand for "always" and "without end".
FIRST_DAY: Final = 0
LAST_DAY: Final = date.max.toordinal()

#: Visibility token that every visitor holds.
PUBLIC: Final = "public"


def day(value: date | None, default: int = FIRST_DAY) -> int:
    """A date as an engine stores it; `default` where there is none."""
    return default if value is None else value.toordinal()


@dataclass(frozen=True, slots=True)
class Document:
    """`visibility` lists the tokens of which a reader must hold at least one ("public", "verified",
    "org:12"); a document without any is visible to nobody. `valid_from` and `valid_until` are both
    inside the validity and are compared with the `as_of` of a search: nothing has to be rewritten when
    a day passes. `names` are further tokens by which its title and its firm are found and that nobody reads
    (see `search.analysis.pinyin`). `offered` holds the texts of an offer by the fields in which a matcher reads them
    (see `search.engines.candidates`); they say nothing that title and body do not. `rev` rises with every change of the row; an older one never replaces a newer one."""

    kind: str
    id: int
    title: str
    rev: int
    visibility: tuple[str, ...]
    subtitle: str = ""
    body: str = ""
    names: tuple[str, ...] = ()
    offered: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: int = FIRST_DAY
    valid_from: int = FIRST_DAY
    valid_until: int = LAST_DAY

    def __post_init__(self) -> None:
        if not self.kind.isidentifier():
            raise ValueError(f"a kind is a plain word: {self.kind!r}")
        for name in ("published", "valid_from", "valid_until"):
            if not FIRST_DAY <= getattr(self, name) <= LAST_DAY:
                raise ValueError(f"{name} is no day: {getattr(self, name)}")

    @property
    def key(self) -> str:
        """The name of this document in every engine: "need:12"."""
        return f"{self.kind}:{self.id}"

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits over everything that an engine is given but `rev` and `offered`, which
        changes with title and body: two looks at rows that have not changed agree, whenever they were made. The order of values in a facet carries no meaning."""
        content = {name: getattr(self, name) for name in _CONTENT}
        content["visibility"] = sorted(set(self.visibility))
        content["facets"] = {
            name: sorted(set(values)) for name, values in sorted(self.facets.items()) if values
        }
        plain = json.dumps(content, separators=(",", ":"))
        return f"{int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest(), 'big') >> 1:016x}"


_CONTENT: Final = tuple(each.name for each in fields(Document) if each.name not in ("rev", "offered"))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stands in the place of a document that is gone, so that a write which was under way when it went
    does not bring it back. Found by nobody; `buried` is for purging when no such write can be left."""

    key: str
    rev: int
    buried: date

    def __post_init__(self) -> None:
        split_key(self.key)


def split_key(key: str) -> tuple[str, int]:
    """Raises ValueError for what is no key."""
    kind, _, number = key.partition(":")
    if not kind.isidentifier() or not number.isascii() or not number.isdigit():
        raise ValueError(f"no key of a document: {key!r}")
    return kind, int(number)


_HASH_BITS: Final = 40


@dataclass(frozen=True, slots=True)
class NeutralOrder:
    """The order of what is otherwise equal: a salted hash of the key, so that neither the alphabet nor the
    order of entry favours anybody. The same in every engine under the same salt.

    Sort values put a day above the hash, in one 64-bit integer: engines sort by one field, and a total
    order in one field needs no other to continue after a page."""

    salt: str

    def position(self, key: str) -> int:
        """62 bits, evenly spread."""
        digest = hashlib.blake2b(key.encode(), key=self.salt.encode()[:64], digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 2

    def newest(self, document: Document) -> int:
        return self._below(document.published, document.key)

    def closing(self, document: Document) -> int:
        return self._below(document.valid_until, document.key)

    def _below(self, ordinal: int, key: str) -> int:
        return ordinal << _HASH_BITS | self.position(key) >> (62 - _HASH_BITS)
