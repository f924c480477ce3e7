"""What the matcher finds, in sentences short enough for a printed line. One for every code of matching/findings.py.

``<code>`` says the finding itself, ``cause.<code>`` why a need stays without a match, ``findings.met``, ``.unproven`` and
``.gap`` put the group before it where no heading does (a cell, a mail). Keys of the taxonomy are made labels by
proposals.wording before they come here.
"""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "findings.met": N_("命中：%(line)s"),
        "findings.unproven": N_("未证实：%(line)s"),
        "findings.gap": N_("缺口：%(line)s"),
        # Words
        "words_met": N_("产品相符：%(words)s"),
        "words_met_in_body": N_("介绍中写到：%(words)s"),
        "parts_met": N_("部分字词相同：%(words)s"),
        "common_words_only": N_("只有常用词相同：%(words)s"),
        "faint_text": N_("只有零星字词相近"),
        "same_meaning": N_("说法不同，意思相同：%(need_words)s＝%(capability_words)s"),
        # Specifications and standards
        "spec_met": N_("%(parameter)s：要求 %(wanted)s，写明 %(offered)s"),
        "spec_unproven": N_("没有写明%(parameter)s（要求 %(wanted)s），请询问"),
        "spec_partly": N_("%(parameter)s：要求 %(wanted)s，写明 %(offered)s，只覆盖一部分，请询问"),
        "spec_unit_unclear": N_("%(parameter)s：要求 %(wanted)s，写明 %(offered)s，单位无法比较，请询问"),
        "spec_unmet": N_("%(parameter)s：要求 %(wanted)s，写明 %(offered)s"),
        "must_spec_contradicted": N_("必备指标不符，%(parameter)s：要求 %(wanted)s，写明 %(offered)s"),
        "denied_in_prose": N_("要求「%(parameter)s」，介绍中写明「%(offered)s」，请问清是否另有型号"),
        "unwanted_in_prose": N_("需求写明不要「%(parameter)s」，供应方资料中写有，请问清"),
        "standard_met": N_("标准相同：%(standard)s"),
        "standard_unproven": N_("没有写明 %(standard)s，请询问"),
        "standard_other_year": N_("标准版本不同：要求 %(standard)s，写明 %(offered)s，请询问"),
        # Certificates
        "certificate_valid": N_("持有 %(certificate)s，有效期至 %(until)s"),
        "certificate_undated": N_("持有 %(certificate)s，没有写明有效期，请核对"),
        "certificate_claimed": N_("介绍中提到 %(certificate)s，请核对证书"),
        "certificate_unproven": N_("没有写明 %(certificate)s，请询问"),
        "certificate_expires_soon": N_("%(certificate)s 将于 %(until)s 到期，请询问换证"),
        "certificate_lapsed": N_("%(certificate)s 已于 %(until)s 到期"),
        "certificate_not_yet_valid": N_("%(certificate)s 从 %(since)s 起才有效"),
        "certificate_absent": N_("写明没有 %(certificate)s"),
        # Supply
        "capacity_met": N_("产能够用：可供 %(capacity)s，需要 %(quantity)s"),
        "capacity_part": N_("可供 %(percent)s%%：产能 %(capacity)s，需要 %(quantity)s"),
        "capacity_undivided": N_(
            "可供 %(percent)s%%，采购方不接受拆分：产能 %(capacity)s，需要 %(quantity)s"
        ),
        "capacity_unproven": N_("没有写明产能（需要 %(quantity)s），请询问"),
        "capacity_unit_unclear": N_("产能 %(capacity)s 与需要的 %(quantity)s 单位无法比较，请询问"),
        "moq_above": N_("起订量 %(moq)s，多于需要的 %(quantity)s"),
        "lead_time_met": N_("交期 %(offered)s 天，要求 %(wanted)s 天"),
        "lead_time_late": N_("交期 %(offered)s 天，比要求的 %(wanted)s 天多 %(days)s 天"),
        "lead_time_unproven": N_("没有写明交期（要求 %(wanted)s 天），请询问"),
        "division_not_served": N_("供货范围没有包括 %(division)s"),
        "payment_met": N_("付款期 %(wanted)s 天，供应方可以接受"),
        "payment_later": N_("付款期 %(wanted)s 天，比供应方能接受的 %(accepted)s 天多 %(days)s 天"),
        "payment_undated": N_("收到第三方付款后才付，供应方最多等 %(accepted)s 天"),
        # Terms of the type; the closed ones are told to whoever was not invited
        "term_met": N_("%(term)s相符：要求 %(wanted)s，写明 %(offered)s"),
        "term_words": N_("%(term)s相符：%(words)s"),
        "term_unproven": N_("没有写明%(term)s（要求 %(wanted)s），请询问"),
        "term_unmet": N_("%(term)s有差距：要求 %(wanted)s，写明 %(offered)s"),
        "term_contradicted": N_("%(term)s不符：要求 %(wanted)s，写明 %(offered)s"),
        "term_met_closed": N_("%(term)s相符（需求方的数目只给受邀单位看）"),
        "term_unproven_closed": N_("没有写明%(term)s，需求方有要求（只给受邀单位看），请补写"),
        "term_unmet_closed": N_("%(term)s有差距（需求方的数目只给受邀单位看）"),
        "term_contradicted_closed": N_("%(term)s不符（需求方的数目只给受邀单位看）"),
        "other_counterpart": N_("一方找产品、一方找用户，不是同一类对接"),
        # Chain and relations
        "same_link": N_("同一环节：%(link)s"),
        "same_chain": N_("同一产业链：%(chain)s"),
        "same_industry": N_("同一行业：%(industry)s"),
        "current_supplier": N_("已是采购方的供应商"),
        "excluded_counterpart": N_("采购方不与这家企业对接"),
        "counterpart_excluded": N_("供应方不与这家采购方对接"),
        "same_firm": N_("供需双方是同一家企业"),
        "same_control": N_("供需双方属于同一控制人"),
        "type_closed": N_("这项能力不接受「%(type)s」类需求"),
        "no_capability": N_("没有一个字词相通"),
        "text_too_weak": N_("字词相近但不是同一类产品"),
        # Why a need stays without a match: said of a number of capabilities
        "cause.no_capability": N_("与需求没有相同的字词"),
        "cause.text_too_weak": N_("字词相近但不是同一类产品"),
        "cause.must_spec_contradicted": N_("必备指标达不到"),
        "cause.certificate_lapsed": N_("要求的证书已到期"),
        "cause.certificate_not_yet_valid": N_("要求的证书尚未生效"),
        "cause.certificate_absent": N_("写明没有要求的证书"),
        "cause.capacity_undivided": N_("产能不足且采购方不接受拆分"),
        "cause.term_contradicted": N_("条件不符（用途、增信、方式等）"),
        "cause.other_counterpart": N_("一方找产品、一方找用户"),
        "cause.excluded_counterpart": N_("采购方不与该企业对接"),
        "cause.counterpart_excluded": N_("供应方不与该采购方对接"),
        "cause.same_firm": N_("供需双方是同一家企业"),
        "cause.same_control": N_("供需双方属于同一控制人"),
        "cause.type_closed": N_("能力不接受这类需求"),
    }
)
