"""Codes become sentences in either language, whatever their parameters are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import i18n
from marketplace.core.i18n import register_words, render


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(i18n, "_words", dict(i18n._words))
    register_words(
        {"test.says": "说：%(what)s", "test.inner": "里面有 %(count)s 个", "test.percent": "提高 5%%"}
    )
    yield


def test_a_code_is_rendered_with_its_parameters() -> None:
    assert render("test.says", {"what": "你好"}, "zh") == "说：你好"


def test_a_nested_code_is_rendered_in_the_same_language() -> None:
    assert render("test.says", {"what": ("test.inner", {"count": 3})}, "zh") == "说：里面有 3 个"


def test_a_nested_code_survives_a_json_column() -> None:
    kept = json.loads(json.dumps({"what": ("test.inner", {"count": 3})}))
    assert render("test.says", kept, "zh") == "说：里面有 3 个"


def test_a_percent_sign_is_written_twice() -> None:
    assert render("test.percent", {}, "zh") == "提高 5%"


@pytest.mark.parametrize(("locale", "shown"), [("zh", "说：甲、乙"), ("en", "说：甲, 乙")])
def test_lists_are_joined_as_the_language_does(locale: str, shown: str) -> None:
    assert render("test.says", {"what": ["甲", "乙"]}, locale) == shown


def test_days_and_moments_are_written_out() -> None:
    assert render("test.says", {"what": date(2026, 11, 23)}, "zh") == "说：2026年11月23日（周一）"
    assert render("test.says", {"what": date(2026, 11, 3)}, "en") == "说：3 November 2026"
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert render("test.says", {"what": late}, "zh") == "说：2026年11月24日（周二）00:30"


@pytest.mark.parametrize(
    ("figure", "shown"),
    [(0.1 + 0.2, "0.3"), (1234567.0, "1234567"), (180.0, "180"), (1e-5, "0.00001"), (1e21, "1" + "0" * 21)],
)
def test_figures_have_no_exponent_and_no_noise(figure: float, shown: str) -> None:
    assert render("test.says", {"what": figure}, "zh") == f"说：{shown}"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_figure_can_be_shown(figure: float) -> None:
    assert "e" not in i18n._figure(figure).replace("inf", "").replace("nan", "")


def test_one_code_has_one_sentence() -> None:
    register_words({"test.says": "说：%(what)s"})
    with pytest.raises(ValueError, match=r"test\.says"):
        register_words({"test.says": "另一句"})


def test_an_unknown_code_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        render("test.unheard", {}, "zh")


def test_every_registered_sentence_exists_in_english_with_the_same_parameters() -> None:
    """A parameter that only one language names would be a crash in the other."""
    import marketplace.words  # noqa: F401 - all rooms' codes

    for code, sentence in i18n.registered_words().items():
        if code.startswith("test."):
            continue
        english = i18n.translate(sentence, "en")
        names = set(re.findall(r"%\((\w+)\)", sentence))
        assert set(re.findall(r"%\((\w+)\)", english)) <= names, code
        anything = dict.fromkeys(names, "1")
        assert sentence % anything
        assert english % anything
