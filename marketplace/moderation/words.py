"""The sentences of moderation's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "moderation.kind.all": N_("全部"),
        "moderation.kind.need": N_("需求"),
        "moderation.kind.capability": N_("能力"),
        # the checklist
        "moderation.check.all": N_("%(count)s 项都看过，没有问题"),
        "moderation.tick_each": N_("这一条有提示：请展开清单，逐项核对后再打勾。"),
        "moderation.check.plain": N_("说的是一件具体的事，别的企业看得懂"),
        "moderation.check.specs_clear": N_("指标有数值和单位，必备与优选分得清"),
        "moderation.check.no_secret": N_("正文和附件没有国家秘密，也没有不该公开的图纸"),
        "moderation.check.no_contact": N_("正文没有电话、微信、网址等联系方式"),
        "moderation.check.terms_lawful": N_("付款条件和采购方式不违反现行规定"),
        "moderation.check.evidence": N_("说法与企业已登记的资质、产能不矛盾"),
        # why something is sent back
        "moderation.reason.unclear": N_("内容不清楚，别的企业看不出要什么或能做什么"),
        "moderation.reason.specs_missing": N_("缺少可以检验的指标：请补数值、单位或标准"),
        "moderation.reason.secret": N_("含有涉密或不该公开的内容：请删去后再提交"),
        "moderation.reason.contact": N_("正文里有联系方式：请删去，双方愿意对接后平台会交换"),
        "moderation.reason.duplicate": N_("与已有的一条重复：请在那一条上修改"),
        "moderation.reason.not_a_need": N_("不是采购、协作或攻关需求"),
        "moderation.reason.not_a_capability": N_("不是产品或服务能力"),
        "moderation.reason.terms": N_("付款条件或采购方式不合规定：请按页面提示修改"),
        "moderation.reason.stuffing": N_("堆砌关键词：请只写真正能做的产品，每条能力写一种"),
        "moderation.reason.exaggerated": N_("有无法核实的说法：请改成可以证明的数字或删去"),
        "moderation.reason.other": N_("其他原因（见说明）"),
        # what was found
        "moderation.flag.mobile": N_("%(place)s里有手机号「%(text)s」：请核对后退回删去。"),
        "moderation.flag.landline": N_("%(place)s里有电话「%(text)s」：请核对后退回删去。"),
        "moderation.flag.email": N_("%(place)s里有邮箱「%(text)s」：请核对后退回删去。"),
        "moderation.flag.link": N_("%(place)s里有网址「%(text)s」：请核对是否需要公开。"),
        "moderation.flag.wechat": N_("%(place)s里有微信或 QQ「%(text)s」：请核对后退回删去。"),
        "moderation.flag.own_name": N_(
            "%(place)s里有本企业名称「%(name)s」，匿名需求会因此露名：请退回删去。"
        ),
        "moderation.flag.secret": N_("%(place)s里有「%(text)s」：可能涉密，请退回并按保密规定处理。"),
        "moderation.flag.list": N_("一句话里连着 %(count)s 个短词，像是堆砌关键词：请核对。"),
        "moderation.flag.repeated": N_("「%(word)s」说了 %(count)s 次，像是堆砌关键词：请核对。"),
        "moderation.flag.terms": N_("付款条件：%(sentence)s"),
        "moderation.part.title": N_("需求名称"),
        "moderation.part.use": N_("应用场景"),
        "moderation.part.description": N_("描述"),
        "moderation.part.specs": N_("技术指标"),
        "moderation.part.terms": N_("本类型的内容"),
        "moderation.part.entrance": N_("采购入口"),
        "moderation.part.payment_reason": N_("付款期限说明"),
        "moderation.part.files": N_("附件名"),
        "moderation.part.product": N_("产品名称"),
        "moderation.part.sentence": N_("一句话介绍"),
        "moderation.part.standards": N_("执行标准"),
        "moderation.part.english_product": N_("英文名称"),
        "moderation.part.photos": N_("照片说明"),
        "moderation.part.text": N_("正文"),
        # what is wrong, and how to mend it
        "moderation.tick_missing": N_("还没有勾选这一条：请看过后勾选，做不到就退回。"),
        "moderation.reason_missing": N_("请至少选一个退回原因，企业据此修改。"),
        "moderation.note_missing": N_("选了「其他原因」：请写一句说明，企业才知道改什么。"),
        "moderation.note_long": N_("说明最多 %(most)s 字：请写短一些。"),
        "moderation.nothing_chosen": N_("还没有选中任何一条：请先勾选要发布的。"),
        "moderation.too_many": N_("一次最多发布 %(most)s 条：请分批勾选。"),
        "moderation.one_kind": N_("一次只能发布同一类：请先筛选需求或能力。"),
        "moderation.flagged": N_("有提示项，要单独看过再决定。"),
        "moderation.gone": N_("这一条已经不在了：请刷新队列。"),
        "moderation.stale": N_("企业刚改过这一条，下面已是最新内容：请重新看过再决定。"),
        "moderation.decided": N_("这一条已经不在待审队列：可能同事刚处理过，结果见审核记录。"),
        # what was said
        "moderation.said.published": N_("已发布「%(title)s」，推荐会随后更新。"),
        "moderation.said.returned": N_("已退回「%(title)s」，企业会看到原因。"),
        "moderation.said.batch": N_("已发布 %(count)s 条。"),
        "moderation.said.left": N_("%(count)s 条没有发布（%(titles)s）：%(why)s"),
        "moderation.decision.published": N_("同意发布"),
        "moderation.decision.returned": N_("退回企业"),
    }
)
