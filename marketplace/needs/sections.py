"""The sections of a need's form, for the outline beside it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from marketplace.core.web.listing_forms import wrong_fields
from marketplace.core.web.term_forms import PREFIX
from marketplace.needs.forms import NeedForm

_SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("basic", lazy_gettext("需要什么"), ("firm_id", "title", "type_key", "use", "description")),
    ("type-terms", lazy_gettext("本类型的内容"), ()),
    ("specs-section", lazy_gettext("技术指标与资质"), ("specs", "certificates")),
    (
        "delivery",
        lazy_gettext("数量与交付"),
        (
            "quantity",
            "quantity_unit",
            "quantity_period",
            "lead_time_days",
            "needed_by",
            "delivery_division",
            "chain_link",
            "industry_code",
        ),
    ),
    (
        "terms",
        lazy_gettext("采购与付款条件"),
        (
            *("procedure", "entrance", "budget_low", "budget_high"),
            *("buyer_kind", "payment_days", "payment_start", "paid_when_paid", "payment_reason"),
        ),
    ),
    (
        "openness",
        lazy_gettext("公开范围与有效期"),
        ("visibility", "anonymous", "valid_until", "questions_until"),
    ),
    ("attachments", lazy_gettext("图纸和技术文件"), ("drawings", "confidentiality")),
)
# What makes a section look done: the field that readers miss first.
_KEYS = {
    "basic": ("title",),
    "specs-section": ("specs",),
    "delivery": ("quantity", "lead_time_days", "needed_by"),
    "terms": ("payment_days",),
    "openness": ("valid_until",),
}


def outline(form: NeedForm, *, has_files: bool) -> list[dict[str, Any]]:
    """The sections with how far each has come: error, done or nothing yet."""
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
        found.append({"id": key, "label": label, "state": state})
    return found


def _said(form: NeedForm, name: str) -> bool:
    return bool(form.content().specs) if name == "specs" else form[name].data not in (None, "", [])
