"""Every finding of the matcher has a sentence in both languages, short enough for a printed line."""

from __future__ import annotations

import re

import pytest

import marketplace.core.match_words  # noqa: F401 - registers the sentences
from marketplace.core.i18n import registered_words, translate
from marketplace.proposals.wording import Wording
from matching import Finding
from matching import findings as codes

SAMPLE: dict[str, str | int | float] = {
    "words": "浸胶帘子布、1400dtex", "need_words": "尼龙66", "capability_words": "锦纶66", "parameter": "断裂强力",
    "wanted": "≥220 N", "offered": "228 N", "standard": "GB/T 16604-2017", "certificate": "iatf-16949",
    "until": "2027-05-01", "since": "2027-01-01", "days": 30, "capacity": "5000 t/年", "quantity": "300 t/年",
    "percent": 40, "moq": "5 t", "division": "410422", "link": "nylon-polymer", "chain": "nylon", "industry": "2829",
    "type": "rnd", "term": "finance.amount", "accepted": 90,
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(codes.CODES))
def test_a_finding_reads_in_both_languages(code: str) -> None:
    sentence = registered_words()[code]
    english = translate(sentence, "en")
    assert english != sentence
    assert set(re.findall(r"%\((\w+)\)s", sentence)) == set(re.findall(r"%\((\w+)\)s", english))
    finding = Finding(code, {name: SAMPLE[name] for name in re.findall(r"%\((\w+)\)s", sentence)})
    chinese, said = Wording(None, "zh").line(finding), Wording(None, "en").line(finding)
    assert len(chinese) <= 60 and "%(" not in chinese
    assert not re.search(r"[㐀-鿿]", said.replace("浸胶帘子布", "").replace("尼龙", "").replace("锦纶", "")
                         .replace("断裂强力", "").replace("t/年", ""))  # fmt: skip


@pytest.mark.parametrize("code", codes.CAUSES)
def test_a_cause_reads_in_both_languages(code: str) -> None:
    assert Wording(None, "zh").cause(code) != Wording(None, "en").cause(code)


def test_keys_become_labels_and_free_text_stays() -> None:
    wording = Wording(None, "zh")
    assert wording.line(Finding("certificate_unproven", {"certificate": "iatf-16949"})) == (
        "没有写明 汽车质量管理体系认证 IATF 16949，请询问"
    )
    assert (
        wording.line(Finding("certificate_unproven", {"certificate": "船级社认可"}))
        == "没有写明 船级社认可，请询问"
    )
    assert wording.line(["same_industry", {"industry": "2829"}]).startswith("同一行业：")
    assert Wording(None, "en").line(Finding("same_industry", {"industry": "2829"})) == (
        "Same industry: Manufacture of chemical fibres"
    )


def test_amounts_of_a_types_own_fields_are_said_in_the_readers_language() -> None:
    finding = Finding("term_met", {"term": "amount", "wanted": "300 万元", "offered": "10~2000 万元"})
    assert "300 万元" in Wording(None, "zh").line(finding)
    assert Wording(None, "en").line(finding) == (
        "Amount sought fits: wanted 3,000,000 CNY, stated 100,000~20,000,000 CNY"
    )


def test_groups_are_marked_as_printed() -> None:
    wording = Wording(None, "zh")
    assert wording.marked("met", [Finding("words_met", {"words": "浸胶帘子布、1400dtex"})]) == [
        "命中：产品相符：浸胶帘子布、1400dtex"
    ]
    params: dict[str, str | int | float] = {"percent": 40, "capacity": "4 t", "quantity": "10 t"}
    assert wording.marked("gap", [Finding("capacity_part", params)]) == [
        "缺口：可供 40%：产能 4 t，需要 10 t"
    ]
