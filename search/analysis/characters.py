"""Which characters belong together; every module of the pipeline cuts by these classes."""

import re
from typing import Final

HAN_RANGES: Final = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN: Final = f"[{HAN_RANGES}]"
#: A letter or digit of any script that is written in runs (Latin, Greek, Cyrillic, kana, ...), never Han.
WORD: Final = rf"[^\W_{HAN_RANGES}]"

#: Stands between texts and pieces that are read together (`joined.py`, `batch.py`): normalising leaves none in a text.
EDGE: Final = "\x01"

HAN_RUN: Final = re.compile(f"{HAN}+")
WORD_RUN: Final = re.compile(f"{WORD}+")

#: Nothing longer is kept as one token: a pasted key or a file name is not a word.
LONGEST_TOKEN: Final = 48
