"""The sentences of the proposals' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "proposals.answer_unknown": N_("没有选择答复：请选「愿意对接」「暂不」或「不合适」。"),
        "proposals.reason_missing": N_("请选择不合适的原因，对方和平台据此改进推荐。"),
        "proposals.note_missing": N_("选了「其他」，请用一句话写明原因。"),
        "proposals.firm_has_answered": N_("企业已经自己答复：只有企业的人可以修改，不能代填。"),
        "proposals.filling_in_note": N_(
            "代填要写明是谁、什么时候、怎样答复的，例如「王经理 11 月 25 日电话」。"
        ),
        "proposals.said.filled_in": N_(
            "已代填并记录在您名下。企业的人登录后会看到；企业自己确认之前，不公开联系人。"
        ),
        "proposals.no_longer_matches": N_(
            "需求或能力有了变化，这一对已不再匹配：现在不能答复「愿意对接」。重新匹配上以后，会再请双方答复。"
        ),
        "proposals.answer.yes": N_("愿意对接"),
        "proposals.answer.later": N_("暂不"),
        "proposals.answer.no": N_("不合适"),
        "proposals.answer.none": N_("还没有答复"),
        "proposals.no.spec": N_("指标达不到"),
        "proposals.no.certificate": N_("缺少所需资质"),
        "proposals.no.capacity": N_("产能不合适"),
        "proposals.no.lead_time": N_("交期不合适"),
        "proposals.no.place": N_("距离或交付地不合适"),
        "proposals.no.have_supplier": N_("已有供应商"),
        "proposals.no.met_already": N_("已经谈过"),
        "proposals.no.cannot_make": N_("做不了"),
        "proposals.no.terms": N_("商务条件不合适"),
        "proposals.no.payment": N_("付款条件不合适"),
        "proposals.no.other": N_("其他"),
        "proposals.said.yes": N_("已答复：愿意对接。对方也愿意时，双方可以看到联系人。"),
        "proposals.said.mutual": N_("双方都愿意对接：现在可以查看对方联系人了，每次查看都会告知对方。"),
        "proposals.said.later": N_("已记下：暂不。这条推荐会留在「暂不」里，随时可以改。"),
        "proposals.route.small": N_("与全部能力逐条比对"),
        "proposals.route.participants": N_("与受邀供给企业的全部能力逐条比对"),
        "proposals.route.no_cluster": N_("与全部能力逐条比对（没有配置搜索集群）"),
        "proposals.route.cluster_away": N_("与全部能力逐条比对（搜索集群当时连不上）"),
        "proposals.route.index_unfinished": N_("与全部能力逐条比对（搜索索引当时还在建立）"),
        "proposals.route.large": N_("能力数量大：搜索集群为每条需求先选出最接近的 500 项，再逐项比对"),
        "proposals.route.unknown": N_("没有记录（较早的版本生成）"),
        "proposals.said.no": N_("已记下：不合适。谢谢说明原因，这条推荐不再提醒。"),
    }
)
