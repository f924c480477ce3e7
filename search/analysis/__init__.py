"""The one Chinese text pipeline: what is indexed, searched, highlighted and matched passes through here."""

from search.analysis.analyser import Analyser, Group, Streams, Tokens
from search.analysis.lexicon import Lexicon, LexiconError, default_lexicon, load
from search.analysis.seeking import Sought

__all__ = [
    "Analyser",
    "Group",
    "Lexicon",
    "LexiconError",
    "Sought",
    "Streams",
    "Tokens",
    "default_lexicon",
    "load",
]
