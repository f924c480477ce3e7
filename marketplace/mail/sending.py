"""The "mail" outbox handler: hands each queued mail to the transport and writes down what became of it."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

from marketplace.core.context import WorkContext
from marketplace.mail.models import MailMessage
from marketplace.mail.rules import FORGOTTEN_ONCE_SENT, wire_address
from marketplace.settings import Settings

SMTP_TIMEOUT_SECONDS = 20


class Transport(Protocol):
    """Takes a mail or raises OSError (SMTP errors are OSErrors); a permanent refusal raises Refused."""

    def send(self, message: EmailMessage) -> None: ...


class Refused(Exception):
    """The server said no for good (5xx): trying again is no use."""


class FileTransport:
    """Each mail becomes an .eml file, opened by any mail program: for demonstrations and offices without a relay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())


class SmtpTransport:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, message: EmailMessage) -> None:
        settings = self.settings
        try:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS) as server:
                if settings.smtp_starttls:
                    server.starttls()
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise Refused(str(error)) from error
            raise
        except smtplib.SMTPDataError as error:  # taken up to here, and then the mail itself was refused
            if error.smtp_code >= 500:
                raise Refused(str(error)) from error
            raise


def transport_of(settings: Settings) -> Transport:
    return (
        SmtpTransport(settings)
        if settings.mail_transport == "smtp"
        else FileTransport(settings.data_dir / "mail")
    )


def compose(row: MailMessage, sender: str, at: datetime) -> EmailMessage:
    """The mail as it goes out. ValueError for a row that cannot become one: the library refuses line breaks in headers."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=wire_address(row.recipient))
    message["Subject"] = row.subject
    message["Message-ID"] = row.message_id
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    # Last: setting the content drops every Content-… header that was there before.
    message["Content-Language"] = "zh-CN" if row.locale == "zh" else row.locale
    return message


def send_due(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Send each mail that is still unsent. A mail is marked before and after: a crash between leaves it in doubt,
    and it goes out again under the same Message-ID rather than not at all. One bad mail never keeps back the rest."""
    transport = transport_of(context.settings)
    failures: dict[str, str] = {}
    for key in keys:
        message = _take(context, int(key), now)
        if message is None:
            continue
        try:
            transport.send(message)
        except Refused as error:
            _close(context, int(key), failed_at=now, last_error=str(error))
        except OSError as error:
            failures[key] = repr(error)
            _close(context, int(key), last_error=repr(error))
        else:
            _close(context, int(key), sent_at=now, last_error=None)
    return failures


def _take(context: WorkContext, mail_id: int, now: datetime) -> EmailMessage | None:
    """Mark the try and compose; None for what was sent or given up before, or can never be composed."""
    with context.database.unit_of_work() as session:
        row = session.get(MailMessage, mail_id)
        if row is None or row.sent_at is not None or row.failed_at is not None:
            return None
        row.attempted_at, row.attempts = now, row.attempts + 1
        try:
            return compose(row, context.settings.mail_sender, now)
        except ValueError as error:
            row.failed_at, row.last_error = now, repr(error)
            return None


def _close(
    context: WorkContext,
    mail_id: int,
    *,
    sent_at: datetime | None = None,
    failed_at: datetime | None = None,
    last_error: str | None,
) -> None:
    with context.database.unit_of_work() as session:
        row = session.get_one(MailMessage, mail_id)
        row.sent_at, row.failed_at, row.last_error = sent_at, failed_at, last_error
        if sent_at is not None and row.kind in FORGOTTEN_ONCE_SENT:
            row.text, row.html = "", None
