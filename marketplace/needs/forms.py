"""The form of a need: shape only. What must be there is asked by rules.py when it is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    Form,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.actor import Actor
from marketplace.core.web import listing_forms as shared
from marketplace.core.web.language import translated
from marketplace.core.web.listing_forms import (
    Asked,
    DayField,
    ListingForm,
    NumberField,
    WanField,
    WholeNumberField,
)
from marketplace.core.web.term_forms import read_terms, term_values, with_terms
from marketplace.firms.models import Firm
from marketplace.needs import excluding, rules
from marketplace.needs.content import COLUMNS, NeedContent
from marketplace.needs.words import FIELDS
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import fields_for, parties_of, postable, unit_text
from marketplace.taxonomy.values import TypeField

_ROWS = ("chain_key", "link_key", "specs", "certificates", "terms", "excluded")


def _named(name: str) -> Any:
    return lazy_gettext(FIELDS[name])


class NeedForm(ListingForm):
    firm_id = SelectField(lazy_gettext("发布企业"), [Optional()], coerce=int, choices=[])
    type_key = SelectField(_named("type_key"), [Optional()], choices=[])
    title = StringField(_named("title"), [Asked()], filters=[shared.tidy_line])
    use = TextAreaField(_named("use"), filters=[shared.tidy_text])
    description = TextAreaField(_named("description"), filters=[shared.tidy_text])
    quantity = NumberField(_named("quantity"))
    quantity_unit = StringField(_named("quantity_unit"), filters=[shared.tidy_line])
    quantity_period = SelectField(_named("quantity_period"), [Optional()], choices=[])
    lead_time_days = WholeNumberField(_named("lead_time_days"))
    needed_by = DayField(_named("needed_by"))
    delivery_division = SelectField(_named("delivery_division"), [Optional()], choices=[])
    budget_low = WanField(_named("budget_low"))
    budget_high = WanField(_named("budget_high"))
    procedure = SelectField(_named("procedure"), [Optional()], choices=[])
    entrance = StringField(_named("entrance"), filters=[shared.tidy_line])
    buyer_kind = SelectField(_named("buyer_kind"), [Optional()], choices=[])
    payment_days = WholeNumberField(_named("payment_days"))
    payment_start = SelectField(_named("payment_start"), [Optional()], choices=[])
    paid_when_paid = BooleanField(_named("paid_when_paid"))
    payment_reason = StringField(_named("payment_reason"), filters=[shared.tidy_line])
    accepts_first_of_kind = BooleanField(_named("accepts_first_of_kind"))
    sme_oriented = BooleanField(_named("sme_oriented"))
    splitting_accepted = BooleanField(_named("splitting_accepted"))
    visibility = RadioField(_named("visibility"), [Optional()], choices=[])
    anonymous = BooleanField(_named("anonymous"))
    valid_until = DayField(_named("valid_until"), [Asked()])
    questions_until = DayField(_named("questions_until"))
    excluded = SelectMultipleField(
        _named("excluded"),
        [Optional()],
        coerce=int,
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    exclude_search = StringField(lazy_gettext("查找企业"), filters=[shared.tidy_line])
    confidentiality = SelectField(lazy_gettext("这些文件的保密要求"), [Optional()], choices=[])
    drawings = MultipleFileField(lazy_gettext("图纸和技术文件"))

    def content(self) -> NeedContent:
        """What the form says; boxes left empty take the content's own defaults."""
        values: dict[str, Any] = {}
        for column in fields(NeedContent):
            if column.name not in _ROWS:
                said = self[column.name].data
                values[column.name] = column.default if said in ("", None) else said
        chain, link = self.chain_and_link
        return NeedContent(
            **values,
            chain_key=chain,
            link_key=link,
            specs=shared.spec_content(self.specs),
            certificates=tuple(self.certificates.data or ()),
            terms=read_terms(self),
            excluded=tuple(self.excluded.data or ()),
        )


def form_for(session: Session, type_key: str, locale: str) -> type[NeedForm]:
    """The form with the fields of this type."""
    fields = fields_for(taxonomy.type_fields(session), "want", (type_key,))
    return with_terms(NeedForm, fields, locale, unit_text)


def values_of(content: NeedContent, fields: Sequence[TypeField] = ()) -> dict[str, Any]:
    """The content as form data; ``fields``: of every type."""
    return {
        **shared.values_of(content, COLUMNS),
        "excluded": list(content.excluded),
        **term_values(content.terms, rules.fields_of(content, fields)),
    }


def fill_choices(
    form: NeedForm, session: Session, firms: Sequence[Firm], home: Firm | None, as_of: date, locale: str
) -> None:
    """The choices in the reader's language. ``home`` is the firm whose city is offered first for delivery."""
    form.firm_id.choices = [SelectChoice(str(firm.id), firm.legal_name) for firm in firms]
    form.type_key.choices = type_choices(session, home, locale)
    form.chain_link.choices = shared.chain_choices(taxonomy.chains(session), locale)
    form.industry_code.choices = shared.industry_choices(taxonomy.industries(session), locale)
    form.certificates.choices = shared.certificate_choices(taxonomy.certificate_kinds(session), locale)
    place = (home.production_division or home.registered_division) if home else None
    divisions, asked = taxonomy.divisions(session), form.delivery_division.data
    # Any division is taken, also one that the list leaves out (a county of another city, from a sheet or a copy).
    chosen = asked if asked in divisions else form.delivery_division.object_data
    form.delivery_division.choices = shared.division_choices(divisions, place, as_of, locale, chosen)
    none_yet = translated("暂不选择")
    form.procedure.choices = shared.code_choices(rules.PROCEDURES, "needs.procedure")
    form.quantity_period.choices = shared.code_choices(rules.PERIODS, "core.period", none_yet)
    form.buyer_kind.choices = shared.code_choices(rules.BUYER_KINDS, "needs.buyer_kind", translated("不清楚"))
    form.payment_start.choices = shared.code_choices(rules.PAYMENT_STARTS, "needs.payment_start", none_yet)
    form.visibility.choices = shared.code_choices(rules.VISIBILITIES, "needs.visibility")
    form.confidentiality.choices = shared.code_choices(rules.CONFIDENTIALITIES, "needs.confidentiality")


def offer_firms(form: NeedForm, session: Session, actor: Actor, home: Firm) -> str:
    """The firms to exclude: those on the list and those that were ticked, then what the search finds. How the search went:
    "none", "more" than it shows, or ""."""
    kept = form.excluded.object_data or ()
    ticked = excluding.named(session, actor, {*(form.excluded.data or ()), *kept}, kept)
    listed = {firm.id for firm in ticked}
    text = form.exclude_search.data or ""
    hits, more = excluding.found(session, actor, text, {*listed, home.id})
    form.excluded.choices = [SelectChoice(firm.id, firm.legal_name) for firm in (*ticked, *hits)]
    if more:
        return "more"
    return "none" if text and not hits else ""


def type_choices(session: Session, home: Firm | None, locale: str) -> list[SelectChoice]:
    """The types that this party may ask for."""
    types = taxonomy.need_types(session)
    rights = taxonomy.entry_rights(session)
    parties = parties_of(home.party_kind, home.chain_leader) if home else ()
    keys = postable(rights, parties, "want", types) if home else tuple(types)
    return [SelectChoice(key, types[key].label(locale)) for key in keys]


class TermsForm(Form):
    """The payment terms alone, read from the query of the live verdict; nothing is changed by it."""

    buyer_kind = StringField()
    payment_days = WholeNumberField()
    payment_start = StringField()
    paid_when_paid = BooleanField()
