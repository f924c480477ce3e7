"""Amounts for readers of English: known units are translated, everything else stays somebody's own word."""

from __future__ import annotations

import pytest

from marketplace.core.quantities import in_english, shown_in


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("900 t/年", "900 t/year"),
        ("1.2 万t/年", "12,000 t/year"),
        ("26 万套/年", "260,000 sets/year"),
        ("1200 万 件", "12,000,000 pieces"),
        ("1 套", "1 set"),
        ("11 套", "11 sets"),
        ("600 样", "600 samples"),
        ("≤3 天", "≤3 days"),
        ("≥1 年", "≥1 year"),
        ("6000 km/年", "6000 km/year"),
        ("套", "sets"),
        ("3 次/天", "3 times/day"),
        ("≥8.5 cN/dtex", "≥8.5 cN/dtex"),
        ("17.5–21.5%", "17.5–21.5%"),
        ("V-0 级阻燃", "V-0 级阻燃"),
        ("铝箔内衬", "铝箔内衬"),
        ("本色", "本色"),
        ("5 年质保", "5 年质保"),
        ("", ""),
        ("10~2000 万元", "100,000~20,000,000 CNY"),
        ("1.5-3 万件", "15,000-30,000 pieces"),
    ],
)
def test_an_amount_in_english(written: str, english: str) -> None:
    assert in_english(written) == english


def test_chinese_readers_see_what_was_written() -> None:
    assert shown_in("1.2 万t/年", "zh") == "1.2 万t/年"
    assert shown_in("1.2 万t/年", "en") == "12,000 t/year"
