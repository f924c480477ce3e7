"""Attachments of needs: who reads which, who asks, who gives; what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import FileStore, StoredFile
from marketplace.firms.models import Firm
from marketplace.needs import attachments, queries, service
from marketplace.needs.models import AttachmentRelease, Need, NeedAttachment
from tests.integration.needs.district import MACHINE, NOW, TODAY, WHO, District, made
from tests.integration.needs.left_behind import refusal

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def attached(
    session: Session,
    district: District,
    store: FileStore,
    need: Need,
    confidentiality: str,
    name: str = "图纸.pdf",
) -> NeedAttachment:
    return attachments.attach(
        session,
        district.actor("owner"),
        store,
        need.id,
        attachments.drawing(name, PDF + confidentiality.encode()),
        confidentiality=confidentiality,
        now=NOW,
    )


def published(
    session: Session, district: District, store: FileStore, *kinds: str
) -> tuple[Need, list[NeedAttachment]]:
    """A need that everybody sees, with an attachment of each of these kinds."""
    need = made(session, district, visibility="public")
    files = [attached(session, district, store, need, kind) for kind in kinds]
    service.submit(session, district.actor("owner"), need.id, now=NOW)
    service.publish(session, MACHINE, need.id, now=NOW)
    return need, files


def seen_by(session: Session, district: District, who: str, need: Need) -> dict[str, tuple[bool, str]]:
    actor = district.actor(who)
    session.flush()
    session.expire_all()
    fresh = queries.need_or_none(session, actor, need.id, TODAY)
    assert fresh is not None
    found = attachments.lines(session, actor, fresh, queries.view_of(session, fresh, TODAY))
    return {line.attachment.confidentiality: (line.may_download, line.stage) for line in found}


def test_the_matrix_of_who_reads_which_attachment(
    session: Session, district: District, store: FileStore
) -> None:
    need, of_each = published(session, district, store, "open", "restricted", "nda")
    files = {file.confidentiality: file for file in of_each}
    everything = {"open": True, "restricted": True, "nda": True}
    record = "machine owner editor viewer bureau town filling-in administrator".split()
    for who in WHO:
        may = {kind: allowed for kind, (allowed, _stage) in seen_by(session, district, who, need).items()}
        assert may == (everything if who in record else {"open": True, "restricted": False, "nda": False}), (
            who
        )
        for kind, file in files.items():
            if may[kind]:
                line = attachments.to_download(session, district.actor(who), need.id, file.id, NOW)
                assert line.attachment.id == file.id
            else:
                with pytest.raises(Forbidden):
                    attachments.to_download(session, district.actor(who), need.id, file.id, NOW)

    supplier = district.actor("supplier")
    for kind in ("restricted", "nda"):
        attachments.ask(
            session, supplier, need.id, files[kind].id, district.supplier, undertaking=kind == "nda", now=NOW
        )
    assert seen_by(session, district, "supplier", need) == {
        "open": (True, "none"),
        "restricted": (False, "asked"),
        "nda": (False, "accepted"),
    }
    owner = district.actor("owner")
    for kind in ("restricted", "nda"):
        attachments.release(session, owner, need.id, files[kind].id, district.supplier, now=NOW)
    released = {"open": (True, "none"), "restricted": (True, "released"), "nda": (True, "released")}
    assert seen_by(session, district, "supplier", need) == released
    assert seen_by(session, district, "supplier-viewer", need) == released, (
        "a firm's people read what it was given"
    )
    assert {may for may, _ in seen_by(session, district, "third", need).values()} == {True, False}
    attachments.revoke(session, owner, need.id, files["nda"].id, district.supplier, now=NOW)
    assert seen_by(session, district, "supplier", need)["nda"] == (False, "accepted")
    # Whoever no longer sees the need reads none of its files, whatever was released.
    service.pause(session, owner, need.id, now=NOW)
    with pytest.raises(NotFound):
        attachments.to_download(session, supplier, need.id, files["restricted"].id, NOW)


def test_secrecy_is_undertaken_before_a_file_is_given(
    session: Session, district: District, store: FileStore
) -> None:
    need, [file] = published(session, district, store, "nda")
    supplier, owner = district.actor("supplier"), district.actor("owner")

    def ask(**more: bool) -> AttachmentRelease:
        return attachments.ask(session, supplier, need.id, file.id, district.supplier, now=NOW, **more)

    refusal(ask, "needs.undertaking_missing")
    with pytest.raises(NotFound):
        attachments.release(session, owner, need.id, file.id, district.supplier, now=NOW)
    row = ask(undertaking=True)
    assert (row.accepted_at, row.accepted_by) == (NOW, supplier.account_id)
    again = attachments.ask(
        session, supplier, need.id, file.id, district.supplier, undertaking=True, now=NOW + timedelta(days=1)
    )
    assert again.id == row.id and again.accepted_at == NOW, "the first acceptance stands"
    details = session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "need.ask_attachment")
    ).first()
    assert details is not None and details["undertaking"] == "2026-11"
    row.accepted_at = None
    refusal(
        lambda: attachments.release(session, owner, need.id, file.id, district.supplier, now=NOW),
        "needs.undertaking_first",
    )


def test_who_may_ask_for_a_file(session: Session, district: District, store: FileStore) -> None:
    need, [file, free] = published(session, district, store, "restricted", "open")

    def ask(who: str, firm_id: int, file_id: int = file.id) -> None:
        attachments.ask(session, district.actor(who), need.id, file_id, firm_id, now=NOW)

    with pytest.raises(Forbidden):
        ask("supplier-viewer", district.supplier)
    for who in ("third", "anonymous", "nobody-yet", "bureau"):
        with pytest.raises(NotFound):
            ask(who, district.supplier)
    refusal(lambda: ask("owner", district.buyer), "needs.attachment_open")
    refusal(lambda: ask("supplier", district.supplier, free.id), "needs.attachment_open")
    with pytest.raises(NotFound):
        ask("supplier", district.supplier, 999)
    for verb in (attachments.release, attachments.revoke):
        with pytest.raises(Forbidden):
            verb(session, district.actor("supplier"), need.id, file.id, district.supplier, now=NOW)


def test_a_firm_that_is_not_checked_or_is_suspended_asks_for_no_file(
    session: Session, district: District, store: FileStore
) -> None:
    need, [file] = published(session, district, store, "nda")
    unchecked = district.actor("unchecked")
    [firm_id] = unchecked.firm_ids
    suspended = replace(district.actor("supplier"), unchecked_firms=frozenset({district.supplier}))
    session.get_one(Firm, district.third).suspended_at = NOW
    session.flush()
    in_town: dict[str, Any] = {"office_id": district.town + 1, "office_kind": "town"}
    for actor, of in (
        (unchecked, firm_id),
        (suspended, district.supplier),
        # Of the town's staff as well, and filling in for their own firm: that makes it no better checked.
        (replace(unchecked, **in_town, acting_for=firm_id), firm_id),
        (replace(suspended, **in_town, acting_for=district.supplier), district.supplier),
        # Suspended a moment ago, after the actor was made.
        (district.actor("third"), district.third),
    ):
        refusal(
            lambda actor=actor, of=of: attachments.ask(
                session, actor, need.id, file.id, of, undertaking=True, now=NOW
            ),
            "needs.asker_unchecked",
        )
    assert session.scalars(select(AttachmentRelease)).all() == []
    asked = select(AuditEntry.id).where(AuditEntry.action == "need.ask_attachment")
    assert session.scalars(asked).all() == []


def test_files_come_with_the_draft_and_go_at_any_time(
    session: Session, district: District, store: FileStore
) -> None:
    need, [first, second] = published(session, district, store, "open", "open")
    assert first.file.sha256 == second.file.sha256
    refusal(lambda: attached(session, district, store, need, "open"), "lifecycle.step")
    session.expire_all()
    owner = district.actor("owner")
    assert attachments.remove(session, owner, need.id, first.id, now=NOW) == [], "another row names the bytes"
    [orphan] = attachments.remove(session, owner, need.id, second.id, now=NOW)
    assert store.path_of(orphan).exists(), "the edge deletes it after the commit"
    assert session.scalars(select(StoredFile.id)).all() == []


def test_a_file_that_is_not_what_it_says_is_refused(
    session: Session, district: District, store: FileStore
) -> None:
    need, owner = made(session, district), district.actor("owner")
    for name, content, code in (
        ("图纸.exe", PDF, "core.file_kind"),
        ("图纸.pdf", b"MZ", "core.file_mismatch"),
        ("图纸.pdf", b"", "core.file_empty"),
    ):
        with pytest.raises(Refusal) as refused:
            attachments.attach(
                session,
                owner,
                store,
                need.id,
                attachments.drawing(name, content),
                confidentiality="open",
                now=NOW,
            )
        assert refused.value.code == code
        assert refused.value.problems[0].field == "drawings"
    refusal(lambda: attached(session, district, store, need, "secret"), "needs.choice")
    for number in range(12):
        attached(session, district, store, need, "open", f"{number}.pdf")
    refusal(lambda: attached(session, district, store, need, "open"), "needs.attachments_many")


def test_a_file_of_another_need_is_not_found(session: Session, district: District, store: FileStore) -> None:
    one, other = made(session, district), made(session, district)
    file = attached(session, district, store, one, "open")
    with pytest.raises(NotFound):
        attachments.remove(session, district.actor("owner"), other.id, file.id, now=NOW)
    with pytest.raises(NotFound):
        attachments.to_download(session, district.actor("owner"), other.id, file.id, NOW)
