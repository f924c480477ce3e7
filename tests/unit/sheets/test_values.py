"""Texts that people write, as typed values; what cannot be read says how to write it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.i18n import render
from marketplace.core.sheets import FIELD_SETS, values
from marketplace.core.sheets.errors import ValueProblem
from marketplace.core.sheets.need_types import need_type


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "period", "about"),
    [
        ("120吨/年", 120, 120, "吨", "年", False),
        ("约3000件", 3000, 3000, "件", "", True),
        ("500-800 套", 500, 800, "套", "", False),
        ("1.2万件", 12000, 12000, "件", "", False),
        ("10万～20万只", 100000, 200000, "只", "", False),
        ("1,200 吨", 1200, 1200, "吨", "", False),
        ("年需120吨", 120, 120, "吨", "年", False),
        ("每月3000件", 3000, 3000, "件", "月", False),
        ("3000余件", 3000, 3000, "件", "", True),
        ("200套左右", 200, 200, "套", "", True),
        ("5千克", 5, 5, "千克", "", False),
        ("３００台", 300, 300, "台", "", False),
        ("50～80 m²", 50, 80, "m2", "", False),
        ("≥100台", 100, 100, "台", "", False),
        ("300", 300, 300, "", "", False),
    ],
)
def test_quantities(text: str, low: int, high: int, unit: str, period: str, about: bool) -> None:
    found = values.quantity(text)
    assert (found.low, found.high, found.unit, found.period, found.approximate) == (
        low,
        high,
        unit,
        period,
        about,
    )
    assert found.text == text


def test_a_quantity_takes_the_unit_of_its_heading() -> None:
    assert values.quantity("300", "吨/年") == values.Quantity("300", Decimal(300), Decimal(300), "吨", "年")
    assert values.quantity("若干").high is None


@pytest.mark.parametrize(
    ("text", "low", "days"),
    [("45天", 45, 45), ("6周", 42, 42), ("2个月", 60, 60), ("30个工作日", 42, 42), ("合同签订后45-60天", 45, 60), ("三个月内", 90, 90),
     ("半个月", 15, 15), ("一个半月", 45, 45), ("2个半月", 75, 75), ("现货", 0, 0), ("45", 45, 45), ("15天至1个月", 15, 30),
     ("4-6 weeks", 28, 42), ("半年", 183, 183), ("24小时", 1, 1), ("面议", None, None), ("十五天", 15, 15)],
)  # fmt: skip
def test_lead_times(text: str, low: int | None, days: int | None) -> None:
    found = values.lead_time(text)
    assert (found.low_days, found.days, found.by) == (low, days, None)


def test_lead_times_by_a_day_or_with_the_headings_unit() -> None:
    assert values.lead_time("2026-12-31前").by == date(2026, 12, 31)
    assert values.lead_time("2026年12月底前").by == date(2026, 12, 31)
    assert values.lead_time("6", "周").days == 42


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-11-23", date(2026, 11, 23)), ("2026/1/3", date(2026, 1, 3)), ("2026.11.23", date(2026, 11, 23)),
     ("2026年11月23日", date(2026, 11, 23)), ("20261123", date(2026, 11, 23)), ("二〇二六年十一月二十三日", date(2026, 11, 23)),
     ("46349", date(2026, 11, 23)), ("23/11/2026", date(2026, 11, 23)), ("2026-11-23 14:30", date(2026, 11, 23)),
     ("2026年11月", date(2026, 11, 30)), ("2026年12月", date(2026, 12, 31)), ("2028-02", date(2028, 2, 29)), ("长期有效", None)],
)  # fmt: skip
def test_days(text: str, day: date | None) -> None:
    assert values.last_day(text) == day


def test_a_month_alone_begins_on_its_first_day() -> None:
    assert values.day("2026年11月") == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [("50-80万元", "", 500_000, 800_000), ("65", "万元", 650_000, 650_000), ("120000元", "万元", 120_000, 120_000),
     ("1.5亿元", "", 150_000_000, 150_000_000), ("65万", "", 650_000, 650_000), ("50万元-80万元", "", 500_000, 800_000),
     ("面议", "", None, None)],
)  # fmt: skip
def test_amounts_in_yuan(text: str, unit: str, low: int | None, high: int | None) -> None:
    found = values.amount(text, unit)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91110000600037341L",
        "11320000MB151840XJ",
        "91440300708461136T",
        "914403001922038216",
    ],
)
def test_credit_codes_of_the_standard(code: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.lower())
    assert (
        values.credit_code(code)
        == values.credit_code(wide)
        == values.credit_code(f" {code[:8]} {code[8:]}")
        == code
    )


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (values.quantity, "按合同约定分批", "quantity_unread"),
        (values.quantity, "A型100件，B型200件", "quantity_unread"),
        (values.lead_time, "看情况吧", "lead_time_unread"),
        (values.last_day, "2026-02-30", "day_unread"),
        (values.last_day, "明年底", "day_unread"),
        (values.last_day, "03/04/2026", "day_ambiguous"),
        (values.amount, "30吨", "amount_unread"),
        (values.credit_code, "91440300708461136", "credit_code_length"),
        (values.credit_code, "9144O300708461136T", "credit_code_letters"),
        (values.credit_code, "91440300708461136L", "credit_code_digit"),
        (values.credit_code, "9.1440300708E+17", "credit_code_rounded"),
        (values.phone, "见附件", "phone_unread"),
        (values.mail, "someone at example", "mail_unread"),
        (values.yes_no, "也许", "yes_no_unread"),
        (need_type, "招聘", "type_unknown"),
        (values.line, "长" * 301, "text_long"),
    ],
)
def test_problems_say_what_and_how(parse: Callable[[str], object], text: str, code: str) -> None:
    with pytest.raises(ValueProblem) as problem:
        parse(text)
    assert problem.value.code == f"sheets.{code}"
    for locale in ("zh", "en"):
        assert len(render(problem.value.code, problem.value.params, locale)) > 10


def test_letters_mixed_up_in_a_code_are_suggested() -> None:
    with pytest.raises(ValueProblem) as problem:
        values.credit_code("9144O300708461136T")
    assert problem.value.params["meant"] == "91440300708461136T"
    assert values.credit_code(problem.value.params["meant"])


def test_lists_types_phones() -> None:
    assert values.items("ISO 9001、IATF 16949；ISO 9001，GB/T 19001") == (
        "ISO 9001",
        "IATF 16949",
        "GB/T 19001",
    )
    assert values.lines("抗拉强度≥300MPa；厚度2.5mm\n盐雾 500 h") == (
        "抗拉强度≥300MPa",
        "厚度2.5mm",
        "盐雾 500 h",
    )
    assert need_type("技术需求") == "技术攻关" and need_type("采购类") == "采购配套"
    assert values.phone("０３７５－２６６０００１") == "0375-2660001"
    assert values.yes_no("√") is True and values.yes_no("否") is False


@given(
    st.decimals(0, 10**9, places=3),
    st.sampled_from(["吨", "件", "kg", "平方米", ""]),
    st.sampled_from(["", "/年", "/月"]),
)
def test_a_number_with_unit_is_always_read(amount: Decimal, unit: str, period: str) -> None:
    found = values.quantity(f"{amount:f}{unit}{period}")
    assert (found.low, found.unit, found.period) == (amount, unit, period[1:])


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_day_is_read_back(day: date, pattern: str) -> None:
    assert values.day(day.strftime(pattern)) == day


_PARSERS = sorted(
    {field.parse for fields in FIELD_SETS.values() for field in fields}, key=lambda parse: parse.__qualname__
)


@given(st.text(min_size=1, max_size=80), st.sampled_from(_PARSERS), st.sampled_from(["", "吨", "万元", "天"]))
def test_no_text_breaks_a_parser(text: str, parse: Callable[[str, str], object], unit: str) -> None:
    try:
        parse(text, unit)
    except ValueProblem as problem:
        assert render(problem.code, problem.params, "zh")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 19_000,
        "1-" * 9_000,
        "（" * 19_000,
        "1万" * 9_000,
        "a@" * 9_000,
        " " * 18_000 + "x",
        "约" * 19_000,
        "十" * 19_000,
    ],
)
@pytest.mark.parametrize("parse", _PARSERS, ids=lambda parse: str(parse.__name__))
def test_no_text_keeps_a_parser_busy(parse: Callable[[str, str], object], text: str) -> None:
    started = time.process_time()
    with suppress(ValueProblem):
        parse(text, "")
    assert time.process_time() - started < 0.5  # what backtracks takes seconds


@pytest.mark.parametrize(
    ("cell", "unit", "days"),
    [
        ("60天", "", 60), ("90", "天", 90), ("月结30天", "", 30), ("3", "个月", 90), ("30-60天", "", 60), ("60 days", "", 60),
        ("两个月内", "", 60), ("现款", "", 0), ("款到发货", "", 0), ("0", "", 0), ("面议", "", None),
    ],
)  # fmt: skip
def test_a_payment_term_is_a_number_of_days(cell: str, unit: str, days: int | None) -> None:
    assert values.payment_days(cell, unit) == days


@pytest.mark.parametrize("cell", ["尽快付", "4000天", "-5", "60万元", "验收合格且审计完成"])
def test_a_payment_term_that_is_no_number_of_days_is_told_with_its_mend(cell: str) -> None:
    with pytest.raises(ValueProblem) as told:
        values.payment_days(cell)
    assert (told.value.code, told.value.params) == ("sheets.payment_days_unread", {"text": cell})
