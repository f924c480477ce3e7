"""The sentences of the needs' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

# What each field is called, in forms, comparisons and the list of versions.
FIELDS = {
    "title": N_("需求名称"),
    "type_key": N_("需求类型"),
    "use": N_("应用场景"),
    "description": N_("需求描述"),
    "chain_link": N_("产业链与环节"),
    "chain_key": N_("产业链"),
    "link_key": N_("环节"),
    "industry_code": N_("所属行业"),
    "quantity": N_("数量"),
    "quantity_unit": N_("数量单位"),
    "quantity_period": N_("频次"),
    "lead_time_days": N_("交期"),
    "needed_by": N_("最晚到货日"),
    "delivery_division": N_("交付地点"),
    "budget_low": N_("预算下限"),
    "budget_high": N_("预算上限"),
    "procedure": N_("采购方式"),
    "entrance": N_("采购入口"),
    "payment_days": N_("付款期限"),
    "payment_start": N_("起算点"),
    "paid_when_paid": N_("收到下游付款后才付款（背靠背）"),
    "payment_reason": N_("付款条件的理由"),
    "buyer_kind": N_("采购方规模"),
    "accepts_first_of_kind": N_("接受首台（套）、首批次、首版次产品"),
    "sme_oriented": N_("企业自愿面向中小企业"),
    "splitting_accepted": N_("接受拆分：可以由几家企业分别承担"),
    "visibility": N_("公开范围"),
    "anonymous": N_("匿名发布"),
    "questions_until": N_("答疑截止"),
    "valid_until": N_("有效期至"),
    "specs": N_("技术指标"),
    "certificates": N_("资质要求"),
    "terms": N_("本类型的内容"),
    "excluded": N_("不与这些企业对接"),
}

register_words(
    {
        **{f"needs.field.{name}": word for name, word in FIELDS.items()},
        "needs.anonymous_firm": N_("匿名链主企业"),
        # ---- what to mend
        "needs.choice": N_("选项不在列表中：请从列表中选择。"),
        "needs.title_short": N_(
            "需求名称太短：请写出产品和用途，至少 %(least)s 个字，例如「己二腈装置用双相钢换热管」。"
        ),
        "needs.title_long": N_("需求名称太长：请压缩到 %(most)s 字以内，细节写进描述。"),
        "needs.text_long": N_("写了 %(length)s 字，最多 %(most)s 字：请精简，或把图表放进附件。"),
        "needs.words_many": N_("太长：请控制在 %(most)s 字以内。"),
        "needs.negative": N_("不能小于 0：请核对数字。"),
        "needs.too_large": N_("数字太大：请核对数字和单位。"),
        "needs.excluded_public": N_(
            "招标项目和公共采购不能事先排除企业：请去掉名单，有不良记录的按招标文件处理。"
        ),
        "needs.excluded_many": N_("最多排除 %(most)s 家：请只留下确实不能合作的。"),
        "needs.excluded_unknown": N_("名单里有一家企业找不到：请去掉后重新查找。"),
        "needs.excluded_self": N_("不能排除本企业：请从名单里去掉。"),
        "needs.budget_order": N_("预算上限小于下限：请核对两个数。"),
        "needs.description_missing": N_("描述和技术指标都没有填：请至少写一段描述，或填一行技术指标。"),
        "needs.valid_until_missing": N_("请填写有效期，例如三个月之后。"),
        "needs.valid_until_past": N_("有效期已经过去：请改成今天或以后的日期。"),
        "needs.valid_until_far": N_("有效期超过一年：请改到一年以内，到期前可以延长。"),
        "needs.needed_by_past": N_("最晚到货日已经过去：请改成今天或以后的日期。"),
        "needs.questions_late": N_("答疑截止晚于有效期：请改到有效期之内。"),
        "needs.payment_start_missing": N_("填了付款期限，还要选从哪一天起算：请选择交付、验收或结算。"),
        "needs.quantity_unit_missing": N_("填了数量，还缺单位：请填写，例如「吨」。"),
        "needs.entrance_missing": N_(
            "需要招标的，请写明本企业的采购平台或公告地址：平台只做引荐，中标与否以招标结果为准。"
        ),
        "needs.firm_unchecked": N_("「%(firm)s」还没有通过企业核验，或已被暂停：请先核验企业，再发布需求。"),
        "needs.reopen_late": N_("关闭已超过 %(days)s 天，不能撤销：请改用“复制为新需求”。"),
        "needs.invitee_missing": N_("还没有填写企业：请每行写一个企业全称或统一社会信用代码。"),
        "needs.invitees_many": N_("一次最多邀请 %(most)s 家：请分几次填写。"),
        "needs.invitees_namesakes": N_(
            "有几家企业同名：%(names)s。请改写它的统一社会信用代码，其余的也还没有邀请。"
        ),
        "needs.invitees_unknown": N_(
            "没有找到这些企业：%(names)s。请核对全称或统一社会信用代码，其余的也还没有邀请。"
        ),
        "needs.attachments_many": N_("附件最多 %(most)s 个：请先移除不用的，或打包成一个 zip。"),
        "needs.attachment_open": N_("这个附件不用申请，可以直接下载。"),
        "needs.asker_unchecked": N_("企业还没有通过核验，或已被停用：核验通过后再申请附件。"),
        "needs.undertaking_missing": N_("还没有勾选保密承诺：请读过后勾选，再申请。"),
        "needs.undertaking_first": N_("对方还没有作出保密承诺，不能放行：请等对方承诺后再操作。"),
        # ---- choices
        "needs.procedure.direct": N_("直接采购"),
        "needs.procedure.inquiry": N_("询比"),
        "needs.procedure.negotiation": N_("谈判"),
        "needs.procedure.tender": N_("招标"),
        "needs.procedure.undecided": N_("未定"),
        "needs.visibility.public": N_("所有人可见"),
        "needs.visibility.verified": N_("仅核验过的企业和主办单位可见"),
        "needs.visibility.invited": N_("仅受邀企业可见"),
        "needs.payment_start.delivery": N_("自交付之日起"),
        "needs.payment_start.acceptance": N_("自验收合格之日起"),
        "needs.payment_start.settlement": N_("自双方确认结算金额之日起"),
        "needs.buyer_kind.public": N_("机关、事业单位"),
        "needs.buyer_kind.large": N_("大型企业"),
        "needs.buyer_kind.sme": N_("中小企业"),
        "needs.close_reason.met": N_("已满足"),
        "needs.close_reason.cancelled": N_("已取消"),
        "needs.close_reason.no_suitable": N_("无合适企业"),
        "needs.confidentiality.open": N_("公开：能看到需求的人都可以下载"),
        "needs.confidentiality.restricted": N_("受限：对方申请，我方同意后可以下载"),
        "needs.confidentiality.nda": N_("签保密协议：对方先承诺保密，我方同意后可以下载"),
        "needs.confidentiality_short.open": N_("公开"),
        "needs.confidentiality_short.restricted": N_("受限"),
        "needs.confidentiality_short.nda": N_("签保密协议"),
        "needs.undertaking": N_(
            "本企业承诺：仅为评估和响应本需求使用该附件，不向第三方提供或公开，不用于其他目的；需求关闭或对方要求时立即删除。"
        ),
        # ---- history
        "need.did.create": N_("建立草稿"),
        "need.did.submit": N_("提交审核"),
        "need.did.withdraw": N_("撤回修改"),
        "need.did.publish": N_("审核通过，发布"),
        "need.did.return": N_("退回修改"),
        "need.did.pause": N_("暂停"),
        "need.did.resume": N_("恢复"),
        "need.did.renew": N_("延长有效期"),
        "need.did.close": N_("关闭"),
        "need.did.reopen": N_("撤销关闭"),
        "need.did.exclude": N_("修改不对接的企业"),
        "need.did.revise": N_("转为草稿修改"),
        "need.did.invite": N_("邀请企业"),
        "need.did.uninvite": N_("取消邀请"),
        "need.did.attach": N_("添加附件"),
        "need.did.detach": N_("移除附件"),
        "need.did.ask_attachment": N_("企业申请附件"),
        "need.did.release": N_("放行附件"),
        "need.did.revoke": N_("收回附件"),
    }
)
