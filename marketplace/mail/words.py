"""The sentences of mail's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "mail.recipient": N_("「%(text)s」不是一个可用的邮箱地址：请核对后重填，例如 name@example.com。"),
        "mail.subject": N_("邮件标题不能为空，也不能换行：请改成一行文字。"),
    }
)
