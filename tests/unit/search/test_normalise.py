"""One spelling for what is written in many; defined, stable and bounded for every string there is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis.normalise import normalise, normalise_aligned

SAME = [
    ("0.5mm", ["0.5㎜", "0.5 mm", "0.50毫米", "０．５ｍｍ", "0.5 ＭＭ"]),
    ("10~35kv", ["10~35kV", "10～35 kV", "10-35千伏", "10kV至35kV", "10kV—35kV"]),
    ("10、5~35kv", ["10、5-35kV", "10，5～35千伏"]),  # what stands before a range is no part of it
    ("±0.01mm", ["±0.01mm", "+/-0.01 mm", "± 0.010毫米"]),
    ("30000t/a", ["3万吨/年", "3萬噸/年", "30,000 t/a", "3 万吨/年", "30000吨/y"]),
    ("150000000元", ["1.5亿元", "15000万元"]),
    ("12m2", ["12㎡", "12m²", "12 平方米"]),
    ("-40°c", ["-40℃", "－40 °C", "−40摄氏度"]),
    ("1500r/min", ["1500转/分", "1500 r/min", "1500转/分钟"]),
    ("100×200×5mm", ["100x200x5mm", "100*200*5 毫米", "100×200×5㎜"]),
    ("5um", ["5μm", "5µm", "5微米"]),
    ("50kwh", ["50kWh", "50千瓦时", "50 KWH"]),
    ("尼龙66", ["尼龍66", "尼龙６６"]),
    ("帘子布", ["簾子布", "帘\u200b子布", "\ufeff帘子布 "]),
    ("pa66-gf30", ["PA66-GF30", "ＰＡ６６－ＧＦ３０", "PA66–GF30"]),
]


@pytest.mark.parametrize(("wanted", "spellings"), SAME, ids=[wanted for wanted, _ in SAME])
def test_spellings_of_one_thing_become_one(wanted: str, spellings: list[str]) -> None:
    assert {spelling: normalise(spelling) for spelling in spellings} == dict.fromkeys(spellings, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GB/T 12670-2008", "gb/t 12670-2008"),  # a year is no end of a range
        ("GB/T 228.10", "gb/t 228.10"),  # a zero at the end of a name stays
        ("规格100，200，300", "规格100、200、300"),  # Chinese commas part numbers
        ("UL94 V-0", "ul94 v-0"),  # not 94 volt
        ("尼龙66 PA 66", "尼龙66 pa 66"),  # not 66 pascal
        ("5千瓦", "5kw"),  # 千 belongs to the unit
        ("6061-T6", "6061-t6"),
    ],
)
def test_what_only_looks_like_a_number_with_a_unit_is_left_alone(text: str, wanted: str) -> None:
    assert normalise(text) == wanted


# Hypothesis rarely writes quantities by itself; the second alphabet is where the rules meet one another.
ANYTHING = st.text(st.characters(codec=None), max_size=60)
QUANTITIES = st.text(
    "0123456789.,，~～-—至到±+/ xX*×万亿千百十吨年米毫安时伏瓦kKvVmMaAtwhpP%μµΩ℃°㎜㎡的龍鋼", max_size=24
)


@given(ANYTHING | QUANTITIES)
@example("0.01万,000")
@example("8万x3%—w")
@example("ǰ\u0345\u0390")
@example("\ud800鋼\x00\udfff")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANYTHING | QUANTITIES)
def test_output_is_bounded_and_can_be_stored(text: str) -> None:
    normalised = normalise(text)
    assert len(normalised) <= 40 * len(text) + 40  # one sign may stand for a sentence: ﷺ has 18 letters
    normalised.encode("utf-8")
    assert not any(character < " " or character == "\x7f" for character in normalised)


def test_each_character_folds_alone_as_it_does_with_its_places_kept() -> None:
    """The quick way of plain folding says what the thorough way of aligned folding says, for every character."""
    texts = [f"尼{character}龙" for character in map(chr, range(0x10000))]
    different = [text for text in texts if normalise(text) != normalise_aligned(text).text]
    assert different == []


@given(ANYTHING | QUANTITIES)
def test_alignment_gives_the_same_text_and_true_places(text: str) -> None:
    aligned = normalise_aligned(text)
    assert aligned.text == normalise(text)
    assert len(aligned.origin) == len(aligned.text)
    assert all(0 <= start < end <= len(text) for start, end in aligned.origin)
    assert list(aligned.origin) == sorted(aligned.origin)


def test_alignment_points_at_the_original_spelling() -> None:
    text = "厚度 0.50 毫米 的鋼板"
    aligned = normalise_aligned(text)
    start = aligned.text.index("0.5mm")
    first, last = aligned.span(start, start + len("0.5mm"))
    assert text[first:last] == "0.50 毫米"


@pytest.mark.parametrize(
    "text",
    [
        "9" * 50_000,
        "1," * 30_000,
        "1万" * 30_000,
        "a-" * 50_000,
        "±" * 100_000,
        "鋼 " * 50_000,
        "0." * 50_000,
        "x1" * 50_000,
    ],
)
def test_long_hostile_text_takes_linear_time(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
