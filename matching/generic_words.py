"""Words that stand in any need or offer and name no thing. They count for little, never for nothing.

Inverse document frequency would find most of them in a large register; a sheet of thirty rows is no such register.
"""

from __future__ import annotations

_EMPTY = (
    "采购 求购 寻求 寻找 征集 需求 需要 需 招募 供应 供应商 供货 供货商 供应链 配套 协作 合作 对接 意向 项目 工程 年度 批次 一批 若干 "
    "公司 企业 厂家 厂商 有限公司 有限 责任 股份 集团 科技 实业 工贸 生产 制造 制作 研发 开发 研制 销售 经营 提供 供 服务 专业 从事 专注 "
    "主营 主导 主要 产品 系列 各类 各种 多种 相关 以及 用于 应用 使用 要求 具备 能力 可 优质 高品质 国内 国际 领先 先进 知名 龙头 行业 "
    "客户 用户 质量 品质 保证 优势 技术 工艺 水平 拥有 现有 长期 稳定 批量 大量 定制 定做 订制 规格 型号 种类 品种 名称 数量 价格 满足 "
    "符合 标准 国家 进口 国产 替代 国产化 新型 环保 广泛 领域 市场 产业 产业链 企业家 团队 经验 解决 方案 一站式 平顶山 河南 本地 市 省 区"
)
_LIGHT = (
    "材料 设备 系统 装置 部件 零件 零部件 配件 组件 器材 制品 用品 机械 机器 工业 加工 外协 工具 成套 整机 高性能 高效 智能 自动 自动化 "
    "设计 检测 测试 安装 维修 改造 管理 控制 平台 信息 处理 原料 原材料 辅料 生产线 专用 通用 特种 精密 复合 结构 功能 类 件 用 型"
)

EMPTY_WORDS = frozenset(_EMPTY.split())
LIGHT_WORDS = frozenset(_LIGHT.split())
EMPTY_WEIGHT = 0.08
LIGHT_WEIGHT = 0.45
CHARACTER_WEIGHT = 0.5  # of a single character beside bigrams


def word_weight(word: str) -> float:
    """How much of its idf a word keeps."""
    if word in EMPTY_WORDS:
        return EMPTY_WEIGHT
    if word in LIGHT_WORDS:
        return LIGHT_WEIGHT
    return 0.35 if len(word) == 1 else 1.0


def _pairs(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word[place : place + 2] for word in words for place in range(len(word) - 1))


_EMPTY_PAIRS = _pairs(EMPTY_WORDS)
_LIGHT_PAIRS = _pairs(LIGHT_WORDS) - _EMPTY_PAIRS


def bigram_weight(pair: str) -> float:
    if pair in _EMPTY_PAIRS:
        return EMPTY_WEIGHT
    if pair in _LIGHT_PAIRS:
        return LIGHT_WEIGHT
    return CHARACTER_WEIGHT if len(pair) == 1 and not pair.isascii() else 1.0
