"""Amounts as people write them here, for readers of English: 「1.2 万t/年」 is 12,000 t/year, 「600 套」 600 sets.

What stands in no list stays as it was written: it is somebody's own word.
"""

from __future__ import annotations

import re
from decimal import Decimal

# One, and more than one.
_ENGLISH = {
    "年": ("year", "years"),
    "季": ("quarter", "quarters"),
    "季度": ("quarter", "quarters"),
    "月": ("month", "months"),
    "个月": ("month", "months"),
    "周": ("week", "weeks"),
    "天": ("day", "days"),
    "日": ("day", "days"),
    "班": ("shift", "shifts"),
    "小时": ("hour", "hours"),
    "分钟": ("minute", "minutes"),
    "次": ("time", "times"),
    "件": ("piece", "pieces"),
    "个": ("piece", "pieces"),
    "只": ("piece", "pieces"),
    "支": ("piece", "pieces"),
    "条": ("piece", "pieces"),
    "根": ("piece", "pieces"),
    "块": ("piece", "pieces"),
    "片": ("piece", "pieces"),
    "张": ("sheet", "sheets"),
    "套": ("set", "sets"),
    "台": ("unit", "units"),
    "台套": ("unit", "units"),
    "座": ("unit", "units"),
    "辆": ("vehicle", "vehicles"),
    "卷": ("roll", "rolls"),
    "桶": ("drum", "drums"),
    "袋": ("bag", "bags"),
    "箱": ("box", "boxes"),
    "盒": ("box", "boxes"),
    "瓶": ("bottle", "bottles"),
    "批": ("batch", "batches"),
    "批次": ("batch", "batches"),
    "项": ("item", "items"),
    "份": ("copy", "copies"),
    "样": ("sample", "samples"),
    "对": ("pair", "pairs"),
    "双": ("pair", "pairs"),
    "组": ("group", "groups"),
    "人": ("person", "people"),
    "吨": ("t", "t"),
    "千克": ("kg", "kg"),
    "公斤": ("kg", "kg"),
    "克": ("g", "g"),
    "升": ("L", "L"),
    "米": ("m", "m"),
    "千米": ("km", "km"),
    "公里": ("km", "km"),
    "平方米": ("m²", "m²"),
    "立方米": ("m³", "m³"),
    "元": ("CNY", "CNY"),
}
_TEN_THOUSANDS = re.compile(
    r"(?:(?P<low>\d[\d,]*(?:\.\d+)?) ?(?P<dash>[~～–-]) ?)?(?P<number>\d[\d,]*(?:\.\d+)?) ?万 ?"
)
_WORD = re.compile(r"(?P<before>\d ?|/ ?|^)(?P<word>[\u4e00-\u9fff]+)(?![^\s/）)])")
_ALONE = re.compile(r"^[^\d]*1 ?$")


def shown_in(amount: str, locale: str) -> str:
    """An amount or a unit in a reader's language."""
    return amount if locale == "zh" else in_english(amount)


def in_english(amount: str) -> str:
    whole = _TEN_THOUSANDS.sub(_written_out, amount)

    def word(found: re.Match[str]) -> str:
        names = _ENGLISH.get(found["word"])
        if names is None:
            return found[0]
        before = found["before"]
        single = before.startswith("/") or _ALONE.match(whole[: found.start("word")]) is not None
        return f"{before}{' ' if before.isdigit() else ''}{names[0] if single else names[1]}"

    return _WORD.sub(word, whole)


def _written_out(found: re.Match[str]) -> str:
    """The number in full; of a range 「10~2000 万」 both ends, for the 万 counts for both."""
    ends = [found["number"]] if found["low"] is None else [found["low"], found["number"]]
    written = [f"{(Decimal(end.replace(',', '')) * 10_000).normalize():,f}" for end in ends]
    return f"{(found['dash'] or '').join(written)} "
