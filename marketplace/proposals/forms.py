"""Answering a proposal."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from marketplace.core.web.language import say
from marketplace.proposals.rules import ANSWERS, LONGEST_NOTE, NO_REASONS


class AnswerForm(FlaskForm):
    side = HiddenField()
    answer = RadioField(lazy_gettext("答复"), validate_choice=False)
    reason = SelectField(lazy_gettext("不合适的原因"), validators=[Optional()], validate_choice=False)
    note = TextAreaField(lazy_gettext("补充说明"), validators=[Optional(), Length(max=LONGEST_NOTE)])

    @classmethod
    def for_side(cls, side: str, answers: Sequence[str] = ANSWERS, **values: object) -> AnswerForm:
        """The form with the answers that are open and the reasons of one side, in the reader's language."""
        form = cls(**values)
        form.side.data = side
        form.answer.choices = {answer: say(f"proposals.answer.{answer}") for answer in answers}
        form.reason.choices = {"": "—"} | {
            reason: say(f"proposals.no.{reason}") for reason in NO_REASONS[side]
        }
        return form
