"""The sentences of this room's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "imports.row_repeated": N_("与「%(sheet)s」第 %(first)s 行内容相同：只匹配一次，不必处理。"),
        "imports.nothing_read": N_("「%(file)s」里没有一行可以匹配：请看错误清单，改好后再读。"),
        # Uploading
        "imports.two_files": N_("请选择两个文件：一个需求表，一个能力表。"),
        "imports.side.needs": N_("需求表"),
        "imports.side.firms": N_("企业名册"),
        "imports.side.capabilities": N_("能力表"),
        # Mending
        "imports.heading_row": N_("工作表「%(sheet)s」没有第 %(row)s 行：请填 1 到 %(rows)s 之间的行号。"),
        "imports.busy": N_("这份导入正在处理：请等它完成后再改。"),
        "imports.not_read": N_("两张表还没有读好：请先改正表头或对应的列，再匹配。"),
        "imports.not_matched": N_("还没有匹配：请先匹配，再保留数据。"),
        "imports.kept_already": N_("这份导入的数据已经保留过，不会重复写入。"),
        "imports.half_kept": N_(
            "数据已写入 %(done)s 行（共 %(total)s 行），还没有写完：请先点“继续保留”，写完后再改。"
        ),
        "imports.kept_elsewhere": N_("这份导入由另一个进程接着写入：请刷新页面看结果。"),
        "imports.firm_other_code": N_(
            "平台上的「%(firm)s」统一社会信用代码是 %(known)s，表里是 %(given)s：不是同一家企业的代码，没有写入。请核对代码或企业名称。"
        ),
        "imports.firm_ambiguous": N_(
            "平台上有 %(count)s 家「%(firm)s」，表里没有统一社会信用代码，分不清是哪一家：请补上代码。"
        ),
        "imports.cell_long": N_("这一格有 %(length)s 个字，超过上限 %(limit)s：请精简后再保存。"),
        # Progress
        "imports.step.reading": N_("读取表格"),
        "imports.step.fitting": N_("学习能力表的用词"),
        "imports.step.matching": N_("逐条匹配需求"),
        "imports.step.writing": N_("写出清单"),
        "imports.step.keeping": N_("写入企业、需求和能力"),
        # Lines of the list
        "imports.cause_counted": N_("%(cause)s：%(count)s 项"),
        "imports.how.exact": N_("列名一致"),
        "imports.how.normalised": N_("列名一致（忽略括号和符号）"),
        "imports.how.contained": N_("列名包含"),
        "imports.how.fuzzy": N_("列名相近"),
        "imports.how.chosen": N_("人工指定"),
        "imports.how.none": N_("原样保留，不参与匹配"),
        # A buyer's own sheet
        "imports.one_file": N_("请选择一张需求表（xlsx、xls 或 csv）。"),
        "imports.too_many_rows": N_("表里有 %(rows)s 行，一次最多 %(most)s 行：请分成几张表上传。"),
        "imports.not_a_need": N_("这一行的方向是“我开放”或“我能做”：请放到能力表里。"),
        "imports.not_an_offer": N_("这一行的方向是“我需要”：请放到需求表里。"),
        "imports.place": N_("第 %(row)s 行"),
        "imports.place_in_sheet": N_("“%(sheet)s”第 %(row)s 行"),
        "imports.other_firm": N_("这一行写的是「%(firm)s」，不是本企业：请改成本企业名称，或把这一格留空。"),
    }
)
