"""The sentences of the conferences' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "conferences.missing": N_("请填写此项，企业要据此安排行程。"),
        "conferences.too_long": N_("有 %(length)s 个字，最多 %(longest)s 个：请缩短。"),
        "conferences.chain_unknown": N_("请从列表中选择产业链，不分产业链的就留空。"),
        "conferences.kind_unknown": N_("请从列表中选择活动类型。"),
        "conferences.times": N_("结束时间要晚于开始时间：请改其中一个。"),
        "conferences.time_unreadable": N_("请填写日期和时间，例如 2026-12-14 和 09:00。"),
        "conferences.side_unknown": N_("请选择需求方或供给方。"),
        "conferences.firms_unknown": N_("有 %(count)s 家企业不存在或已停用：请刷新页面重新选择。"),
        "conferences.cancelled": N_("活动已取消，不能再发布。"),
        "conferences.no_needs": N_(
            "需求方还没有在有效期内的已发布需求：请先邀请链主企业，或催办并审核他们的需求。"
        ),
        "conferences.reason_missing": N_("请写明理由，企业和上级问起时要能说清。"),
        "conferences.already_listed": N_("这一对已经在清单上：请直接置顶或恢复。"),
        "conferences.pair_unknown": N_("找不到这项能力或需求：请从候选中选择一项在有效期内的能力。"),
        "conferences.frozen": N_("第 %(edition)s 版已经定稿，不能再改：请生成新的一版。"),
        "conferences.step_unknown": N_("请选择不计、低、中、高中的一档。"),
        "conferences.preset_unknown": N_("没有这种方案：请从列出的方案中选择。"),
        "conferences.weight.off": N_("不计"),
        "conferences.weight.low": N_("低"),
        "conferences.weight.medium": N_("中"),
        "conferences.weight.high": N_("高"),
        "conferences.weights.enters": N_("进入清单"),
        "conferences.weights.leaves": N_("离开清单"),
        "conferences.weights.relabelled": N_("匹配程度变化"),
        "conferences.weights.moves": N_("名次变化"),
        "conferences.weights.pinned": N_("已置顶，权重改了也保留"),
        "conferences.weights.dropped": N_("已剔除，权重改了也不列出"),
        "conferences.weights.added": N_("人工添加，权重改了也保留"),
        "conferences.weights.old_edition": N_("已经有更新的一版：请到最新一版调整权重。"),
        "conferences.weights.no_values": N_(
            "这一版生成时还没有保存各项数值，不能预览：请在对接会页面重新生成清单，再调整权重。"
        ),
        "conferences.weights.same": N_("这些就是本版现在的权重，没有要改的。"),
        "conferences.weights.version": N_(
            "生成本版以后，词典或匹配方法已经更新，旧数值不能再用：请在对接会页面重新生成清单，再调整权重。"
        ),
        "conferences.status.prepared": N_("筹备中"),
        "conferences.status.announced": N_("已发布"),
        "conferences.status.held": N_("已举办"),
        "conferences.status.cancelled": N_("已取消"),
        "conferences.kind.chain": N_("产业链专场"),
        "conferences.kind.first_use": N_("首购首用专场"),
        "conferences.kind.bank_enterprise": N_("银企对接"),
        "conferences.kind.industry_research": N_("产学研对接"),
        "conferences.step.comparing": N_("正在比对这一对"),
        "conferences.step.matching": N_("正在逐条比对需求和能力"),
        "conferences.step.recomputing": N_("正在按定稿时的数据和版本重算"),
        "conferences.said.created": N_("活动已建立。下一步：邀请链主企业和供给企业。"),
        "conferences.said.updated": N_("已保存。"),
        "conferences.said.invited": N_("已邀请 %(count)s 家企业。"),
        "conferences.said.removed": N_("已移出名单，可以随时再邀请。"),
        "conferences.said.announced": N_("活动已发布，受邀企业现在可以看到。"),
        "conferences.said.cancelled": N_("活动已取消，企业不再看到它。"),
        "conferences.said.pinned": N_("已置顶，重新生成时也会保留。"),
        "conferences.said.dropped": N_("已剔除并记下理由，可以恢复。"),
        "conferences.said.restored": N_("已恢复到系统给出的位置。"),
        "conferences.said.frozen": N_("第 %(edition)s 版已定稿，不会再变。可以导出发给企业了。"),
        "conferences.said.equal": N_("重算一致：同样的数据和版本得到同样的清单。"),
        "conferences.said.unequal": N_(
            "重算结果与清单不同，而各项版本都没有变：请联系管理员核查程序是否被改动。"
        ),
        "conferences.said.version": N_(
            "不能直接比较：%(part)s已经换了版本（生成时 %(then)s，现在 %(now)s）。清单本身没有变，仍以定稿内容为准。"
        ),
        "conferences.said.altered": N_(
            "存档的%(part)s与它自己的指纹不符，说明生成之后被改动过：请联系管理员核查数据库和备份。"
        ),
        "conferences.part.method": N_("匹配方法"),
        "conferences.part.analyser": N_("词典（含同义词）"),
        "conferences.part.units": N_("计量单位表"),
        "conferences.part.links": N_("产业链上下游关系"),
        "conferences.part.libraries": N_("计算程序库"),
        "conferences.part.profiles": N_("存档格式"),
        "conferences.part.inputs": N_("输入数据"),
        "conferences.part.statistics": N_("统计数据"),
        "conferences.part.entries": N_("清单内容"),
        "conferences.part.decisions": N_("人工处理记录"),
        "conferences.filter.all": N_("全部"),
        "conferences.filter.strong": N_("有强匹配"),
        "conferences.filter.possible": N_("没有强匹配"),
        "conferences.two_wanted": N_("请在同一条需求下勾选两家，再点「对比所选」。"),
        "conferences.firms_missing": N_("还没有勾选企业：请在表中勾选要邀请的企业，再点「邀请所选企业」。"),
        "conferences.file.staff": N_("匹配清单-第%(edition)s版"),
        "conferences.file.firms": N_("匹配清单-第%(edition)s版-给企业"),
        "conferences.said.confirmed": N_("已确认参会。有变动请尽早告诉主办单位。"),
        "conferences.cause": N_("%(cause)s：%(count)s"),
    }
)
