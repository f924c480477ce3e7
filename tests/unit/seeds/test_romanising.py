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
