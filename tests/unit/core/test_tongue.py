"""What stands on an English page in Chinese says so."""

from __future__ import annotations

import pytest

from marketplace.core.i18n import mostly_chinese


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("高强低缩尼龙66工业丝", True), ("PA66 工业丝", True), ("PA66 GF30 glass-fibre 粒子", False), ("PA66 高强低缩工业丝", True), ("Zhejiang", False),
        ("Products fit: 尼龙66", False), ("2026-11-23", False), ("", False), ("示例浸胶厂", True),
    ],
)  # fmt: skip
def test_a_text_is_chinese_when_half_of_its_letters_are(text: str, chinese: bool) -> None:
    assert mostly_chinese(text) is chinese
