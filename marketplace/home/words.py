"""The sentences of the first page."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "home.todo.needs_waiting": N_("条需求等您审核"),
        "home.todo.capabilities_waiting": N_("项能力等您审核"),
        "home.todo.firms_unchecked": N_("家企业等您核对"),
        "home.todo.proposals": N_("条推荐等您答复"),
        "home.todo.needs_returned": N_("条需求被退回，改好再提交"),
        "home.todo.needs_expired": N_("条需求已过期，可以延长或关闭"),
        "home.todo.capabilities_returned": N_("项能力被退回，改好再提交"),
        "home.todo.certificates": N_("张证书 60 天内到期"),
        "home.until": N_("有效期至 %(day)s"),
        "home.todo.mutual": N_("对双方都愿意对接，可以联系了"),
    }
)
