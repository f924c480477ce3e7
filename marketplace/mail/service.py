"""Mails are queued as rows in the transaction of what they tell; the worker sends them."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.mail.models import MailMessage


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
    be able to know a mail again (RFC 1047).
    """
    already = select(MailMessage.id).where(
        MailMessage.kind == kind, MailMessage.recipient == recipient, MailMessage.news_key == news_key
    )
    if session.scalar(already) is not None:
        return None
    message = MailMessage(
        account_id=account_id,
        recipient=recipient,
        kind=kind,
        news_key=news_key,
        locale=locale,
        subject=" ".join(subject.split())[:200],
        text=text,
        html=html,
        message_id=f"<{secrets.token_hex(16)}@lianqiao>",
        queued_at=now,
    )
    session.add(message)
    session.flush()
    outbox.enqueue(session, "mail", message.id, now)
    return message
