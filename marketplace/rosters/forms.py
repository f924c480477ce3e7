"""Forms of rosters: shape only."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField

ACCEPTED = ".xlsx,.xls,.csv,.xlsb,.ods"


class RosterForm(FlaskForm):
    file = FileField(lazy_gettext("企业名册"))


def believed_in(form: MultiDict[str, str], fields: Iterable[str]) -> dict[str, bool]:
    """By field, whether its box was ticked. Only the fields that the page showed are told."""
    ticked = set(form.getlist("believe"))
    return {field: field in ticked for field in fields if field in set(form.getlist("shown"))}
