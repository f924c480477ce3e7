"""The form of a capability: product and one sentence first, everything else when there is time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from sqlalchemy.orm import Session
from wtforms import (
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.capabilities import rules
from marketplace.capabilities.content import COLUMNS, CapabilityContent
from marketplace.core.errors import Refusal
from marketplace.core.specs import SpecContent
from marketplace.core.web.listing_choices import (
    certificate_choices,
    chain_choices,
    code_choices,
    division_choices,
    industry_choices,
)
from marketplace.core.web.listing_forms import (
    Asked,
    ListingForm,
    NumberField,
    WholeNumberField,
    spec_content,
    tidy_line,
    tidy_text,
    values_of,
)
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.spec_forms import spec_rows_field
from marketplace.core.web.term_forms import read_terms, term_values, with_terms
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import fields_for, parties_of, postable, unit_text
from marketplace.taxonomy.values import TypeField

# What a resource that is opened calls the same boxes.
_OPENING = {
    "product": (
        lazy_gettext("开放什么"),
        lazy_gettext("需要的企业会搜的名字，例如「高压绝缘检测平台开放」「供应链应收账款融资」"),
    ),
    "types": (lazy_gettext("属于哪一类"), lazy_gettext("一条只写一类资源，其他的另写一条")),
    "certificates": (
        lazy_gettext("与这项资源有关的体系和资质"),
        lazy_gettext("证书号和有效期在「我的企业」里填一次，各条共用"),
    ),
}


class CapabilityForm(ListingForm):
    product = StringField(
        lazy_gettext("产品或服务名称"),
        [Asked()],
        description=lazy_gettext("采购方会搜的名字，例如「尼龙66工业丝」「大型铸锻件热处理」"),
        filters=[tidy_line],
    )
    sentence = StringField(
        lazy_gettext("一句话介绍"),
        description=lazy_gettext("能做什么、做到什么程度，一句就好"),
        filters=[tidy_line],
    )
    description = TextAreaField(
        lazy_gettext("详细介绍"),
        description=lazy_gettext(
            "工艺与设备、检测手段、配套业绩；不要留电话和微信，双方愿意后平台会交换联系方式"
        ),
        filters=[tidy_text],
    )
    english_product = StringField(lazy_gettext("英文名称"), filters=[tidy_line])
    read_text = TextAreaField(
        lazy_gettext("从文字读出参数"),
        description=lazy_gettext("粘贴宣传册或检测报告里的一段话，先看读得对不对，再保存"),
        filters=[tidy_text],
    )
    capacity = NumberField(lazy_gettext("产能"))
    spare_capacity = NumberField(
        lazy_gettext("可释放产能"), description=lazy_gettext("现在还能接多少，单位同上")
    )
    capacity_unit = StringField(lazy_gettext("产能单位"), filters=[tidy_line])
    capacity_period = SelectField(lazy_gettext("周期"), [Optional()], choices=[])
    moq = NumberField(lazy_gettext("最小起订量"))
    moq_unit = StringField(lazy_gettext("起订量单位"), filters=[tidy_line])
    lead_time_days = WholeNumberField(
        lazy_gettext("常规交期"), description=lazy_gettext("从下单到发货；现货填 0")
    )
    divisions = SelectMultipleField(
        lazy_gettext("供货范围"),
        [Optional()],
        choices=[],
        description=lazy_gettext("只送这些地方时才选；不选就是哪里都送"),
    )
    payment_days = WholeNumberField(
        lazy_gettext("最长能接受的账期"),
        description=lazy_gettext(
            "只用于匹配，不公开。需求付款更晚时，双方会看到差多少天；填得长不会排得更前"
        ),
    )
    certificates = SelectMultipleField(
        lazy_gettext("与本产品有关的体系和资质"),
        [Optional()],
        choices=[],
        description=lazy_gettext("证书号和有效期在「我的企业」里填一次，各条能力共用"),
    )
    standards = TextAreaField(
        lazy_gettext("执行标准"), description=lazy_gettext("一行一个，例如 GB/T 16422.2"), filters=[tidy_text]
    )
    types = SelectMultipleField(
        lazy_gettext("愿意承接的需求类型"),
        [Optional()],
        choices=[],
        description=lazy_gettext("不选按采购配套和外协加工推荐"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    nature = HiddenField(default="capability")
    visibility = RadioField(lazy_gettext("公开范围"), choices=[], default="public")
    photos = MultipleFileField(lazy_gettext("照片"))
    firm_id = SelectField(lazy_gettext("为哪家企业填写"), [Optional()], choices=[])

    def offer(
        self, session: Session, locale: str, firms: Sequence[Firm], home: Firm | None = None, *, as_of: date
    ) -> None:
        """Fill in what can be chosen; ``home`` is the firm whose entry it is."""
        self.divisions.choices = self._division_choices(session, home, as_of, locale)
        self.chain_link.choices = chain_choices(taxonomy.chains(session), locale)
        self.industry_code.choices = industry_choices(taxonomy.industries(session), locale)
        self.certificates.choices = certificate_choices(taxonomy.certificate_kinds(session), locale)
        self.types.choices = type_choices(session, home, self.nature.data or "capability", locale)
        if self.nature.data == "opening":
            for field, (label, description) in _OPENING.items():
                self[field].label.text, self[field].description = label, description
        self.visibility.choices = code_choices(rules.VISIBILITIES, "capabilities.visibility")
        self.capacity_period.choices = code_choices(
            ("year", "month", "day"), "core.period", gettext("请选择")
        )
        self.firm_id.choices = [SelectChoice(str(firm.id), firm.legal_name) for firm in firms]

    def _division_choices(
        self, session: Session, home: Firm | None, as_of: date, locale: str
    ) -> list[SelectChoice]:
        """Those near the firm first; what is chosen already stays on offer."""
        place = (home.production_division or home.registered_division) if home else None
        divisions = taxonomy.divisions(session)
        offered = division_choices(divisions, place, as_of, locale)[1:]
        known = {choice.value for choice in offered}
        kept = [code for code in self.divisions.object_data or () if code in divisions and code not in known]
        return [SelectChoice(code, divisions[code].label(locale)) for code in kept] + offered

    def content(self) -> CapabilityContent:
        """What was typed, as the service takes it; only these fields, whatever else was sent."""
        chain_key, link_key = self.chain_and_link
        return CapabilityContent(
            product=self.product.data or "",
            english_product=self.english_product.data or None,
            sentence=self.sentence.data or "",
            description=self.description.data or "",
            chain_key=chain_key,
            link_key=link_key,
            industry_code=self.industry_code.data or None,
            capacity=self.capacity.data,
            spare_capacity=self.spare_capacity.data,
            capacity_unit=self.capacity_unit.data or None,
            capacity_period=self.capacity_period.data or None,
            moq=self.moq.data,
            moq_unit=self.moq_unit.data or None,
            lead_time_days=self.lead_time_days.data,
            payment_days=self.payment_days.data,
            divisions=tuple(self.divisions.data or ()),
            visibility=self.visibility.data or "public",
            specs=spec_content(self.specs),
            certificates=tuple(self.certificates.data or ()),
            standards=standards_of(self.standards.data or ""),
            types=tuple(self.types.data or ()),
            nature="opening" if self.nature.data == "opening" else "capability",
            terms=read_terms(self),
        )

    def append_rows(self, rows: Sequence[SpecContent]) -> int:
        """Rows read from a text, added behind what is there; those there already are left out. How many were added."""
        kept = list(spec_content(self.specs))
        new = [row for row in rows if row not in kept]
        while self.specs.entries:
            self.specs.pop_entry()
        self.specs.last_index = -1
        for row in [*kept, *new]:
            self.specs.append_entry({**vars(row)})
        return len(new)


def form_for(session: Session, types: Sequence[str], locale: str) -> type[CapabilityForm]:
    """The form with the fields of these types."""
    fields = fields_for(taxonomy.type_fields(session), "offer", types)
    return with_terms(CapabilityForm, fields, locale, unit_text)


def type_choices(session: Session, home: Firm | None, nature: str, locale: str) -> list[SelectChoice]:
    """The types that this party may offer."""
    types = taxonomy.need_types(session)
    keys: Sequence[str] = tuple(types)
    if home is not None:
        parties = parties_of(home.party_kind, home.chain_leader)
        direction = "open" if nature == "opening" else "make"
        keys = postable(taxonomy.entry_rights(session), parties, direction, types)
    return [SelectChoice(key, types[key].label(locale)) for key in keys]


def standards_of(text: str) -> tuple[str, ...]:
    """One standard a line; 、 and ； part them too."""
    parts = (part.strip() for part in re.split(r"[\n、；;]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def form_values(content: CapabilityContent, fields: Sequence[TypeField] = ()) -> dict[str, Any]:
    """A capability's content as form data; ``fields``: of every type."""
    values = values_of(content, COLUMNS)
    values["standards"] = "\n".join(content.standards)
    values["types"] = list(content.types)
    values["divisions"] = list(content.divisions)
    values |= term_values(content.terms, rules.fields_of(content, fields))
    return values


class FirstForm(FlaskForm):
    """What a firm says of its first product on a phone; the rest is asked for later."""

    product = StringField(
        lazy_gettext("产品或服务名称"),
        [InputRequired(lazy_gettext("请写明产品或服务名称，至少 2 个字，例如「尼龙66工业丝」。"))],
        filters=[tidy_line],
    )
    sentence = StringField(
        lazy_gettext("一句话介绍"),
        description=lazy_gettext("能做什么、做到什么程度，一句就好"),
        filters=[tidy_line],
    )
    parameters = TextAreaField(
        lazy_gettext("关键参数"),
        description=lazy_gettext(
            "照平时说的写，例如：抗拉强度 1080 MPa 以上，直径 20～120 mm。下一步给您核对"
        ),
        filters=[tidy_text],
    )
    capacity = NumberField(lazy_gettext("产能"))
    capacity_unit = StringField(lazy_gettext("产能单位"), filters=[tidy_line])
    capacity_period = SelectField(lazy_gettext("周期"), [Optional()], choices=[], default="year")
    lead_time_days = WholeNumberField(lazy_gettext("交期（天）"))
    photos = FileField(lazy_gettext("样本或证书照片"))
    production_division = SelectField(lazy_gettext("生产地"), [Optional()], choices=[])

    def offer(self, places: list[SelectChoice]) -> None:
        self.capacity_period.choices = code_choices(("year", "month", "day"), "core.period")
        self.production_division.choices = places

    def content(self) -> CapabilityContent:
        """The free text stays as the firm wrote it; its rows are looked at before they are said in its name."""
        return CapabilityContent(
            product=self.product.data or "",
            sentence=self.sentence.data or "",
            description=self.parameters.data or "",
            capacity=self.capacity.data,
            capacity_unit=self.capacity_unit.data or None,
            capacity_period=self.capacity_period.data if self.capacity.data is not None else None,
            lead_time_days=self.lead_time_days.data,
        )


class RowsForm(FlaskForm):
    """The rows read from a text, to be mended or taken away."""

    specs = spec_rows_field()

    def show(self, refusal: Refusal) -> None:
        show_refusal(self, refusal)


class CloseForm(FlaskForm):
    reason = RadioField(lazy_gettext("为什么关闭"), choices=[], default="discontinued")

    def offer(self) -> None:
        self.reason.choices = code_choices(rules.CLOSE_REASONS, "capabilities.close")
