"""What is read of a listing and of a need before anything is weighed: field texts, title items, token streams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from matching.enumeration import LONGEST_LIST, trim
from matching.profiles import CapabilityProfile, NeedProfile
from matching.refusals import affirmed_by_need, affirmed_by_offer
from matching.shapes import SHAPES
from matching.specs import show_row
from search.analysis import Analyser
from search.analysis.bigrams import bigrams as pairs_of

FOCUSED_ITEMS = 4  # products in one title that are taken at full value; each further one dilutes all
STUFFED_FOCUS = 0.5  # of a listing from which a whole list of unbacked terms was dropped
HAN_FROM = "\u3000"
"""Pairs and characters that sort behind it are of Han characters, the others runs of letters and digits."""

_ITEM_END = re.compile(
    r"[、，,;；|\n]+|(?<=[\u4e00-\u9fff])\s*/\s*(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|及其|以及"
)


@dataclass(frozen=True)
class FieldTexts:
    """The four fields as indexed, and `focus` 0-1: how far the title may be believed (1 = one thing or a few)."""

    fields: dict[str, str]
    focus: float


def field_texts(capability: CapabilityProfile) -> FieldTexts:
    """Refusals and unbacked enumerations dropped, spec rows written out. A title that lists a shop window backs nothing;
    one that refuses (「不提供住宿的……」) is a name, and left as it is."""
    products = len(title_items(capability.title))
    affirmed = affirmed_by_offer(capability.summary)
    title = trim(capability.title, affirmed)
    backing = title.text if products <= FOCUSED_ITEMS else ""
    summary = trim(affirmed, backing)
    description = trim(affirmed_by_offer(capability.description), backing)
    focus = min(1.0, (FOCUSED_ITEMS / max(products, 1)) ** 0.5)
    if title.dropped + summary.dropped + description.dropped > LONGEST_LIST:
        focus *= STUFFED_FOCUS
    specs = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in capability.specs)
    fields = {
        "title": title.text, "summary": summary.text, "description": description.text,
        "specs": " ".join((specs, *capability.standards)).strip(),
    }  # fmt: skip
    return FieldTexts(fields, focus)


def asked_title(need: NeedProfile) -> str:
    """A need's title without what it refuses; one that would be nothing else is a name, and left as it is."""
    affirmed = affirmed_by_need(need.title)
    return affirmed if any(map(str.isalnum, affirmed)) else need.title


def body_text(need: NeedProfile) -> str:
    """The rest of a need that is read as text, without what it refuses."""
    rows = " ".join(f"{row.parameter} {show_row(row)} {row.standard}" for row in need.specs)
    prose = (affirmed_by_need(need.use), affirmed_by_need(need.description))
    return "\n".join(part for part in (*prose, rows) if part)


def title_items(title: str) -> list[str]:
    """The products that a title lists: 「浸胶帘子布、工业丝」 → two."""
    return [item.strip() for item in _ITEM_END.split(title) if len(item.strip()) > 1] or (
        [title] if title.strip() else []
    )


class Reader:
    """Token streams of a text, synonyms carried over into bigrams and characters as well."""

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser

    def streams(self, text: str) -> dict[str, list[str]]:
        """Words; bigrams (pairs of Han characters, letters and digits by runs); single characters with the same runs."""
        if not text:
            return {"words": [], "bigrams": [], "characters": []}
        words, pairs = self.analyser.tokens(text)
        pairs += _canonical_pairs(words, pairs)
        runs = [pair for pair in pairs if pair <= HAN_FROM]
        return {"words": words, "bigrams": pairs, "characters": runs + _characters(pairs)}


def offered_tokens(texts: Mapping[str, str], reader: Reader) -> Iterator[tuple[str, str, list[str]]]:
    """Kind, field and tokens of an offer's texts by field (`field_texts`): what an index elsewhere holds of it."""
    for name, text in texts.items():
        read = reader.streams(text)
        for kind, fields in SHAPES.items():
            if name in fields:
                yield kind, name, read[kind]


def grams(streams: Mapping[str, list[str]]) -> list[str]:
    """What titles are compared by: bigrams and single characters; runs of letters and digits once."""
    return streams["bigrams"] + [gram for gram in streams["characters"] if gram > HAN_FROM]


def _canonical_pairs(words: list[str], pairs: list[str]) -> list[str]:
    """Pairs of tokens that stand for a synonym: PA66 and 聚酰胺66 then share them, though they share no character."""
    present = set(pairs)
    added: dict[str, None] = {}
    for word in sorted(set(words) - present):
        if len(word) > 1 and word[:2] not in present:
            added.update((pair, None) for pair in pairs_of(word) if pair not in present)
    return list(added)


def _characters(pairs: list[str]) -> list[str]:
    """The Han characters under the bigrams: the weakest evidence, and the last where words differ."""
    han = [pair for pair in pairs if pair > HAN_FROM]
    ends = [before[1:] for before, after in pairwise([*han, ""]) if before[1:] != after[:1]]
    return [pair[0] for pair in han] + [end for end in ends if end]
