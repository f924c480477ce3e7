"""Parts of pages: bare for the page that brings them in, a page of their own for a reader without scripts."""

from __future__ import annotations

from typing import Any

from flask import render_template, request


def render_part(template: str, title: str, whole: tuple[str, str | None], **values: Any) -> str:
    """``whole``: label and address of the page that this is a part of; a reader who came without it finds back."""
    if request.headers.get("HX-Request"):
        return render_template(template, **values)
    return render_template(
        "components/part_page.html", part_template=template, part_title=title, whole=whole, **values
    )
