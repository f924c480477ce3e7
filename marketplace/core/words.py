"""The sentences of core's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "core.amount_unreadable": N_("看不懂金额「%(text)s」：请填 0 以上的数字，单位万元，例如 12.5。"),
        "core.file_kind": N_("不能上传「%(name)s」：请改用这些格式之一：%(allowed)s。"),
        "core.file_large": N_("「%(name)s」太大：请压缩到 %(megabytes)s MB 以内再上传。"),
        "core.file_empty": N_("「%(name)s」是空文件：请重新保存后再上传。"),
        "core.file_mismatch": N_("「%(name)s」的内容不是 %(suffix)s 格式：请用原软件另存为该格式后再上传。"),
        "core.image_unreadable": N_("图片打不开：请换一张 JPG 或 PNG 图片。"),
        "core.image_large": N_(
            "图片有 %(width)s × %(height)s 像素，太大了：请缩小到 6000 万像素以内再上传。"
        ),
        "core.unseen_character": N_("提交的内容里有看不见的控制字符：请返回上一页，重新输入后再提交。"),
        "core.job_failed": N_("处理没有完成：请重试；再次失败时请把页面上的编号告诉主办单位。"),
        "core.job_account_ended": N_("这项工作没有做：提交它的账号已停用。"),
        "core.job_filling_in_ended": N_("这项工作没有做：您已不能为这家企业代填。需要时请联系主办单位。"),
        "core.job_right_ended": N_(
            "这项工作没有做：您现在的权限已不包括它，或者有关内容已不在。需要时请联系主办单位。"
        ),
        "core.stale": N_("这条内容刚被别人改过：请刷新页面，核对后再保存。"),
        "core.autosave_stale": N_(
            "别人刚保存过这条内容，自动保存已停止；您填写的都还在本页，点“保存草稿”可以比对。"
        ),
        "core.too_many": N_("操作太频繁：请过 %(minutes)s 分钟再试。"),
        "core.required": N_("请填写此项。"),
        "core.not_allowed": N_("您的账号不能做这一步：请联系本企业管理员或主办单位。"),
        "core.period.once": N_("一次性"),
        "core.period.day": N_("每天"),
        "core.period.month": N_("每月"),
        "core.period.year": N_("每年"),
        "specs.too_many": N_("技术指标最多 %(most)s 行：请合并或改写进描述。"),
        "specs.parameter_missing": N_("第 %(row)s 行没有指标名：请填写，例如「抗拉强度」。"),
        "specs.value_missing": N_("第 %(row)s 行没有数值：请填写，例如 180。"),
        "specs.cell_long": N_("第 %(row)s 行的「%(column)s」太长：请控制在 %(most)s 字以内，其余写进描述。"),
        "specs.column.parameter": N_("指标名"),
        "specs.column.value": N_("数值"),
        "specs.column.value_high": N_("上限"),
        "specs.column.unit": N_("单位"),
        "specs.column.standard": N_("标准"),
        "specs.operator_unknown": N_("第 %(row)s 行的关系不认识：请从列表中选择。"),
        "specs.high_missing": N_("第 %(row)s 行选了范围，还缺上限：请填写上限或改选其他关系。"),
        "lifecycle.step": N_("当前状态是「%(state)s」，不能%(action)s：请刷新页面，查看可做的操作。"),
        "lifecycle.validity_past": N_("有效期已到 %(valid_until)s，不能发布：请先延长有效期。"),
        "lifecycle.state.draft": N_("草稿"),
        "lifecycle.state.submitted": N_("待审核"),
        "lifecycle.state.returned": N_("已退回"),
        "lifecycle.state.published": N_("已发布"),
        "lifecycle.state.paused": N_("已暂停"),
        "lifecycle.state.expired": N_("已过期"),
        "lifecycle.state.closed": N_("已关闭"),
        "lifecycle.action.save": N_("保存"),
        "lifecycle.action.submit": N_("提交"),
        "lifecycle.action.withdraw": N_("撤回"),
        "lifecycle.action.publish": N_("发布"),
        "lifecycle.action.return": N_("退回"),
        "lifecycle.action.pause": N_("暂停"),
        "lifecycle.action.resume": N_("恢复"),
        "lifecycle.action.renew": N_("延长有效期"),
        "lifecycle.action.close": N_("关闭"),
        "lifecycle.action.reopen": N_("撤销关闭"),
        "lifecycle.action.revise": N_("修改"),
    }
)
