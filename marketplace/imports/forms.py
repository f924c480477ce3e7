"""Forms of imports: shape only. The mapping's fields are as many as the sheets have columns, so they are read here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField, Form, MultipleFileField, SelectField, StringField, TextAreaField

from marketplace.core.web.listing_forms import DayField, tidy_line, tidy_text
from marketplace.imports.reading import Choice
from marketplace.needs.content import NeedContent

ACCEPTED = ".xlsx,.xls,.csv,.xlsb,.ods,.jsonl"
_COLUMN = re.compile(r"(needs|capabilities|firms)-(\d{1,3})-column-(\d{1,4})")
_HEADING = re.compile(r"(needs|capabilities|firms)-(\d{1,3})-heading")
_CELL = re.compile(r"cell-(\d{1,4})")
_MOST_DIGITS = 7


class UploadForm(FlaskForm):
    files = MultipleFileField(lazy_gettext("需求表和能力表"))


class OwnSheetForm(FlaskForm):
    firm_id = SelectField(lazy_gettext("为哪家企业"), coerce=int, validate_choice=False)
    file = FileField(lazy_gettext("需求表"))


def choices_in(form: Mapping[str, str], sheets: Mapping[str, list[str]]) -> dict[str, dict[str, Choice]]:
    """What the mapping page sent, by side and sheet name. ``sheets``: the names by side, in the page's order."""
    headings: dict[tuple[str, int], int] = {}
    columns: dict[tuple[str, int], dict[int, str]] = {}
    for name, value in form.items():
        if found := _HEADING.fullmatch(name):
            digits = value.strip()
            if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
                headings[found[1], int(found[2])] = int(digits)
        elif found := _COLUMN.fullmatch(name):
            columns.setdefault((found[1], int(found[2])), {})[int(found[3])] = value
    return {
        side: {
            name: Choice(
                headings.get((side, place)),
                columns.get((side, place), {}),
                f"{side}-{place}-left-out" in form,
            )
            for place, name in enumerate(names)
        }
        for side, names in sheets.items()
    }


def cells_in(form: Mapping[str, str]) -> dict[int, str]:
    """Corrected cells by column index."""
    return {int(found[1]): value for name, value in form.items() if (found := _CELL.fullmatch(name))}


class DraftLineForm(Form):
    """What a draft in the table most often lacks, mended on its line. Only what the page sent is there."""

    title = StringField(lazy_gettext("需求名称"), filters=[tidy_line])
    description = TextAreaField(lazy_gettext("需求描述"), filters=[tidy_text])
    quantity_unit = StringField(lazy_gettext("数量单位"), filters=[tidy_line])
    needed_by = DayField(lazy_gettext("最晚到货日"))
    entrance = StringField(lazy_gettext("采购入口"), filters=[tidy_line])

    @classmethod
    def sent(cls, need_id: int, sent: MultiDict[str, str]) -> DraftLineForm:
        """What the page sent of one draft."""
        form = cls(sent, prefix=f"need-{need_id}-")
        for field in list(form):
            if field.name not in sent:
                del form[field.short_name]
        return form

    @classmethod
    def shown(cls, need_id: int, sent: MultiDict[str, str], content: NeedContent) -> DraftLineForm:
        """The line of a draft: each box as it was sent, else as the draft says."""
        form = cls(sent, prefix=f"need-{need_id}-")
        form.validate()
        for field in form:
            if field.name not in sent:
                field.process(None, getattr(content, field.short_name))
        return form

    @property
    def contents(self) -> dict[str, Any]:
        """The fields that were sent, as a need's contents take them."""
        blank = NeedContent()
        return {
            name: getattr(blank, name) if value in ("", None) else value for name, value in self.data.items()
        }


class DraftsForm(FlaskForm):
    """Which drafts go to the bureau is chosen in the table; this is what they share."""

    valid_until = DayField(
        lazy_gettext("没写有效期的，统一有效到"),
        description=lazy_gettext("表格里通常没有这一列；写过的不变"),
    )
