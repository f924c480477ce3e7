"""The sentences of the files' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "dossiers.part.capabilities": N_("能力"),
        "dossiers.part.needs": N_("需求"),
        "dossiers.part.proposals": N_("推荐对接与答复"),
        "dossiers.part.conferences": N_("对接会"),
        "dossiers.part.calls": N_("征集与答复"),
        "dossiers.part.reminders": N_("催报记录"),
        "dossiers.part.rosters": N_("名册写入的内容"),
        "dossiers.source.self": N_("企业自报"),
        "dossiers.source.staff": N_("部门代填"),
        "dossiers.source.sheet": N_("表格导入"),
        "dossiers.source.roster": N_("名册"),
        "dossiers.source.machine": N_("系统匹配"),
        "dossiers.source.verified": N_("已核验"),
        "dossiers.untitled": N_("（还没有名称）"),
        "dossiers.valid_until": N_("有效期至 %(day)s"),
        "dossiers.mutual": N_("双方愿意"),
        "dossiers.answer.buyer.none": N_("采购方未答复"),
        "dossiers.answer.buyer.yes": N_("采购方愿意"),
        "dossiers.answer.buyer.no": N_("采购方不合适"),
        "dossiers.answer.buyer.later": N_("采购方以后再说"),
        "dossiers.answer.supplier.none": N_("供应方未答复"),
        "dossiers.answer.supplier.yes": N_("供应方愿意"),
        "dossiers.answer.supplier.no": N_("供应方不合适"),
        "dossiers.answer.supplier.later": N_("供应方以后再说"),
        "dossiers.place.invited": N_("已邀请"),
        "dossiers.place.confirmed": N_("已确认参会"),
        "dossiers.place.withdrawn": N_("已退出"),
        "dossiers.side.buyer": N_("需求方"),
        "dossiers.side.supplier": N_("供给方"),
        "dossiers.pairs": N_("定稿清单上 %(count)s 对"),
        "dossiers.roster": N_("名册 %(number)s"),
        "dossiers.effect.created": N_("建立档案"),
        "dossiers.effect.fields": N_("修改档案"),
        "dossiers.effect.certificate": N_("登记证书"),
        "dossiers.effect.contact": N_("登记联系人"),
        "dossiers.undone": N_("%(day)s 已撤销"),
        "dossiers.standing.valid": N_("有效"),
        "dossiers.standing.soon": N_("即将到期"),
        "dossiers.standing.lapsed": N_("已到期"),
        "dossiers.standing.revoked": N_("已撤销"),
        "dossiers.standing.not_yet": N_("尚未生效"),
    }
)
