"""Mail texts: templates/email/<name>/ holds subject.txt, body.txt and body.html, rendered without the web site."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from marketplace import paths
from marketplace.core import i18n


@cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES / "email"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(i18n.catalogue(locale), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["moment"] = lambda value: i18n.format_moment(value, locale)
    environment.filters["day"] = lambda value: i18n.format_date(value, locale)
    return environment


def render(name: str, locale: str, /, **values: Any) -> tuple[str, str, str]:
    """Subject, plain text and HTML of one mail in the reader's language. A forgotten value raises UndefinedError."""
    environment = _environment(locale)
    subject, text, html = (
        environment.get_template(f"{name}/{part}").render(locale=locale, **values)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return " ".join(subject.split()), text.strip() + "\n", html
