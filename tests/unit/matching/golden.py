"""A small judged world: 12 needs, 40 capabilities, grades 0-3 written before the matcher was run.

3 the thing itself, 2 suits with a question, 1 same trade only, 0 (unlisted) not it. Hard negatives share words with a
need and mean something else; four true answers share no word with theirs.
"""

from datetime import date

from matching import CapabilityProfile, Certificate, NeedProfile, SpecRow
from search.analysis import Lexicon

AS_OF = date(2026, 11, 23)

LEXICON = Lexicon(
    words=(
        "浸胶帘子布", "帘子布", "工业丝", "储能变流器", "干式变压器", "真空断路器", "液冷板", "截齿", "中置柜", "窗帘布",
        "轴承座", "电缆桥架", "熔喷滤芯", "特厚钢板", "尼龙切片", "滤袋", "扎带", "线束",
    ),
    synonyms=(
        ("尼龙66", "PA66", "聚酰胺66", "锦纶66"), ("储能变流器", "PCS", "功率变换系统"), ("干式变压器", "干变"),
        ("滚动轴承", "滚珠轴承"), ("绝缘栅双极晶体管", "IGBT"), ("扎带", "束线带"), ("柔性印制电路板", "FPC", "软板"),
    ),
)  # fmt: skip


def _capability(key: str, title: str, description: str = "", **rest: object) -> CapabilityProfile:
    return CapabilityProfile(key, f"firm-{key}", f"示例企业{key}", title, description=description, **rest)  # type: ignore[arg-type]


CAPABILITIES = (
    _capability("cord", "浸胶帘子布", "尼龙66工业丝捻线、织造、浸胶，供轮胎厂。", specs=(
        SpecRow("线密度", "range", 930, 2100, "dtex"), SpecRow("断裂强力", "≥", 220, unit="N"))),
    _capability("cord-poor", "浸胶帘子布（低强）", "自行车胎用。", specs=(SpecRow("断裂强力", "=", 150, unit="N"),)),
    _capability("yarn", "锦纶66高强工业丝", "940dtex～2100dtex，低收缩。"),
    _capability("curtain", "窗帘布、遮光布", "家纺用布，幅宽 2.8 m，可做浸胶遮光涂层。"),
    _capability("pellet", "聚酰胺66切片", "相对粘度 2.4～3.2，纺丝级与工程塑料级。", specs=(SpecRow("相对粘度", "range", 2.4, 3.2),)),
    _capability("pellet-6", "尼龙6切片", "高速纺用，半消光。", specs=(SpecRow("相对粘度", "range", 2.4, 2.8),)),
    _capability("fr", "无卤阻燃增强尼龙粒料", "UL94 V-0（0.8mm），玻纤 25%，抗拉强度 150MPa。", specs=(
        SpecRow("阻燃等级", "=", "V-0"), SpecRow("抗拉强度", "=", 150, unit="MPa"))),
    _capability("fr-low", "阻燃尼龙粒料", "阻燃等级 V-2。", specs=(SpecRow("阻燃等级", "=", "V-2"),)),
    _capability("tie", "束线带", "锦纶材质，耐温 125 度，汽车线束固定用。"),
    _capability("harness", "汽车线束", "低压线束总成。"),
    _capability("pcs", "功率变换系统", "并网型，额定功率 1.25～3.45 MW，转换效率≥98.5%。", specs=(
        SpecRow("额定功率", "range", 1.25, 3.45, "MW"), SpecRow("转换效率", "≥", 98.5, unit="%"))),
    _capability("pack", "储能电池包", "液冷插箱，314Ah 电芯。"),
    _capability("cooling", "冲压钎焊液冷板", "储能电池包用，耐压 0.5MPa，平面度 0.5mm。", specs=(SpecRow("平面度", "≤", 0.5, unit="mm"),)),
    _capability("radiator", "型材散热器", "风冷，功率器件用。"),
    _capability("bms", "电池管理系统", "三级架构。"),
    _capability("fpc", "采集软板与铝排集成件", "电芯电压温度采集，热压成型。"),
    _capability("dry", "环氧浇注干变", "10kV、35kV 两个电压等级，30～2500kVA，绝缘等级 F 级。", specs=(
        SpecRow("额定电压", "range", 10, 35, "kV"), SpecRow("额定容量", "range", 30, 2500, "kVA"), SpecRow("绝缘等级", "=", "F"))),
    _capability("oil", "油浸式变压器", "110kV 及以下。", specs=(SpecRow("额定电压", "≤", 110, unit="kV"),)),
    _capability("tank", "变压器油箱", "波纹油箱、片式散热器焊接。"),
    _capability("breaker", "真空断路器", "12kV 户内，额定电流 630～4000A，开断 31.5kA。", specs=(
        SpecRow("额定电压", "=", 12, unit="kV"), SpecRow("额定电流", "range", 630, 4000, "A"),
        SpecRow("短路开断电流", "=", 31.5, unit="kA"))),
    _capability("breaker-lv", "塑壳断路器", "低压 125～800A。", specs=(SpecRow("额定电压", "=", 0.4, unit="kV"),)),
    _capability("breaker-line", "断路器装配线", "自动化总装线、磨合试验台。"),
    _capability("cabinet", "KYN28 中置柜柜体", "敷铝锌板 2mm，数控折弯。"),
    _capability("tray", "电缆桥架", "热镀锌，玻璃钢。"),
    _capability("cable", "交联聚乙烯电力电缆", "10kV、35kV，铜芯。"),
    _capability("plate", "特厚钢板", "Q355ND、Q345R，厚度 60～400mm，执行 GB/T 1591-2018。", specs=(
        SpecRow("厚度", "range", 60, 400, "mm"), SpecRow("牌号", "=", "Q355ND"))),
    _capability("plate-thin", "冷轧薄板", "厚度 0.3～3mm。", specs=(SpecRow("厚度", "range", 0.3, 3, "mm"),)),
    _capability("cutting", "钢板切割下料", "火焰、等离子，板厚 6～200mm。"),
    _capability("pick", "镐形截齿", "U85、U95，硬质合金头。"),
    _capability("chain", "矿用圆环链", "34×126，C 级、D 级。"),
    _capability("housing", "轴承座铸件", "HT250、QT450，单重 5～800kg，铸件公差 CT9。"),
    _capability("bearing", "滚动轴承", "深沟球、圆锥滚子，P5 级。"),
    _capability("gear", "硬齿面齿轮", "渗碳淬火磨齿，模数 6～25。"),
    _capability("chrome", "液压支架立柱镀硬铬", "缸径 100～500。"),
    _capability("test", "金属材料力学性能检测", "拉伸、冲击，CNAS 认可。"),
    _capability("loan", "订单融资、应收账款质押贷款", "年化 3.6% 起，最长 12 个月。", types=frozenset({"finance"})),
    _capability("iatf-valid", "注塑件（汽车冷却水室）", "PA66 注塑，气密全检。",
                certificates=(Certificate("IATF 16949", date(2024, 5, 1), date(2027, 4, 30)),)),
    _capability("iatf-lapsed", "汽车水室注塑加工", "PA66 注塑。",
                certificates=(Certificate("IATF16949", date(2023, 1, 1), date(2026, 11, 22)),)),
    _capability("iatf-silent", "塑料水室注塑", "来图加工。"),
    _capability("iatf-none", "散热器水室注塑件", "售后市场。", certificates=(Certificate("IATF 16949", declared_absent=True),)),
)  # fmt: skip


def _need(key: str, title: str, description: str = "", **rest: object) -> NeedProfile:
    return NeedProfile(key, f"buyer-{key}", f"示例链主{key}", title, description=description, **rest)  # type: ignore[arg-type]


NEEDS = (
    _need("n-cord", "尼龙66浸胶帘子布 1400dtex 采购", "断裂强力不低于 215N，年用 3000 吨，卷装。",
          specs=(SpecRow("断裂强力", "≥", 215, unit="N"), SpecRow("线密度", "=", 1400, unit="dtex"))),
    _need("n-pellet", "PA66 纺丝级原料", "高粘，用于工业丝。", specs=(SpecRow("相对粘度", "≥", 2.9),)),
    _need("n-fr", "无卤阻燃尼龙料", "接插件用。", specs=(SpecRow("阻燃等级", "≥", "V-0"), SpecRow("抗拉强度", "≥", 120, unit="MPa"))),
    _need("n-tie", "扎带", "发动机舱用，耐热。"),
    _need("n-pcs", "储能变流器", "100MWh 电站项目，单机 2.5MW。",
          specs=(SpecRow("额定功率", "=", 2500, unit="kW"), SpecRow("转换效率", "≥", 0.98))),
    _need("n-cooling", "电池包液冷板配套", "平面度不超过 0.8mm。", specs=(SpecRow("平面度", "≤", 0.8, unit="mm"),)),
    _need("n-dry", "10kV 干式变压器 2000kVA", "室内安装，要求绝缘等级不低于 F 级。",
          specs=(SpecRow("额定电压", "=", 10, unit="kV"), SpecRow("绝缘等级", "≥", "F"))),
    _need("n-breaker", "12kV 真空断路器", "额定电流 1250A，短路开断电流不低于 31.5kA。",
          specs=(SpecRow("额定电压", "=", 12, unit="kV"), SpecRow("短路开断电流", "≥", 25, unit="kA"))),
    _need("n-plate", "Q355ND 特厚钢板", "厚度 120mm，执行 GB/T 1591。", specs=(SpecRow("厚度", "=", 120, unit="mm"),)),
    _need("n-housing", "轴承座毛坯铸造外协", "HT250，单重约 300 公斤。"),
    _need("n-tank", "散热器水室注塑外协", "带气密检验。", certificates_required=("IATF 16949",)),
    _need("n-nobody", "航空发动机单晶叶片", "镍基单晶高温合金，定向凝固。"),
)  # fmt: skip

GRADES: dict[str, dict[str, int]] = {
    "n-cord": {"cord": 3, "yarn": 1},
    "n-pellet": {"pellet": 3},
    "n-fr": {"fr": 3, "fr-low": 1},
    "n-tie": {"tie": 3},
    "n-pcs": {"pcs": 3, "pack": 1, "bms": 1},
    "n-cooling": {"cooling": 3, "pack": 1},
    "n-dry": {"dry": 3, "oil": 1},
    "n-breaker": {"breaker": 3, "breaker-lv": 1},
    "n-plate": {"plate": 3, "plate-thin": 1, "cutting": 1},
    "n-housing": {"housing": 3, "bearing": 1},
    "n-tank": {"iatf-valid": 3, "iatf-silent": 2},
    "n-nobody": {},
}

HARD_NEGATIVES = (
    ("n-cord", "curtain"), ("n-tie", "harness"), ("n-pcs", "radiator"), ("n-dry", "tank"), ("n-breaker", "breaker-line"),
    ("n-cooling", "bms"), ("n-plate", "test"), ("n-housing", "gear"), ("n-tank", "tank"), ("n-nobody", "test"),
)  # fmt: skip
NO_SHARED_WORD = (("n-tie", "tie"), ("n-pcs", "pcs"), ("n-pellet", "pellet"), ("n-dry", "dry"))
EXCLUDED = {
    ("n-cord", "cord-poor"): "must_spec_contradicted",
    ("n-fr", "fr-low"): "must_spec_contradicted",
    ("n-pellet", "pellet-6"): "must_spec_contradicted",
    ("n-breaker", "breaker-lv"): "must_spec_contradicted",
    ("n-plate", "plate-thin"): "must_spec_contradicted",
    ("n-tank", "iatf-lapsed"): "certificate_lapsed",
    ("n-tank", "iatf-none"): "certificate_absent",
}
