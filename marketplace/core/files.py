"""Files: rows in the database, bytes under their hash in the data folder. Names from outside never become paths."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePath
from typing import NamedTuple

import structlog
from PIL import Image, ImageOps
from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.actor import Actor
from marketplace.core.db import Base, Database, IdType, Pk, take_turn
from marketplace.core.errors import Refusal

log = structlog.get_logger()
MEBIBYTE = 1024 * 1024
LARGEST_UPLOAD = 20 * MEBIBYTE
# A photo straight from a phone; it is drawn anew before it is kept.
LARGEST_PHOTO = 36 * MEBIBYTE
LONGEST_EDGE = 2000
MOST_PIXELS = 60_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument"
# What a suffix stands for: how the file must begin, and the media type that it is sent back with. The type never
# comes from the bytes: nobody can make us serve a page of theirs.
_KINDS: dict[str, tuple[re.Pattern[bytes], str]] = {
    ".pdf": (re.compile(rb"%PDF-"), "application/pdf"),
    ".png": (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    ".jpg": (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    ".jpeg": (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    ".webp": (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    ".xlsx": (re.compile(rb"PK\x03\x04"), f"{_OFFICE}.spreadsheetml.sheet"),
    ".docx": (re.compile(rb"PK\x03\x04"), f"{_OFFICE}.wordprocessingml.document"),
    ".zip": (re.compile(rb"PK\x03\x04"), "application/zip"),
    ".xls": (re.compile(rb"\xd0\xcf\x11\xe0"), "application/vnd.ms-excel"),
    ".doc": (re.compile(rb"\xd0\xcf\x11\xe0"), "application/msword"),
    ".dwg": (re.compile(rb"AC10"), "image/vnd.dwg"),
    ".step": (re.compile(rb"ISO-10303-21"), "model/step"),
    ".stp": (re.compile(rb"ISO-10303-21"), "model/step"),
}
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
ATTACHMENT_SUFFIXES = frozenset(_KINDS)
# recoded_image counts for itself, and refuses instead of warning.
Image.MAX_IMAGE_PIXELS = None
_RESERVED = re.compile(r'[<>:"/\\|?*]')
# Control, format (direction marks among them), surrogate, line and paragraph separator: none is ever part of a name.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class StoredFile(Base):
    __tablename__ = "stored_files"

    id: Mapped[Pk]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    # What it is for: attachment, photo, sheet, result. Who may read it is the owning topic's decision.
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(IdType)
    created_at: Mapped[datetime]


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class FileStore:
    """Bytes under ``folder``/ab/abcdef…, written once and never changed."""

    folder: Path

    def path_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes, sha256: str | None = None) -> str:
        """Store the bytes, return their SHA-256 in hex; the same bytes are kept once.

        On the disk before the row that names them commits; written aside, under a name that no other request has.
        """
        digest = sha256 or hash_of(content)
        path = self.path_of(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{digest}.{uuid.uuid4().hex}.part")
            try:
                with partial.open("wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
        return digest

    def read(self, sha256: str) -> bytes:
        return self.path_of(sha256).read_bytes()

    def remove(self, hashes: Iterable[str]) -> None:
        """Bytes that nothing names (:func:`sweep`)."""
        for sha256 in hashes:
            self.path_of(sha256).unlink(missing_ok=True)

    # What waits to be drawn anew lies apart, under a name of its own: it holds what must not stay (where it was taken).

    def hold(self, content: bytes) -> str:
        key = uuid.uuid4().hex
        self._held(key).parent.mkdir(parents=True, exist_ok=True)
        self._held(key).write_bytes(content)
        return key

    def held(self, key: str) -> bytes | None:
        path = self._held(key)
        return path.read_bytes() if path.exists() else None

    def let_go(self, key: str) -> None:
        self._held(key).unlink(missing_ok=True)

    def let_go_older(self, moment: datetime) -> None:
        """What was held before that moment: its work was never asked for, or never came to an end."""
        for path in (self.folder / "held").glob("*"):
            if path.stat().st_mtime < moment.timestamp():
                path.unlink(missing_ok=True)

    def _held(self, key: str) -> Path:
        return self.folder / "held" / uuid.UUID(key).hex


def safe_name(name: str) -> str:
    """A file name fit to be shown and sent: no path, no unseen or direction characters, at most 120 characters."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in _UNSEEN)
    path = PurePath(_RESERVED.sub("", seen).strip(". ") or "file")
    return path.stem[:100] + path.suffix[:20]


def check_upload(
    name: str,
    content: bytes,
    allowed: frozenset[str] = ATTACHMENT_SUFFIXES,
    field: str | None = None,
    largest: int = LARGEST_UPLOAD,
) -> str:
    """The media type of an upload whose suffix, size and first bytes agree; else Refusal with the mend."""
    suffix = PurePath(safe_name(name)).suffix.lower()
    if suffix not in allowed or suffix not in _KINDS:
        raise Refusal("core.file_kind", field, name=safe_name(name), allowed=sorted(s[1:] for s in allowed))
    if len(content) > largest:
        raise Refusal("core.file_large", field, name=safe_name(name), megabytes=largest // MEBIBYTE)
    if not content:
        raise Refusal("core.file_empty", field, name=safe_name(name))
    beginning, media_type = _KINDS[suffix]
    if not beginning.match(content):
        raise Refusal("core.file_mismatch", field, name=safe_name(name), suffix=suffix[1:])
    return media_type


def recoded_image(content: bytes, field: str | None = None) -> bytes:
    """The picture drawn anew as JPEG: upright, at most 2,000 px, on white, without place or camera data.

    What would unfold into more than 60 million pixels is refused before it does.
    """
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise Refusal("core.image_large", field, width=width, height=height)
            picture.draft(
                "RGB", (LONGEST_EDGE, LONGEST_EDGE)
            )  # a large JPEG is read at a fraction of its size
            picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            return _drawn(ImageOps.exif_transpose(picture))
    except Refusal:
        raise
    except Exception:  # over broken bytes the decoders raise whatever comes to hand
        raise Refusal("core.image_unreadable", field) from None


def _drawn(picture: Image.Image) -> bytes:
    page = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        page.paste(shown, mask=shown.getchannel("A"))
    else:
        page.paste(picture.convert("RGB"))
    out = BytesIO()
    # A new page: nothing that the old one carried along (EXIF, XMP, comments) comes with it.
    page.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


class Upload(NamedTuple):
    """A file from outside that may be kept (:func:`looked_at`)."""

    name: str
    content: bytes
    media_type: str


def looked_at(
    name: str,
    content: bytes,
    allowed: frozenset[str] = ATTACHMENT_SUFFIXES,
    field: str | None = None,
) -> Upload:
    """Check an upload and draw pictures anew. Refusal names what to mend.

    Before the unit of work that keeps it: a picture takes up to a second, and nobody else's change waits for that.
    """
    media_type = check_upload(name, content, allowed, field)
    if PurePath(name).suffix.lower() not in _IMAGES:
        return Upload(safe_name(name), content, media_type)
    return Upload(PurePath(safe_name(name)).stem + ".jpg", recoded_image(content, field), "image/jpeg")


@contextmanager
def laid_down(database: Database, store: FileStore, *contents: bytes) -> Iterator[None]:
    """These bytes are on the disk before the unit of work inside, which keeps them: nobody's change waits for a disk.
    Where it ends badly, or one of them cannot be written, they all go again."""
    by_hash = {hash_of(content): content for content in contents}
    try:
        for sha256, content in by_hash.items():
            store.put(content, sha256)
        yield
    except BaseException:
        sweep(database, store, by_hash)
        raise


def sweep(database: Database, store: FileStore, hashes: Iterable[str]) -> None:
    """Remove those of these bytes that no row names, once what took their rows away has ended (:func:`forget`).

    That has ended, well or badly, and is told as it was: what cannot be removed stays, and the log says so.
    Whoever keeps the same bytes at the same moment waits for this, and then finds that they are gone (:func:`keep`).
    """
    wanted = sorted(set(hashes))
    if not wanted:
        return
    try:
        _remove_unnamed(database, store, wanted)
    except Exception as error:  # a disk, or a database, that does not answer at this moment
        log.warning("bytes that nothing names stay", hashes=wanted, error=repr(error))


def _remove_unnamed(database: Database, store: FileStore, wanted: list[str]) -> None:
    with database.unit_of_work() as session:
        for sha256 in wanted:
            _take_turn(session, sha256)
        named = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(wanted))))
        store.remove(sha256 for sha256 in wanted if sha256 not in named)


def _take_turn(session: Session, sha256: str) -> None:
    take_turn(session, f"file {sha256}")


def keep_upload(
    session: Session, actor: Actor, store: FileStore, upload: Upload, purpose: str, now: datetime
) -> StoredFile:
    """Keep bytes and row of a file from outside."""
    return keep(session, actor, store, upload.name, upload.content, upload.media_type, purpose, now)


def keep(
    session: Session,
    actor: Actor,
    store: FileStore,
    name: str,
    content: bytes,
    media_type: str,
    purpose: str,
    now: datetime,
) -> StoredFile:
    """Keep bytes that this side made or has checked already. They are on the disk (:func:`laid_down`), unless somebody
    has swept them meanwhile: looked at, and written again, while nobody can sweep. Who keeps several does so in the
    order of their hashes, as :func:`sweep` takes its turns."""
    sha256 = hash_of(content)
    _take_turn(session, sha256)
    stored = StoredFile(
        sha256=store.put(content, sha256),
        name=safe_name(name),
        media_type=media_type,
        size=len(content),
        purpose=purpose,
        account_id=actor.account_id,
        created_at=now,
    )
    session.add(stored)
    session.flush()
    return stored


def forget(session: Session, file_ids: Iterable[int]) -> list[str]:
    """These rows go. Returns the hashes of bytes that no other row names, for :func:`sweep`."""
    ids = list(file_ids)
    hashes = set(session.scalars(select(StoredFile.sha256).where(StoredFile.id.in_(ids))))
    session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))
    still = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(hashes))))
    return sorted(hashes - still)
