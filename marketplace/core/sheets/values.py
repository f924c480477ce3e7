"""Texts of cells to typed values: quantities, lead times, days, money, codes. Pure; problems carry the mend."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import ceil

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from marketplace.core.sheets.errors import ValueProblem

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_UNSTATED = frozenset(
    {"若干", "面议", "待定", "不限", "不定", "按需", "按需采购", "按订单", "视情况", "详谈", "另议", "协商", "双方协商", "电议", "暂无",
     "无", "尽快", "/", "-", "--", "—", "——", "n/a", "na", "tbd", "negotiable"}
)  # fmt: skip
_NUMBER = r"(\d{1,15}(?:\.\d{1,10})?)\s*(亿|千万|百万|十万|万|千(?![克瓦米伏安赫帕卡焦升牛]))?"
_BOUND = r"(?:约|大约|大概|预计|近|不少于|不低于|不超过|不高于|最多|最少|至少|以内|[≥≤><~～=]{1,2})?"
_PERIOD = r"(?:年|每年|月|每月|日|天|每天|周|每周|季|季度|每季度|批|批次|每批|班|小时|a|year|month|day)"
_QUANTITY = re.compile(
    rf"(?:(每?年|年均|月均|每?月|每?日|每?天|每?周|每?批|每?季度?)?(?:产能?|需求?量?|用量|采购量?)?[:：]?)?\s*({_BOUND})\s*{_NUMBER}"
    rf"(?:\s*([^\d\s/~～至到–—－-]{{0,8}}?)\s*(?:~|～|至|到|–|—|－|-{{1,2}})\s*{_NUMBER})?"
    rf"\s*(余|多)?\s*([^\d\s/,，;；()每]{{0,12}}?(?:(?<=m)[23])?)\s*(左右|以上|以内|以下|上下|起订|起)?"
    rf"\s*(?:[/每(]\s*({_PERIOD})\)?)?\s*(左右|以上|以内|以下|上下|起订|起)?",
    re.IGNORECASE,
)
_SCALES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 1000, None: 1, "": 1}
_LEAD = re.compile(
    r"(?P<low>半|\d{1,5}(?:\.\d{1,3})?|[零一二三四五六七八九十两百]{1,6})\s*(?P<lowunit>个?工作日|个?月|天|日|周|星期|年)?"
    r"(?:\s*(?:~|～|至|到|–|—|－|-)\s*(?P<high>半|\d{1,5}(?:\.\d{1,3})?|[零一二三四五六七八九十两百]{1,6}))?"
    r"\s*(?P<half>个?半)?\s*(?P<unit>个?\s*工作日|个?自然日|个?日历日|天|日|周|个?星期|个?礼拜|个?半?月|个?季度|年|小时|"
    r"working days?|days?|weeks?|months?|years?|hours?|[dwm]\b)",
    re.IGNORECASE,
)
_UNIT_DAYS = (
    ("工作", 1.4), ("working", 1.4), ("季", 90.0), ("半月", 15.0), ("月", 30.0), ("month", 30.0), ("周", 7.0), ("星期", 7.0),
    ("礼拜", 7.0), ("week", 7.0), ("年", 365.0), ("year", 365.0), ("时", 1 / 24), ("hour", 1 / 24), ("w", 7.0), ("m", 30.0),
)  # fmt: skip
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*[T ]?\s*\d{1,2}[:：时]\d{0,2}.*)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?[底末]?")
_WESTERN = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_ENDLESS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "不限", "无"})
_LIST = re.compile(r"[、，,;；\n\r]+|\s+/\s+")
_PHONE = re.compile(r"\+?[\d\-() ]{7,20}(?:(?:转|ext\.?|-)\d{1,6})?", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>,;，；]{1,64}@[^\s@<>,;，；]{1,190}\.[A-Za-z]{2,24}")
_CONFUSED = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_LONGEST = 20_000


@dataclass(frozen=True)
class Quantity:
    """An amount with its unit: ``low`` and ``high`` are equal for one number, None where the text states none."""

    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    period: str = ""
    approximate: bool = False


@dataclass(frozen=True)
class LeadTime:
    """Calendar days (a month 30, ten working days 14), or the day ``by`` which; ``days`` is the longer of a range."""

    text: str
    days: int | None = None
    low_days: int | None = None
    by: date | None = None


@dataclass(frozen=True)
class Amount:
    """Yuan; ``low`` and ``high`` are equal for one number, None where the text states none."""

    text: str
    low: Decimal | None = None
    high: Decimal | None = None


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def text(value: str, unit: str = "") -> str:
    """The text itself, trimmed; ValueProblem for one that no field of ours takes."""
    value = value.strip()
    if len(value) > _LONGEST:
        raise ValueProblem("text_long", length=len(value), limit=_LONGEST)
    return value


def line(value: str, unit: str = "") -> str:
    """A name or title: one line."""
    value = " ".join(value.split())
    if len(value) > 300:
        raise ValueProblem("text_long", length=len(value), limit=300)
    return value


def title(value: str, unit: str = "") -> str:
    """A title: where people wrote the whole need into the cell, its first sentence, at most 60 characters."""
    whole = " ".join(text(value).split())
    if len(whole) <= 60:
        return whole
    first = re.split(r"[。；;！？\n]|\. ", text(value).replace("\r", ""), maxsplit=1)[0].strip()
    first = " ".join(first.split()) or whole
    return first if len(first) <= 60 else f"{first[:59]}…"


def items(value: str, unit: str = "") -> tuple[str, ...]:
    """「ISO 9001、IATF 16949；特种设备制造许可」 → its parts, in order, each once. A bare slash stays: GB/T 19001."""
    return tuple(dict.fromkeys(part.strip() for part in _LIST.split(text(value)) if part.strip()))


def lines(value: str, unit: str = "") -> tuple[str, ...]:
    """Specifications: one a line or between semicolons."""
    return tuple(part.strip() for part in re.split(r"[;；\n\r]+", text(value)) if part.strip())


def quantity(value: str, unit: str = "") -> Quantity:
    """「120吨/年」「约3000件」「500-800 套」「1.2万件」; 「若干」 states none. Anything else raises quantity_unread."""
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", folded(value))
    if bare.lower() in _UNSTATED:
        return Quantity(value.strip())
    found = _QUANTITY.fullmatch(bare) if len(bare) <= 60 else None
    if not found:
        raise ValueProblem("quantity_unread", text=value.strip()[:60])
    before, bound, one, scale, low_unit, two, second_scale, more, named, tail, period, late = found.groups()
    low = Decimal(one) * _SCALES[scale or (second_scale if two and not low_unit else None)]
    high = Decimal(two) * _SCALES[second_scale] if two else low
    per = (before or period or "").replace("每", "").replace("均", "").replace("季度", "季")
    told = named.strip() or (low_unit or "").strip() or unit.partition("/")[0]
    per = per or unit.partition("/")[2]
    about = bool(
        more
        or tail in ("左右", "上下")
        or late in ("左右", "上下")
        or bound.strip("~～")[:1] in tuple("约大预近")
    )
    return Quantity(value.strip(), min(low, high), max(low, high), told, per, about or bound in ("~", "～"))


def number(value: str, unit: str = "") -> Decimal:
    """A plain number of 0 or more, 万 understood."""
    try:
        found = quantity(value, unit)
    except ValueProblem:
        raise ValueProblem("number_unread", text=value.strip()[:60]) from None
    if found.high is None:
        raise ValueProblem("number_unread", text=value.strip()[:60])
    return found.high


def amount(value: str, unit: str = "") -> Amount:
    """Money in yuan: 「50-80万元」, or 「65」 under a heading in 万元; 「面议」 states none."""
    try:
        found = quantity(value)
    except ValueProblem:
        raise ValueProblem("amount_unread", text=value.strip()[:60]) from None
    named = folded(found.unit) or unit
    if found.low is None or found.high is None:
        return Amount(value.strip())
    if not re.fullmatch(r"(?:[十百千]?万|亿)?(?:元|圆|rmb|cny|人民币)?(?:人民币)?", named, re.IGNORECASE):
        raise ValueProblem("amount_unread", text=value.strip()[:60])
    # The scale before 元 was taken with the number; one that the heading alone names still counts.
    heading = re.match(r"[十百千]?万|亿", unit) if not found.unit and not re.search("[万亿]", value) else None
    factor = _SCALES[heading[0]] if heading else 1
    return Amount(value.strip(), found.low * factor, found.high * factor)


def _small_number(told: str) -> float:
    if told == "半":
        return 0.5
    if told[0].isdigit():
        return float(told)
    total, digit = 0, 0
    for character in told:
        if character in _PLACES:
            total += (digit or 1) * _PLACES[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return float(total + digit)


def _days(count: float, unit: str) -> int:
    return ceil(round(count * next((days for mark, days in _UNIT_DAYS if mark in unit.lower()), 1.0), 6))


def lead_time(value: str, unit: str = "") -> LeadTime:
    """「45天」「6周」「2个月」「30个工作日」「合同签订后45-60天」「2026-12-31前」; 「现货」 is 0, 「面议」 states none."""
    bare = folded(value)
    if bare.lower() in _UNSTATED:
        return LeadTime(value.strip())
    if bare in ("现货", "随时", "即时", "立即"):
        return LeadTime(value.strip(), 0, 0)
    if len(bare) > 120:
        raise ValueProblem("lead_time_unread", text=value.strip()[:60])
    if re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?(?:\s*[-~至]\s*\d{1,4}(?:\.\d{1,2})?)?", bare):
        bare += unit or "天"
    if re.search(r"\d{4}\s*[-/.年]\s*\d{1,2}", bare):
        day = re.match(r"[^前止底内]*", bare)
        try:
            return LeadTime(value.strip(), by=last_day(day[0].rstrip("之以 ") if day else bare))
        except ValueProblem:
            raise ValueProblem("lead_time_unread", text=value.strip()[:60]) from None
    found = _LEAD.search(bare)
    if not found:
        raise ValueProblem("lead_time_unread", text=value.strip()[:60])
    low, high = _span(found)
    return LeadTime(value.strip(), max(low, high), min(low, high))


def _span(found: re.Match[str]) -> tuple[int, int]:
    """Calendar days of both ends of what :data:`_LEAD` found; equal for one."""
    half = 0.5 if found["half"] else 0.0
    low = _days(
        _small_number(found["low"]) + (0 if found["high"] else half), found["lowunit"] or found["unit"]
    )
    return low, _days(_small_number(found["high"]) + half, found["unit"]) if found["high"] else low


_AT_ONCE = re.compile(
    r"现款|现金|现结|现付|(?:货|款)到(?:付款|发货|即付)|款到|先款后货|预付(?:全款)?|cash|prepaid|cash on delivery"
)
_LEADING = re.compile(
    r"^(?:月结|货到|票到|开票后|验收后|收货后|交货后|最长|不超过|最多|账期|net)\s*", re.IGNORECASE
)
_LONGEST_PAYMENT = 3650


def payment_days(value: str, unit: str = "") -> int | None:
    """How many days the money may take, the longer of a range: 「60天」「月结30天」「3个月」, 「现款」 0; 「面议」 states none."""
    bare = folded(value).casefold()
    if bare in _UNSTATED:
        return None
    if _AT_ONCE.fullmatch(bare):
        return 0
    bare = re.sub(r"(?:以?内|之内|付款|付清|结清|结算)$", "", _LEADING.sub("", bare)).strip()
    if re.fullmatch(r"\d{1,5}(?:\s*[-~至到–]\s*\d{1,5})?", bare):
        bare += unit or "天"
    found = _LEAD.fullmatch(bare)
    days = max(_span(found)) if found else None
    if days is None or days > _LONGEST_PAYMENT:
        raise ValueProblem("payment_days_unread", text=value.strip()[:60])
    return days


def day(value: str, unit: str = "") -> date | None:
    """A day written 2026-11-23, 2026/11/23, 2026.11.23, 2026年11月23日, 20261123 or 二〇二六年…; None for 长期."""
    return _read_day(value, month_end=False)


def last_day(value: str, unit: str = "") -> date | None:
    """The same where a month alone (2026年11月) means its last day."""
    return _read_day(value, month_end=True)


def _read_day(value: str, *, month_end: bool) -> date | None:
    bare = folded(value)
    if bare in _ENDLESS:
        return None
    bare = re.sub(
        "[〇○零一二三四五六七八九]{4}(?=年)", lambda found: "".join(str(_DIGITS[c]) for c in found[0]), bare
    )
    bare = re.sub(
        r"([一二三四五六七八九十]{1,3})(?=[月日])", lambda found: f"{_small_number(found[1]):g}", bare
    )
    try:
        if (found := _DAY.fullmatch(bare)) or (found := _COMPACT.fullmatch(bare)):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.fullmatch(bare):
            year, month = int(found[1]), int(found[2])
            first = date(year, month, 1)
            return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if month_end else first
        if found := _WESTERN.fullmatch(bare):
            first_part, second = int(found[1]), int(found[2])
            if first_part > 12 or first_part == second:
                return date(int(found[3]), second, first_part)
            if second > 12:
                return date(int(found[3]), first_part, second)
            raise ValueProblem("day_ambiguous", text=value.strip()[:40])
        if _SERIAL.fullmatch(bare):  # a day that lost its format: Excel counts from 1899-12-30
            return date(1899, 12, 30) + timedelta(days=int(float(bare)))
    except ValueError:
        pass
    raise ValueProblem("day_unread", text=value.strip()[:40])


@lru_cache(maxsize=8192)
def credit_code(value: str, unit: str = "") -> str:
    """统一社会信用代码 (GB 32100-2015), folded to half width and upper case. The problem says what a person mixed up."""
    bare = re.sub(r"[\s\-]", "", folded(value)).upper()
    if re.fullmatch(r"\d\.\d+E\+\d+", bare) or re.fullmatch(r"\d{15}0{3}", bare):
        raise ValueProblem("credit_code_rounded", text=value.strip()[:40])
    if len(bare) != 18:
        raise ValueProblem("credit_code_length", text=value.strip()[:40], length=len(bare))
    mixed = [character for character in bare if character in _CONFUSED]
    if mixed:
        meant = "".join(_CONFUSED.get(character, character) for character in bare)
        raise ValueProblem("credit_code_letters", text=bare, letters=sorted(set(mixed)), meant=meant)
    try:
        return str(uscc.validate(bare))
    except ValidationError:
        raise ValueProblem("credit_code_digit", text=bare) from None


def phone(value: str, unit: str = "") -> str:
    bare = re.sub(r"[\s‐-―－]+", "-", folded(value)).strip("-")
    first = re.split(r"[/、,;，；]", bare)[0]
    if not _PHONE.fullmatch(first):
        raise ValueProblem("phone_unread", text=value.strip()[:40])
    return first


def mail(value: str, unit: str = "") -> str:
    bare = folded(value)
    if not _MAIL.fullmatch(bare):
        raise ValueProblem("mail_unread", text=value.strip()[:60])
    return bare


def yes_no(value: str, unit: str = "") -> bool:
    bare = folded(value).lower()
    if bare in {"是", "有", "√", "✓", "对", "y", "yes", "true", "1", "接受", "可", "可以", "愿意", "同意"}:
        return True
    if bare in {
        "否",
        "无",
        "×",
        "✗",
        "x",
        "n",
        "no",
        "false",
        "0",
        "不接受",
        "不可",
        "不可以",
        "不愿意",
        "不",
        "-",
        "/",
    }:
        return False
    raise ValueProblem("yes_no_unread", text=value.strip()[:20])
