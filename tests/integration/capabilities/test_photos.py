"""Photos: drawn anew, counted, ordered, and readable by whoever may see the capability."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.capabilities import photos, service
from marketplace.capabilities.models import Capability, CapabilityVersion
from marketplace.core.actor import ANONYMOUS
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import FileStore

from .house import MACHINE, NOW, capability, firm, member, picture


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def draft(session: Session) -> Capability:
    return capability(session, firm(session, 1).id, upto="draft")


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 50,000 by 50,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_place_and_camera_are_gone(session: Session, store: FileStore, draft: Capability) -> None:
    taken = picture(exif=True)
    assert Image.open(BytesIO(taken)).getexif().get_ifd(0x8825)
    photo = photos.add(session, MACHINE, store, draft.id, photos.drawn("车间.JPG", taken), now=NOW)
    kept = store.read(photo.file.sha256)
    assert not Image.open(BytesIO(kept)).getexif()
    assert b"Camera of somebody" not in kept
    assert (photo.file.name, photo.file.media_type) == ("车间.jpg", "image/jpeg")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bomb.png", bomb(), "core.image_"),
        ("photo.jpg", picture("PNG"), "core.file_mismatch"),
        ("page.svg", b"<svg onload='alert(1)'/>", "core.file_kind"),
        ("half.jpg", picture(size=(900, 900))[:500], "core.image_"),
        ("text.jpg", b"\xff\xd8\xff" + b"x" * 500, "core."),
        ("empty.jpg", b"", "core.file_empty"),
    ],
    ids=["bomb", "another kind", "script", "half", "text", "empty"],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(
    session: Session, store: FileStore, draft: Capability, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        photos.add(session, MACHINE, store, draft.id, photos.drawn(name, content), now=NOW)
    assert refused.value.code.startswith(code)
    assert refused.value.problems[0].field == "photos"
    assert draft.photos == [] and not store.folder.exists()


def test_eight_and_no_more(session: Session, store: FileStore, draft: Capability) -> None:
    for number in range(8):
        photos.add(
            session,
            MACHINE,
            store,
            draft.id,
            photos.drawn(f"{number}.png", picture("PNG", (10 + number, 9))),
            now=NOW,
        )
    with pytest.raises(Refusal) as refused:
        photos.add(session, MACHINE, store, draft.id, photos.drawn("9.png", picture("PNG")), now=NOW)
    assert refused.value.code == "capabilities.photos_many"
    assert [photo.position for photo in draft.photos] == list(range(8))


def test_order_caption_and_removal(session: Session, store: FileStore, draft: Capability) -> None:
    first, second, third = (
        photos.add(
            session, MACHINE, store, draft.id, photos.drawn(f"{n}.png", picture("PNG", (n, 9))), now=NOW
        ).id
        for n in (10, 11, 12)
    )
    photos.move(session, MACHINE, draft.id, third, -1, now=NOW)
    assert [photo.id for photo in draft.photos] == [first, third, second]
    photos.move(session, MACHINE, draft.id, first, 5, now=NOW)
    assert [photo.id for photo in draft.photos] == [third, second, first]
    photos.caption(session, MACHINE, draft.id, second, " 聚合车间 ", now=NOW)
    photos.remove(session, MACHINE, draft.id, third, now=NOW)
    session.flush()
    session.expire_all()
    assert [(photo.id, photo.caption, photo.position) for photo in draft.photos] == [
        (second, "聚合车间", 0),
        (first, None, 1),
    ]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-4:] == [
        "capability.photo_move",
        "capability.photo_move",
        "capability.photo_caption",
        "capability.photo_remove",
    ]


def test_a_foreign_photo_is_not_found(session: Session, store: FileStore, draft: Capability) -> None:
    photo = photos.add(session, MACHINE, store, draft.id, photos.drawn("a.png", picture("PNG")), now=NOW)
    other = capability(session, firm(session, 2).id, upto="draft")
    stranger, viewer = member(session, other.firm_id), member(session, draft.firm_id, "viewer")
    for actor in (ANONYMOUS, stranger):
        with pytest.raises(NotFound):
            photos.file_of(session, actor, draft.id, photo.id, NOW)
        with pytest.raises(NotFound):
            photos.remove(session, actor, draft.id, photo.id, now=NOW)
    assert photos.file_of(session, viewer, draft.id, photo.id, NOW).id == photo.file_id
    with pytest.raises(Forbidden):
        photos.remove(session, viewer, draft.id, photo.id, now=NOW)
    # Its number under somebody's own capability leads nowhere either.
    with pytest.raises(NotFound):
        photos.file_of(session, stranger, other.id, photo.id, NOW)
    service.submit(session, MACHINE, draft.id, now=NOW)
    service.publish(session, MACHINE, draft.id, now=NOW)
    assert photos.file_of(session, ANONYMOUS, draft.id, photo.id, NOW).id == photo.file_id
    draft.visibility = "verified"
    session.flush()
    with pytest.raises(NotFound):
        photos.file_of(session, ANONYMOUS, draft.id, photo.id, NOW)
    assert photos.file_of(session, stranger, draft.id, photo.id, NOW).id == photo.file_id


def test_what_was_looked_at_is_not_changed_behind_it(
    session: Session, store: FileStore, draft: Capability
) -> None:
    service.submit(session, MACHINE, draft.id, now=NOW)
    with pytest.raises(Refusal) as refused:
        photos.add(session, MACHINE, store, draft.id, photos.drawn("a.png", picture("PNG")), now=NOW)
    assert refused.value.code == "lifecycle.step"
    seen = draft.version
    service.withdraw(session, MACHINE, draft.id, now=NOW)
    photos.add(session, MACHINE, store, draft.id, photos.drawn("a.png", picture("PNG")), now=NOW)
    assert draft.version == seen, "an open form must not look stale because of a photo"
    service.submit(session, MACHINE, draft.id, now=NOW)
    assert draft.version == seen + 1, "whoever looked at the photos before must look again"
    kept = session.scalars(select(CapabilityVersion).order_by(CapabilityVersion.number)).all()
    assert [len(version.content["photos"]) for version in kept] == [0, 1]


def test_a_photo_of_a_firm_that_staff_fill_in_for(
    session: Session, store: FileStore, draft: Capability
) -> None:
    acting = replace(
        member(session, draft.firm_id),
        firm_roles={},
        office_id=1,
        office_kind="town",
        acting_for=draft.firm_id,
    )
    photo = photos.add(session, acting, store, draft.id, photos.drawn("a.png", picture("PNG")), now=NOW)
    assert photo.position == 0
