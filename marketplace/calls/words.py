"""The sentences of the calls' codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        # What is wrong, where, and how to mend it.
        "calls.title_missing": N_("请填写通知名称，企业靠它认出是哪份通知。"),
        "calls.too_long": N_("有 %(length)s 个字，最多 %(longest)s 个：请缩短。"),
        "calls.asks_nothing": N_("请至少选一项：需求、能力，或两者都要。"),
        "calls.due_missing": N_("请填写截止日期，例如 2026-12-14。"),
        "calls.due_past": N_("截止日期已经过去：请填今天或以后的日期。"),
        "calls.due_not_later": N_(
            "新的截止日期要晚于 %(day)s，并且不早于今天：企业按原来的日期安排，不能提前。"
        ),
        "calls.nobody_chosen": N_("还没有选企业：请至少填一个条件，或勾选“征集全部企业”。"),
        "calls.no_firm_fits": N_("没有符合条件的企业：请放宽条件再试。"),
        "calls.nobody_further": N_("符合条件的企业都已经征集过了：请放宽条件再试。"),
        "calls.sheet_unknown": N_("请从列表中选择名册或导入。"),
        "calls.reason_missing": N_("请写明取消的原因，责任单位会看到它。"),
        "calls.why_missing": N_("请选一个原因，主办单位据此不再催您。"),
        "calls.kind_not_asked": N_("这份通知没有征集这一项。"),
        "calls.outcome_missing": N_("请选择电话结果：打通、没打通，或答应哪天前报。"),
        "calls.report_by_missing": N_("对方答应报，请填写答应的日期，今天或以后。"),
        "calls.ended": N_("这次征集%(phase)s，不能再改。"),
        # States.
        "calls.phase.open": N_("进行中"),
        "calls.phase.overdue": N_("已过截止日"),
        "calls.phase.closed": N_("已结束"),
        "calls.phase.cancelled": N_("已取消"),
        "calls.answer.reported": N_("已报"),
        "calls.answer.none": N_("没有可报"),
        "calls.answer.partial": N_("报了一部分"),
        "calls.answer.missing": N_("未报"),
        "calls.tab.unanswered": N_("未报"),
        "calls.tab.reported": N_("已报"),
        "calls.tab.none": N_("没有可报"),
        "calls.tab.all": N_("全部"),
        "calls.kind.needs": N_("需求"),
        "calls.kind.capabilities": N_("能力"),
        "calls.and": N_("%(parts)s"),
        "calls.reason.none_now": N_("目前没有"),
        "calls.reason.unchanged": N_("此前已报，没有变化"),
        "calls.reason.not_ours": N_("不属于本企业业务"),
        "calls.chosen.leaders": N_("链主企业"),
        "calls.chosen.roster": N_("名册 %(number)s"),
        "calls.chosen.import": N_("导入批次 %(number)s"),
        "calls.chosen.sheets": N_("两表匹配 %(number)s · %(day)s"),
        "calls.chosen.everyone": N_("全部企业"),
        # Reminders.
        "calls.channel.mail": N_("邮件"),
        "calls.channel.group": N_("微信群"),
        "calls.channel.phone": N_("电话"),
        "calls.outcome.reached": N_("电话打通"),
        "calls.outcome.not_reached": N_("电话没打通"),
        "calls.outcome.will_report": N_("电话答应 %(day)s 前报"),
        "calls.outcome_choice.reached": N_("打通了"),
        "calls.outcome_choice.not_reached": N_("没打通"),
        "calls.outcome_choice.will_report": N_("答应报"),
        "calls.reminded": N_("%(day)s %(how)s"),
        "calls.step.mailing": N_("正在逐家写催报邮件"),
        "calls.group.greeting": N_("【%(title)s】各位企业负责人好："),
        "calls.group.due": N_("请在 %(day)s 前在%(site)s填报%(asked)s。"),
        "calls.group.late": N_("填报%(asked)s的截止日期 %(day)s 已过，还没有报的请尽快补报。"),
        "calls.group.standing": N_("应报 %(all)s 家，已答复 %(reported)s 家，还差 %(waiting)s 家。"),
        "calls.group.names": N_("还没有报的：%(names)s。"),
        "calls.group.names_more": N_("还没有报的：%(names)s，等等（另有 %(more)s 家）。"),
        "calls.group.how": N_(
            "用手机打开 %(link)s ，登录后几分钟就能填好；没有可报的，点“没有可报的”说明一下也算答复。"
        ),
        "calls.group.free": N_(
            "平台对企业免费，不会索要密码和验证码。核实方法：自己在浏览器输入 %(address)s 登录查看，或按区政府网站公布的号码打电话给%(office)s。"
        ),
        # What happened.
        "calls.said.opened": N_("征集已发出，企业在首页就能看到。"),
        "calls.said.asked_more": N_("又征集了 %(count)s 家企业，它们在首页就能看到。"),
        "calls.said.closed": N_("征集已结束，数字就此定下。"),
        "calls.said.cancelled": N_("征集已取消，企业不再看到它。"),
        "calls.said.extended": N_("截止日期已延长，企业看到的是新日期。"),
        "calls.said.declared": N_("已记下，这一项不会再催您。以后有了随时可以填报。"),
        "calls.said.taken_back": N_("已撤回：请填报。"),
        "calls.said.mailing": N_("正在逐家发催报邮件，几分钟内发完；今天发过的不再发。"),
        "calls.said.grouped": N_("已记下：今天在微信群里提醒了 %(count)s 家。"),
        "calls.said.noted": N_("电话结果已记下。"),
    }
)
