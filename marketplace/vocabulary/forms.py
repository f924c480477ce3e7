"""The form of a synonym set: shape only."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from marketplace.core.web.listing_forms import tidy_line, tidy_text
from marketplace.vocabulary.service import Listed

_BETWEEN = re.compile(r"\n|\s=\s|[、；;]")


class SetForm(FlaskForm):
    names = TextAreaField(
        lazy_gettext("同一样东西的各种叫法"),
        description=lazy_gettext("每行一个；排第一的作为代表。只写意思完全相同的，上下位、近似的不要写"),
        filters=[tidy_text],
    )
    reason = StringField(
        lazy_gettext("依据或原因"),
        description=lazy_gettext("例如：GB/T 标准用语、企业来电"),
        filters=[tidy_line],
    )

    @classmethod
    def of(cls, kept: Listed | None) -> SetForm:
        return cls(data={"names": "\n".join(kept.names), "reason": kept.reason} if kept else None)

    @property
    def each(self) -> list[str]:
        return [name.strip() for name in _BETWEEN.split(self.names.data or "") if name.strip()]
