"""Names that mix letters, digits and signs: grades, standards, sizes and quantities.

Each is kept whole and in the parts by which people also ask for it:
PA66-GF30 → pa66-gf30, pa66, pa, gf30, gf · GB/T 12670-2008 → gb/t12670-2008, gb12670, 12670 ·
10~35kv → 10~35kv, 10kv, 35kv. Reads normalised text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from search.analysis.characters import EDGE, HAN_RANGES, LONGEST_TOKEN, WORD
from search.analysis.numbers import NUMBER, UNIT
from search.analysis.trie import any_of

Located = tuple[str, int, int]

_BODIES: Final = any_of(
    (
        "gb gbz gjb jb hg yb yj dl nb sj qc fz jg jgj jjg jjf cj tb sy sh ys hj mt ga qb cb rb wj ly "
        "iso iec ieee en din astm asme api jis ansi iatf ul sae aws bs nas ams ohsas un cqc cispr nema"
    ).split()
)
_CODE: Final = re.compile(
    rf"""
    (?P<standard>
        (?P<body>{_BODIES}(?:/[tzj])?|t/[a-z]{{2,8}}|q/[a-z]{{2,8}}|db[0-9]{{2}}(?:/t)?)
        [ -]?(?P<number>[a-z]?[0-9]{{2,6}}(?:\.[0-9]{{1,3}}){{0,2}})(?:[-:](?P<year>(?:19|20)?[0-9]{{2}}))?(?!{WORD})
    )
  | (?P<quantity>
        (?P<sign>±?)(?P<low>{NUMBER})(?:~(?P<high>{NUMBER}))?(?P<unit>{UNIT})(?!{WORD})
    )
  | (?P<code>{WORD}++(?:[-./+\#×]{WORD}++)*)
    """,
    re.VERBOSE,
)
#: The same without names for what it finds.
_WHOLE: Final = re.compile(re.sub(r"\?P<\w+>", "?:", _CODE.pattern) + f"|{EDGE}", re.VERBOSE)
_JOINT: Final = re.compile(r"[-/+#×]|(?<![0-9])\.|\.(?![0-9])")
_LETTERS_FIRST: Final = re.compile(r"([^\W0-9_]{2,})[0-9]")
#: What every code has that says more than its whole, or is too long to be kept.
_PARTED: Final = re.compile(
    rf"{_JOINT.pattern}|[~± ]|{_LETTERS_FIRST.pattern}|.{{{LONGEST_TOKEN + 1}}}", re.DOTALL
)


#: Signs that no code reaches across.
SIGNS: Final = '、。;()!?[]"'
#: What no code reaches across: Han characters, signs, and a blank that no number follows.
_APART: Final = rf"[^{HAN_RANGES}{re.escape(SIGNS)} ]+"
_STRETCH: Final = re.compile(rf"{_APART}(?: (?=[a-z]?[0-9]){_APART})*")
#: A longer stretch is no name that comes again.
_LONGEST_KEPT: Final = 40


def locate(text: str) -> Iterator[Located]:
    """(token, start, end) for every code in normalised `text`; a whole comes before its parts."""
    for stretch in _STRETCH.finditer(text):
        first = stretch.start()
        for token, start, end in _located_in(stretch[0]):
            yield token, first + start, first + end


def tokens(text: str) -> list[str]:
    """The codes of `locate` without their places."""
    return [token for stretch in _STRETCH.findall(text) for token, _, _ in _located_in(stretch)]


def wholes(edged: str) -> list[str]:
    """Every code of texts that stand between EDGEs, parts left out, with the EDGEs."""
    found: list[str] = _WHOLE.findall(edged)
    return found


def parted(wholes: Iterable[str]) -> Iterator[str]:
    """Those that say more than their whole, or nothing."""
    return filter(_PARTED.search, wholes)


def _located_in(stretch: str) -> Sequence[Located]:
    """`locate` of one stretch; names and figures come again and again, so they are read once."""
    if len(stretch) > _LONGEST_KEPT:
        return read(stretch)
    if stretch.isalpha() or stretch.isdecimal():  # one word or number, of which there is nothing more to say
        return ((stretch, 0, len(stretch)),)
    return _kept(stretch)


@lru_cache(maxsize=50_000)
def _kept(stretch: str) -> tuple[Located, ...]:
    return tuple(read(stretch))


def forget() -> None:
    """As if no code had been read yet; for measuring."""
    _kept.cache_clear()


def read(text: str) -> list[Located]:
    """`locate` in one go, with nothing remembered."""
    located: list[Located] = []
    for match in _CODE.finditer(text):
        located += _READ[match.lastgroup or ""](match)
    return located


def _code(match: re.Match[str]) -> list[Located]:
    code, (start, end) = match[0], match.span()
    located = [(code, start, end)] if end - start <= LONGEST_TOKEN else []
    if code.isalpha() or code.isdecimal():
        return located
    place = start
    for part in (code,) if code.isalnum() else _JOINT.split(code):
        if part and len(part) <= LONGEST_TOKEN:
            if part != code:
                located.append((part, place, place + len(part)))
            if letters := _LETTERS_FIRST.match(part):
                located.append((letters[1], place, place + letters.end(1)))
        place += len(part) + 1
    return located


def _standard(match: re.Match[str]) -> list[Located]:
    start, end = match.span()
    body, number, year = match["body"], match["number"], match["year"]
    whole = f"{body}{number}" + (f"-{year}" if year else "")
    alias = f"{body.removesuffix('/t')}{number}"
    located = [(whole, start, end)]
    if alias != whole:
        located.append((alias, start, end))  # the year is part of what it names
    if len(number) > 2:
        located.append((number, match.start("number"), match.end("number")))
    return located


def _quantity(match: re.Match[str]) -> list[Located]:
    start, end = match.span()
    if end - start > LONGEST_TOKEN:
        return []
    sign, low, high, unit = match.group("sign", "low", "high", "unit")
    located = [(match[0], start, end)]
    if not (high or sign or "/" in unit):
        return located
    plain, _, per = unit.partition("/")
    if high:
        located.append((low + unit, start, match.end("low") + 1))
        located.append((high + unit, match.start("high"), end))
    elif sign:
        located.append((low + unit, match.start("low"), end))
    if per:
        located.append(((high or low) + plain, match.start("high" if high else "low"), end - len(per) - 1))
    return located


_READ: Final = {"code": _code, "standard": _standard, "quantity": _quantity}
