"""The fields of a listing's type as form fields: 资金 asks for an amount, 平台开放 for equipment and hours.

    form = with_terms(NeedForm, fields, locale)(data={**values, **term_values(content.terms, fields)})
    terms = read_terms(form)

``fields`` are taxonomy values (anything with the attributes of :class:`TermField`): core knows no topic. A form field is
called ``term_<key>``; ``form.term_lines`` gives each with its unit. Template: components/terms.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

from flask_babel import gettext
from wtforms import Field, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.terms import TermContent
from marketplace.core.web.listing_forms import (
    Asked,
    ListingForm,
    NumberField,
    WanField,
    WholeNumberField,
    tidy_text,
)

PREFIX = "term_"
Form = TypeVar("Form", bound=ListingForm)


class TermField(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    @property
    def options(self) -> Sequence[Any]: ...
    def label(self, locale: str) -> str: ...
    def help_in(self, locale: str) -> str: ...


class _Checks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def with_terms(
    base: type[Form], fields: Sequence[TermField], locale: str, unit_of: Callable[[Any, str], str]
) -> type[Form]:
    """The form with a field for each of the type's fields."""
    made = {PREFIX + field.key: _field(field, locale) for field in fields}
    units = [
        (field, unit_of(field, locale) if field.kind not in ("choice", "choices") else "") for field in fields
    ]
    return cast("type[Form]", type(base.__name__, (base,), {**made, "terms_asked": tuple(units)}))


def _field(field: TermField, locale: str) -> Any:
    asked = {
        "label": field.label(locale),
        "description": field.help_in(locale),
        "validators": [Asked()] if field.required else [],
    }
    match field.kind:
        case "choice":
            return SelectField(
                **_optional(asked), choices=[SelectChoice("", gettext("请选择")), *_choices(field, locale)]
            )
        case "choices":
            return _Checks(**_optional(asked), choices=_choices(field, locale))
        case "yes_no":
            said = [SelectChoice("yes", gettext("是")), SelectChoice("no", gettext("否"))]
            return SelectField(**_optional(asked), choices=[SelectChoice("", gettext("请选择")), *said])
        case "money":
            return WanField(**asked)
        case "days":
            return WholeNumberField(**asked)
        case "number" | "percent":
            return NumberField(**asked)
        case _:
            return TextAreaField(**asked, filters=[tidy_text])


def _optional(asked: dict[str, Any]) -> dict[str, Any]:
    """Asked first: its mark stays where Optional ends the chain."""
    return {**asked, "validators": [*asked["validators"], Optional()]}


def _choices(field: TermField, locale: str) -> list[Any]:
    return [SelectChoice(option.key, option.label(locale)) for option in field.options]


def term_values(terms: Iterable[TermContent], fields: Sequence[TermField]) -> dict[str, Any]:
    """Terms as form data."""
    said: dict[str, list[Any]] = {}
    for term in terms:
        said.setdefault(term.key, []).append(term.text if term.number is None else term.number)
    return {
        PREFIX + field.key: said[field.key] if field.kind == "choices" else said[field.key][0]
        for field in fields
        if field.key in said
    }


def read_terms(form: ListingForm) -> tuple[TermContent, ...]:
    """What the form says, in the order of the fields."""
    terms: list[TermContent] = []
    for asked, _unit in form.terms_asked:
        said = form[PREFIX + asked.key].data
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, Decimal | int):
                terms.append(TermContent(asked.key, number=Decimal(one)))
            elif one:
                terms.append(TermContent(asked.key, text=one))
    return tuple(terms)


def term_lines(form: ListingForm) -> list[tuple[Field, str, bool]]:
    """Each field of the type with its unit, and whether invited parties alone read it."""
    return [(form[PREFIX + asked.key], unit, asked.closed) for asked, unit in form.terms_asked]
