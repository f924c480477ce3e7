"""The one Chinese text pipeline: what is indexed, searched, highlighted and matched passes through here."""

from search.analysis.analyser import Analyser, Group, Tokens
from search.analysis.lexicon import Lexicon, LexiconError, default_lexicon, load

__all__ = ["Analyser", "Group", "Lexicon", "LexiconError", "Tokens", "default_lexicon", "load"]
