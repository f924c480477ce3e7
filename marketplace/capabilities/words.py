"""The sentences of capabilities' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        # what is wrong, where, how to mend
        "capabilities.choice": N_("这一项的选择不认识：请从列表中选择。"),
        "capabilities.product_short": N_("请写明产品或服务名称，至少 2 个字，例如「尼龙66工业丝」。"),
        "capabilities.text_long": N_("这里有 %(length)s 字，超过 %(most)s 字：请精简，数字写进关键参数。"),
        "capabilities.words_many": N_("这里最多 %(most)s 字：请写短一些。"),
        "capabilities.negative": N_("不能小于 0：请填 0 以上的数字。"),
        "capabilities.too_large": N_("数字太大：请核对单位，例如把千克改成吨。"),
        "capabilities.unit_missing": N_("填了数字，还缺单位：请填写，例如「吨」「件」。"),
        "capabilities.spare_over": N_("可释放产能大于总产能：请核对这两个数字。"),
        "capabilities.standard_long": N_("每个标准最多 %(most)s 字：请一行写一个标准号，例如 GB/T 16422.2。"),
        "capabilities.divisions_many": N_("供货范围最多选 %(most)s 个：送全省的，选省就够了。"),
        "capabilities.division_unknown": N_("供货范围里有一个地方不在行政区划表里：请删去后重新选择。"),
        "capabilities.standards_many": N_("标准最多 %(most)s 个：请保留最常用的。"),
        "capabilities.photos_many": N_("照片最多 %(most)s 张：请先删去一张再上传。"),
        "capabilities.photo_gone": N_("照片没有收全：请再传一次。"),
        "capabilities.step.shrinking": N_("正在缩小照片"),
        "capabilities.caption_long": N_("照片说明最多 %(most)s 字：请写短一些。"),
        "capabilities.closed": N_("这条能力已关闭，不能确认：请先撤销关闭，或新建一条。"),
        "capabilities.reopen_late": N_("关闭超过 %(days)s 天，不能撤销：请新建一条能力。"),
        "capabilities.firm_unchecked": N_("%(firm)s 尚未核验，能力不能发布：请先核验企业。"),
        "capabilities.one_type": N_("一条开放的资源只属于一类：请只选一类，其他的另写一条。"),
        "capabilities.type_missing": N_("请选择开放的是哪一类资源。"),
        # choices
        "capabilities.nature.capability": N_("能力"),
        "capabilities.nature.opening": N_("开放的资源"),
        "capabilities.visibility.public": N_("公开：任何人都能看到"),
        "capabilities.visibility.verified": N_("仅核验过的企业和主办单位可见"),
        "capabilities.close.discontinued": N_("不再生产或提供"),
        "capabilities.close.duplicate": N_("与另一条重复"),
        "capabilities.close.other": N_("其他原因"),
        # what a buyer would ask for
        "capabilities.hint.product": N_("写明产品或服务名称"),
        "capabilities.hint.sentence": N_("用一句话说清能做什么、好在哪里"),
        "capabilities.hint.specs": N_("填几行关键参数：采购方先看数字，匹配也按数字比"),
        "capabilities.hint.capacity": N_("填年产能或月产能，采购方据此判断能不能接单"),
        "capabilities.hint.lead_time_days": N_("填常规交期，没有交期的排在后面"),
        "capabilities.hint.certificates": N_("选上已有的体系和资质，写了才算数"),
        "capabilities.hint.standards": N_("写上执行标准号，例如 GB/T 16422.2"),
        "capabilities.hint.description": N_("补充工艺、设备、检测和已服务的客户类型"),
        "capabilities.hint.photos": N_("放一两张产品或产线照片"),
        # what happened
        "capabilities.happened.create": N_("新建"),
        "capabilities.happened.submit": N_("交主办单位审核"),
        "capabilities.happened.withdraw": N_("撤回提交"),
        "capabilities.happened.publish": N_("通过审核并发布"),
        "capabilities.happened.return": N_("主办单位退回"),
        "capabilities.happened.pause": N_("暂停展示"),
        "capabilities.happened.resume": N_("恢复展示"),
        "capabilities.happened.revise": N_("撤下修改"),
        "capabilities.happened.close": N_("关闭这条能力"),
        "capabilities.happened.reopen": N_("关闭后恢复"),
        "capabilities.happened.confirm": N_("确认仍然有效"),
        "capabilities.happened.photo_add": N_("添加照片"),
        "capabilities.happened.photo_caption": N_("修改照片说明"),
        "capabilities.happened.photo_move": N_("调整照片顺序"),
        "capabilities.happened.photo_remove": N_("删除照片"),
        "capabilities.tab.all": N_("全部"),
        # what was said after a step
        "capabilities.said.not_now": N_("当前状态是「%(state)s」，要先撤回或撤下才能修改。"),
        "capabilities.said.saved": N_("草稿已保存，准备好了再提交审核。"),
        "capabilities.said.submit": N_("「%(product)s」已提交，主办单位审核后发布，结果会在这里显示。"),
        "capabilities.said.withdraw": N_("「%(product)s」已撤回为草稿，可以继续修改。"),
        "capabilities.said.pause": N_("「%(product)s」已暂停，其他企业暂时看不到，也不再推荐。"),
        "capabilities.said.resume": N_("「%(product)s」已恢复发布，推荐会随后更新。"),
        "capabilities.said.revise": N_("「%(product)s」已撤下，修改后请重新提交审核。"),
        "capabilities.said.close": N_("「%(product)s」已关闭，%(days)s 天内可以撤销。"),
        "capabilities.said.reopen": N_("「%(product)s」已恢复到关闭前的状态。"),
        "capabilities.said.confirm": N_("已记录：「%(product)s」今天确认仍然有效。"),
        "capabilities.said.read": N_("从文字中读出 %(count)s 行，已加在表格末尾，请核对数值和单位，再保存。"),
        "capabilities.said.read_nothing": N_(
            "没有读出带数字的指标：请写成「指标名 + 数值 + 单位」，例如「抗拉强度 ≥ 180 MPa」。"
        ),
    }
)
