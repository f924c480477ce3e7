"""What people call the types of a need in their sheets."""

from __future__ import annotations

import re

from marketplace.core.sheets.errors import ValueProblem
from marketplace.core.sheets.values import folded

NEED_TYPES: dict[str, tuple[str, ...]] = {
    "采购配套": (
        "配套采购",
        "采购",
        "采购需求",
        "配套",
        "产品采购",
        "零部件采购",
        "原材料采购",
        "物资采购",
        "procurement",
    ),
    "外协加工": ("外协", "加工", "委外加工", "外委加工", "代工", "外包", "outsourced processing"),
    "技术攻关": (
        "技术需求",
        "攻关",
        "技术难题",
        "揭榜挂帅",
        "技术合作",
        "研发",
        "联合研发",
        "r&d challenge",
        "r&d",
    ),
    "首购首用": ("首台套", "首购", "首用", "首批次", "首版次", "首台(套)", "first use"),
    "资金": ("融资", "融资需求", "金融", "资金需求", "finance"),
    "数据/场景": ("数据场景", "场景", "数据", "应用场景", "场景开放", "数据需求", "data/scenario"),
    "平台开放": ("平台", "中试平台", "检测平台", "设备共享", "open platform", "platform"),
    "品牌嫁接": ("品牌", "联合品牌", "品牌合作", "co-branding"),
}


def need_type(value: str, unit: str = "") -> str:
    """The official name of the type of a need; ValueProblem lists the choices."""
    bare = re.sub(r"(?:类|需求)$", "", folded(value).lower())
    for name, others in NEED_TYPES.items():
        if bare == name or bare in others or f"{bare}需求" in others:
            return name
    raise ValueProblem("type_unknown", text=value.strip()[:40], choices=list(NEED_TYPES))
