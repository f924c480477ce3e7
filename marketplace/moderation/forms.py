"""Forms of the desk: the checklist of a publication, the reasons of a return."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.web.language import say
from marketplace.core.web.listing_choices import code_choices
from marketplace.core.web.listing_forms import tidy_text
from marketplace.moderation import rules


class DecisionForm(FlaskForm):
    version = HiddenField()

    @property
    def expected_version(self) -> int:
        """The version that the officer read; 0, which no listing has, where the page did not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class PublishForm(DecisionForm):
    """One box for each line of the checklist, named ``check-<line>``, and ``check-all`` for all of them at once."""

    lines: tuple[str, ...] = ()

    @property
    def together(self) -> bool:
        """Whether the officer confirmed the whole list with one tick."""
        return bool(self["check-all"].data)

    @property
    def ticks(self) -> dict[str, bool]:
        return {line: self.together or bool(self[f"check-{line}"].data) for line in self.lines}


def publish_form(kind: str, version: int | None = None, *, empty: bool = False) -> PublishForm:
    """With what was sent, unless ``empty``: the page shows one for a record and one for many beside each other."""
    lines = rules.CHECKLIST[kind]
    boxes: dict[str, Any] = {
        f"check-{line}": BooleanField(say(f"moderation.check.{line}"), id=f"check-{line}") for line in lines
    }
    boxes["check-all"] = BooleanField(say("moderation.check.all", count=len(lines)), id="check-all")
    made: type[PublishForm] = type("ChecklistForm", (PublishForm,), {**boxes, "lines": lines})
    data = {"version": "" if version is None else str(version)}
    return made(formdata=None, data=data) if empty else made(data=data)


class ReturnForm(DecisionForm):
    reasons = SelectMultipleField(
        lazy_gettext("退回原因"),
        [Optional()],
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(
        lazy_gettext("给企业的说明"),
        description=lazy_gettext("说清哪一句、怎么改；企业会看到"),
        filters=[tidy_text],
    )

    def offer(self, kind: str) -> ReturnForm:
        self.reasons.choices = code_choices(rules.RETURN_REASONS[kind], "moderation.reason")
        return self
