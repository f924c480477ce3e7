from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import SpecRow, UnitTable, default_units, read_specs
from matching.requirements import Demands, Offer, check
from matching.spec_reading import traces
from matching.specs import SpecResult, by_parameter, compare, resolve, show_row
from matching.standards import Standard, read_standards
from matching.units import fold, squeezed


def compared(wanted: SpecRow, offered: Sequence[SpecRow], units: UnitTable) -> SpecResult:
    return compare(resolve(wanted, units), by_parameter(offered, units))


def offering(
    units: UnitTable, stated: Sequence[SpecRow], prose: Sequence[SpecRow], standards: Sequence[Standard]
) -> Offer:
    return Offer(by_parameter(stated, units), by_parameter(prose, units), standards)


DEMO = Path(__file__).resolve().parents[3] / "seeds" / "demo"
PAIRS = [
    # wanted, offered, status: the numbers and units of the trade
    (SpecRow("抗拉强度", "≥", 180, unit="MPa"), SpecRow("拉伸强度", "=", 0.2, unit="GPa"), "met"),
    (SpecRow("抗拉强度", "≥", 180, unit="MPa"), SpecRow("抗拉强度", "=", 150, unit="MPa"), "unmet"),
    (SpecRow("抗拉强度", "≥", 180, unit="MPa"), SpecRow("抗拉强度", "≥", 150, unit="MPa"), "unproven"),
    (SpecRow("抗拉强度", "≥", 180, unit="MPa"), SpecRow("抗拉强度", "range", 160, 200, "MPa"), "unproven"),
    (SpecRow("抗拉强度", "=", 180, unit="MPa"), SpecRow("抗拉强度", "=", 200, unit="MPa"), "met"),
    (SpecRow("厚度", "=", 1, unit="mm"), SpecRow("板厚", "range", 0.5, 3, "mm"), "met"),
    (SpecRow("厚度", "range", 0.5, 1, "mm"), SpecRow("厚度", "range", 0.8, 3, "mm"), "unproven"),
    (SpecRow("厚度", "≥", 1, unit="mm"), SpecRow("厚度", "range", 0.5, 3, "mm"), "met"),
    (SpecRow("厚度", "=", 120, unit="mm"), SpecRow("厚度", "range", 0.3, 3, "mm"), "unmet"),
    (SpecRow("厚度", "=", 3, unit="mm"), SpecRow("厚度", "=", 0.3, unit="cm"), "met"),
    (SpecRow("额定电压", ">", 10, unit="kV"), SpecRow("额定电压", "=", 10, unit="kV"), "unmet"),
    (SpecRow("额定电压", "≥", 10, unit="kV"), SpecRow("电压等级", "=", 10000, unit="V"), "met"),
    (
        SpecRow("加工精度", "range", -0.01, 0.01, "mm"),
        SpecRow("尺寸精度", "range", -0.005, 0.005, "mm"),
        "met",
    ),
    (
        SpecRow("加工精度", "range", -0.01, 0.01, "mm"),
        SpecRow("加工精度", "range", -0.05, 0.05, "mm"),
        "unmet",
    ),
    (SpecRow("工作温度", "range", -40, 85, "℃"), SpecRow("使用温度", "range", -50, 105, "℃"), "met"),
    (SpecRow("硬度", "≥", 58, unit="HRC"), SpecRow("硬度", "=", 600, unit="HV"), "unproven"),
    (SpecRow("厚度", "=", 1, unit="mm"), SpecRow("厚度", "=", 1), "unproven"),
    (SpecRow("阻燃等级", "≥", "V-0"), SpecRow("UL94", "=", "5VA"), "met"),
    (SpecRow("阻燃等级", "=", "V0"), SpecRow("阻燃等级", "=", "V-2"), "unmet"),
    (SpecRow("防护等级", "≥", "IP54"), SpecRow("防护等级", "=", "IP65"), "met"),
    (SpecRow("防护等级", "=", "IP65"), SpecRow("防护等级", "=", "IP56"), "unmet"),
    (SpecRow("绝缘等级", "≥", "F级"), SpecRow("绝缘等级", "=", "H"), "met"),
    (SpecRow("性能等级", "≥", "8.8级"), SpecRow("螺栓等级", "=", "10.9级"), "met"),
    (SpecRow("公差等级", "=", "CT9"), SpecRow("铸件公差等级", "=", "CT8"), "met"),
    (SpecRow("材质", "=", "Q355ND"), SpecRow("牌号", "=", "Q345R、Q355ND"), "met"),
    (SpecRow("材质", "=", "Q355ND"), SpecRow("牌号", "=", "Q345R"), "unproven"),
    (SpecRow("涂层", "contains", "聚四氟"), SpecRow("涂层", "=", "聚四氟乙烯喷涂"), "met"),
    (SpecRow("抗拉强度", "≥", 180, unit="MPa"), SpecRow("屈服强度", "=", 300, unit="MPa"), "unproven"),
    (SpecRow("厚度", "range", "8", 60, "mm"), SpecRow("厚度", "range", "6", 100, "mm"), "met"),
    (SpecRow("厚度", "range", "8", 60, "mm"), SpecRow("厚度", "=", "4", unit="mm"), "unmet"),
    (
        SpecRow("水蒸气透过率", "≤", "0.1", unit="g/(m²·24h)"),
        SpecRow("水蒸气透过率", "≤", "0.05", unit="g/(m2·24h)"),
        "met",
    ),
    (
        SpecRow("水蒸气透过率", "≤", "0.1", unit="g/(m²·24h)"),
        SpecRow("水蒸气透过率", "=", "0.5", unit="g/(m²·24h)"),
        "unmet",
    ),
    (
        SpecRow("水蒸气透过率", "≤", "0.1", unit="g/(m²·24h)"),
        SpecRow("水蒸气透过率", "=", "0.5", unit="g/(m²·d)"),
        "unproven",
    ),
    (SpecRow("工作温度", "range", "-40", 85, "°C"), SpecRow("工作温度", "range", "-50", 90, "℃"), "met"),
    (SpecRow("厚度", "=", "0.5~1", unit="mm"), SpecRow("厚度", "=", "0.2-2 mm"), "met"),
]


@pytest.mark.parametrize(("wanted", "offered", "status"), PAIRS)
def test_rows_compare_as_an_engineer_would(
    units: UnitTable, wanted: SpecRow, offered: SpecRow, status: str
) -> None:
    assert compared(wanted, [offered], units).status == status


def test_the_finding_carries_both_numbers(units: UnitTable) -> None:
    result = compared(
        SpecRow("抗拉强度", "≥", 180, unit="MPa"), [SpecRow("拉伸强度", "=", 150, unit="MPa")], units
    )
    assert result.finding.params == {"parameter": "抗拉强度", "wanted": "≥180 MPa", "offered": "150 MPa"}


def test_the_better_of_two_grades_counts(units: UnitTable) -> None:
    rows = [SpecRow("抗拉强度", "=", 150, unit="MPa"), SpecRow("抗拉强度", "=", 200, unit="MPa")]
    assert compared(SpecRow("抗拉强度", "≥", 180, unit="MPa"), rows, units).status == "met"


@given(st.floats(1, 1000), st.floats(1, 1000))
def test_more_is_never_worse_where_more_is_wanted(first: float, second: float) -> None:
    rank = {"unmet": 0, "unproven": 1, "met": 2}
    wanted = SpecRow("抗拉强度", "≥", 500, unit="MPa")
    low, high = sorted((first, second))
    results = [
        compared(wanted, [SpecRow("抗拉强度", "=", value, unit="MPa")], default_units())
        for value in (low, high)
    ]
    assert rank[results[0].status] <= rank[results[1].status]


@given(
    st.floats(0.001, 1000), st.sampled_from([("mm", "m", 0.001), ("kV", "V", 1000.0), ("MPa", "GPa", 0.001)])
)
def test_a_value_meets_itself_in_any_unit(value: float, unit: tuple[str, str, float]) -> None:
    wanted, other, factor = unit
    row = SpecRow("某参数", "=", value, unit=wanted)
    assert (
        compared(row, [SpecRow("某参数", "=", value * factor, unit=other)], default_units()).status == "met"
    )


def test_rows_are_read_from_free_text(units: UnitTable) -> None:
    rows = read_specs("抗拉强度≥180MPa，阻燃等级V-0，厚度0.5-3mm；优先采用绝缘等级H级", units)
    assert [(row.parameter, row.operator, row.value, row.value_high, row.unit, row.must) for row in rows] == [
        ("抗拉强度", "≥", 180.0, None, "MPa", True),
        ("阻燃等级", "=", "V-0", None, "", True),
        ("厚度", "range", 0.5, 3.0, "mm", True),
        ("绝缘等级", "=", "H级", None, "", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "断裂强力不低于 215N，干热收缩率≤4.5%（177℃×2min），1400dtex/2",
            ["断裂强力 ≥215 N", "干热收缩率 ≤4.5%", "线密度 1400 dtex"],
        ),
        ("最大加工直径800mm，表面粗糙度Ra0.8μm", ["直径 ≤800 mm", "表面粗糙度 0.8 μm"]),
        ("材质Q355ND，-40℃冲击功≥34J", ["牌号 Q355ND", "冲击功 ≥34 J"]),
        ("年产3万吨，交期30天，员工120人，占地50亩，电话 0375-1234567", []),
        ("按 GB/T 1591-2018 执行，2023 年投产", []),
        ("跟着断路器过 42kV 工频，局放全检", []),
        ("户内 12kV 断路器", ["额定电压 12 kV"]),
    ],
)
def test_prose_gives_only_known_parameters(units: UnitTable, text: str, expected: list[str]) -> None:
    rows = read_specs(text, units, known_only=True)
    assert [f"{row.parameter} {show_row(row)}" for row in rows] == expected


@given(st.text(alphabet="抗拉强度厚≥≤~-±0123456789.mMPakV，；、 ", max_size=40))
def test_reading_never_fails(text: str) -> None:
    for row in read_specs(text, default_units()):
        assert show_row(row)


def test_prose_proves_but_never_excludes(units: UnitTable) -> None:
    must = SpecRow("抗拉强度", "≥", 180, unit="MPa")
    low = SpecRow("抗拉强度", "=", 150, unit="MPa")
    stated = check(Demands.of(units, (must,)), offering(units, (low,), (), ()))
    prose = check(Demands.of(units, (must,)), offering(units, (), (low,), ()))
    assert stated.excluded is not None and stated.excluded.code == "must_spec_contradicted"
    assert prose.excluded is None and [gap.code for gap in prose.gaps] == ["spec_unmet"]
    proven = check(
        Demands.of(units, (must,)), offering(units, (), (SpecRow("抗拉强度", "=", 200, unit="MPa"),), ())
    )
    assert proven.value == 1.0


def test_a_wish_unmet_is_a_gap_and_silence_ranks_between(units: UnitTable) -> None:
    wish = SpecRow("抗拉强度", "≥", 180, unit="MPa", must=False)
    rows = {"met": 200, "unmet": 150}
    values = {
        name: check(
            Demands.of(units, (wish,)),
            offering(units, (SpecRow("抗拉强度", "=", value, unit="MPa"),), (), ()),
        )
        for name, value in rows.items()
    }
    silent = check(Demands.of(units, (wish,)), offering(units, (), (), ()))
    assert values["unmet"].excluded is None
    assert values["unmet"].value < silent.value < values["met"].value  # type: ignore[operator]
    assert [finding.code for finding in silent.unproven] == ["spec_unproven"]


def test_standards_are_exact_tokens() -> None:
    text = "执行GB/T 1591—2018、gb／t 700 及 HG/T 2568，ISO 9001:2015，UL94 V-0，NB/T 47013.3-2015"
    assert [str(standard) for standard in read_standards(text)] == [
        "GB/T 1591-2018", "GB/T 700", "HG/T 2568", "UL 94", "NB/T 47013.3-2015",
    ]  # fmt: skip


def test_editions_of_a_standard(units: UnitTable) -> None:
    wanted = read_standards("GB/T 1591-2018")
    codes = [
        [finding.code for finding in (*result.reasons, *result.unproven)]
        for text in ("GB/T 1591", "GB/T 1591-2008", "GB/T 15911", "")
        for result in [
            check(Demands.of(units, (), (), wanted), offering(units, (), (), read_standards(text)))
        ]
    ]
    assert codes == [["standard_met"], ["standard_other_year"], ["standard_unproven"], ["standard_unproven"]]


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("色差 >3 退货", "≤", 3.0),
        ("色差ΔE>3 整批退货，其余不限", "≤", 3.0),
        ("含水率大于0.3%的整批退货", "≤", 0.3),
        ("抗拉强度低于180MPa判废", "≥", 180.0),
        ("色差≤1.5，退货按合同", "≤", 1.5),
    ],
)
def test_what_is_refused_asks_for_the_opposite(
    units: UnitTable, text: str, operator: str, value: float
) -> None:
    row = read_specs(text, units, known_only=True)[0]
    assert (row.operator, row.value) == (operator, value)


@pytest.mark.parametrize(
    "text", ["硬度 280 HB", "表面硬度280HB以上", "布氏硬度 HB 280", "硬度HB≥220", "调质 260~300HB"]
)
def test_a_hardness_is_no_flame_class(units: UnitTable, text: str) -> None:
    assert "阻燃等级" not in {row.parameter for row in read_specs(text, units, known_only=True)}


@pytest.mark.parametrize("text", ["阻燃等级 HB", "UL94 HB", "UL94HB", "阻燃 HB 级"])
def test_a_flame_class_is_still_read(units: UnitTable, text: str) -> None:
    rows = read_specs(text, units, known_only=True)
    assert [(row.parameter, row.value) for row in rows] == [("阻燃等级", "HB")]


@pytest.mark.parametrize(
    ("wanted", "offered", "status"),
    [
        (("≥", 1000.0), ("≤", 1250.0), "met"),  # 「承重不超过 1250」 says what the bag bears
        (("≥", 1000.0), ("≤", 800.0), "unmet"),
        (("≤", 1000.0), ("=", 1250.0), "met"),  # the buyer's 「≤」 says what will be put on it
        (("=", 1000.0), ("≥", 1000.0), "met"),
        (("≥", 1000.0), ("≥", 800.0), "unproven"),
        (("≥", 1000.0), ("range", 500.0), "met"),
    ],
)
def test_a_load_is_a_load_whichever_way_it_is_written(
    units: UnitTable, wanted: tuple[str, float], offered: tuple[str, float], status: str
) -> None:
    need = SpecRow("承载质量", wanted[0], wanted[1], unit="kg")
    high = 1.5 if offered[0] == "range" else None
    values = (0.5, high, "t") if high else (offered[1], None, "kg")
    offer = SpecRow("额定载荷", offered[0], *values)
    assert compared(need, (offer,), units).status == status


@pytest.mark.parametrize(
    ("offered", "status"),
    [("IP54/IP55", "met"), ("IP54、IP65", "met"), ("IP54/IP44", "unmet"), ("IP55", "met")],
)
def test_one_of_several_classes_answers(units: UnitTable, offered: str, status: str) -> None:
    offer = SpecRow("防护等级", "=", offered)
    assert compared(SpecRow("防护等级", "=", "IP55"), (offer,), units).status == status


def test_prose_is_passed_over_only_where_it_tells_of_no_such_parameter(units: UnitTable) -> None:
    """Every row that is read out of the district's texts left the trace that its parameter is sought by."""
    read, passed_over = 0, 0
    looked_for = {parameter.name: traces(parameter, units) for parameter in units.parameters}
    for file in sorted(DEMO.glob("capabilities-*.jsonl")):
        for text in map(fold, file.read_text("utf-8").splitlines()):
            found = {row.parameter for row in read_specs(text, units, known_only=True)}
            read += len(found)
            for parameter, (names, pattern) in looked_for.items():
                told = any(name in squeezed(text) for name in names)
                told = told or (pattern is not None and pattern.search(text) is not None)
                assert told or parameter not in found, (parameter, text)
                passed_over += not told
    assert read > 100 and passed_over > 10_000
