"""One spelling for what is written in many: width, case, script, dashes, numbers and units.

A pure function, idempotent, defined for every Python string (lone surrogates and control characters
become blanks). Case folding is for finding, not for reckoning: mW and MW fall together here, so
quantities are compared by `matching` on the original text.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from opencc import OpenCC

from search.analysis.alignment import Aligned
from search.analysis.numbers import STEPS as NUMBER_STEPS
from search.analysis.numbers import unify_numbers

#: Control characters and halves of surrogate pairs end a word; format characters hide inside one.
BLANK: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
HIDDEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SPACES: Final = re.compile(r"\s+")
_DIGIT: Final = re.compile("[0-9]")

#: What NFKC leaves apart. The Chinese comma must not turn into the comma that groups thousands:
#: 「100，200」 are two sizes, "100,200" is one number.
_ALIKE: Final = {
    **dict.fromkeys("，﹐︐", "、"),
    **dict.fromkeys("‐‑‒–—―−﹣－⁃⁻₋︱︲﹘", "-"),
    **dict.fromkeys("∼〜～˜⁓", "~"),
    **dict.fromkeys("✕╳✖⨯", "×"),
    **dict.fromkeys("ΦØø∅⌀", "φ"),
    **dict.fromkeys("˚º", "°"),
}
_APART: Final = re.compile(f"[{''.join(_ALIKE)}]")
#: Letters outside the everyday blocks, whose folded form may fold once more.
_SHIFTING: Final = re.compile(
    "[\u0180-\u036f\u0400-\u1fff\u2c00-\u2dff\ua640-\uabff\ufb00-\ufdff\U00010000-\U0001ffff∼˜ø]"
)


def normalise(text: str) -> str:
    """The spelling under which `text` is indexed and searched. `normalise(normalise(x)) == normalise(x)`."""
    if text.isascii():
        text = " ".join(BLANK.sub(" ", text).lower().split())
        return unify_numbers(text) if _DIGIT.search(text) else text
    text = fold_cleaned(text)
    text = " ".join(simplify(text).split())
    return unify_numbers(text) if _DIGIT.search(text) else text


def normalise_aligned(text: str) -> Aligned:
    """`normalise(text)`, knowing for each character where in `text` it came from."""
    if (in_place := _in_place(text)) is not None:
        return Aligned.of(in_place)
    aligned = Aligned.of(text).substitute(BLANK, " ").substitute(HIDDEN, "")
    aligned = aligned.map_whole(fold).map_whole(simplify).substitute(_SPACES, " ").strip()
    if _DIGIT.search(aligned.text):
        for step in NUMBER_STEPS:
            aligned = aligned.substitute(step.pattern, step.replacement)
    return aligned


def _in_place(text: str) -> str | None:
    """`normalise(text)`, if each of its characters stands for the one in the same place; None where one may have moved.
    Most texts of everyday characters are so, and need no book-keeping."""
    if is_strange(text) or moving_characters().search(text):
        return None
    simple = simplify(fold_cleaned(text))
    spaced = " ".join(simple.split())
    if not len(text) == len(simple) == len(spaced):
        return None
    return None if _DIGIT.search(spaced) and unify_numbers(spaced) != spaced else spaced


def fold(text: str) -> str:
    """NFKC and case folding; Chinese and Latin text is done after the first of at most four rounds."""
    for _ in range(4):
        alike = _APART.sub(_same, text)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", alike).casefold())
        if folded == text or not _SHIFTING.search(folded):
            return folded
        text = folded
    return text


def _same(match: re.Match[str]) -> str:
    return _ALIKE[match[0]]


def fold_cleaned(text: str) -> str:
    """`fold` of `text` without its blanks and hidden characters. Where every character folds by itself, which holds
    for nearly every Chinese text, looking up the odd ones takes a fifth of the time."""
    if is_strange(text):
        return fold(HIDDEN.sub("", BLANK.sub(" ", text)))
    odd, table = odd_characters()
    text = text.casefold()
    for character in _EVERYDAY:
        text = text.replace(character, table[character])
    return odd.sub(lambda match: table[match[0]], text)


#: The odd characters of nearly every text: looked for one by one they cost less than found among all of them.
_EVERYDAY: Final = "\n，（）；：～"


def is_strange(text: str) -> bool:
    """Whether a character of it may fold otherwise beside others than alone."""
    return _STRANGE.search(text) is not None


#: Characters outside the blocks in which each folds by itself: those with marks, other scripts, half-width kana.
_STRANGE: Final = re.compile(
    "[^\x00-\u017f\u0391-\u03a9\u03b1-\u03c9\u2000-\u20cf\u2100-\u2bff\u3000-\u3029\u3030-\u303f\u30fb\u3105-\u312f\u3200-\u9fff"
    "\uf900-\ufaff\ufe10-\ufe1f\ufe30-\ufe6f\ufeff\uff00-\uff65\uffe0-\uffee]"
)


@cache
def odd_characters() -> tuple[re.Pattern[str], dict[str, str]]:
    """The everyday characters that do not stand for themselves, and what they stand for."""
    blocks = (
        (0, 0x41),
        (0x5B, 0x180),
        (0x391, 0x3CA),
        (0x2000, 0x2C00),
        (0x3000, 0x3400),
        (0xF900, 0xFB00),
        (0xFE10, 0x10000),
    )
    table: dict[str, str] = {}
    for first, beyond in blocks:
        for character in map(chr, range(first, beyond)):
            if not _STRANGE.match(character):
                folded = fold(HIDDEN.sub("", BLANK.sub(" ", character)))
                if folded != character:
                    table[character] = folded
    return re.compile(f"[{re.escape(''.join(table))}]"), table


@cache
def moving_characters() -> re.Pattern[str]:
    """The odd ones that become nothing, or more than one."""
    moving = [character for character, folded in odd_characters()[1].items() if len(folded) != 1]
    return re.compile(f"[{re.escape(''.join(moving))}]")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify_once(text: str) -> str:
    """One round of `simplify`."""
    simplified: str = _converter().convert(text)
    return simplified


def simplify(text: str) -> str:
    """Traditional to simplified characters, by words where one character has two simplified forms."""
    for _ in range(4):
        simplified = simplify_once(text)
        if simplified == text:
            break
        text = simplified
    return text
