"""Every hostile file is refused in one sentence, quickly, and before it can take much memory."""

from __future__ import annotations

import re
import time
import tracemalloc

import pytest

from marketplace.core.i18n import registered_words, render
from marketplace.core.sheets import SheetError, open_table
from tests.unit.sheets.hostile import CASES


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 40
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "filename", "build", "code"), CASES, ids=[case[0] for case in CASES])
def test_refused(name: str, filename: str, build: object, code: str) -> None:
    data = build()  # type: ignore[operator]
    started = time.process_time()
    with pytest.raises(SheetError) as refused:
        open_table(data, filename)
    assert time.process_time() - started <= 2.0
    assert code in ("*", refused.value.code.removeprefix("sheets."))
    for locale in ("zh", "en"):
        sentence = refused.value.sentence(locale)
        assert 10 < len(sentence) < 400 and "%(" not in sentence
        assert bool(re.search("[一-鿿]", sentence)) is (locale == "zh")


@pytest.mark.parametrize(
    ("name", "filename", "build", "code"), CASES[::3], ids=[case[0] for case in CASES[::3]]
)
def test_refused_within_memory(name: str, filename: str, build: object, code: str) -> None:
    data = build()  # type: ignore[operator]
    tracemalloc.start()
    try:
        with pytest.raises(SheetError):
            open_table(data, filename)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 200 * 1024 * 1024


def test_every_refusal_names_the_mend_in_both_languages() -> None:
    words = {code: text for code, text in registered_words().items() if code.startswith("sheets.")}
    refusals = [code for code in words if "请" in words[code]]
    assert len(refusals) > 30
    for code in words:
        names = dict.fromkeys(re.findall(r"%\((\w+)\)s", words[code]), "x")
        english = render(code, names, "en")
        assert english and not re.search(
            "[一-鿿]", english.replace("是 or 否", "").replace("12.5万元 or 50-80万元", "")
        ), code
