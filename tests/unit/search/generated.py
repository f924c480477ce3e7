"""Documents and questions by the thousand, the same for a seed: short Chinese industrial texts with grades, standards
and quantities, some of them private, expired or not yet valid."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from search.documents import Document, day
from tests.unit.search.engine_case import FACETS, TODAY

MATERIALS = "尼龙66 PA66-GF30 GCr15 轴承钢 6061-T6 铝合金 304不锈钢 碳纤维 玻纤 石墨 铜箔 硅胶 聚酰胺66 TC4钛合金 40Cr 镀锌板".split()
THINGS = (
    "工业丝 帘子布 增强粒子 棒材 轴承滚子 变频器 散热板 电缆桥架 减速机 齿轮箱 液压阀 密封圈 断路器 互感器 绝缘子 电池壳体 "
    "模组支架 热管理系统 逆变器 输送带 安全气囊布 扎带 切片 弹簧 法兰 冲压件 压铸件 机加工件 紧固件 传感器"
).split()
WAYS = "阻燃 高强低缩 耐磨 精密 耐高温 防爆 轻量化 自动化 免维护 低噪音 抗老化 高导热 耐腐蚀 环保".split()
FIGURES = "公差±0.01mm 直径10~35mm 年产3万吨 0.5毫米 10~35kV 执行GB/T18254-2016 UL94V-0 DN100 IP65 220V 耐温-40℃ 交期30天".split()
PROSE = "我公司 具有 多年 研发 生产 经验 可 按 客户 图纸 要求 提供 样品 检测 报告 用于 汽车 风电 储能 机床 电网 工程".split()
CHAINS = ("nylon", "steel", "electrical", "storage")
REGIONS = ("402", "403", "404", "411", "421")
CERTIFICATES = ("iso9001", "iatf16949", "iso14001", "ccc")
VISIBLE = (
    frozenset({"public"}),
    frozenset({"public", "verified"}),
    frozenset({"public", "verified", "org:3"}),
    frozenset({"org:3"}),
)


def documents(count: int, seed: int = 66) -> list[Document]:
    chance = random.Random(seed)
    return [_document(chance, number) for number in range(1, count + 1)]


def _document(chance: random.Random, number: int) -> Document:
    def some(words: Any, least: int, most: int) -> list[str]:
        # the earlier a word stands in its list, the more often it is used
        weights = [1 / (rank + 1) for rank in range(len(words))]
        return chance.choices(words, weights, k=chance.randint(least, most))

    title = "".join([*some(WAYS, 0, 1), *some(MATERIALS, 0, 1), *some(THINGS, 1, 1)])
    body = "，".join(
        "".join([*some(PROSE, 1, 4), *some(WAYS, 0, 2), *some(MATERIALS, 0, 1), *some(THINGS, 0, 2), *some(FIGURES, 0, 1)])
        for _ in range(chance.randint(1, 6))
    )  # fmt: skip
    return Document(
        kind=chance.choice(("capability", "capability", "need", "firm")),
        id=number,
        title=title,
        subtitle=chance.choice(("", "示例精工有限公司", "示例化纤厂")),
        body=body,
        rev=chance.randint(1, 9),
        visibility=chance.choice((("public",), ("public", "verified"), ("verified",), (f"org:{number % 7}",), ())),
        facets={
            "chain": (chance.choice(CHAINS),),
            "region": tuple(chance.sample(REGIONS, chance.randint(0, 2))),
            "certificate": tuple(chance.sample(CERTIFICATES, chance.randint(0, 3))),
        },
        published=day(date(2026, 1, 1) + timedelta(chance.randint(0, 40))),
        valid_from=day(TODAY + timedelta(chance.choice((-30, -1, 0, 0, 0, 1)))),
        valid_until=day(TODAY + timedelta(chance.choice((-1, 0, 1, 30, 60)))),
    )  # fmt: skip


def questions(
    count: int,
    words: list[str],
    facets: dict[str, list[str]],
    seed: int = 67,
    *,
    most: int = 4,
    filtered: float = 0.3,
) -> list[dict[str, Any]]:
    """What to ask: `text`, `filters` and `kinds` for a Query. Up to `most` words, and each facet chosen in a share
    `filtered` of the questions."""
    chance = random.Random(seed)
    return [
        {
            "text": _text(chance, words, most),
            "kinds": tuple(chance.sample(("capability", "need", "firm"), chance.choice((0, 0, 1, 2)))),
            "filters": {
                name: tuple(chance.sample(values, min(len(values), chance.randint(1, 2))))
                for name, values in facets.items()
                if values and chance.random() < filtered
            },
        }
        for _ in range(count)
    ]


def _text(chance: random.Random, words: list[str], most: int) -> str:
    shape = chance.random()
    chosen = chance.sample(words, chance.randint(1, most))
    if shape < 0.08:
        return ""
    if shape < 0.18:
        return f'"{chosen[0]}"' + " ".join(chosen[1:2])
    if shape < 0.28:
        return f"{chosen[0]} -{chance.choice(words)}"
    if shape < 0.38:
        return chosen[0][: chance.randint(1, 3)]
    return (" " if shape < 0.7 else " | " if shape < 0.85 else "").join(chosen)


WORDS = [*MATERIALS, *THINGS, *WAYS, *FIGURES]
VALUES = dict(zip(FACETS, (list(CHAINS), list(REGIONS), list(CERTIFICATES)), strict=True))
