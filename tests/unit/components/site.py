"""A small site that shows every component on one page, with the real catalogue, headers and form tokens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from flask import Blueprint, Flask, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from marketplace import paths
from marketplace.core.actor import Actor
from marketplace.core.web.headers import register_headers
from marketplace.core.web.language import register_language
from marketplace.core.web.spec_forms import spec_rows_field

HERE = Path(__file__).resolve().parent


class SpecimenForm(FlaskForm):  # type: ignore[misc]
    title = StringField("需求名称", [InputRequired("请写需求名称"), Length(max=60)])
    description = TextAreaField("需求描述", description="一段话即可；数字和标准号写进下面的技术指标更好")
    kind = SelectField("需求类型", choices={"procurement": "采购配套", "research": "技术攻关"})
    days = IntegerField("交期", [InputRequired("请写天数，如 60")])
    until = DateField("有效期至", [Optional()])
    visibility = RadioField(
        "公开范围",
        [InputRequired("请选择一项")],
        choices={"public": "所有人", "verified": "已核验企业", "invited": "只限受邀企业"},
    )
    certificates = SelectMultipleField(
        "资质要求",
        choices={"iso9001": "ISO 9001 质量管理体系", "iatf": "IATF 16949", "ts": "特种设备制造许可"},
    )
    division = SelectField("交付地点", choices={str(number): f"示例区划 {number}" for number in range(20)})
    first_of_kind = BooleanField("接受首台套")
    specs = spec_rows_field()
    drawings = MultipleFileField("图纸")


SPEC_ROWS = [
    {
        "parameter": "抗拉强度",
        "operator": "ge",
        "value": "1080",
        "unit": "MPa",
        "must": True,
        "standard": "GB/T 3077",
    },
    {"parameter": "外径", "operator": "range", "value": "19", "value_high": "25.4", "unit": "mm"},
]
MATCHES = [
    {
        "rank": 1, "title": "双相不锈钢无缝换热管", "url": "#", "firm": "示例特种管业有限公司", "firm_url": "#",
        "label": "strong", "score": 0.86,
        "marks": [{"label": "已置顶", "icon": "pin-angle-fill", "tone": "primary"}],
        "met": ["抗拉强度 1100 MPa，需求 ≥ 1080 MPa", "标准 GB/T 21833 一致", "交期 45 天，需求 60 天以内"],
        "unproven": ["没有写明胀接工艺评定，建议问：有无 PQR 报告"],
        "gaps": ["最大长度 9 m，需求 12 m"],
    },
    {
        "rank": 2, "title": "不锈钢焊管", "firm": "示例金属制品厂", "label": "possible", "score": 0.52,
        "met": ["产品词：不锈钢、换热管"], "unproven": ["材质牌号", "检测报告"], "gaps": [],
        "note": "王明：企业电话里说已有 2205 业绩，请补证书",
    },
    {
        "rank": 3, "title": "管件加工", "firm": "示例机械", "label": "weak", "met": ["行业相近"], "unproven": [], "gaps": [],
        "excluded": "特种设备制造许可已于 2026-06-30 到期，需求要求有效",
    },
]  # fmt: skip
FACETS = [
    {
        "name": "chain", "label": "产业链",
        "options": [
            {"value": str(number), "label": label, "count": count, "selected": number == 0}
            for number, (label, count) in enumerate([
                ("尼龙新材料", 42), ("特钢及装备", 36), ("电气装备", 29), ("新能源储能", 21), ("现代食品", 9),
                ("生物医药", 6), ("新型建材", 4), ("轻工纺织", 3), ("现代物流", 1), ("节能环保", 0),
            ])
        ],
    },
    {
        "name": "kind", "label": "类型", "single": True,
        "options": [
            {"value": "a", "label": "采购配套", "count": 80, "selected": True},
            {"value": "b", "label": "外协加工", "count": 48, "selected": False},
        ],
    },
]  # fmt: skip
TABLE_ROWS = [
    {"id": number, "url": "#", "name": f"示例企业 {number:02}", "chain": "特钢及装备", "needs": 12 - number,
     "note": "主导产品为耐磨锻件，2026 年新增一条等温淬火线", "tone": "doubt" if number == 2 else None}
    for number in range(1, 7)
]  # fmt: skip
NAV = [
    {"label": "需求", "url": "/", "icon": "megaphone", "active": True},
    {"label": "能力", "url": "#", "icon": "tools"},
    {"label": "审核", "url": "#", "icon": "check2-square"},
    {"label": "两表匹配", "url": "#", "icon": "file-earmark-spreadsheet"},
    {"label": "对接会", "url": "#", "icon": "calendar-event"},
    {"label": "企业", "url": "#", "icon": "building"},
]


def make_site() -> Flask:
    site = Flask("specimen", template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    site.jinja_loader = jinja2.ChoiceLoader(
        [jinja2.FileSystemLoader(paths.TEMPLATES), jinja2.FileSystemLoader(HERE)]
    )
    site.config.update(SECRET_KEY="specimen", PERMANENT_SESSION_LIFETIME=timedelta(hours=1))
    site.extensions["lianqiao.settings"] = SimpleNamespace(default_locale="zh")
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    site.jinja_env.undefined = jinja2.Undefined
    CSRFProtect(site)
    register_language(site)
    register_headers(site, secure=False)
    saved: list[dict[str, Any]] = []
    site.extensions["saved"] = saved
    pages = Blueprint("pages", __name__)

    @pages.post("/language")
    def language() -> ResponseReturnValue:
        session["locale"] = request.form["locale"]
        return redirect("/")

    @site.context_processor
    def frame() -> dict[str, Any]:
        return {
            "current": Actor(account_id=1, name="王明", office_id=1, office_kind="bureau"),
            "locale": session.get("locale", "zh"),
            "nav": NAV,
            "account_links": [{"label": "我的账号", "url": "#", "icon": "person"}],
            "sign_out_url": "#",
            "site_notice": "这是演示站：企业、需求和能力均为虚构示例。",
            "acting_for": "示例特种管业有限公司" if "acting" in request.args else None,
            "stop_acting_url": "#",
        }

    @site.route("/", methods=["GET", "POST"])
    def specimen() -> ResponseReturnValue:
        form = SpecimenForm(data=None if request.method == "POST" else {"specs": SPEC_ROWS})
        if request.method == "POST":
            saved.append(request.form.to_dict())
        if request.method == "POST" or "errors" in request.args:
            form.validate()
        return render_template(
            "specimen.html", form=form, matches=MATCHES, facets=FACETS, table_rows=TABLE_ROWS
        )

    @site.post("/autosave")
    def autosave() -> ResponseReturnValue:
        saved.append(request.form.to_dict())
        return jsonify(saved_at="14:30")

    @site.get("/progress")
    def progress() -> ResponseReturnValue:
        return '<p id="progress">算完了，共 7,000 条</p>'

    @site.get("/error/<int:code>")
    def error(code: int) -> ResponseReturnValue:
        return render_template(f"errors/{code}.html", reference="a1b2c3", problems=[], retry_after=60), code

    site.register_blueprint(pages)
    return site
