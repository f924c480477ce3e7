"""Codes by SMS: a protocol, the default that sends nothing and says so, and one that writes files.

A gateway in China needs a contract and a template that its operator has approved; whoever has them adds a sender here.
Nothing on the site pretends to send: pages ask ``on`` before they speak of a message.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Protocol

from marketplace.settings import Settings


class SmsOff(Exception):
    """A message was to be sent where none can be: a fault of the caller, who did not ask ``on``."""


class SmsSender(Protocol):
    @property
    def on(self) -> bool: ...

    def send(self, number: str, text: str) -> None: ...


class NoSms:
    on = False

    def send(self, number: str, text: str) -> None:
        raise SmsOff


class FileSms:
    """Each message becomes a file, for tests and for trying the pages out."""

    on = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, number: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{uuid.uuid4().hex}.txt").write_text(f"{number}\n{text}\n", encoding="utf-8")


def sender_for(settings: Settings) -> SmsSender:
    return FileSms(settings.data_dir / "sms") if settings.sms_transport == "file" else NoSms()
