"""The sentences of this room's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        # Fields
        "rosters.field.legal_name": N_("企业名称"),
        "rosters.field.credit_code": N_("统一社会信用代码"),
        "rosters.field.main_product": N_("主导产品"),
        "rosters.field.registered_division": N_("地区"),
        "rosters.field.industry_code": N_("行业"),
        "rosters.field.chains": N_("产业链"),
        "rosters.field.office_id": N_("镇街"),
        "rosters.field.established_on": N_("成立日期"),
        "rosters.field.business_phone": N_("对外业务电话"),
        "rosters.field.website": N_("网址"),
        "rosters.field.employees": N_("从业人员"),
        "rosters.field.revenue": N_("营业收入"),
        "rosters.field.assets": N_("资产总额"),
        "rosters.field.tier": N_("认定类型"),
        "rosters.field.contact": N_("联系人（仅工作人员可见）"),
        # Who said what is on file
        "rosters.said.self": N_("企业自报"),
        "rosters.said.staff": N_("部门代填"),
        "rosters.said.sheet": N_("表格导入"),
        "rosters.said.verified": N_("已核验"),
        "rosters.said.": N_("平台记录"),
        # Kinds of rows
        "rosters.kind.new": N_("新增"),
        "rosters.kind.changed": N_("有变化"),
        "rosters.kind.unchanged": N_("无变化"),
        "rosters.kind.suspicious": N_("需要看一眼"),
        "rosters.kind.unread": N_("没有读入"),
        # What is doubtful, short (for the filter) and whole (at the row)
        "rosters.reason.row_twice": N_("同一行出现两次"),
        "rosters.reason.firm_twice": N_("同一企业有两行，内容不同"),
        "rosters.reason.code_repeated": N_("表内信用代码重复"),
        "rosters.reason.code_other_name": N_("代码是另一个名称的企业"),
        "rosters.reason.name_other_code": N_("名称相同，代码不同"),
        "rosters.reason.name_similar": N_("名称与平台上的企业相近"),
        "rosters.reason.similar_in_sheet": N_("表内名称相近"),
        "rosters.reason.ambiguous": N_("分不清是哪一家"),
        "rosters.reason.row_unknown": N_("记录编号找不到"),
        "rosters.reason.cell_unread": N_("有一格看不懂"),
        "rosters.reason.changed_since_export": N_("导出后平台上改过"),
        "rosters.reason.changed_meanwhile": N_("核对期间平台上变了"),
        "rosters.reason.written_above": N_("同一企业的另一行刚写入"),
        "rosters.reason.tier_expired": N_("认定已到期"),
        "rosters.reason.tier_expired_by_rule": N_("按认定办法已到期"),
        "rosters.why.row_twice": N_("与第 %(first)s 行完全相同：只写入一次，这一行不必处理。"),
        "rosters.why.firm_twice": N_(
            "与第 %(first)s 行是同一家企业，内容不同：请看两行哪一行对。两行都要写入的，写完那一行会再请您确认这一行。"
        ),
        "rosters.why.code_repeated": N_(
            "第 %(rows)s 行的统一社会信用代码与这一行相同，企业名称却不同：请改正其中一行，或跳过一行。"
        ),
        "rosters.why.code_other_name": N_(
            "这个代码在平台上属于「%(firm)s」：若是企业改名，请勾选企业名称后写入；若代码填错，请改正。"
        ),
        "rosters.why.name_other_code": N_(
            "平台上的「%(firm)s」统一社会信用代码是 %(known)s，与这一行不同：请对照营业执照改正代码或名称。"
        ),
        "rosters.why.name_similar": N_("与平台上的「%(firm)s」（%(known)s）名称相近：请确认是不是同一家。"),
        "rosters.why.similar_in_sheet": N_(
            "与第 %(row)s 行「%(firm)s」名称相近：请确认不是同一家企业写了两次。"
        ),
        "rosters.why.ambiguous": N_("平台上有 %(count)s 家「%(firm)s」：请补上统一社会信用代码。"),
        "rosters.why.row_unknown": N_("平台上没有这个记录编号的企业：请删去这一格，按名称和代码比对。"),
        "rosters.why.cell_unread": N_("有一格看不懂，写入时留空：请在下面改正，或就这样写入。"),
        "rosters.why.changed_since_export": N_(
            "这一行导出后，平台上的记录又改过：请对照下面的差异，勾选仍要改的字段。"
        ),
        "rosters.why.changed_meanwhile": N_(
            "您核对期间，平台上的记录变了，这一行没有写入：下面是与现在记录的差异，请再看一眼。"
        ),
        "rosters.why.written_above": N_(
            "这份名册里同一企业的另一行刚写入，这一行还没有写入：下面是与现在记录的差异，仍要写入请再确认一次。"
        ),
        "rosters.why.tier_expired": N_("这项认定的有效期到 %(ends)s，已过：写入后仍按已到期显示。"),
        "rosters.why.tier_expired_by_rule": N_(
            "按%(document)s，这项认定的有效期到 %(ends)s，已过：写入后仍按已到期显示。"
        ),
        # Notes that stop nothing
        "rosters.note_unknown": N_("%(field)s「%(text)s」不在平台的目录里，没有写入这一项。"),
        "rosters.note_long": N_("%(field)s有 %(length)s 个字，超过上限 %(longest)s，没有写入这一项。"),
        # Refusals
        "rosters.one_file": N_("请选择一张企业名册（xlsx、xls 或 csv）。"),
        "rosters.too_many_rows": N_("名册有 %(rows)s 行，一次最多 %(most)s 行：请分成几张表导入。"),
        "rosters.blocked": N_("第 %(row)s 行还不能写入：请先改正标出的内容，或跳过这一行。"),
        "rosters.not_compared": N_("名册还没有比对好：请等比对完成后再确认。"),
        "rosters.nothing_to_write": N_("没有选中要写入的行：请先选择。"),
        "rosters.nothing_written": N_("这份名册还没有写入过，没有可以撤销的。"),
        "rosters.undone_already": N_("这份名册的导入已经撤销：要再导入，请重新上传。"),
        "rosters.written_already": N_("这份名册已经写入过一部分：要换表头或列重新比对，请重新上传这个文件。"),
        "rosters.row_done": N_("第 %(row)s 行已经写入，不能再改：要改请重新上传，或撤销整个导入。"),
        # What the undo left
        "rosters.kept_changed": N_("导入后又有人改过：保留现在的内容。"),
        "rosters.kept_gone": N_("平台上已经没有这条记录。"),
        "rosters.effect.created": N_("新建企业"),
        "rosters.effect.fields": N_("修改字段"),
        "rosters.effect.certificate": N_("登记认定"),
        "rosters.effect.contact": N_("联系人"),
        # Progress
        "rosters.step.reading": N_("读取名册"),
        "rosters.step.comparing": N_("与平台记录逐家比对"),
        "rosters.step.storing": N_("整理预览"),
        "rosters.step.writing": N_("写入企业档案"),
        "rosters.step.undoing": N_("撤销导入"),
    }
)
