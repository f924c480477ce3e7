"""Pieces of the forms in which listings (needs, capabilities) are written; topics build their own form from them.

    class NeedForm(ListingForm):
        title = StringField(lazy_gettext("需求名称"), filters=[tidy_line])
        quantity = NumberField(lazy_gettext("数量"))

    form = NeedForm(data=values)                       # values: field name → value; specs as a list of mappings
    form.chain_link.choices = chain_choices(chains, locale)
    form.industry_code.choices = industry_choices(industries, locale)
    form.certificates.choices = certificate_choices(kinds, locale)
    form.delivery_division.choices = division_choices(divisions, home, today, locale)

``ListingForm`` brings ``version`` (what the reader saw), ``chain_link``, ``industry_code``, ``certificates`` and
``specs``; ``form.chain_and_link``, ``form.expected_version`` and ``spec_content(form.specs)`` read them back.
``form.show(refusal)`` puts a service's problems at their fields, rows of the specification table included.
Fields: ``NumberField`` (Decimal), ``WholeNumberField`` (int), ``WanField`` (yuan, written in 万元), ``DayField`` (date);
they take full-width digits and thousands marks and keep what was typed when it cannot be read. ``Asked()`` marks
what must be there when the listing is submitted.
The taxonomy arrives as values, see listing_choices.py: core knows no topic.

Autosave (static/js/autosave.js): a view answers ``autosaved(version, …)`` once it has saved, ``autosave_stale(version)``
(409) when somebody else was faster, ``autosave_refused(form)`` (422) with what keeps the draft from being saved. The
page keeps everything that was typed in each case. Templates: templates/components/listing.html.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, jsonify, make_response
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import DateInput, TextInput

from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.money import from_wan, in_wan
from marketplace.core.web.language import plain_number, say, say_problem
from marketplace.core.web.listing_choices import (
    certificate_choices,
    chain_choices,
    code_choices,
    division_choices,
    industry_choices,
    joined_chain_link,
    split_chain_link,
)
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import now
from marketplace.core.web.spec_forms import spec_content, spec_rows_field

# Control characters that no text needs; PostgreSQL refuses the first of them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def tidy_line(value: str | None) -> str:
    """One line: no control characters, no line breaks, no spaces around."""
    return re.sub(r"\s*[\r\n\t]+\s*", " ", _CONTROLS.sub("", value or "")).strip()


def tidy_text(value: str | None) -> str:
    """A longer text: line breaks stay, as ``\\n``."""
    return _CONTROLS.sub("", (value or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


# ---------------------------------------------------------------- fields
class Asked:
    """Marks a field that must be there when the listing is submitted; a draft may leave it out."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        return None


class _ReadField(Field):
    """A text box whose text is read into a value; the text stays when it cannot be."""

    widget = TextInput()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if valuelist:
            text = unicodedata.normalize("NFKC", valuelist[0]).strip()
            self.data = self.read(text) if text else None

    def written(self, value: Any) -> str:
        return "" if value is None else plain_number(value).replace(",", "")

    def read(self, text: str) -> Any:
        raise NotImplementedError


class NumberField(_ReadField):
    """A Decimal: 「１２，０００．5」 is 12000.5."""

    def read(self, text: str) -> Decimal:
        try:
            number = Decimal(text.replace(",", "").replace(" ", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(gettext("看不懂「%(text)s」：请只填数字，例如 1200。", text=text[:20]))
        return number


class WholeNumberField(NumberField):
    def read(self, text: str) -> int:  # type: ignore[override]
        number = super().read(text)
        if number != number.to_integral_value() or abs(number) > 10**9:
            raise ValueError(gettext("「%(text)s」不是整数：请填整数，例如 60。", text=text[:20]))
        return int(number)


class WanField(_ReadField):
    """An amount in yuan, read and written in 万元."""

    def written(self, value: Decimal | None) -> str:
        return "" if value is None else in_wan(value)

    def read(self, text: str) -> Decimal:
        try:
            return from_wan(text)
        except Refusal as refusal:
            raise ValueError(say_problem(refusal.problems[0])) from None


class DayField(_ReadField):
    """A day of the years that people mean: a slip of the finger (0026) or 「9999 年」 for 长期 is no day to reckon with."""

    years = range(1800, 3000)
    widget = DateInput()

    def written(self, value: date | None) -> str:
        return value.isoformat() if value else ""

    def read(self, text: str) -> date:
        for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
            try:
                day = datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
            if day.year not in self.years:
                raise ValueError(
                    gettext("「%(text)s」的年份不对：请核对，长期有效的请留空。", text=text[:20])
                )
            return day
        raise ValueError(gettext("看不懂日期「%(text)s」：请按 2026-11-23 的样子填写。", text=text[:20]))


class ListingForm(FlaskForm):
    version = HiddenField()
    chain_link = SelectField(lazy_gettext("产业链与环节"), [Optional()], choices=[])
    industry_code = SelectField(lazy_gettext("国民经济行业"), [Optional()], choices=[])
    certificates = SelectMultipleField(lazy_gettext("资质要求"), [Optional()], choices=[])
    specs = spec_rows_field()
    # The fields of the type with their units, see term_forms.py.
    terms_asked: tuple[tuple[Any, str], ...] = ()

    @property
    def expected_version(self) -> int | None:
        """The version that the reader started from; None where the page did not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def chain_and_link(self) -> tuple[str | None, str | None]:
        return split_chain_link(self.chain_link.data)

    def show(self, refusal: Refusal) -> None:
        """Put a service's problems at their fields. Rows are numbered as the reader sees them, empty ones included."""
        filled = [number for number, entry in enumerate(self.specs.entries) if _holds_anything(entry)]
        placed = []
        for problem in refusal.problems:
            found = re.fullmatch(r"specs-(\d+)-(\w+)", problem.field or "")
            if found and int(found[1]) < len(filled):
                row = filled[int(found[1])]
                params = {**problem.params, "row": row + 1}
                problem = replace(problem, field=f"specs-{row}-{found[2]}", params=params)
            elif problem.field in ("chain_key", "link_key"):
                problem = replace(problem, field="chain_link")
            placed.append(problem)
        show_refusal(self, Refusal.of(placed))

    @property
    def error_sentences(self) -> list[str]:
        """Every error in the order of the form, for places that show no form."""
        return list(_sentences([self.form_errors, *(field.errors for field in self)]))


def wrong_fields(form: ListingForm) -> list[str]:
    """The names of the fields that carry an error, rows of the specification table included."""
    names = [field.name for field in form if field.errors and field.name != "specs"]
    for entry in form.specs.entries:
        names += [field.name for field in entry.form if field.errors]
    return names + (["specs"] if form.specs.errors else [])


def _holds_anything(entry: Any) -> bool:
    return any((getattr(entry.form, name).data or "").strip() for name in _ROW_TEXTS)


_ROW_TEXTS = ("parameter", "value", "value_high", "unit", "standard")


def _sentences(errors: Any) -> Iterable[str]:
    if isinstance(errors, Mapping):
        errors = list(errors.values())
    if isinstance(errors, list | tuple):
        for inner in errors:
            yield from _sentences(inner)
    elif errors:
        yield str(errors)


def values_of(content: Any, columns: Iterable[str]) -> dict[str, Any]:
    """A listing's content as form data: its columns, chain and link as one choice, rows as mappings."""
    values = {name: getattr(content, name) for name in columns}
    values["chain_link"] = joined_chain_link(values.pop("chain_key"), values.pop("link_key"))
    values["certificates"] = list(content.certificates)
    values["specs"] = [{**vars(row)} for row in content.specs]
    return values


__all__ = [
    "Asked",
    "DayField",
    "ListingForm",
    "NumberField",
    "WanField",
    "WholeNumberField",
    "autosave_refused",
    "autosave_stale",
    "autosaved",
    "certificate_choices",
    "chain_choices",
    "code_choices",
    "division_choices",
    "industry_choices",
    "joined_chain_link",
    "spec_content",
    "split_chain_link",
    "tidy_line",
    "tidy_text",
    "values_of",
    "wrong_fields",
]


# ---------------------------------------------------------------- autosave
def autosaved(version: int, *, page_url: str | None = None, autosave_url: str | None = None) -> Response:
    """Saved. A new draft tells its addresses, so that the page goes on with it instead of making another."""
    said: dict[str, Any] = {"version": version, "saved_at": f"{clock.local(now()):%H:%M}"}
    if page_url:
        said |= {"page_url": page_url, "autosave_url": autosave_url}
    return jsonify(said)


def autosave_stale(version: int) -> Response:
    return make_response(jsonify(version=version, problem=say("core.autosave_stale")), 409)


def autosave_refused(form: ListingForm) -> Response:
    problem = gettext(
        "暂未自动保存：%(reason)s", reason=(form.error_sentences or [gettext("请核对填写内容。")])[0]
    )
    return make_response(jsonify(problem=problem), 422)
