"""Codes by SMS: off by default and said to be off; where they are on, a code proves the number and is used once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts import service
from marketplace.accounts.letters import Site, reset_sms
from marketplace.accounts.rules import SMS_RESET_VALID
from marketplace.core.codes import normal_code
from marketplace.core.errors import Refusal
from marketplace.mail.sms import FileSms, NoSms, SmsOff, sender_for
from marketplace.settings import Settings
from tests.unit.firms.house import MACHINE, NOW


def test_nothing_is_sent_unless_it_was_switched_on(tmp_path: Path) -> None:
    off = sender_for(Settings(data_dir=tmp_path, secret_key="a key for tests"))
    assert isinstance(off, NoSms) and not off.on
    with pytest.raises(SmsOff):
        off.send("+8613800138000", "code")
    on = sender_for(Settings(data_dir=tmp_path, secret_key="a key for tests", sms_transport="file"))
    assert isinstance(on, FileSms) and on.on
    on.send("+8613800138000", "code")
    assert [path.read_text("utf-8") for path in (tmp_path / "sms").iterdir()] == ["+8613800138000\ncode\n"]


def test_a_code_by_sms_sets_a_new_password_once_and_proves_the_number(session: Session) -> None:
    made = service.create_account(
        session, MACHINE, name="王厂长", mobile="13800138000", password="three-plain-words", now=NOW
    )
    assert service.request_reset(session, login="13800138000", address="a", now=NOW) is None
    found = service.request_reset(session, login="13800138000", address="a", by_sms=True, now=NOW)
    assert found is not None
    code = normal_code(found[1].lower())
    text = reset_sms(made, code, Site("链桥", "https://lianqiao.example"))
    assert code in text and "http" not in text and "免费" in text
    assert not service.reset_link_works(session, code, NOW + SMS_RESET_VALID)
    account = service.reset_password(session, token=code, password="another-long-word", now=NOW)
    assert account.id == made.id and account.mobile_verified_at == NOW and account.email_verified_at is None
    with pytest.raises(Refusal, match=r"accounts\.link_dead"):
        service.reset_password(session, token=code, password="a-third-long-word", now=NOW)
