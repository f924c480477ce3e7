"""Refusals in prose: read by clause, left out of the texts, held against the other side, told to both."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import CapabilityProfile, Matcher, NeedProfile, UnitTable
from matching.findings import Finding
from matching.nearly import missing_of
from matching.reading import asked_title
from matching.refusals import affirmed_by_need, affirmed_by_offer, need_refusals, offer_refusals
from search.analysis import Analyser, Lexicon

DAY = date(2026, 11, 26)
ANALYSER = Analyser(
    Lexicon(words=("抗静电", "托辊", "缓冲托辊", "滤布", "红磷", "无卤阻燃", "滑板"), synonyms=())
)


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("落料点用，不抗静电。", ["抗静电"]),
        ("带芯帆布剥下造粒，不供新布。", ["新布"]),
        ("铝件、铜件不做", ["铜件"]),
        ("只做铸铁，不做铝件、铜件", ["铝件", "铜件"]),
        ("铬系的一律不碰", ["铬系"]),
        ("本厂不承接电镀", ["电镀"]),
        ("我们不阻燃，价格低", ["阻燃"]),
        ("没有容器锻件许可的资料", ["容器锻件许可"]),
        ("暂无防爆资质", ["防爆资质"]),
        ("体系证书没有", ["体系证书"]),
        ("We do not supply flame retardant grades", ["flame retardant grades"]),
        ("We cannot supply flame retardant grades", ["flame retardant grades"]),
        ("We can't make castings but machine them", ["castings"]),
        ("不做铝件也不做铜件", ["铝件", "铜件"]),
        ("不做整辊只做轴承座", ["整辊"]),
        ("只接来料，不做焊接", ["焊接"]),
        ("各类铸件都做但大型铸件不做", ["大型铸件"]),
        ("不供成品布", ["成品布"]),
        # what only looks like a refusal
        ("能不能做导静电？能", []),
        ("做不做都行", []),
        ("不得不做热处理", []),
        ("组织致密没有砂眼", []),
        ("具有无损检测资质", []),
        ("原白之外的颜色不做", []),
        ("非接触式测量，不含氟", []),
        ("阀体打压不漏，不锈钢材质", []),
        ("不接触油品", []),
        ("不锈钢、无缝钢管，非标定制", []),
        ("不间断电源，不仅供国内，不限于电池", []),
        ("不粘涂层，不褪色，从不延期，交期不少于 15 天", []),
        ("非晶合金、无铅焊锡", []),
        ("防不正当竞争的承诺书", []),
        ("解决普通衬板不耐磨的问题", []),
        ("克服传统涂层不耐腐蚀的缺点", []),
        ("同行做不了的薄壁件我们做", []),
        ("大厂不接的小单我们接", []),
        ("没有做不了的异形件", []),
        ("没有哪种异形件做不了", []),
        ("铝件做不做？都做", []),
        ("不做热处理也能达到 HRC40", []),
        ("如不提供图纸，可代为测绘", []),
        ("客户不提供图纸时可来样加工", []),
        ("不加工时自动待机", []),
        ("不供电的情况下仍可保持", []),
        ("不接电网也能用", []),
        ("不制造噪声", []),
        ("不再加工直接装配", []),
        ("无锡工厂有防爆认证", []),
        ("无心磨加工能力强", []),
        ("无取向硅钢生产线两条", []),
        ("没有检测能力的企业可以委托", []),
        ("没有合格证书不出厂", []),
        ("普通油漆不耐高温，我们的耐 600 度", []),
        ("不防爆型、防爆型两种都有", []),
        ("不阻燃时价格更低", []),
        ("不耐磨包换", []),
        ("不做则已，做则精品", []),
        ("The plant does not produce waste water", []),
    ],
)
def test_what_an_offer_does_not_do(text: str, things: list[str]) -> None:
    assert [thing for refusal in offer_refusals(text) for thing in refusal.things] == things


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("不要翻新", ["翻新"]),
        ("镀锌的不要", ["镀锌"]),
        ("不接受中间商，也不能用红磷", ["中间商", "红磷"]),
        ("OPW 不考虑", ["OPW"]),
        ("不得用PVC或再生料", ["PVC", "再生料"]),
        ("We will not accept refurbished pumps", ["refurbished pumps"]),
        # a wish, and what the thing is to be free of
        ("不要求马上产品化", []),
        ("试用期不收费", []),
        ("不含氟、无卤", []),
        ("要不要改配方？", []),
        ("不要有毛刺，不要掉渣", []),
        ("不要只寄论文", []),
        ("如不接受账期请注明", []),
        ("厂家不接受账期的请说明", []),
        ("禁用偶氮染料检测", []),
        ("现有风机已不能用了", []),
        ("拒收率不高于 1%", []),
        ("不买断版权，样品不要钱的也行", []),
        ("We do not make castings ourselves and look for a foundry", []),
        ("We do not want to wait", []),
    ],
)
def test_what_a_need_does_not_take(text: str, things: list[str]) -> None:
    found = [thing for refusal in need_refusals(text) for thing in refusal.things]
    assert found == things


def test_only_the_refused_stretch_is_left_out() -> None:
    assert affirmed_by_offer("落料点用，不抗静电。可换胶圈") == "落料点用，，。可换胶圈"
    assert affirmed_by_offer("球铁、铝件不做") == "球铁、，"
    assert affirmed_by_need("镀锌板不要冷板") == "镀锌板，"


@given(st.text(alphabet="不做供要接受没有无资质抗静电铝件的、，。acnotd' ", max_size=40))
def test_stretches_rise_lie_in_the_text_and_quote_it(text: str) -> None:
    for refusals, affirmed in (
        (offer_refusals(text), affirmed_by_offer(text)), (need_refusals(text), affirmed_by_need(text)),
    ):  # fmt: skip
        end = 0
        for refusal in refusals:
            assert end <= refusal.start < refusal.end <= len(text)
            assert refusal.text in text and refusal.things
            end = refusal.end
        assert len(affirmed) <= len(text) + len(refusals)
        if not refusals:
            assert affirmed == text


def offers(*summaries: str) -> tuple[CapabilityProfile, ...]:
    return tuple(
        CapabilityProfile(f"c{place}", f"f{place}", title="缓冲托辊", summary=summary)
        for place, summary in enumerate(summaries)
    )


def test_a_denied_word_is_no_evidence_and_both_sides_are_told(units: UnitTable) -> None:
    silent, denying, of_grades = offers(
        "落料点用。", "落料点用，不抗静电。", "抗静电、普通两种，普通的不抗静电。"
    )
    need = NeedProfile("n", title="抗静电缓冲托辊")
    matcher = Matcher.fit((silent, denying, of_grades), ANALYSER, units=units)
    found = {key: matcher.explain(need, key, DAY) for key in ("c0", "c1", "c2")}
    plain, denied, graded = (found[key] for key in ("c0", "c1", "c2"))
    assert plain and denied and graded
    assert denied.score < plain.score < graded.score
    assert denied.excluded is None and denied.label != "strong"
    assert [(gap.code, gap.params) for gap in denied.gaps] == [
        ("denied_in_prose", {"parameter": "抗静电", "offered": "不抗静电"})
    ]
    assert not any("抗静电" in str(reason.params) for reason in denied.reasons)
    assert plain.gaps == graded.gaps == ()


def test_a_denial_of_more_than_is_asked_denies_nothing(units: UnitTable) -> None:
    offer = CapabilityProfile("c", "f", title="复合件", summary="不做滑板的精密研磨")
    matcher = Matcher.fit((offer,), ANALYSER, units=units)
    match = matcher.explain(NeedProfile("n", title="复合滑板"), "c", DAY)
    assert match is not None and match.gaps == ()


def test_what_a_need_refuses_attracts_nobody_and_is_told(units: UnitTable) -> None:
    red = CapabilityProfile("red", "f1", title="红磷阻燃料", summary="黑色")
    other = CapabilityProfile("other", "f2", title="阻燃料", summary="黑色")
    matcher = Matcher.fit((red, other), ANALYSER, units=units)
    need = NeedProfile("n", title="阻燃料", description="接插件用，也不能用红磷。")
    bare = NeedProfile("n", title="阻燃料", description="接插件用。")
    refused, kept = matcher.explain(need, "red", DAY), matcher.explain(bare, "red", DAY)
    assert refused and kept
    assert [gap.code for gap in refused.gaps] == ["unwanted_in_prose"] and refused.excluded is None
    assert refused.signals["body"] == kept.signals["body"] and refused.score < kept.score
    spared = matcher.explain(need, "other", DAY)
    assert spared is not None and spared.gaps == ()


@pytest.mark.parametrize("title", ["无红磷阻燃料", "不含红磷的阻燃料", "替代红磷阻燃料", "非红磷阻燃料"])
def test_who_is_free_of_what_a_need_refuses_is_told_nothing(units: UnitTable, title: str) -> None:
    matcher = Matcher.fit((CapabilityProfile("c", "f", title=title),), ANALYSER, units=units)
    need = NeedProfile("n", title="阻燃料", description="不能用红磷。")
    match = matcher.explain(need, "c", DAY)
    assert match is not None and match.gaps == ()


def test_a_title_that_is_nothing_but_a_refusal_is_a_name() -> None:
    assert asked_title(NeedProfile("n", title="不用红磷")) == "不用红磷"
    assert asked_title(NeedProfile("n", title="禁用铬酸盐")) == "禁用铬酸盐"
    assert asked_title(NeedProfile("n", title="阻燃料，不要红磷")) == "阻燃料，，"


def test_a_long_clause_is_quoted_in_part() -> None:
    (refusal,) = offer_refusals(
        "从建厂到今天我们这些年一直给几家大型煤矿的选煤厂和洗煤厂供应各种规格的托辊备件但是不做整辊"
    )
    assert refusal.text == "不做整辊"


def test_what_a_need_refuses_is_no_name_of_what_suppliers_lack() -> None:
    refused, denied = (
        missing_of(Finding(code, {"parameter": "红磷", "offered": "不供红磷"}))
        for code in ("unwanted_in_prose", "denied_in_prose")
    )
    assert refused and denied and (refused.kind, refused.subject, denied.subject) == ("spec", "", "红磷")


def test_a_longer_name_is_not_the_refused_one(units: UnitTable) -> None:
    analyser = Analyser(Lexicon(words=("液冷板", "柜架")))
    cold, liquid = (
        CapabilityProfile(key, f"f-{key}", title=f"{thing}柜架")
        for key, thing in (("c", "冷板"), ("l", "液冷板"))
    )
    matcher = Matcher.fit((cold, liquid), analyser, units=units)
    need = NeedProfile("n", title="柜架", description="镀锌板不要冷板")
    found = {key: match for key in ("c", "l") if (match := matcher.explain(need, key, DAY))}
    assert [gap.code for gap in found["c"].gaps] == ["unwanted_in_prose"]
    assert found["l"].gaps == ()


def test_a_refused_certificate_is_not_claimed(units: UnitTable) -> None:
    offer = CapabilityProfile("c", "f", title="水室注塑", summary="没有IATF16949认证。")
    claiming = CapabilityProfile("d", "g", title="水室注塑", summary="通过IATF16949认证。")
    matcher = Matcher.fit((offer, claiming), ANALYSER, units=units)
    need = NeedProfile("n", title="水室注塑", certificates_required=("IATF 16949",))
    codes = [[f.code for f in m.unproven] for key in ("c", "d") if (m := matcher.explain(need, key, DAY))]
    assert codes == [["certificate_unproven"], ["certificate_claimed"]]


PIECES = st.sampled_from(
    "不 再 单独 做 供 接 承接 生产 卖 了 做不了 接不了 抗 防 耐 阻燃 静电 碰 看 谈 要 收 接受 考虑 采购 没有 未取得 未办理 不具备 不持有 暂 无 "
    "防爆 资质 认证 能力 的 一律 谢绝 拒绝 拒收 禁用 严禁 不得 不许 不能 用 掺 免谈 勿扰 除外 新布 红磷 铝件 ， 。 、 以外 can not don't supply make "
    "不锈钢 不限于 无缝 急 费 触头".split()
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_every_refusal_has_is_in_every_refusal(text: str) -> None:
    """A clause is passed over for want of a sign only where reading it would find nothing."""
    read = offer_refusals(text), need_refusals(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.refusals._SIGNS", re.compile(""))
        assert read == (offer_refusals(text), need_refusals(text))
