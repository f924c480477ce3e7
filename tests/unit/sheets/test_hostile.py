"""Every hostile file is refused in one sentence; test_confined.py has how quickly, and in how much memory."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from marketplace.core.i18n import registered_words, render
from marketplace.core.sheets import Limits, SheetError, open_table
from tests.unit.sheets import made
from tests.unit.sheets.hostile import CASES


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 40
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "filename", "build", "code"), CASES, ids=[case[0] for case in CASES])
def test_refused(name: str, filename: str, build: object, code: str) -> None:
    data = build()  # type: ignore[operator]
    with pytest.raises(SheetError) as refused:
        open_table(data, filename)
    assert code in ("*", refused.value.code.removeprefix("sheets."))
    for locale in ("zh", "en"):
        sentence = refused.value.sentence(locale)
        assert 10 < len(sentence) < 400 and "%(" not in sentence
        assert bool(re.search("[一-鿿]", sentence)) is (locale == "zh")


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


def test_what_all_cells_say_together_is_counted_to_the_letter() -> None:
    """Strings of an .xls that go on in the next record, wide and narrow ones, each as often as a cell refers to it."""
    chance = random.Random(1)
    texts = [chance.choice("长x") * chance.randint(1, 3000) + str(number) for number in range(200)]
    data = made.xls([[text, text] for text in texts])
    together = 2 * sum(map(len, texts))
    book = open_table(data, "a.xls", Limits(text_bytes=together))
    assert book.sheets[0].rows == [[text, text] for text in texts]
    with pytest.raises(SheetError) as refused:
        open_table(data, "a.xls", Limits(text_bytes=together - 1))
    assert refused.value.code == "sheets.zip_bomb"


@pytest.mark.parametrize("make", [made.xlsx, made.xls, made.xlsb])
def test_honest_texts_that_many_cells_share_are_read(make: Callable[[made.Rows], bytes]) -> None:
    rows = [["专精特新中小企业" * 20, f"示例{number}"] for number in range(2000)]
    filename = {made.xlsx: "a.xlsx", made.xls: "a.xls", made.xlsb: "a.xlsb"}[make]  # type: ignore[index]
    assert open_table(make(rows), filename).sheets[0].rows == rows
