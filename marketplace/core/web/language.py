"""Flask-Babel over the rooms' merged catalogue, and the template helpers that speak the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain
from markupsafe import Markup

from marketplace.core import clock, i18n, money
from marketplace.core.errors import Problem
from marketplace.core.quantities import shown_in
from marketplace.core.web.request import current_locale


class RoomsDomain(Domain):
    """The catalogue merged from every room's en.po; Chinese is the source and needs none."""

    def get_translations(self) -> NullTranslations:
        return i18n.catalogue(current_locale())


def register_language(app: Flask) -> None:
    babel_locale = {"zh": "zh_Hans_CN", "en": "en"}
    babel = Babel(
        app, default_timezone="Asia/Shanghai", locale_selector=lambda: babel_locale[current_locale()]
    )
    # Flask-Babel takes the domain's name only; its instance is a cached property, filled here with ours.
    babel.domain_instance = RoomsDomain()
    app.jinja_env.globals.update(
        say=say,
        say_problem=say_problem,
        plain_number=plain_number,
        amount_of=amount,
        tongue=tongue,
        in_wan=money.in_wan,
    )
    app.jinja_env.filters.update(day=day, moment=moment, table_day=table_day, table_moment=table_moment)


def say(code: str, params: Mapping[str, Any] | None = None, **more: Any) -> str:
    """The sentence of a code in the reader's language."""
    return i18n.render(code, {**(params or {}), **more}, current_locale())


def say_problem(problem: Problem) -> str:
    return say(problem.code, problem.params)


def tongue(text: Any) -> Markup:
    """The attribute that marks what people wrote in Chinese on an English page, for voices and fonts; else nothing."""
    chinese = current_locale() == "en" and i18n.mostly_chinese(str(text or ""))
    return Markup(' lang="zh-CN"') if chinese else Markup("")


def translated(sentence: str) -> str:
    """A marked Chinese sentence in the reader's language."""
    return i18n.translate(sentence, current_locale())


def amount(value: Decimal | float | int, unit: str | None) -> str:
    """An amount with its unit, in the reader's language."""
    return shown_in(f"{plain_number(value)} {unit or ''}".strip(), current_locale())


def plain_number(value: Decimal | float | int | None) -> str:
    """A number without trailing zeros, thousands marked: 12000.5000 → 12,000.5."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)).normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | None) -> str:
    return i18n.format_date(value, current_locale()) if value else ""


def moment(value: datetime | None) -> str:
    return i18n.format_moment(value, current_locale()) if value else ""


def table_day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = clock.day_of(value)
    return value.isoformat() if value else ""


def table_moment(value: datetime | None) -> str:
    return f"{clock.local(value):%Y-%m-%d %H:%M}" if value else ""
