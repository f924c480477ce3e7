"""Ways to reach people that a text gives away: as written, and as people write them to slip past a filter.

Everything here keeps positions, so that what is found can be marked in the text as it was written. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# 一三八, 幺三捌, 壹叁捌; ①③⑧ and full width are folded by Unicode.
_HAN_DIGITS = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    "幺": "1",
    "貳": "2",
    "參": "3",
    "陸": "6",
    "○": "0",
}
# What people put between digits: spaces, dots, dashes, strokes, brackets, zero-width characters.
_GAP = r"[\s.\-_/*~·•,，、—–－()（）\u200b-\u200d\ufeff]{0,3}"

_MOBILE = re.compile(rf"(?<![\d.])(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)(?!\.\d)")
_LANDLINE = re.compile(
    r"(?<!\d)[(（]?0\d{2,3}[)）]?[\s\-—–－]{1,2}\d{3,4}[\s\-]?\d{4}(?!\d)|(?<!\d)[(（]0\d{2,3}[)）]\d{7,8}(?!\d)"
    r"|(?<!\d)[48]00[\s\-—–－]?\d{3,4}[\s\-—–－]?\d{3,4}(?!\d)"
)
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{1,63}){1,4}"
    r"|[\w.+-]{2,64}\s?(?:#|艾特|\(at\)|\[at\]|【at】|\bat\b)\s?(?:qq|163|126|139|sina|sohu|gmail|foxmail|outlook|hotmail|aliyun)"
    r"\s?(?:\.|点|dot)\s?(?:com|cn|net)",
    re.I,
)
_LINK = re.compile(
    r"(?:https?\s?:\s?//|www\s?\.)\s?\S{3,200}|(?<![\w@.])[a-z0-9][a-z0-9-]{1,40}\.(?:com|net|org|cn)(?:\.cn)?(?![\w.])",
    re.I,
)
_WECHAT = re.compile(
    r"(?:微信号?|威信|薇信|维信|v信|微x|wechat|weixin|扣扣|企鹅号|q\s?q号?)\s*(?:号|[:：是为]|同号|\s)\s*[a-z0-9_-]{4,20}"
    r"|(?<![a-z0-9])(?:vx|wx|qq)\s*[:：]\s*[a-z0-9_-]{4,20}"
    r"|(?:手机|电话|号码)?(?:微信|v信|vx)同(?:号|步)|加(?:我|个)?(?:微信|v信|薇信|威信|vx)|扫码(?:加|联系)",
    re.I,
)


@dataclass(frozen=True)
class Found:
    """One thing found in a text: what kind of thing, and where."""

    kind: str
    start: int
    end: int


def contacts_in(text: str) -> list[Found]:
    """Every way to reach people, in the order of the text; what lies inside another find is left out."""
    folded, dialled = fold(text), _dialled(text)
    found = [
        *(Found("mobile", *span) for span in _mobiles(dialled)),
        *(Found("landline", *match.span()) for match in _LANDLINE.finditer(dialled)),
        *(Found("email", *match.span()) for match in _EMAIL.finditer(folded)),
        *(Found("link", *match.span()) for match in _LINK.finditer(folded)),
        *(Found("wechat", *match.span()) for match in _WECHAT.finditer(folded)),
    ]
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def fold(text: str) -> str:
    """Full width and signs of the same meaning folded, one character for one."""
    return "".join(map(_fold, text))


def _fold(character: str) -> str:
    if character == "。":
        return "."
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _dialled(text: str) -> str:
    """The text with every written digit as a digit, one character for one."""
    return "".join(_HAN_DIGITS.get(character) or _fold(character) for character in text)


def _mobiles(text: str) -> Iterator[tuple[int, int]]:
    """Eleven digits of a mobile number. Digits in odd groups are a list of sizes (16、20、25…), not a number."""
    for match in _MOBILE.finditer(text):
        groups = [len(group) for group in re.findall(r"\d+", match.group())]
        if groups[0] == 2 and match.group().lstrip("+").startswith("86"):
            groups = groups[1:]
        alike = groups in ([11], [3, 4, 4], [3, 8], [7, 4], [3, 3, 5], [13]) or set(groups) == {1}
        # Uneven pieces count where they are few and one is long: 13 8037 51234.
        if alike or (len(groups) <= 3 and max(groups) >= 5):
            yield match.span()
