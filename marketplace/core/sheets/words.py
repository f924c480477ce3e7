"""The sentences of this room's codes: what is wrong, where, and how to mend it."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        # The file
        "sheets.empty": N_("文件里没有内容：请确认选对了文件，保存后再上传。"),
        "sheets.too_large": N_("文件超过 %(megabytes)s MB：请删去图片和无关的工作表后另存，再上传。"),
        "sheets.suffix_unknown": N_(
            "不能读取 %(suffix)s 文件：请在 Excel 或 WPS 中另存为 .xlsx（或 .xls、.csv）后再上传。"
        ),
        "sheets.no_suffix": N_("没有后缀的"),
        "sheets.private_format": N_("%(suffix)s 是软件自己的格式，别处读不了：请打开后另存为 .xlsx 再上传。"),
        "sheets.other_kind": N_(
            "文件名是 %(suffix)s，内容却是 %(kind)s：请用 Excel 或 WPS 打开原表，另存为 .xlsx 后再上传。"
        ),
        "sheets.kind_text": N_("纯文本"),
        "sheets.kind_unknown": N_("无法识别的格式"),
        "sheets.web_page": N_(
            "文件名是 %(suffix)s，内容却是网页（常见于系统导出）：请用 Excel 打开，另存为 .xlsx 后再上传。"
        ),
        "sheets.xml_table": N_("这是 2003 版 XML 表格：请用 Excel 打开，另存为 .xlsx 后再上传。"),
        "sheets.not_a_table": N_(
            "这是 %(kind)s 文件，不是表格：请把内容放进 Excel 或 WPS 表格，存为 .xlsx 后再上传。"
        ),
        "sheets.password": N_("文件设了打开密码，无法读取：请在 Excel 或 WPS 中取消密码，保存后再上传。"),
        "sheets.broken": N_(
            "文件已损坏或不完整，读不出来：请用 Excel 或 WPS 打开检查，另存为新的 .xlsx 后再上传。"
        ),
        "sheets.zip_bomb": N_(
            "文件展开后大得反常（上限 %(megabytes)s MB）：请把需要的行复制到新表格，存为 .xlsx 后再上传。"
        ),
        "sheets.zip_entries": N_(
            "文件里装的部件太多（上限 %(limit)s 个）：请把需要的行复制到新表格，存为 .xlsx 后再上传。"
        ),
        "sheets.doctype": N_(
            "文件的 %(part)s 部分含有不允许的声明（DOCTYPE）：请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再上传。"
        ),
        "sheets.too_many_rows": N_(
            "表格有 %(rows)s 行，超过上限 %(limit)s 行：请删去末尾多余的内容，或分成几个文件上传。"
        ),
        "sheets.too_many_columns": N_(
            "表格有 %(columns)s 列，超过上限 %(limit)s 列：请删去右侧多余的列后再上传。"
        ),
        "sheets.too_many_cells": N_(
            "表格铺得太大（上限 %(limit)s 格）：请删去远处零散的内容，或把需要的行复制到新表格再上传。"
        ),
        "sheets.too_many_sheets": N_(
            "文件里有 %(sheets)s 张工作表，超过上限 %(limit)s 张：请把需要的那几张另存为新的 .xlsx 后再上传。"
        ),
        "sheets.only_hidden": N_("工作表都被隐藏了：请在 Excel 或 WPS 中取消隐藏，保存后再上传。"),
        "sheets.encoding_unknown": N_(
            "认不出文本的编码：请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再上传。"
        ),
        "sheets.binary": N_(
            "文件里有不可见的控制字符，不是文本表格：请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
        ),
        "sheets.quote_open": N_(
            "第 %(row)s 行附近有一个引号没有配对，后面的行都被并成一格：请补上或删去这个引号后再上传。"
        ),
        "sheets.field_long": N_(
            "第 %(row)s 行有一格超过 %(limit)s 个字：请检查是否缺少引号或换行，改好后再上传。"
        ),
        "sheets.not_jsonl": N_(
            '没有一行是 JSON 对象：请让每行写成 {"firm": "…", "title": "…"} 的样子再上传。'
        ),
        "sheets.column_missing": N_(
            "工作表「%(sheet)s」里找不到这些列：%(columns)s。读到的表头是：%(found)s。请改列名，或指定哪一列是它。"
        ),
        # How it was read
        "sheets.suffix_differs": N_("文件名是 %(suffix)s，内容是 %(kind)s，已按内容读取。"),
        "sheets.hidden_skipped": N_("隐藏的工作表「%(sheet)s」没有读取。"),
        "sheets.sheet_passed_over": N_("工作表「%(sheet)s」里没有要找的列，没有读取。"),
        "sheets.why_recognised": N_("第 %(row)s 行认出这些表头：%(headings)s。"),
        "sheets.why_first_full": N_("没有认出熟悉的表头，暂以第 %(row)s 行为表头，请核对。"),
        "sheets.why_two_lines": N_("第 %(first)s 行与第 %(last)s 行合起来是两行表头。"),
        "sheets.why_titles": N_("它上面的 %(rows)s 行是标题或说明。"),
        "sheets.skip_blank": N_("空行"),
        "sheets.skip_total": N_("合计或小计"),
        "sheets.skip_note": N_("填表说明"),
        "sheets.skip_heading": N_("重复的表头"),
        "sheets.skip_numbering": N_("栏次编号"),
        "sheets.skip_hint": N_("填写提示或示例"),
        "sheets.skip_section": N_("分节标题"),
        "sheets.skip_sign_off": N_("填表人、审核人等落款"),
        # A row
        "sheets.at_cell": N_("「%(sheet)s」第 %(row)s 行「%(column)s」列：%(problem)s"),
        "sheets.at_row": N_("「%(sheet)s」第 %(row)s 行：%(problem)s"),
        "sheets.line_unread": N_("这一行不是完整的 JSON 对象：请检查括号、引号和逗号。"),
        "sheets.value_missing": N_("「%(column)s」不能空：请补上后再读。"),
        "sheets.id_repeated": N_("编号「%(text)s」与第 %(first)s 行重复：请改成不同的编号，或删去其中一行。"),
        "sheets.text_long": N_("这一格有 %(length)s 个字，超过上限 %(limit)s：请精简后再读。"),
        "sheets.quantity_unread": N_(
            "看不懂数量「%(text)s」：请写一个数加单位，例如 120吨/年 或 500-800套。"
        ),
        "sheets.number_unread": N_("看不懂数字「%(text)s」：请只填数字，例如 120。"),
        "sheets.amount_unread": N_("看不懂金额「%(text)s」：请写数字加单位，例如 12.5万元 或 50-80万元。"),
        "sheets.lead_time_unread": N_(
            "看不懂交期「%(text)s」：请写一段时间或一个日期，例如 45天、6周、2个月、2026-12-31前。"
        ),
        "sheets.payment_days_unread": N_(
            "看不懂账期「%(text)s」：请写天数，例如 60天 或 3个月，最长 3650 天；现款现货写 0。"
        ),
        "sheets.area_unknown": N_(
            "供货范围里的「%(text)s」不在行政区划表里：请写省、市、县的全称，用顿号隔开；哪里都送就空着。"
        ),
        "sheets.area_several": N_(
            "供货范围里的「%(text)s」有好几个地方同名：请写全称，例如 河南省平顶山市新华区。"
        ),
        "sheets.areas_many": N_("供货范围最多写 %(most)s 个地方：送全省的，写省就够了。"),
        "sheets.day_unread": N_("看不懂日期「%(text)s」：请写成 2026-11-23 的样子。"),
        "sheets.day_ambiguous": N_("日期「%(text)s」分不清月和日：请写成 2026-11-23 的样子。"),
        "sheets.credit_code_length": N_(
            "统一社会信用代码「%(text)s」是 %(length)s 位：应为 18 位，请对照营业执照补正。"
        ),
        "sheets.credit_code_letters": N_(
            "统一社会信用代码「%(text)s」里有不会出现的字母 %(letters)s：可能应为 %(meant)s，请对照营业执照核对。"
        ),
        "sheets.credit_code_digit": N_("统一社会信用代码「%(text)s」的校验位不对：请对照营业执照逐位核对。"),
        "sheets.credit_code_rounded": N_(
            "统一社会信用代码「%(text)s」被 Excel 当成数字改了：请把该列设为“文本”格式后重新填写。"
        ),
        "sheets.phone_unread": N_("看不懂电话「%(text)s」：请写 11 位手机号，或带区号的座机号。"),
        "sheets.mail_unread": N_("看不懂邮箱「%(text)s」：请写成 name@example.com 的样子。"),
        "sheets.yes_no_unread": N_("看不懂「%(text)s」：请填“是”或“否”。"),
        "sheets.type_unknown": N_("没有「%(text)s」这种需求类型：请从这些里选：%(choices)s。"),
    }
)
