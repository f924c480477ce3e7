"""Forms of firms: shape only. What is right is the service's question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from marketplace.accounts.forms import RegisterForm
from marketplace.core.actor import FIRM_ROLES
from marketplace.core.web.language import say
from marketplace.core.web.listing_forms import (
    DayField,
    WanField,
    WholeNumberField,
    chain_choices,
    code_choices,
    split_chain_link,
    tidy_line,
    tidy_text,
)
from marketplace.firms.facts import BUREAU_ONLY, COLUMNS, FirmFacts
from marketplace.firms.models import PARTY_KINDS, Firm

SECTIONS = {
    "identity": ("legal_name", "credit_code", "english_name", "party_kind", "established_on"),
    "market": ("is_buyer", "is_supplier", "chains", "industry_code"),
    "places": ("registered_division", "production_division"),
    "presentation": ("main_product", "profile", "website", "business_phone"),
    "size": ("employees", "revenue", "assets", "figures_year", "control_group"),
    "bureau": ("office_id", "chain_leader", "chain_leader_document"),
}


def line(label: str, description: str = "") -> StringField:
    return StringField(label, [Optional()], filters=[tidy_line], description=description)


class FirmForm(FlaskForm):
    """Everything a firm says of itself; the last three fields are the bureau's and are taken out for all others."""

    version = HiddenField()
    legal_name = StringField(
        lazy_gettext("企业名称"),
        [InputRequired(lazy_gettext("请填写营业执照上的企业全称。"))],
        filters=[tidy_line],
        description=lazy_gettext("与营业执照一致的全称"),
    )
    credit_code = line(
        lazy_gettext("统一社会信用代码"), lazy_gettext("营业执照上的 18 位代码；全角、小写和空格会自动整理")
    )
    english_name = line(lazy_gettext("英文名称"))
    party_kind = SelectField(lazy_gettext("主体类型"), choices=[])
    established_on = DayField(lazy_gettext("成立日期"), [Optional()])
    is_buyer = BooleanField(lazy_gettext("采购方：发布需求"))
    is_supplier = BooleanField(lazy_gettext("供应方：发布能力"))
    chains = SelectMultipleField(
        lazy_gettext("产业链与环节"),
        [Optional()],
        choices=[],
        description=lazy_gettext("可以选几个环节；输入几个字查找"),
    )
    industry_code = line(
        lazy_gettext("国民经济行业"), lazy_gettext("GB/T 4754-2017，输入代码或名称查找；规模类型按它划分")
    )
    registered_division = line(
        lazy_gettext("注册地"), lazy_gettext("输入名称或代码查找；园区等功能区可以直接选")
    )
    production_division = line(lazy_gettext("生产地"), lazy_gettext("与注册地不同时填写"))
    main_product = line(lazy_gettext("主导产品"), lazy_gettext("一两种最主要的产品；具体参数写在能力里"))
    profile = TextAreaField(
        lazy_gettext("企业简介"),
        [Optional()],
        filters=[tidy_text],
        description=lazy_gettext("请不要写个人手机号和姓名"),
    )
    website = line(lazy_gettext("网址"), lazy_gettext("以 http:// 或 https:// 开头"))
    business_phone = line(
        lazy_gettext("对外业务电话"),
        lazy_gettext("愿意公开才填"),
    )
    employees = WholeNumberField(lazy_gettext("从业人员"), [Optional()])
    revenue = WanField(lazy_gettext("上年营业收入"), [Optional()])
    assets = WanField(lazy_gettext("资产总额"), [Optional()])
    figures_year = WholeNumberField(lazy_gettext("数据年度"), [Optional()])
    control_group = line(
        lazy_gettext("控股方或同一负责人"), lazy_gettext("同一控股方或负责人名下的企业之间不推荐对接")
    )
    office_id = SelectField(lazy_gettext("属地镇/街道"), choices=[])
    chain_leader = BooleanField(lazy_gettext("链主企业"))
    chain_leader_document = line(lazy_gettext("链主认定文号"))

    @classmethod
    def made(
        cls,
        firm: Firm | None,
        *,
        bureau: bool,
        chains: Sequence[Any],
        offices: Mapping[int, str],
        locale: str,
    ) -> FirmForm:
        """The form with its lists in the reader's language, filled from the firm on the first look."""
        form = cls(data=_values_of(firm))
        form.party_kind.choices = code_choices(PARTY_KINDS, "firms.kind")
        form.chains.choices = [choice for choice in chain_choices(chains, locale) if choice.value]
        form.office_id.choices = [("", "—"), *((str(key), name) for key, name in offices.items())]
        if not bureau:
            for name in BUREAU_ONLY:
                delattr(form, name)
        return form

    @property
    def expected_version(self) -> int | None:
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def facts(self, codes: Mapping[str, str | None]) -> FirmFacts:
        """What was written, as a value; ``codes`` are the looked-up codes of division and industry boxes."""
        values = {name: self[name].data for name in COLUMNS if name in self}
        if "office_id" in values:
            values["office_id"] = int(values["office_id"]) if values["office_id"] else None
        places = tuple(split_chain_link(value) for value in self.chains.data or ())
        return FirmFacts(
            **{**values, **codes}, chains=tuple((chain, link) for chain, link in places if chain is not None)
        )

    def section_states(self) -> dict[str, str | None]:
        """``error`` for each section that has a field to mend: for the outline beside the form."""
        return {
            section: "error" if any(name in self and self[name].errors for name in names) else None
            for section, names in SECTIONS.items()
        }


def _values_of(firm: Firm | None) -> dict[str, Any]:
    if firm is None:
        return {"is_supplier": True, "party_kind": "enterprise"}
    values = {name: getattr(firm, name) for name in COLUMNS}
    values["office_id"] = str(firm.office_id or "")
    values["chains"] = [f"{place.chain_key}/{place.link_key or ''}" for place in firm.chains]
    values["version"] = firm.version
    return values


def _code_field() -> StringField:
    return StringField(
        lazy_gettext("认领码"),
        [InputRequired(lazy_gettext("请填写认领码，例如 HKMT-49RW-XP7A。"))],
        filters=[tidy_line],
        description=lazy_gettext("主办单位或镇街发给企业的 12 位码；大小写、横线和空格都可以"),
    )


class ClaimForm(FlaskForm):
    code = _code_field()


class WayInForm(RegisterForm):
    """Behind the link: the code, and an account in the same breath."""

    code = _code_field()


class InviteForm(FlaskForm):
    email = StringField(
        lazy_gettext("同事的邮箱"),
        [InputRequired(lazy_gettext("请填写同事的邮箱。"))],
        filters=[tidy_line],
        description=lazy_gettext("邀请信发到这个邮箱，用这个邮箱登录后加入"),
    )
    role = RadioField(lazy_gettext("可以做什么"), choices=[], default="editor")

    @classmethod
    def made(cls) -> InviteForm:
        form = cls()
        form.role.choices = [(role, say(f"firms.role_can.{role}")) for role in FIRM_ROLES]
        return form


class ContactForm(FlaskForm):
    name = StringField(
        lazy_gettext("姓名"), [InputRequired(lazy_gettext("请填写联系人的姓名。"))], filters=[tidy_line]
    )
    title = line(lazy_gettext("职务"))
    mobile = line(lazy_gettext("手机或电话"))
    email = line(lazy_gettext("邮箱"))
    consent = BooleanField(lazy_gettext("我已取得这位联系人的单独同意"))


class SuppliersForm(FlaskForm):
    codes = TextAreaField(
        lazy_gettext("统一社会信用代码"),
        [Optional()],
        filters=[tidy_text],
        description=lazy_gettext("一行一个，也可以从 Excel 整列粘贴"),
    )
    sheet = FileField(lazy_gettext("或者上传表格"), [Optional()])


class ReasonForm(FlaskForm):
    reason = TextAreaField(lazy_gettext("原因"), [Optional()], filters=[tidy_text])
