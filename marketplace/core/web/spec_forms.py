"""The specification table in a form: shared by needs and capabilities. Field names are ``specs-<row>-<column>``."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import Length, Optional

from marketplace.core.specs import MOST_ROWS, OPERATORS, SpecContent


def _trimmed(value: str | None) -> str:
    return (value or "").strip()


class SpecRowForm(Form):
    parameter = StringField(lazy_gettext("指标名"), [Optional(), Length(max=80)], filters=[_trimmed])
    operator = SelectField(lazy_gettext("关系"), choices=dict(OPERATORS), default="ge")
    value = StringField(lazy_gettext("数值"), [Optional(), Length(max=120)], filters=[_trimmed])
    value_high = StringField(lazy_gettext("上限"), [Optional(), Length(max=120)], filters=[_trimmed])
    unit = StringField(lazy_gettext("单位"), [Optional(), Length(max=30)], filters=[_trimmed])
    must = BooleanField(lazy_gettext("必备"))
    standard = StringField(lazy_gettext("标准"), [Optional(), Length(max=120)], filters=[_trimmed])


def spec_rows_field() -> FieldList:
    return FieldList(FormField(SpecRowForm), label=lazy_gettext("技术指标"), max_entries=MOST_ROWS)


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
