"""What is flagged in a text: contacts however they are written, names, secrets, stuffing; and what is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import paths, words
from marketplace.core import i18n
from marketplace.core.analysis import analyser
from marketplace.moderation import rules
from marketplace.moderation.contacts import contacts_in

STUFFED = {"nylon-c079", "steel-c077", "electrical-c071", "storage-c071"}
words.register_all()


def kinds(text: str) -> list[str]:
    return [found.kind for found in contacts_in(text)]


@pytest.mark.parametrize(
    "number",
    [
        "13803751234",
        "138 0375 1234",
        "138-0375-1234",
        "138.0375.1234",
        "１３８０３７５１２３４",
        "１３８－０３７５－１２３４",
        "1 3 8 0 3 7 5 1 2 3 4",
        "1-3-8-0-3-7-5-1-2-3-4",
        "一三八零三七五一二三四",
        "一三八〇三七五一二三四",
        "幺三八零三七五幺二三四",
        "壹叁捌零叁柒伍壹贰叁肆",
        "138零三七五一二三四",
        "①③⑧⓪③⑦⑤①②③④",
        "138\u200b0375\u200b1234",
        "+86 138 0375 1234",
        "1380375 1234",
        "13 8037 51234",
    ],
)
@pytest.mark.parametrize("around", ["{}", "联系{}王工", "请致电：{}。", "（{}）"])
def test_a_mobile_number_is_found_however_it_is_written(number: str, around: str) -> None:
    text = around.format(number)
    (found,) = contacts_in(text)
    assert found.kind == "mobile"
    assert text[found.start : found.end] == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0375-1234567", "landline"),
        ("０３７５－１２３４５６７", "landline"),
        ("（0375）1234567", "landline"),
        ("0371 8888 6666", "landline"),
        ("400-123-4567", "landline"),
        ("sales@example.com.cn", "email"),
        ("sales＠example．com", "email"),
        ("12345#qq.com", "email"),
        ("12345 艾特 qq 点 com", "email"),
        ("https://portal.example.cn/bid", "link"),
        ("www.example.com", "link"),
        ("官网 example.com.cn", "link"),
        ("微信：steel_2026", "wechat"),
        ("微信号 steel2026", "wechat"),
        ("V信：steel2026", "wechat"),
        ("VX:steel2026", "wechat"),
        ("QQ 12345678", "wechat"),
        ("手机微信同号", "wechat"),
        ("加微信详谈", "wechat"),
    ],
)
def test_other_ways_to_reach_people_are_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]
    assert kinds(f"质量稳定，{text}，欢迎") == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "规格 16、20、25、32、40、50 mm",
        "12 15 18 20 25 30 35",
        "直径 1600 2000 2500 mm",
        "执行 GB/T 3077-2015 与 GB/T 228.1-2021",
        "年产能 12000000000 只",
        "订单号 20261123123456",
        "额定 1500V 3000A，短路 31.5kA",
        "型号 VX12345、WX-3000",
        "0.35 1.25 2.5 mm 三档",
        "温度 -40～85 ℃，湿度 95%",
        "材质 06Cr19Ni10、022Cr17Ni12Mo2",
        "一二三四五六七八九十",
        "ISO 9001:2015，IATF 16949:2016",
        "每批 1380 件，0375 区号不写电话",
    ],
)
def test_sizes_standards_and_models_are_no_contacts(text: str) -> None:
    assert kinds(text) == []


@given(st.text(max_size=300))
def test_finds_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = contacts_in(text) + rules.secrets_in(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
    ends = [0] + [one.end for one in contacts_in(text)]
    assert all(one.start >= end for one, end in zip(contacts_in(text), ends, strict=False))


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", ".", " - ", "—"]))
def test_every_mobile_number_in_every_grouping_that_people_use(number: str, gap: str) -> None:
    for groups in ((number,), (number[:3], number[3:7], number[7:]), (number[:3], number[3:]), tuple(number)):
        assert kinds(f"电话{gap.join(groups)}转王工") == ["mobile"]


def test_a_contact_stops_an_anonymous_need_and_is_to_be_looked_at_elsewhere() -> None:
    assert {flag.severity for flag in rules.contact_flags("13803751234", anonymous=True)} == {"stop"}
    assert {flag.severity for flag in rules.contact_flags("13803751234", anonymous=False)} == {"look"}
    assert rules.contact_flags("没有", anonymous=True) == []


@pytest.mark.parametrize(
    "text",
    ["涉密项目配套", "密级：秘密", "机密★5年", "内部资料，不得外传", "军用图纸", "ＪＭ 绝密"],
)
def test_marks_of_state_secrets_stop(text: str) -> None:
    assert [flag.severity for flag in rules.secret_flags(text)] == ["stop"]


@pytest.mark.parametrize(
    "text",
    [
        "泵机密封件、电机密封圈、机密封泄漏",
        "精密级滚珠丝杠，致密级陶瓷",
        "隔绝密封",
        "商业机密由双方约定",
        "本项目不涉密",
        "非涉密设备",
        "严禁上传涉密信息",
        "不涉及国家秘密",
        "粉末冶金高致密度",
    ],
)
def test_seals_and_denials_are_no_secrets(text: str) -> None:
    assert rules.secret_flags(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "为河南平示例尼龙股份有限公司配套",
        "平示例尼龙的二期项目",
        "平示例尼龙",
        "Example Nylon Co., Ltd. phase two",
        "ＥＸＡＭＰＬＥ ＮＹＬＯＮ ＣＯ., Ltd.",
    ],
)
def test_an_anonymous_need_must_not_say_whose_it_is(text: str) -> None:
    names = ["河南省平示例尼龙股份有限公司", "Example Nylon Co., Ltd."]
    assert [flag.severity for flag in rules.name_flags(text, names, anonymous=True)] == ["stop"]
    assert rules.name_flags(text, names, anonymous=False) == []
    assert rules.name_flags("尼龙切片采购，河南省内优先", names, anonymous=True) == []


def flags_of_seed(row: dict[str, object]) -> list[rules.Flag]:
    parts = [str(row.get(name) or "") for name in ("title", "product", "use", "sentence", "description")]
    text = "\n".join([*parts, *map(str, row.get("standards") or ())])  # type: ignore[call-overload]
    return rules.stuffing_flags(text, analyser().words(text[:8000]))


def test_stuffed_listings_are_flagged_and_hardly_an_honest_one() -> None:
    flagged, count = set(), 0
    for path in sorted((paths.SEEDS / "demo").glob("capabilities-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            count += 1
            if flags_of_seed(row):
                flagged.add(row["key"])
    assert count > 200
    assert flagged >= STUFFED
    assert len(flagged - STUFFED) <= 3, flagged - STUFFED


def test_a_word_said_over_and_over_is_named() -> None:
    text = "优质锻件，" * 10
    flags = rules.stuffing_flags(text, ["锻件", "优质"] * 10)
    assert ("moderation.flag.repeated", {"word": "锻件", "count": 10}) in [
        (f.code, dict(f.params)) for f in flags
    ]
    assert rules.stuffing_flags("锻件三种，热处理自有。", ["锻件", "热处理"]) == []


@pytest.mark.parametrize("kind", ["need", "capability"])
def test_every_tick_is_needed(kind: str) -> None:
    lines = rules.CHECKLIST[kind]
    assert rules.missing_ticks(kind, dict.fromkeys(lines, True)) == ()
    for line in lines:
        assert rules.missing_ticks(kind, dict.fromkeys(lines, True) | {line: False}) == (line,)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_code_has_its_sentence(locale: str) -> None:
    place = ("moderation.part.text", {})
    for kind in ("mobile", "landline", "email", "link", "wechat", "own_name", "secret", "list", "repeated"):
        params = {"text": "x", "name": "x", "word": "x", "count": 1, "place": place}
        assert i18n.render(f"moderation.flag.{kind}", params, locale)
    for lines, prefix in ((rules.CHECKLIST, "check"), (rules.RETURN_REASONS, "reason")):
        for codes in lines.values():
            for code in codes:
                assert i18n.render(f"moderation.{prefix}.{code}", {}, locale)
