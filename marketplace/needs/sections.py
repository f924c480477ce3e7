"""The sections of a need's form, for the outline beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext

from marketplace.core.web.listing_forms import wrong_fields
from marketplace.core.web.term_forms import PREFIX
from marketplace.needs.forms import NeedForm
from marketplace.needs.rules import SECTION_FIELDS

_SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "basic",
        lazy_gettext("需要什么"),
        ("firm_id", "title", "type_key", "use", "description", "chain_link", "industry_code"),
    ),
    ("type-terms", lazy_gettext("本类型的内容"), ()),
    ("specs-section", lazy_gettext("技术指标与资质"), SECTION_FIELDS["specs"]),
    ("delivery", lazy_gettext("数量与交付"), SECTION_FIELDS["delivery"]),
    ("budget", lazy_gettext("预算"), SECTION_FIELDS["budget"]),
    ("terms", lazy_gettext("采购与付款条件"), (*SECTION_FIELDS["purchase"], "buyer_kind")),
    (
        "openness",
        lazy_gettext("公开范围与有效期"),
        ("visibility", "anonymous", "valid_until", "questions_until"),
    ),
    ("exclusions", lazy_gettext("不想对接的企业"), ("excluded",)),
    ("attachments", lazy_gettext("图纸和技术文件"), ("drawings", "confidentiality")),
)
# The sections that not every type has, under the names that the list of types gives them.
_OF_TYPES = {"specs-section": "specs", "delivery": "delivery", "budget": "budget", "terms": "purchase"}
# What makes a section look done: the field that readers miss first.
_KEYS = {
    "basic": ("title",),
    "specs-section": ("specs",),
    "delivery": ("quantity", "lead_time_days", "needed_by"),
    "terms": ("payment_days",),
    "openness": ("valid_until",),
}


def outline(form: NeedForm, shown: Collection[str], *, has_files: bool) -> list[dict[str, Any]]:
    """The sections with how far each has come: error, done or nothing yet. ``shown``: those of the type that apply;
    the others are there for the page to show when the type changes."""
    wrong = {name.partition("-")[0] for name in wrong_fields(form)}
    found = []
    asked = tuple(PREFIX + field.key for field, _unit in form.terms_asked)
    for key, label, names in _SECTIONS:
        if key == "type-terms":
            if not asked:
                continue
            names = asked
        done = has_files if key == "attachments" else any(_said(form, name) for name in _KEYS.get(key, names))
        state = "error" if wrong & set(names) else ("done" if done else None)
        hidden = key in _OF_TYPES and _OF_TYPES[key] not in shown and state != "error"
        found.append({"id": key, "label": label, "state": state, "hidden": hidden})
    return found


def _said(form: NeedForm, name: str) -> bool:
    return bool(form.content().specs) if name == "specs" else form[name].data not in (None, "", [])
