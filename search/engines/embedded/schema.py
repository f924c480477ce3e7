"""The fields of the embedded index, and the way from a document into them."""

import hashlib
from functools import lru_cache
from typing import Final

import tantivy

from search.analysis import Analyser
from search.documents import Document, NeutralOrder, Tombstone, split_key

#: Raise it when fields change their meaning; names and facets are hashed anyway.
LAYOUT: Final = "6"

TOKEN_FIELDS: Final = ("tokens", "title_tokens", "names", "grams")
STORED_FIELDS: Final = ("title", "subtitle", "body")
#: Signed on purpose: tantivy 0.27 panics on unsigned fast fields that are filled from Python integers.
#: `buried` is the day of a tombstone and 0 for the living; `number` is the id, for reading in the order of a table.
NUMBER_FIELDS: Final = (
    "rev", "digest", "buried", "number", "valid_from", "valid_until", "neutral", "newest", "closing",
)  # fmt: skip


def facet_field(name: str) -> str:
    return f"facet_{name}"


def set_field(name: str) -> str:
    """Where the number of a document's whole set of values stands."""
    return f"set_{name}"


@lru_cache(maxsize=10_000)
def set_number(values: tuple[str, ...]) -> int:
    """62 bits that name these values, which the caller has sorted, and no others."""
    plain = "\0".join(values).encode()
    return int.from_bytes(hashlib.blake2b(plain, digest_size=8).digest(), "big") >> 2


def build(facets: tuple[str, ...]) -> tantivy.Schema:
    """Tokens come joined by blanks for the whitespace tokenizer: pre-tokenized text is slow to hand over."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("visibility", tokenizer_name="raw", index_option="basic")
    for name in ("kind", *facets):
        builder.add_text_field(
            facet_field(name), stored=True, tokenizer_name="raw", fast=True, index_option="basic"
        )
        builder.add_integer_field(set_field(name), fast=True)
    for name in TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("bigrams", tokenizer_name="whitespace", index_option="position")
    for name in STORED_FIELDS:  # as bytes, because text cannot be stored without being indexed
        builder.add_bytes_field(name, stored=True)
    for name in NUMBER_FIELDS:  # ranges and orders read the column; by term only one is asked for
        builder.add_integer_field(name, indexed=name == "number", fast=True)
    return builder.build()


def fingerprint(facets: tuple[str, ...], salt: str) -> str:
    """Eight hexadecimal digits over all that a folder's content depends on besides the analyser."""
    return hashlib.sha256(repr((LAYOUT, facets, salt)).encode()).hexdigest()[:8]


def fill(document: Document, analyser: Analyser, neutral: NeutralOrder) -> tantivy.Document:
    title = analyser.streams(document.title)
    rest = analyser.streams(f"{document.subtitle}\n{document.body}")
    filled = tantivy.Document()
    filled.add_text("key", document.key)
    for token in document.visibility:
        filled.add_text("visibility", token)
    for name, values in {**document.facets, "kind": (document.kind,)}.items():
        distinct = tuple(sorted({storable(value) for value in values}))
        if distinct:
            filled.add_integer(set_field(name), set_number(distinct))
        for value in distinct:
            filled.add_text(facet_field(name), value)
    filled.add_text("title_tokens", " ".join(title.words))
    filled.add_text("tokens", " ".join(title.words + rest.words))
    filled.add_text("names", storable(" ".join(document.names)))
    # a token between title and text, so that no phrase runs from one into the other
    filled.add_text("bigrams", " ".join([*title.bigrams, "¶", *rest.bigrams]))
    filled.add_text("grams", " ".join(title.grams + rest.grams))
    for name in STORED_FIELDS:
        filled.add_bytes(name, storable(getattr(document, name)).encode())
    for name in ("rev", "valid_from", "valid_until"):
        filled.add_integer(name, getattr(document, name))
    filled.add_integer("number", document.id)
    filled.add_integer("digest", int(document.digest, 16))
    filled.add_integer("buried", 0)
    filled.add_integer("neutral", neutral.position(document.key))
    filled.add_integer("newest", neutral.newest(document))
    filled.add_integer("closing", neutral.closing(document))
    return filled


def read(stored: tantivy.Document, name: str) -> str:
    """One of `STORED_FIELDS`, out of what a search brought."""
    return bytes(stored.get_first(name) or b"").decode()


def bury(tombstone: Tombstone, neutral: NeutralOrder) -> tantivy.Document:
    """Without words and without a visibility token: no search, count or facet can meet it."""
    kind, number = split_key(tombstone.key)
    filled = tantivy.Document()
    filled.add_text("key", tombstone.key)
    filled.add_text(facet_field("kind"), kind)
    filled.add_integer("number", number)
    filled.add_integer("rev", tombstone.rev)
    filled.add_integer("digest", 0)
    filled.add_integer("buried", tombstone.buried.toordinal())
    filled.add_integer("neutral", neutral.position(tombstone.key))
    return filled


def storable(text: str) -> str:
    """Lone surrogates cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
