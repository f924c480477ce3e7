"""Numbers and units in one spelling: 0.5㎜ = 0.5 mm = 0.5毫米, 3万吨/年 = 30000t/a, 10-35kV = 10~35kv.

Works on folded, simplified text. Each step is a pattern and its replacement, so that the plain and
the aligned way of normalising share them.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from search.analysis import units
from search.analysis.alignment import Replacement
from search.analysis.trie import any_of

_TIMES: Final = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def _any_of(spellings: Iterable[str]) -> str:
    """Any of these units, the longest first; Latin units must end where their letters end."""
    end = "(?![a-z0-9ωμ])"
    return any_of([*map(re.escape, word), *([end] if word[-1] < "\u2e80" else [])] for word in spellings)


#: A quantity's unit after normalising; `codes` reads quantities with it.
UNIT: Final = f"{_any_of([*units.LATIN, 'ul'])}(?:/{_any_of(units.SPELLINGS.values())})?"

#: No shorter number than the whole is ever one of its own, so that nothing is gained by giving digits back (++).
NUMBER: Final = r"[0-9]++(?:\.[0-9]++)?"
#: The first digit of a number of its own, not of the tail of a name: UL94 V-0 is no voltage, 尼龙66 PA no
#: pressure. The digit stands before the look behind it, because a search for a digit is fast.
_FIRST: Final = "[0-9](?<![0-9a-z.,].)"
#: The number that a range begins with.
_LOW: Final = r"[0-9](?<![0-9a-z./~-].)[0-9]*+(?:\.[0-9]++)?"
_WRITTEN: Final = [*units.LATIN, *units.GREEK]
#: Units that may stand a blank apart from their number.
_APART: Final = _any_of(unit for unit in _WRITTEN if unit != "pa") + "(?!-)"


def _times(match: re.Match[str]) -> str:
    return match[0][0] + "×"


def _ungroup(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def _multiply(match: re.Match[str]) -> str:
    value = Decimal(match[1])
    for letter in match[2]:
        value *= _TIMES[letter]
    return f"{value.normalize():f}"


def _unit(match: re.Match[str]) -> str:
    number, han, apart, joined, per = match.groups()
    unit = units.SPELLINGS[han or apart or joined]
    return f"{number}{unit}/{units.SPELLINGS[per]}" if per else f"{number}{unit}"


def _shorten(match: re.Match[str]) -> str:
    return match[1] + (match[2] or "")


#: Every character that a step matches or looks at beside its match; `unify_numbers` of a text is that of its runs of these.
ALLOWED: Final = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyz .,~-/+*×±至到十百千万亿" + "".join(units.SPELLINGS) + "ωμ"
)


class Step(NamedTuple):
    """One substitution; skipped where `telling`, without which nothing matches, is not found: that is faster."""

    telling: re.Pattern[str]
    pattern: re.Pattern[str]
    replacement: Replacement


STEPS: Final = (
    # 100 x 200*5 → 100×200×5
    Step(re.compile("[x*×]"), re.compile(r"[0-9万亿] ?[x*×] ?(?=[0-9])"), _times),
    # 1,000,000 → 1000000
    Step(re.compile(",[0-9]"), re.compile(rf"{_FIRST}[0-9]{{0,2}}+(?:,[0-9]{{3}})+(?![0-9,])"), _ungroup),
    # 3.5万 → 35000; "千" alone stays, it may begin 千瓦
    Step(
        re.compile("[万亿]"),
        re.compile(
            rf"({_FIRST}[0-9]{{0,11}}+(?:\.[0-9]{{1,8}}+)?)"
            r" ?((?:[十百千]?[万亿]){1,2})(?! ?[十百千]?[万亿]| ?[.,]?[0-9])"
        ),
        _multiply,
    ),
    # 0.5 毫米 → 0.5mm, 吨/年 → t/a; 5mm stays as it is
    Step(
        re.compile("[0-9]"),
        re.compile(
            rf"({_FIRST}[0-9]*+(?:\.[0-9]++)?)(?: ?({_any_of(units.HAN)})| ({_APART})|({_any_of(units.GREEK)}|{_any_of(units.LATIN)}(?=/)))"
            rf"(?:/({_any_of(units.SPELLINGS)}))?"
        ),
        _unit,
    ),
    # 0.50mm → 0.5mm, 12.0mm → 12mm; only with a unit: GB/T 228.10 is a name, not a number
    Step(
        re.compile(r"\.[0-9]*0(?![0-9])"),
        re.compile(rf"({_FIRST}[0-9]*+)(?:(\.[0-9]*[1-9])0+|\.0+)(?={UNIT})"),
        _shorten,
    ),
    # +/- 0.01 → ±0.01
    Step(re.compile("[+±]"), re.compile(r"(?:\+/-|±) ?(?=[0-9])"), "±"),
    # 10kv至35kv, 10-35kv → 10~35kv; a dash needs a unit behind it: 12670-2008 is a name
    Step(
        re.compile(rf"[-~至到] ?{NUMBER}(?={UNIT})"),
        re.compile(rf"({_LOW})(?:{UNIT})? ?[-~至到] ?({NUMBER})(?={UNIT})"),
        r"\1~\2",
    ),
    # 10 ~ 35 → 10~35, also with no unit behind it
    Step(re.compile(" ~|~ "), re.compile(rf"({_LOW})(?: ~ ?|~ )(?=[0-9])"), r"\1~"),
)


def unify_numbers(text: str) -> str:
    for telling, pattern, replacement in STEPS:
        if telling.search(text):
            text = pattern.sub(replacement, text)
    return text
