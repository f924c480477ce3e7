"""The sentences of taxonomy's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "entries.direction.want": N_("我需要"),
        "entries.direction.open": N_("我开放"),
        "entries.direction.make": N_("我能做"),
        "entries.party.enterprise": N_("一般企业"),
        "entries.party.chain_leader": N_("链主企业"),
        "entries.party.financial_institution": N_("金融机构"),
        "entries.party.university": N_("高校和科研院所"),
        "entries.party.service_body": N_("服务机构"),
        "entries.party.public_buyer": N_("机关与事业单位"),
        "entries.not_posted": N_(
            "%(party)s不能在“%(direction)s”里发布这一类：请从“我需要、我开放、我能做”的开始页选择。"
        ),
        "entries.other_type": N_("这一项不属于所选的类型：请删去，或改选类型。"),
        "entries.choice": N_("选项不在列表中：请从列表中选择。"),
        "entries.term_long": N_("太长：请控制在 %(most)s 字以内。"),
        "entries.term_twice": N_("这一项只能填一个值：请只留一个。"),
        "entries.number_missing": N_("这里要填数字，例如 120。"),
        "entries.negative": N_("不能小于 0：请核对数字。"),
        "entries.too_large": N_("数字太大：请核对数字和单位。"),
        "entries.whole_days": N_("请填整天数，例如 60。"),
        "entries.amount_order": N_("最高金额小于最低金额：请核对两个数。"),
        "entries.missing": N_("这一类必须写明这一项：请填写后再提交。"),
        "entries.yes": N_("是"),
        "entries.no": N_("否"),
        "size.micro": N_("微型企业"),
        "size.small": N_("小型企业"),
        "size.medium": N_("中型企业"),
        "size.large": N_("大型企业"),
        "size.ask": N_("所属行业不在划型标准的十六类之内：请向当地中小企业主管部门确认规模类型。"),
        "stage.upstream": N_("上游"),
        "stage.midstream": N_("中游"),
        "stage.downstream": N_("下游"),
        "industry_level.section": N_("门类"),
        "industry_level.division": N_("大类"),
        "industry_level.group": N_("中类"),
        "industry_level.class": N_("小类"),
        "division.zone": N_("功能区（统计代码）"),
        "certificate_family.management": N_("管理体系"),
        "certificate_family.product": N_("产品认证"),
        "certificate_family.licence": N_("行政许可与资质"),
        "certificate_family.laboratory": N_("检测与实验室"),
        "certificate_family.recognition": N_("企业认定"),
        "certificate_family.first_of_kind": N_("首台套、首批次、首版次"),
        "certificate_family.tier": N_("优质中小企业梯度"),
        "certificate_state.valid": N_("有效"),
        "certificate_state.not_yet": N_("尚未生效"),
        "certificate_state.lapsed": N_("已到期"),
        "certificate_state.revoked": N_("已撤销"),
        "re_review.at_expiry": N_("到期后复核"),
        "re_review.before_expiry": N_("到期前复核"),
        "confidence.high": N_("已核对法规原文"),
        "confidence.medium": N_("据转载或二手资料，请核对原文"),
        "confidence.low": N_("资料不充分，请核对原文"),
        "payment_verdict.ok": N_("符合条例"),
        "payment_verdict.state_reason": N_("请说明理由"),
        "payment_verdict.barred": N_("条例不允许"),
        "payment_verdict.not_bound": N_("条例不约束"),
        "payment_verdict.unknown": N_("需确认采购方规模"),
        "payment.within_default": N_("%(days)s 天在条例规定的期限之内。"),
        "payment.agreed_over_default": N_("约定 %(days)s 天，没有超过条例允许的 %(days_allowed)s 天。"),
        "payment.default_applies": N_("没有约定付款期限：按条例自交付之日起 %(days_allowed)s 天内付款。"),
        "payment.over_public": N_(
            "约定 %(days)s 天超过上限：机关、事业单位的付款期限最长 %(days_allowed)s 天（%(document)s第%(article)s条）。"
        ),
        "payment.over_large": N_(
            "约定 %(days)s 天超过 %(days_allowed)s 天：大型企业可以另行约定，但须合理，请写明行业惯例等理由（%(document)s第%(article)s条）。"
        ),
        "payment.paid_when_paid": N_(
            "不得以收到第三方付款作为向中小企业付款的条件，也不得按第三方付款进度支付（%(place)s）。"
        ),
        "payment.paid_when_paid_public": N_(
            "以收到第三方付款为条件，就不能保证最长 %(days_allowed)s 天内付款（%(document)s第%(article)s条）。"
        ),
        "payment.clock_unknown": N_(
            "付款期限只能从交付、验收合格或双方确认结算金额之日起算：请改写起算点或说明理由。"
        ),
        "payment.clock_acceptance": N_(
            "从验收合格起算的，合同要写明验收期限；拖延验收的，从验收期限届满之日起算。"
        ),
        "payment.clock_settlement": N_("只有按进度或定期结算的合同，才从双方确认结算金额之日起算。"),
        "payment.sme_buyer": N_("采购方是中小企业，《保障中小企业款项支付条例》不约束它。"),
        "payment.size_unknown": N_("条例只约束机关、事业单位和大型企业：请先确认采购方的规模类型。"),
        "payment.not_in_force": N_("该日期没有已核对的条款可以适用。"),
        "payment.place_article": N_("%(document)s第%(article)s条"),
        "payment.place_document": N_("%(document)s"),
        "taxonomy.no_industries": N_("行业分类还没有载入：请先运行 lianqiao taxonomy seed。"),
        "taxonomy.no_columns": N_("没有找到「代码」和「名称」两列：请在表头写明这两列。"),
        "taxonomy.no_name": N_("代码 %(code)s 没有名称：请填写名称。"),
        "taxonomy.code_form": N_("「%(code)s」不是四位行业代码：请核对。"),
        "taxonomy.code_short": N_("代码「%(code)s」不足四位，可能丢了前面的零：请把该列设为文本后重填。"),
        "taxonomy.code_twice": N_("代码 %(code)s 与第 %(row)s 行重复而名称不同：请保留一行。"),
        "taxonomy.no_group": N_("小类 %(code)s 所属的中类 %(group)s 不存在：请核对代码。"),
        "taxonomy.name_differs": N_("代码 %(code)s 的名称与已有的「%(name)s」不同：请核对。"),
    }
)
