"""Where a few known tokens stand in a text, without cutting all of it: what a highlight needs, twenty times a page.

Every word that a dictionary finds in a run of characters is a stretch of that run. So a run without any spelling of what
is sought is never cut; and where everything sought is written in Chinese characters alone, no code is read.
"""

import re
from collections.abc import Iterable

from search.analysis.characters import HAN_RUN
from search.analysis.synonyms import Synonyms


class Sought:
    """Some tokens, and the spellings by which they can occur in normalised text."""

    def __init__(self, tokens: Iterable[str], synonyms: Synonyms) -> None:
        self.tokens = frozenset(tokens)
        spellings = {spelling for token in self.tokens for spelling in synonyms.spellings(token)}
        han = sorted((each for each in spellings if HAN_RUN.fullmatch(each)), key=len)
        #: Any of the spellings that the dictionary of Chinese words may give; None where there is none.
        self.han = re.compile("|".join(map(re.escape, han))) if han else None
        #: Whether some spelling has a letter, a digit or a sign, and so stands among names and codes.
        self.written = len(han) < len(spellings)
