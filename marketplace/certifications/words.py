"""The sentences of certificates' codes. What a certificate is worth on a day is said by taxonomy's words."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "certifications.changed_since": N_("导入后这项证书又核验或变更过：没有撤销。"),
        "certifications.kind_unknown": N_("请从列表中选择证书种类。"),
        "certifications.dates_order": N_("截止日早于起始日：请核对两个日期。"),
        "certifications.nothing_stated": N_("请至少填写证书编号或有效期，别人才知道说的是哪一张。"),
        "certifications.too_long": N_("有 %(length)s 个字，最多 %(longest)s 个：请缩短。"),
        "certifications.revoked_early": N_("撤销日早于证书的起始日（%(day)s）：请核对日期。"),
        "certifications.revoked_missing": N_("请填写撤销的日期。"),
        "certifications.held": N_("这项证书登记为有效，不能同时声明没有：请先删去登记错的证书。"),
        "certifications.standing.valid": N_("有效"),
        "certifications.standing.soon": N_("有效，即将到期"),
        "certifications.standing.lapsed": N_("已到期"),
        "certifications.standing.revoked": N_("已撤销"),
        "certifications.standing.not_yet": N_("尚未生效"),
        "certifications.source.self": N_("企业自报"),
        "certifications.source.staff": N_("部门代填"),
        "certifications.source.sheet": N_("表格导入"),
        "certifications.source.verified": N_("已核验"),
    }
)
