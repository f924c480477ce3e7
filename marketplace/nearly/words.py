"""The sentences of near misses: what is missing told to the supplier, and the step that mends it."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "nearly.tab.missed": N_("差一点没推荐"),
        "nearly.tab.listed": N_("已推荐，还能更好"),
        "nearly.kind.certificate": N_("证书"),
        "nearly.kind.spec": N_("指标参数"),
        "nearly.kind.refused": N_("写有需求不要的做法或材料"),
        "nearly.kind.standard": N_("执行标准"),
        "nearly.kind.capacity": N_("产能"),
        "nearly.kind.moq": N_("起订量"),
        "nearly.kind.lead_time": N_("交期"),
        "nearly.kind.division": N_("供货范围"),
        "nearly.kind.payment": N_("付款期限"),
        "nearly.kind.term": N_("合作条件"),
        # The step that mends it, as the link says it
        "nearly.mend.certificate": N_("登记或更新证书"),
        "nearly.mend.spec": N_("核对并补写参数"),
        "nearly.mend.standard": N_("补写执行标准"),
        "nearly.mend.capacity": N_("核对产能"),
        "nearly.mend.moq": N_("核对起订量"),
        "nearly.mend.lead_time": N_("核对交期"),
        "nearly.mend.division": N_("核对供货范围"),
        "nearly.mend.payment": N_("核对付款期限"),
        "nearly.mend.term": N_("核对合作条件"),
        # What is not stated, said to who can state it
        "nearly.certificate_undated": N_("登记的 %(certificate)s 没有写有效期"),
        "nearly.certificate_claimed": N_("介绍里提到 %(certificate)s，但没有登记证书"),
        "nearly.certificate_unproven": N_("没有登记 %(certificate)s，对方要求持有"),
        "nearly.spec_unproven": N_("没有写明%(parameter)s，对方要求 %(wanted)s"),
        "nearly.spec_partly": N_("%(parameter)s写的是 %(offered)s，对方要求 %(wanted)s，看不出能不能做到"),
        "nearly.spec_unit_unclear": N_("%(parameter)s写的是 %(offered)s，对方要求 %(wanted)s，单位对不上"),
        "nearly.denied_in_prose": N_("对方要求%(parameter)s，介绍里写着「%(offered)s」：如另有型号，请补写"),
        "nearly.unwanted_in_prose": N_("对方写明不要%(parameter)s，标题或简介里写有：如能不用，请改写"),
        "nearly.standard_unproven": N_("没有写明执行 %(standard)s"),
        "nearly.standard_other_year": N_("写的是 %(offered)s，对方要求 %(standard)s"),
        "nearly.capacity_unproven": N_("没有写明产能，对方需要 %(quantity)s"),
        "nearly.capacity_unit_unclear": N_("产能 %(capacity)s 与对方需要的 %(quantity)s 单位对不上"),
        "nearly.lead_time_unproven": N_("没有写明交期，对方要求 %(wanted)s 天"),
        "nearly.term_unproven": N_("没有写明%(term)s，对方要求 %(wanted)s"),
        "nearly.term_unproven_closed": N_("没有写明%(term)s，对方有要求（数目只给受邀单位看）"),
        "nearly.standing.barred": N_("有事实排除"),
        "nearly.standing.weak": N_("还不够近"),
        "nearly.standing.listed": N_("已推荐"),
    }
)
