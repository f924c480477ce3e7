"""Words: Chinese is the source language, English comes from each room's ``en.po``.

Services and rules return codes; :func:`render` turns a code and its parameters into a sentence in the reader's
language, for pages, mails, sheets and papers alike, without Flask. A room registers its codes in ``words.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from marketplace import paths
from marketplace.core import clock

LOCALES = ("zh", "en")
_WEEKDAYS = "一二三四五六日"
_words: dict[str, str] = {}


def N_(sentence: str) -> str:
    """Mark a Chinese sentence for the catalogue without translating it here."""
    return sentence


def register_words(words: Mapping[str, str]) -> None:
    """Add a room's codes. The same code with two sentences is a mistake and raises ValueError."""
    for code, sentence in words.items():
        if _words.setdefault(code, sentence) != sentence:
            raise ValueError(f"two sentences for the code {code!r}")


def registered_words() -> Mapping[str, str]:
    return dict(_words)


@cache
def catalogue(locale: str) -> NullTranslations:
    """The merged catalogue of every room; Chinese needs none."""
    if locale != "en":
        return NullTranslations()
    merged = Catalog(locale="en")
    for path in paths.catalogues():
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if message.id and message.string:
                    merged.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def translate(sentence: str, locale: str) -> str:
    """A Chinese sentence in the reader's language; the sentence itself where the catalogue has none."""
    return catalogue(locale).ugettext(sentence) if sentence else ""


def render(code: str, params: Mapping[str, Any], locale: str) -> str:
    """The sentence of a code. Parameters may be nested ``(code, params)`` pairs; an unknown code raises KeyError."""
    values = {key: _value(value, locale) for key, value in params.items()}
    return translate(_words[code], locale) % values


def _value(value: Any, locale: str) -> Any:
    # A list as well: what a JSON column kept of a pair.
    if isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[1], Mapping):
        return render(value[0], value[1], locale)
    if isinstance(value, list | tuple | frozenset | set):
        return ("、" if locale == "zh" else ", ").join(str(_value(item, locale)) for item in value)
    if isinstance(value, datetime):
        return format_moment(value, locale)
    if isinstance(value, date):
        return format_date(value, locale)
    if isinstance(value, float):
        return _figure(value)
    return value


def _figure(value: float) -> str:
    """Six digits that matter, and never an exponent: 0.1 + 0.2 is 0.3, and 1234567.0 is 1234567."""
    if abs(value) >= 1e6 or not math.isfinite(value):
        return f"{value:.0f}"
    text = f"{Decimal(f'{value:.6g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_date(day: date, locale: str) -> str:
    """A day in running text: 2026年11月23日（周一） or 23 November 2026."""
    if locale == "zh":
        return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"
    return f"{day.day} {day:%B} {day.year}"


def format_moment(moment: datetime, locale: str) -> str:
    """A moment in running text, Chinese wall clock."""
    here = clock.local(moment)
    return f"{format_date(here.date(), locale)}{'' if locale == 'zh' else ', '}{here:%H:%M}"


_HAN, _LETTER = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[^\W\d_]")


def mostly_chinese(text: str) -> bool:
    """Whether at least half of a text's letters are Han: what a voice must read as Chinese on an English page."""
    han = len(_HAN.findall(text))
    return han > 0 and 2 * han >= len(_LETTER.findall(text))


_HAN_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])")


def spaced(text: str) -> str:
    """The one rule for mixed text in papers: a thin gap between Han characters and Latin words or figures."""
    return _HAN_LATIN.sub("\u2009", text)
