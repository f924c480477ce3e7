"""Forms of conferences: shape only."""

from __future__ import annotations

from datetime import date, datetime, time

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import Length, Optional

from marketplace.conferences.models import Conference
from marketplace.conferences.rules import KINDS, LONGEST_REASON, ConferenceFacts
from marketplace.core.clock import SHANGHAI, local
from marketplace.core.errors import Problem, Refusal
from marketplace.core.web.language import say
from marketplace.core.web.listing_forms import DayField, tidy_line, tidy_text


class ConferenceForm(FlaskForm):
    name = StringField(lazy_gettext("活动名称"), filters=[tidy_line])
    kind = SelectField(lazy_gettext("活动类型"), validate_choice=False)
    chain_key = SelectField(lazy_gettext("产业链"), [Optional()], validate_choice=False)
    day = DayField(lazy_gettext("日期"), [Optional()])
    starts = TimeField(lazy_gettext("开始时间"), [Optional()], default=time(9, 0))
    ends = TimeField(lazy_gettext("结束时间"), [Optional()], default=time(16, 0))
    venue = StringField(lazy_gettext("地点"), filters=[tidy_line])
    host = StringField(lazy_gettext("主办单位"), filters=[tidy_line])
    co_host = StringField(lazy_gettext("承办、协办单位"), filters=[tidy_line])
    description = TextAreaField(lazy_gettext("活动说明"), filters=[tidy_text])

    def offer(self, chains: dict[str, str]) -> None:
        """Fill the lists in the reader's language."""
        self.kind.choices = {kind: say(f"conferences.kind.{kind}") for kind in KINDS}
        self.chain_key.choices = {"": "—", **chains}

    @classmethod
    def of(cls, conference: Conference) -> ConferenceForm:
        starts, ends = local(conference.starts_at), local(conference.ends_at)
        return cls(obj=conference, day=starts.date(), starts=starts.time(), ends=ends.time())

    def facts(self) -> ConferenceFacts:
        """What was filled in; Refusal where date or times are missing."""
        self.day.validate(self)  # what was typed and is no day, the field says in its own words
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        missing = [
            Problem("conferences.time_unreadable", field.name)
            for field in (self.day, self.starts, self.ends)
            if field.data is None and not field.errors
        ]
        if missing or day is None or starts is None or ends is None:
            raise Refusal.of(missing)
        return ConferenceFacts(
            name=self.name.data or "",
            host=self.host.data or "",
            venue=self.venue.data or "",
            starts_at=_at(day, starts),
            ends_at=_at(day, ends),
            kind=self.kind.data or "",
            chain_key=self.chain_key.data or None,
            co_host=self.co_host.data,
            description=self.description.data or "",
        )


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=SHANGHAI)


class AddPairForm(FlaskForm):
    capability_id = SelectField(
        lazy_gettext("产品或服务"), validate_choice=False, coerce=lambda value: int(value or 0)
    )
    reason = StringField(lazy_gettext("添加理由"), [Length(max=LONGEST_REASON)], filters=[tidy_line])

    def offer(self, capability_id: int) -> None:
        """Keep what was chosen while the form is shown again."""
        self.capability_id.choices = []
        self.capability_id.data = capability_id
