"""Claim codes: readable, and found again however they are typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.codes import normal_code, readable_code

CODES = st.binary(min_size=12, max_size=12).map(readable_code)


@given(CODES)
def test_a_code_is_twelve_characters_that_nobody_confuses(code: str) -> None:
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("0O1I2Z5SV")


@given(CODES, st.sampled_from(["", " ", "-", " - ", "—"]))
def test_it_is_found_again_in_any_case_width_and_spacing(code: str, between: str) -> None:
    bare = code.replace("-", "")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in bare)
    for typed in (code, code.lower(), between.join(bare), between.join(wide.lower()), f"  {bare}\n"):
        assert normal_code(typed) == code


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    once = normal_code(text)
    assert normal_code(once) == once
