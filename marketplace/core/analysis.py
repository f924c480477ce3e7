"""The one text analyser of the site: lexicon and synonyms from seeds/, built once a process."""

from __future__ import annotations

from functools import cache

from marketplace import paths
from search.analysis import Analyser, load


@cache
def analyser() -> Analyser:
    """Built on first use (about 0.2 s): pages that never search never pay for it."""
    return Analyser(load(paths.SEEDS / "lexicon"))
