"""The form of a certificate: shape only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from marketplace.certifications.rules import CertificationFacts
from marketplace.core.web.listing_forms import DayField, certificate_choices, tidy_line


class CertificationForm(FlaskForm):
    kind_key = SelectField(
        lazy_gettext("证书种类"), [InputRequired(lazy_gettext("请选择证书种类。"))], choices=[], default=""
    )
    number = StringField(
        lazy_gettext("证书编号"),
        [Optional()],
        filters=[tidy_line],
        description=lazy_gettext("证书编号或公布文号"),
    )
    cohort = StringField(
        lazy_gettext("批次"),
        [Optional()],
        filters=[tidy_line],
        description=lazy_gettext("例如：第五批、2024年度"),
    )
    issuer = StringField(lazy_gettext("发证或认定机关"), [Optional()], filters=[tidy_line])
    rule_document = StringField(
        lazy_gettext("依据的办法（文号）"),
        [Optional()],
        filters=[tidy_line],
        description=lazy_gettext("梯度企业填认定时施行的办法；2022 年与 2026 年的办法不同"),
    )
    valid_from = DayField(
        lazy_gettext("有效期起"), [Optional()], description=lazy_gettext("证书上写的第一天")
    )
    valid_until = DayField(
        lazy_gettext("有效期至"), [Optional()], description=lazy_gettext("这一天仍有效；长期的不填")
    )
    scan = FileField(lazy_gettext("证书扫描件"), [Optional()])

    @classmethod
    def made(cls, kinds: Mapping[str, Any], locale: str) -> CertificationForm:
        form = cls()
        first = [SelectChoice("", gettext("请选择，可以输入几个字查找"))]
        form.kind_key.choices = first + certificate_choices(kinds, locale)
        return form

    def facts(self, file_id: int | None) -> CertificationFacts:
        """What was written; the scan's id comes from the upload, never from the form."""
        return CertificationFacts(
            kind_key=self.kind_key.data,
            number=self.number.data or None,
            cohort=self.cohort.data or None,
            issuer=self.issuer.data or None,
            rule_document=self.rule_document.data or None,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            file_id=file_id,
        )


class AbsenceForm(FlaskForm):
    kind_key = SelectField(
        lazy_gettext("没有的证书"), [InputRequired(lazy_gettext("请选择证书种类。"))], choices=[], default=""
    )

    @classmethod
    def made(cls, kinds: Mapping[str, Any], locale: str) -> AbsenceForm:
        form = cls()
        first = [SelectChoice("", gettext("请选择，可以输入几个字查找"))]
        form.kind_key.choices = first + certificate_choices(kinds, locale)
        return form


class RevocationForm(FlaskForm):
    revoked_on = DayField(lazy_gettext("撤销日期"), [Optional()])

    @property
    def day(self) -> date | None:
        found: date | None = self.revoked_on.data
        return found
