"""Files: rows in the database, bytes under their hash in the data folder. Names from outside never become paths."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePath

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.actor import Actor
from marketplace.core.db import Base, IdType, Pk
from marketplace.core.errors import Refusal

MEBIBYTE = 1024 * 1024
LARGEST_UPLOAD = 20 * MEBIBYTE
LONGEST_EDGE = 2000
# What a suffix must look like inside: the first bytes that its kind of file begins with.
_MAGIC: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",),
    ".xlsx": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".doc": (b"\xd0\xcf\x11\xe0",),
    ".dwg": (b"AC10",),
    ".step": (b"ISO-10303-21",),
    ".stp": (b"ISO-10303-21",),
}
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
ATTACHMENT_SUFFIXES = frozenset(_MAGIC)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u202a-\u202e\u2066-\u2069]")

Image.MAX_IMAGE_PIXELS = 60_000_000


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


@dataclass(frozen=True)
class FileStore:
    """Bytes under ``folder``/ab/abcdef…, written once and never changed."""

    folder: Path

    def path_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store the bytes, return their SHA-256 in hex; the same bytes are kept once."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path_of(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(content)
            partial.replace(path)
        return digest

    def read(self, sha256: str) -> bytes:
        return self.path_of(sha256).read_bytes()


def safe_name(name: str) -> str:
    """A file name fit to be shown and sent: no path, control or direction characters, at most 120 characters."""
    cleaned = _UNSAFE.sub("", unicodedata.normalize("NFC", name)).strip(". ")
    path = PurePath(cleaned or "file")
    return path.stem[:100] + path.suffix[:20]


def check_upload(name: str, content: bytes, allowed: frozenset[str] = ATTACHMENT_SUFFIXES, field: str | None = None) -> str:
    """The media type of an upload whose suffix, size and first bytes agree; else Refusal with the mend."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in allowed:
        raise Refusal("core.file_kind", field, name=safe_name(name), allowed=sorted(s[1:] for s in allowed))
    if len(content) > LARGEST_UPLOAD:
        raise Refusal("core.file_large", field, name=safe_name(name), megabytes=LARGEST_UPLOAD // MEBIBYTE)
    if not content:
        raise Refusal("core.file_empty", field, name=safe_name(name))
    if not content.startswith(_MAGIC[suffix]):
        raise Refusal("core.file_mismatch", field, name=safe_name(name), suffix=suffix[1:])
    try:
        return puremagic.from_string(content[:4096], mime=True, filename=f"x{suffix}") or "application/octet-stream"
    except puremagic.PureError:
        return "application/octet-stream"


def recoded_image(content: bytes, field: str | None = None) -> bytes:
    """The picture drawn anew as JPEG: upright, at most 2,000 px, without place or camera data."""
    try:
        with Image.open(BytesIO(content)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            out = BytesIO()
            upright.save(out, "JPEG", quality=85, optimize=True)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Refusal("core.image_unreadable", field) from None


def store_upload(
    session: Session,
    actor: Actor,
    store: FileStore,
    name: str,
    content: bytes,
    *,
    purpose: str,
    now: datetime,
    allowed: frozenset[str] = ATTACHMENT_SUFFIXES,
    field: str | None = None,
) -> StoredFile:
    """Check an upload, draw pictures anew, keep bytes and row. Refusal names what to mend."""
    media_type = check_upload(name, content, allowed, field)
    if PurePath(name).suffix.lower() in _IMAGES:
        content, media_type = recoded_image(content, field), "image/jpeg"
        name = PurePath(name).stem + ".jpg"
    return keep(session, actor, store, name, content, media_type, purpose, now)


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
    """Keep bytes that this side made or has checked already."""
    stored = StoredFile(
        sha256=store.put(content),
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
