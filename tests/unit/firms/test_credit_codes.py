"""统一社会信用代码 (GB 32100-2015): published codes pass, the digits of a wrong algorithm do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.firms.rules import credit_code_problem, normal_credit_code
from tests.unit.firms.house import LETTERS, credit_code

PUBLISHED = (
    "91350100M000100Y43",
    "91110000600037341L",
    "11320000MB151840XJ",
    "91440300708461136T",
    "914403001922038216",
)
# What a widespread recipe (letters by ASCII distance, no complement to 31) makes of the same seventeen characters.
WRONG_RECIPE = ("D", "B", "M", "5", "R")
RIGHT = st.integers(0, 31**6 - 1).map(credit_code)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_right(code: str) -> None:
    assert credit_code_problem(code) is None


@pytest.mark.parametrize(("code", "digit"), list(zip(PUBLISHED, WRONG_RECIPE, strict=True)))
def test_the_digits_of_the_wrong_recipe_are_refused(code: str, digit: str) -> None:
    problem = credit_code_problem(code[:17] + digit)
    assert problem is not None and problem.code == "firms.code_digit" and problem.field == "credit_code"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("9I350100M000100Y43", "I→1"),
        ("9135O1OOM000100Y43", "O→0"),
        ("91350100M000100YS3", "S→5"),
        ("91350100M000100V43", "V→U"),
        ("91350100M000100Z43", "Z→2"),
        ("9I35O1OOM000100Y43", "I→1、O→0"),
    ],
)
def test_letters_that_no_code_has_get_a_hint(typed: str, hint: str) -> None:
    problem = credit_code_problem(typed)
    assert problem is not None and problem.code == "firms.code_letters" and problem.params == {"hint": hint}


@pytest.mark.parametrize("length", [0, 1, 15, 17, 19])
def test_any_other_length_is_named(length: int) -> None:
    problem = credit_code_problem("9" * length)
    assert (
        problem is not None and problem.code == "firms.code_length" and problem.params == {"length": length}
    )


@pytest.mark.parametrize(
    "typed", ["9135010!M000100Y43", "91350100M000100Y4中", "YYYYYYYYYYYYYYYYYY", "ABCDEFGHABCDEFGHAB"]
)
def test_other_characters_are_refused_and_do_not_break(typed: str) -> None:
    assert credit_code_problem(typed) is not None


@given(RIGHT, st.integers(0, 17), st.sampled_from(LETTERS))
def test_one_wrong_character_never_passes(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    assert (credit_code_problem(changed) is None) == (changed == code)


@given(RIGHT, st.data())
def test_any_way_to_type_a_code_is_folded_to_it(code: str, data: st.DataObject) -> None:
    full_width = {letter: chr(ord(letter) + 0xFEE0) for letter in LETTERS}
    typed = "".join(
        data.draw(st.sampled_from(["", " ", "-", "—", "　", "－"]))
        + data.draw(st.sampled_from([letter, letter.lower(), full_width[letter], full_width[letter].lower()]))
        for letter in code
    )
    assert normal_credit_code(typed) == code


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_and_no_text_breaks_it(text: str) -> None:
    once = normal_credit_code(text)
    assert normal_credit_code(once) == once
    credit_code_problem(once)
