"""The lexicon as a value, and its reading from `seeds/lexicon`.

A folder holds `words/*.txt` (one term a line) and `synonyms.txt` (names of one thing joined by " = ").
Lines that begin with # tell source, licence and version.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


class LexiconError(ValueError):
    """A lexicon file that cannot mean what it says."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms that stay whole, and sets of names of the same thing (the first name is the token of its set)."""

    words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()


def load(folder: Path) -> Lexicon:
    """Read a lexicon folder. Raises LexiconError for a line with one name only, and OSError."""
    words: dict[str, None] = {}
    for file in sorted((folder / "words").glob("*.txt")):
        words.update(dict.fromkeys(_lines(file)))
    return Lexicon(tuple(words), tuple(_names(line) for line in _lines(folder / "synonyms.txt")))


@cache
def default_lexicon() -> Lexicon:
    """The shipped lexicon: beside the package in a checkout, among the data of an installed wheel."""
    root = Path(__file__).resolve().parents[2]
    for folder in (root / "seeds" / "lexicon", root / "marketplace" / "_data" / "seeds" / "lexicon"):
        if folder.is_dir():
            return load(folder)
    raise LexiconError("seeds/lexicon is missing beside the search package")


def _lines(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _names(line: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in line.split(" = "))
    if len(names) < 2 or not all(names):
        raise LexiconError(f"a synonym set joins two names or more by ' = ': {line!r}")
    return names
