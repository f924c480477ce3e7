"""What a listing's own words may gain it: a title names a product, a list of search terms names none.

A word in the title counts threefold, so twelve titles in one would stand on top of every page. Such a title is text
like any other, each of its terms once; what follows it counts as far as it says something: a figure, or a clause with
a function word in it. Elsewhere over-long lists count as far as the listing backs them (:mod:`matching.enumeration`,
the rule of the matcher).
"""

from __future__ import annotations

import re

from matching.enumeration import trim

# 「12～40.5 kV 触头盒、绝缘筒、套管、传感器绝缘子」 is a product range; what is longer is a list of search terms.
MOST_TERMS = 6
_LONGEST_TERM = 12
_SEPARATOR = re.compile(r"[\s、，,;；/|。！？!?]+")
_FIGURE = re.compile(r"\d")
_FUNCTION_WORD = re.compile(r"[的了是为在可与和对由按等于以我并已将及其有不也都每做用给后再]")


def names(title: str) -> bool:
    """Whether a title names something, instead of listing what people may search for."""
    return len(_terms(title)) <= MOST_TERMS


def indexed(title: str, *parts: str) -> tuple[str, str]:
    """Title and text as the index holds them. The title is empty where it names nothing: a page shows the row's own."""
    text = "\n".join(part for part in parts if part)
    if not names(title):
        return "", _once([*_terms(title), *filter(_says, _terms(text))])
    trimmed = trim(text, title)
    return title, _once(_terms(trimmed.text)) if trimmed.dropped else text


def _says(term: str) -> bool:
    return bool(_FIGURE.search(term)) or (len(term) > _LONGEST_TERM and bool(_FUNCTION_WORD.search(term)))


def _once(terms: list[str]) -> str:
    return "、".join(dict.fromkeys(terms))


def _terms(text: str) -> list[str]:
    return [term for term in _SEPARATOR.split(text) if term]
