"""Which words met which: only words that stand in both texts, as each side wrote them."""

from __future__ import annotations

from dataclasses import dataclass

from matching import findings as codes
from matching.findings import Finding
from matching.generic_words import word_weight
from search.analysis import Analyser
from search.analysis.normalise import normalise

MOST_WORDS = 6  # a printed line


@dataclass(frozen=True)
class Wording:
    """Tokens of a text with the first spelling of each, in order of appearance; `text` as the side wrote it."""

    surfaces: dict[str, str]
    text: str


def wording(text: str, analyser: Analyser) -> Wording:
    surfaces: dict[str, str] = {}
    for start, end, token in analyser.spans(text):
        surfaces.setdefault(token, text[start:end])
    return Wording(surfaces, text)


def tokens_only(text: str, analyser: Analyser) -> Wording:
    """Tokens without their spelling: enough for a text whose words are looked up and never quoted, and faster than
    finding their places."""
    return Wording(dict.fromkeys(analyser.words(text), ""), text)


def explain_words(
    need_title: Wording, need_body: Wording, offer_head: Wording, offer_body: Wording
) -> tuple[Finding, ...]:
    """Reasons from the words, most telling first; `offer_head` is title and summary, `offer_body` the rest."""
    reasons: list[Finding] = []
    met = _shared(need_title, offer_head) or _shared(need_body, offer_head)
    if met:
        reasons.append(Finding(codes.WORDS_MET, {"words": "、".join(met[:MOST_WORDS])}))
    below = [word for word in _shared(need_title, offer_body) if not any(word in shown for shown in met)]
    if not met and not below:
        below = _shared(need_body, offer_body)
    if below:
        reasons.append(Finding(codes.WORDS_MET_IN_BODY, {"words": "、".join(below[:MOST_WORDS])}))
    for ours, theirs in _longest(_same_meaning(need_title, offer_head))[:2]:
        reasons.append(Finding(codes.SAME_MEANING, {"need_words": ours, "capability_words": theirs}))
    if not reasons:
        parts = common_parts(need_title.text, f"{offer_head.text} {offer_body.text}")
        if parts:
            reasons.append(Finding(codes.PARTS_MET, {"words": "、".join(parts[:MOST_WORDS])}))
    if not reasons:
        everyday = _everyday(need_title, need_body, offer_head, offer_body)
        shared: codes.Params = {"words": "、".join(everyday[:MOST_WORDS])}
        reasons.append(Finding(codes.COMMON_WORDS_ONLY, shared) if everyday else Finding(codes.FAINT_TEXT))
    return tuple(reasons)


def _everyday(need_title: Wording, need_body: Wording, offer_head: Wording, offer_body: Wording) -> list[str]:
    """What little is shared, when nothing telling is: a weak pair says so itself."""
    offered = {**offer_body.surfaces, **offer_head.surfaces}
    for wording_of in (need_title, need_body):
        shared = [surface for token, surface in wording_of.surfaces.items() if token in offered]
        if shared:
            return list(dict.fromkeys(shared))
    ours, theirs = f"{need_title.text} {need_body.text}", f"{offer_head.text} {offer_body.text}"
    return common_parts(ours, theirs, generic=True) or [
        character
        for character in dict.fromkeys(ours)
        if "\u3400" <= character <= "\u9fff" and character in theirs
    ]


def _shared(need: Wording, offer: Wording) -> list[str]:
    """The need's spellings of tokens that both hold: whole words before the shorter words inside them."""
    words = [
        (surface, token)
        for token, surface in need.surfaces.items()
        if token in offer.surfaces and word_weight(token) == 1.0
    ]
    kept: list[str] = []
    for surface, _ in sorted(words, key=lambda item: -len(item[0])):
        if not any(surface in longer for longer in kept):
            kept.append(surface)
    order = {surface: place for place, (surface, _) in enumerate(words)}
    return sorted(kept, key=lambda surface: order[surface])


def _same_meaning(need: Wording, offer: Wording) -> list[tuple[str, str]]:
    """Pairs of spellings that differ beyond case and blanks, yet mean one thing."""
    pairs = []
    for token, ours in need.surfaces.items():
        theirs = offer.surfaces.get(token)
        if theirs is None or word_weight(token) < 1.0 or token[0].isdigit():
            continue
        plain, other = _plain(ours), _plain(theirs)
        if plain not in other and other not in plain:
            pairs.append((ours, theirs))
    return pairs


def _longest(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without pairs that repeat a part of another: 尼龙 = 聚酰胺 beside 尼龙66 = 聚酰胺66."""
    return [
        pair
        for pair in pairs
        if not any(pair != other and pair[0] in other[0] and pair[1] in other[1] for other in pairs)
    ]


def _plain(text: str) -> str:
    return "".join(normalise(text).split()).replace("-", "")


def common_parts(ours: str, theirs: str, *, generic: bool = False) -> list[str]:
    """Longest stretches of two Han characters or more that both texts hold, in our order."""
    parts: list[str] = []
    start = 0
    while start < len(ours) - 1:
        end = start + 2
        if ours[start:end] not in theirs or not all(
            "\u3400" <= character <= "\u9fff" for character in ours[start:end]
        ):
            start += 1
            continue
        while end < len(ours) and ours[start : end + 1] in theirs and "\u3400" <= ours[end] <= "\u9fff":
            end += 1
        part = ours[start:end]
        if (generic or word_weight(part) == 1.0) and part not in parts:
            parts.append(part)
        start = end
    return parts
