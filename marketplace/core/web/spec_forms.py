"""The specification table in a form: shared by needs and capabilities. Field names are ``specs-<row>-<column>``."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import Length, Optional

from marketplace.core.specs import MOST_ROWS, OPERATORS, SpecContent

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _trimmed(value: str | None) -> str:
    """On one line and without control characters, which PostgreSQL refuses."""
    return _CONTROLS.sub(" ", value or "").strip()


class SpecRowForm(Form):
    parameter = StringField(lazy_gettext("指标名"), [Length(max=80)], filters=[_trimmed])
    operator = SelectField(lazy_gettext("关系"), [Optional()], choices=dict(OPERATORS), default="ge")
    value = StringField(lazy_gettext("数值"), [Length(max=120)], filters=[_trimmed])
    value_high = StringField(lazy_gettext("上限"), [Length(max=120)], filters=[_trimmed])
    unit = StringField(lazy_gettext("单位"), [Length(max=30)], filters=[_trimmed])
    must = BooleanField(lazy_gettext("必备"))
    standard = StringField(lazy_gettext("标准"), [Length(max=120)], filters=[_trimmed])


def spec_rows_field() -> FieldList:
    """Holds more rows than are allowed, so that a large paste is refused with a sentence and not cut in silence."""
    return FieldList(FormField(SpecRowForm), label=lazy_gettext("技术指标"), max_entries=5 * MOST_ROWS)


def spec_content(rows: FieldList) -> tuple[SpecContent, ...]:
    """The rows that hold anything, as values."""
    contents = (
        SpecContent(
            parameter=_trimmed(row.parameter.data),
            operator=row.operator.data or "ge",
            value=_trimmed(row.value.data),
            value_high=_trimmed(row.value_high.data) or None,
            unit=_trimmed(row.unit.data) or None,
            must=bool(row.must.data),
            standard=_trimmed(row.standard.data) or None,
        )
        for row in (entry.form for entry in rows.entries)
    )
    return tuple(content for content in contents if not content.empty)
