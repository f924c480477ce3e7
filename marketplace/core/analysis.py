"""The one text analyser of the site: lexicon and synonyms from seeds/, built once a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from marketplace import paths

if TYPE_CHECKING:
    from search.analysis import Analyser


@cache
def analyser() -> Analyser:
    """Built on first use (about 0.2 s): pages that never search never pay for it."""
    # Late: loads the word cutter and the dictionaries of characters.
    from search.analysis import Analyser, load

    return Analyser(load(paths.SEEDS / "lexicon"))
