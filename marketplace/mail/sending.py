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


def transport_of(settings: Settings) -> Transport:
    return SmtpTransport(settings) if settings.mail_transport == "smtp" else FileTransport(settings.data_dir / "mail")


def compose(row: MailMessage, sender: str, at: datetime) -> EmailMessage:
    """The mail as it goes out. Header values with line breaks are refused by the library and never get here."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Message-ID"] = row.message_id
    message["Date"] = format_datetime(at)
    message["Content-Language"] = "zh-CN" if row.locale == "zh" else row.locale
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    return message


def send_due(context: WorkContext, keys: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Send each mail that is still unsent. A mail is marked before and after: a crash between leaves it in doubt,
    and it goes out again under the same Message-ID rather than not at all."""
    transport = transport_of(context.settings)
    failures: dict[str, str] = {}
    for key in keys:
        with context.database.unit_of_work() as session:
            row = session.get(MailMessage, int(key))
            if row is None or row.sent_at is not None or row.failed_at is not None:
                continue
            row.attempted_at, row.attempts = now, row.attempts + 1
            message = compose(row, context.settings.mail_sender, now)
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


def _close(context: WorkContext, mail_id: int, **values: object) -> None:
    with context.database.unit_of_work() as session:
        row = session.get_one(MailMessage, mail_id)
        for name, value in values.items():
            setattr(row, name, value)
