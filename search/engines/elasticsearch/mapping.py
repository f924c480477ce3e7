"""The fields of an Elasticsearch index, and the way from a document into them."""

import hashlib
import json
from typing import Any, Final

from search.analysis import Analyser
from search.documents import Document, NeutralOrder, Tombstone, split_key
from search.engines.candidates import Reading

#: Raise it when fields change their meaning; the mapping itself is hashed anyway.
LAYOUT: Final = "3"

SHOWN: Final = ("title", "subtitle", "body")
NUMBERS: Final = (
    "rev", "digest", "buried", "number", "valid_from", "valid_until", "neutral", "newest", "closing",
)  # fmt: skip
TOKENS: Final = ("tokens", "title_tokens", "names", "bigrams", "grams")


def facet_field(name: str) -> str:
    return f"facet_{name}"


def offered_field(name: str) -> str:
    return f"offered_{name}"


def mapping(facets: tuple[str, ...], reading: Reading | None = None) -> dict[str, Any]:
    """Nothing is guessed from what comes in (dynamic false), and tokens are not kept twice: a rebuild reads rows."""
    words = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    offered = [offered_field(name) for name in reading.shapes] if reading else []
    return {
        "dynamic": False,
        "_source": {"excludes": [*TOKENS, *offered]},
        "properties": {
            "visibility": {"type": "keyword", "doc_values": False},
            **{facet_field(name): {"type": "keyword"} for name in ("kind", *facets)},
            "tokens": words,
            "title_tokens": words,
            "names": words,
            "grams": words,
            "bigrams": {**words, "index_options": "positions"},
            **{name: {**words, "similarity": name} for name in offered},
            **{name: {"type": "keyword", "index": False, "doc_values": False} for name in SHOWN},
            **{name: {"type": "long"} for name in NUMBERS},
        },
    }


def settings(shards: int = 1, reading: Reading | None = None) -> dict[str, Any]:
    """A copy where there is a second node. A fixed refresh interval: the default stops refreshing an index that nobody
    asks. Each field that a matcher reads is weighed in its own way."""
    shapes = reading.shapes if reading else {}
    return {
        "number_of_shards": shards, "auto_expand_replicas": "0-1", "refresh_interval": "1s",
        "similarity": {
            offered_field(name): {"type": "BM25", "k1": shape.saturation, "b": shape.length_norm}
            for name, shape in shapes.items()
        },
    }  # fmt: skip


def fingerprint(facets: tuple[str, ...], salt: str, shards: int = 1, reading: Reading | None = None) -> str:
    """Eight hexadecimal digits over all that an index's content depends on besides the analyser."""
    version = reading.version if reading else ""
    plain = json.dumps([LAYOUT, mapping(facets, reading), settings(shards, reading), facets, salt, version])
    return hashlib.sha256(plain.encode()).hexdigest()[:8]


def source(
    document: Document, analyser: Analyser, neutral: NeutralOrder, reading: Reading | None = None
) -> dict[str, Any]:
    offered = reading.tokens(document.offered) if reading and document.offered else ()
    title = analyser.streams(document.title)
    rest = analyser.streams(f"{document.subtitle}\n{document.body}")
    return {
        "visibility": list(document.visibility),
        facet_field("kind"): document.kind,
        **{
            facet_field(name): [storable(value) for value in dict.fromkeys(values)]
            for name, values in document.facets.items()
        },
        "title_tokens": " ".join(title.words),
        "tokens": " ".join(title.words + rest.words),
        "names": storable(" ".join(document.names)),
        # a token between title and text, so that no phrase runs from one into the other
        "bigrams": " ".join([*title.bigrams, "¶", *rest.bigrams]),
        "grams": " ".join(title.grams + rest.grams),
        **{offered_field(name): " ".join(tokens) for name, tokens in offered},
        **{name: storable(getattr(document, name)) for name in SHOWN},
        "rev": document.rev,
        "digest": int(document.digest, 16),
        "buried": 0,
        "number": document.id,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "neutral": neutral.position(document.key),
        "newest": neutral.newest(document),
        "closing": neutral.closing(document),
    }


def grave(tombstone: Tombstone, neutral: NeutralOrder) -> dict[str, Any]:
    """Without words and without a visibility token: no search, count or facet can meet it."""
    kind, number = split_key(tombstone.key)
    return {
        facet_field("kind"): kind,
        "number": number,
        "rev": tombstone.rev,
        "digest": 0,
        "buried": tombstone.buried.toordinal(),
        "neutral": neutral.position(tombstone.key),
    }


def storable(text: str) -> str:
    """Lone surrogates cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
