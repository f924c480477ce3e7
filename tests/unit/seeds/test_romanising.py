"""Chinese names of divisions in Latin letters."""

from __future__ import annotations

import csv
import importlib.util
import re
from types import ModuleType

import pytest

from marketplace.paths import SEEDS


def _romanising() -> ModuleType:
    spec = importlib.util.spec_from_file_location("romanising", SEEDS / "romanising.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROMANISING = _romanising()


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("浙江省", "Zhejiang"), ("平顶山市", "Pingdingshan"), ("西安市", "Xi'an"), ("六安市", "Lu'an"), ("吕梁市", "Lüliang"),
        ("叶县", "Ye County"), ("单县", "Shan County"), ("长子县", "Zhangzi County"), ("天长市", "Tianchang"), ("殷都区", "Yindu District"),
        ("恩施土家族苗族自治州", "Enshi Autonomous Prefecture"), ("东乡族自治县", "Dongxiang Autonomous County"),
        ("科尔沁左翼中旗", "Ke'erqin Left Wing Middle Banner"), ("万柏林区", "Wanbailin District"), ("兴安盟", "Xing'an League"),
        ("市辖区", "Districts"),
    ],
)  # fmt: skip
def test_a_name_is_spelled_and_its_kind_is_english(name: str, english: str) -> None:
    assert ROMANISING.romanised(name) == english


def test_a_zone_stands_apart_from_the_places_that_it_lies_in() -> None:
    zone = ROMANISING.romanised("河北唐山海港经济开发区", ["河北省", "唐山市"])
    assert zone == "Hebei Tangshan Haigang Economic Development Zone"


def test_every_division_and_every_industry_of_two_digits_has_an_english_name() -> None:
    for name in ("divisions", "industries"):
        with (SEEDS / "taxonomy" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            if name == "divisions" or row["level"] in ("section", "division"):
                assert row["name_en"] and not re.search("[一-鿿]", row["name_en"]), row


def test_what_is_spelled_in_another_tongue_stays_as_it_was_written_by_hand() -> None:
    with (SEEDS / "taxonomy" / "divisions.csv").open(encoding="utf-8", newline="") as stream:
        names = {row["full_name"]: row["name_en"] for row in csv.DictReader(stream)}
    assert names["陕西省"] == "Shaanxi" and names["山西省"] == "Shanxi"
    assert names["内蒙古自治区呼和浩特市"] == "Hohhot" and names["西藏自治区拉萨市"] == "Lhasa"
    assert names["香港特别行政区大埔区"] == "Tai Po District" and names["广东省梅州市大埔县"] == "Dabu County"
    assert names["台湾省高雄市"] == "Kaohsiung"


def test_names_of_the_grasslands_are_spelled_as_they_are_known_and_not_by_their_chinese_signs() -> None:
    """Mongolian names written by the sound of their Chinese signs are found in no English text."""
    with (SEEDS / "taxonomy" / "divisions.csv").open(encoding="utf-8", newline="") as stream:
        divisions = {row["code"]: row for row in csv.DictReader(stream)}
    banners = {row["name"]: row["name_en"] for row in divisions.values() if row["name"].endswith("旗")}
    assert len(banners) == 52 and all(english.endswith(" Banner") for english in banners.values())
    for name, english in {
        "土默特左旗": "Tumed Left Banner",
        "阿鲁科尔沁旗": "Ar Horqin Banner",
        "准格尔旗": "Jungar Banner",
        "新巴尔虎右旗": "New Barag Right Banner",
        "东乌珠穆沁旗": "East Ujimqin Banner",
    }.items():
        assert banners[name] == english
    # What the rule spells is Chinese (四子王, 镶黄) or the same in both (敖汉, 奈曼).
    by_sound = {name for name, english in banners.items() if english == ROMANISING.romanised(name)}
    assert by_sound == {"敖汉旗", "奈曼旗", "四子王旗", "镶黄旗", "正镶白旗", "正蓝旗"}


def test_what_was_written_by_hand_is_what_the_list_says() -> None:
    with (SEEDS / "taxonomy" / "divisions.csv").open(encoding="utf-8", newline="") as stream:
        listed = {row["code"]: row["name_en"] for row in csv.DictReader(stream)}
    with (SEEDS / "taxonomy" / "names_en.csv").open(encoding="utf-8", newline="") as stream:
        by_hand = {row["code"]: row["name_en"] for row in csv.DictReader(stream) if row["kind"] == "division"}
    assert by_hand and {code: listed.get(code) for code in by_hand} == by_hand
