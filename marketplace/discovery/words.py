"""The sentences of discovery's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "discovery.text_too_long": N_("搜索词太长：请缩短到 %(most)s 个字以内，用最关键的几个词。"),
        "discovery.control_character": N_("搜索词里有看不见的控制字符：请重新输入。"),
        "discovery.broken_character": N_("搜索词里有无法识别的字符：请重新输入。"),
        "discovery.too_many_filters": N_("筛选条件太多：最多 %(most)s 类，请去掉几类。"),
        "discovery.too_many_values": N_("一类条件最多选 %(most)s 个：请去掉几个。"),
        "discovery.value_too_long": N_("筛选条件不认识：请从列表中重新选择。"),
        "discovery.unknown_filter": N_("筛选条件不认识：请从列表中重新选择。"),
        "discovery.unknown_sort": N_("排序方式不认识：请从列表中重新选择。"),
        "discovery.page_size": N_("每页最多 %(most)s 条。"),
        "discovery.bad_cursor": N_("翻页链接已失效：请回到第一页。"),
        "discovery.sort.relevance": N_("最相关"),
        "discovery.sort.newest": N_("最新发布"),
        "discovery.sort.closing": N_("最快到期"),
        "discovery.procedure.direct": N_("直接采购"),
        "discovery.procedure.inquiry": N_("询比"),
        "discovery.procedure.negotiation": N_("谈判"),
        "discovery.procedure.tender": N_("招标"),
        "discovery.procedure.undecided": N_("未定"),
        "discovery.openness.sme": N_("企业自愿面向中小企业"),
        "discovery.openness.first_of_kind": N_("接受首台套、首批次"),
        "discovery.openness.splitting": N_("接受拆分"),
        "discovery.party.enterprise": N_("企业单位"),
        "discovery.party.financial_institution": N_("金融机构"),
        "discovery.party.university": N_("高校、科研院所"),
        "discovery.party.service_body": N_("服务机构"),
        "discovery.party.public_buyer": N_("公共采购单位"),
        "discovery.step.need": N_("正在建立需求索引"),
        "discovery.step.capability": N_("正在建立能力索引"),
        "discovery.step.firm": N_("正在建立企业索引"),
        "discovery.step.comparing": N_("正在与数据库逐条比对"),
        "discovery.period.once": N_("一次性"),
        "discovery.period.month": N_("每月"),
        "discovery.period.year": N_("每年"),
        "discovery.period.day": N_("每天"),
        "discovery.lead_time": N_("交期 %(days)s 天"),
        "discovery.valid_until": N_("有效期至 %(day)s"),
    }
)
