"""Forms of calls: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from marketplace.calls.choosing import Chosen
from marketplace.calls.rules import LONGEST, CallFacts
from marketplace.core.errors import Problem, Refusal
from marketplace.core.web.listing_forms import DayField, tidy_line, tidy_text

ID_DIGITS = 18


def row_id(text: str | None) -> int | None:
    """A row's number out of a form or an address; None for anything that cannot be one."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= ID_DIGITS else None


class WhomForm(FlaskForm):
    """Which firms are asked."""

    chain_key = SelectField(lazy_gettext("产业链"), validate_choice=False)
    office = SelectField(lazy_gettext("属地镇/街道"), validate_choice=False)
    tier = SelectField(lazy_gettext("资质与认定"), validate_choice=False)
    sheet = SelectField(lazy_gettext("名册或导入"), validate_choice=False)
    leaders = BooleanField(lazy_gettext("只征集链主企业"))
    everyone = BooleanField(lazy_gettext("不筛选，征集全部企业"))

    def offer(
        self, chains: dict[str, str], offices: dict[str, str], tiers: dict[str, str], sheets: dict[str, str]
    ) -> None:
        """Fill the lists in the reader's language."""
        self.chain_key.choices = {"": "—", **chains}
        self.office.choices = {"": "—", **offices}
        self.tier.choices = {"": "—", **tiers}
        self.sheet.choices = {"": "—", **sheets}

    def chosen(self) -> Chosen:
        """The filters; Refusal for a sheet that is none."""
        kind, _, number = (self.sheet.data or "").partition(":")
        if kind and (kind not in ("roster", "import") or row_id(number) is None):
            raise Refusal("calls.sheet_unknown", "sheet")
        return Chosen(
            chain_key=(self.chain_key.data or "")[:30] or None,
            office_id=row_id(self.office.data),
            tier=(self.tier.data or "")[:40] or None,
            leaders=bool(self.leaders.data),
            roster_id=row_id(number) if kind == "roster" else None,
            import_id=row_id(number) if kind == "import" else None,
            everyone=bool(self.everyone.data),
        )


class CallForm(WhomForm):
    """What is asked, and which firms."""

    number = StringField(lazy_gettext("通知文号"), [Length(max=LONGEST["number"])], filters=[tidy_line])
    title = StringField(lazy_gettext("通知名称"), [Length(max=LONGEST["title"])], filters=[tidy_line])
    body = TextAreaField(lazy_gettext("通知内容"), [Length(max=LONGEST["body"])], filters=[tidy_text])
    asks_needs = BooleanField(lazy_gettext("要报需求"), default=True)
    asks_capabilities = BooleanField(lazy_gettext("要报能力"), default=True)
    due_on = DayField(lazy_gettext("截止日期"))

    def facts(self) -> CallFacts:
        """What was filled in; Refusal where the last day is missing."""
        if self.due_on.data is None:
            raise Refusal.of([Problem("calls.due_missing", "due_on")])
        return CallFacts(
            title=self.title.data or "",
            due_on=self.due_on.data,
            number=self.number.data,
            body=self.body.data or "",
            asks_needs=bool(self.asks_needs.data),
            asks_capabilities=bool(self.asks_capabilities.data),
        )


class DueForm(FlaskForm):
    due_on = DayField(lazy_gettext("新的截止日期"))


class OutcomeForm(FlaskForm):
    """What came of telephoning a firm."""

    outcome = SelectField(lazy_gettext("电话结果"), validate_choice=False)
    report_by = DayField(lazy_gettext("答应哪天前报"))
    note = StringField(lazy_gettext("备注"), filters=[tidy_line])
