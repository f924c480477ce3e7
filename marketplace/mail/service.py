"""Mails are queued as rows in the transaction of what they tell; the worker sends them."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.mail.models import MailMessage
from marketplace.mail.rules import checked_recipient, one_line


def queue(
    session: Session,
    *,
    kind: str,
    recipient: str,
    account_id: int | None,
    news_key: str,
    locale: str,
    subject: str,
    text: str,
    html: str | None = None,
    now: datetime,
) -> MailMessage | None:
    """Queue one mail. None when this news has been mailed to this recipient already.

    The Message-ID is made here once and stays over every attempt: SMTP cannot promise exactly once, so a relay must
    be able to know a mail again (RFC 1047). Refusal ``mail.recipient`` for what is no single address,
    ``mail.subject`` for a subject that would break out of its line.
    """
    message = MailMessage(
        account_id=account_id,
        recipient=checked_recipient(recipient),
        kind=kind,
        news_key=news_key,
        locale=locale,
        subject=one_line(subject),
        text=text,
        html=html,
        message_id=f"<{secrets.token_hex(16)}@lianqiao>",
        queued_at=now,
    )
    try:
        with session.begin_nested():
            session.add(message)
    except (
        IntegrityError
    ):  # the unique key of news: this one is queued or sent, perhaps a moment ago by another process
        return None
    outbox.enqueue(session, "mail", message.id, now)
    return message
