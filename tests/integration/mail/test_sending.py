"""Mails through a real SMTP server: taken, refused, refused for now, and sent later under the same name."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from marketplace.core import outbox
from marketplace.core.context import WorkContext
from marketplace.core.db import Database
from marketplace.core.errors import Refusal
from marketplace.mail import service
from marketplace.mail.models import MailMessage
from marketplace.mail.sending import send_due
from marketplace.settings import Settings

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@dataclass
class Postbox:
    """What an SMTP server does with mail: ``answers`` says no (code and words) to a recipient or to the data."""

    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse_recipient: dict[str, str] = field(default_factory=dict)
    refuse_data: str | None = None

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuse_recipient:
            return self.refuse_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse_data is not None:
            return self.refuse_data
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.received.append(parsed)
        self.recipients += envelope.rcpt_tos
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(postbox: Postbox, port: int) -> Iterator[Callable[[], None]]:
    """Starts the server when the test wants it to be up."""
    running: list[Controller] = []

    def up() -> None:
        controller = Controller(postbox, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)

    yield up
    for controller in running:
        controller.stop()


@pytest.fixture
def work(database_url: str, port: int, tmp_path: Path) -> Iterator[WorkContext]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="a key for tests",
        mail_transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=port,
        mail_sender="链桥 <noreply@lianqiao.example>",
    )
    database = Database(database_url)
    yield WorkContext(settings, database)
    database.dispose()


def queued(work: WorkContext, **changed: Any) -> MailMessage | None:
    values: dict[str, Any] = {
        "kind": "digest", "recipient": "li.fang@example.com", "account_id": None, "news_key": "need:7", "locale": "zh",
        "subject": "本周有 3 条新需求", "text": "您好：\n\n浸胶帘子布 1400 dtex。\n", "html": "<p>浸胶帘子布 1400 dtex。</p>",
        "now": NOW, **changed,
    }  # fmt: skip
    with work.database.unit_of_work() as session:
        return service.queue(session, **values)


def drain(work: WorkContext, now: datetime) -> list[str]:
    """One round of the worker over due mails, as worker.py goes about it; gives the keys it had in hand."""
    with work.database.unit_of_work() as session:
        claims = outbox.claim(session, ["mail"], now)
    failures = send_due(work, [claim.key for claim in claims], now)
    with work.database.unit_of_work() as session:
        outbox.settle(session, [claim for claim in claims if claim.key not in failures])
        for claim in claims:
            if claim.key in failures:
                outbox.postpone(session, [(claim, failures[claim.key])], now)
    return [claim.key for claim in claims]


def row(work: WorkContext) -> MailMessage:
    with work.database.reading() as session:
        return session.scalars(select(MailMessage)).one()


def waiting(work: WorkContext) -> int:
    with work.database.reading() as session:
        return outbox.depth(session).get("mail", 0)


def test_a_mail_arrives_as_it_was_written(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    start()
    mail = queued(work)
    assert mail is not None
    drain(work, NOW)
    [received] = postbox.received
    assert postbox.recipients == ["li.fang@example.com"]
    assert received["Subject"] == "本周有 3 条新需求"
    assert received["From"] == "链桥 <noreply@lianqiao.example>"
    assert received["Message-ID"] == mail.message_id
    assert received["Content-Language"] == "zh-CN"
    assert received["Auto-Submitted"] == "auto-generated"
    plain, html = received.get_body(("plain",)), received.get_body(("html",))
    assert (
        plain is not None
        and plain.get_content().replace("\r\n", "\n") == "您好：\n\n浸胶帘子布 1400 dtex。\n"
    )
    assert html is not None and "帘子布" in html.get_content()
    kept = row(work)
    assert (kept.sent_at, kept.attempts, kept.failed_at, kept.last_error) == (NOW, 1, None, None)
    assert waiting(work) == 0
    assert drain(work, NOW + timedelta(days=1)) == []


def test_a_mail_is_never_sent_twice(work: WorkContext, postbox: Postbox, start: Callable[[], None]) -> None:
    start()
    mail = queued(work)
    assert mail is not None
    for _round in range(3):
        send_due(work, [str(mail.id)], NOW)
    assert len(postbox.received) == 1


def test_a_refused_recipient_is_given_up(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    postbox.refuse_recipient["li.fang@example.com"] = "550 no such mailbox"
    start()
    queued(work)
    drain(work, NOW)
    kept = row(work)
    assert (kept.failed_at, kept.sent_at, kept.attempts) == (NOW, None, 1)
    assert "no such mailbox" in (kept.last_error or "")
    assert waiting(work) == 0
    postbox.refuse_recipient.clear()
    send_due(work, [str(kept.id)], NOW)
    assert postbox.received == []


def test_refused_content_is_given_up(work: WorkContext, postbox: Postbox, start: Callable[[], None]) -> None:
    postbox.refuse_data = "554 looks like advertising"
    start()
    queued(work)
    drain(work, NOW)
    assert row(work).failed_at == NOW
    assert waiting(work) == 0


@pytest.mark.parametrize("busy", ["recipient", "data"])
def test_not_now_is_tried_again(
    work: WorkContext, postbox: Postbox, start: Callable[[], None], busy: str
) -> None:
    if busy == "recipient":
        postbox.refuse_recipient["li.fang@example.com"] = "451 come back later"
    else:
        postbox.refuse_data = "452 disk full"
    start()
    queued(work)
    drain(work, NOW)
    kept = row(work)
    assert (kept.failed_at, kept.sent_at) == (None, None)
    assert waiting(work) == 1
    postbox.refuse_recipient.clear()
    postbox.refuse_data = None
    assert drain(work, NOW + timedelta(seconds=1)) == []
    drain(work, NOW + timedelta(minutes=5))
    assert row(work).sent_at == NOW + timedelta(minutes=5)
    assert [received["Message-ID"] for received in postbox.received] == [kept.message_id]


def test_a_mail_outlives_a_server_that_is_down(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    mail = queued(work)
    assert mail is not None
    at = NOW
    for attempt in range(1, 4):
        assert drain(work, at) == [str(mail.id)]
        kept = row(work)
        assert (kept.attempts, kept.sent_at, kept.failed_at, kept.attempted_at) == (attempt, None, None, at)
        assert kept.last_error
        at += timedelta(minutes=10)
    start()
    drain(work, at)
    assert (row(work).sent_at, row(work).attempts, row(work).last_error) == (at, 4, None)
    assert [received["Message-ID"] for received in postbox.received] == [mail.message_id]


def test_one_bad_mail_does_not_keep_back_the_rest(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    start()
    first = queued(work)
    second = queued(work, recipient="wang@example.com")
    assert first is not None and second is not None
    with work.database.unit_of_work() as session:  # as if a row had been changed by hand
        session.get_one(MailMessage, first.id).recipient = "a@b.example\r\nBcc: everybody@c.example"
    drain(work, NOW)
    assert postbox.recipients == ["wang@example.com"]
    with work.database.reading() as session:
        assert session.get_one(MailMessage, first.id).failed_at == NOW
    assert waiting(work) == 0


def test_links_that_open_something_do_not_stay(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    start()
    queued(work, kind="reset", news_key="reset:1", text="https://lianqiao.example/reset/secret")
    assert "secret" in row(work).text
    drain(work, NOW)
    [received] = postbox.received
    plain = received.get_body(("plain",))
    assert plain is not None and "secret" in plain.get_content()
    assert (row(work).text, row(work).html) == ("", None)


def test_the_same_news_is_mailed_once(work: WorkContext) -> None:
    assert queued(work) is not None
    assert queued(work) is None
    assert queued(work, subject="other words", locale="en") is None
    for changed in ({"kind": "invitation"}, {"recipient": "wang@example.com"}, {"news_key": "need:8"}):
        assert queued(work, **changed) is not None
    assert waiting(work) == 4


def test_mail_is_part_of_what_it_tells(work: WorkContext) -> None:
    with pytest.raises(RuntimeError), work.database.unit_of_work() as session:
        service.queue(
            session, kind="digest", recipient="li.fang@example.com", account_id=None, news_key="x", locale="zh",
            subject="x", text="x", now=NOW,
        )  # fmt: skip
        raise RuntimeError("the deed failed")
    assert waiting(work) == 0
    with work.database.reading() as session:
        assert session.scalars(select(MailMessage)).all() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recipient": "a@b.example\r\nBcc: everybody@c.example"}, "mail.recipient"),
        ({"recipient": "a@b.example, c@d.example"}, "mail.recipient"),
        ({"subject": "x\r\nBcc: everybody@c.example"}, "mail.subject"),
        ({"subject": ""}, "mail.subject"),
    ],
)
def test_no_header_is_smuggled_in(work: WorkContext, changed: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        queued(work, **changed)
    assert refused.value.code == code
    assert waiting(work) == 0


def test_a_chinese_domain_is_delivered(
    work: WorkContext, postbox: Postbox, start: Callable[[], None]
) -> None:
    start()
    queued(work, recipient="li@例子.中国")
    drain(work, NOW)
    assert postbox.recipients == ["li@xn--fsqu00a.xn--fiqs8s"]


def test_without_a_relay_each_mail_becomes_a_file(work: WorkContext, tmp_path: Path) -> None:
    settings = work.settings.model_copy(update={"mail_transport": "file"})
    mail = queued(work)
    assert mail is not None
    send_due(WorkContext(settings, work.database), [str(mail.id)], NOW)
    [path] = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    kept = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (kept["To"], kept["Subject"]) == ("li.fang@example.com", "本周有 3 条新需求")
    assert row(work).sent_at == NOW
