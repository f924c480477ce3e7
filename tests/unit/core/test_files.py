"""Uploads: names never become paths, suffix and content agree, pictures lose what they carry along."""

from __future__ import annotations

import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from marketplace.core import files
from marketplace.core.errors import Refusal
from marketplace.core.files import ATTACHMENT_SUFFIXES, FileStore, check_upload, recoded_image, safe_name


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, "#1f5fa8").save(out, kind, **options)
    return out.getvalue()


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("图纸 v2.pdf", "图纸 v2.pdf"),
        ("../../etc/passwd", "etcpasswd"),
        ("C:\\Users\\x\\报价.xlsx", "CUsersx报价.xlsx"),
        ("a\r\nContent-Type: text/html.pdf", "aContent-Type texthtml.pdf"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        ("a\u200b\u2066b\u2069.pdf", "ab.pdf"),
        ("nul\x00byte.pdf", "nulbyte.pdf"),
        ("lone\ud800.pdf", "lone.pdf"),
        ("", "file"),
        ("...", "file"),
        (".pdf", "pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@given(st.text(max_size=300))
@example("长" * 10_000 + ".pdf")
@example("a." + "x" * 10_000)
@example("\u202e" * 50)
def test_no_name_is_dangerous(name: str) -> None:
    kept = safe_name(name)
    assert 1 <= len(kept) <= 120
    assert not set(kept) & set('/\\<>:"|?*')
    assert all(ord(c) >= 32 and not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069" for c in kept)
    kept.encode("utf-8")
    assert kept not in (".", "..")


# ---------------------------------------------------------------- kinds


def test_suffix_size_and_content_must_agree() -> None:
    assert check_upload("图.PNG", picture("PNG")) == "image/png"
    assert check_upload("a.pdf", b"%PDF-1.7 ...") == "application/pdf"
    for name, content, code in (
        ("a.exe", b"MZ", "core.file_kind"),
        ("a", b"%PDF-", "core.file_kind"),
        ("a.svg", b"<svg onload=alert(1)>", "core.file_kind"),
        ("a.html", b"<html>", "core.file_kind"),
        ("a.pdf", b"", "core.file_empty"),
        ("a.pdf", b"<html>", "core.file_mismatch"),
        ("a.jpg", picture("PNG"), "core.file_mismatch"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WAVEfmt ", "core.file_mismatch"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "core.file_mismatch"),
        ("a.pdf", b"%PDF-" + b" " * files.LARGEST_UPLOAD, "core.file_large"),
    ):
        with pytest.raises(Refusal) as refused:
            check_upload(name, content, field="file")
        assert (refused.value.code, refused.value.problems[0].field) == (code, "file"), name


def test_no_upload_is_ever_served_as_a_page() -> None:
    types = {check_upload(f"a{suffix}", _beginning(suffix)) for suffix in ATTACHMENT_SUFFIXES}
    assert not {
        kind for kind in types if "html" in kind or kind == "xml" or "script" in kind or "svg" in kind
    }


def _beginning(suffix: str) -> bytes:
    return {
        ".pdf": b"%PDF-",
        ".png": b"\x89PNG\r\n\x1a\n",
        ".webp": b"RIFF0000WEBP",
        ".dwg": b"AC1032",
        ".step": b"ISO-10303-21;",
        ".stp": b"ISO-10303-21;",
        ".xls": b"\xd0\xcf\x11\xe0",
        ".doc": b"\xd0\xcf\x11\xe0",
        ".jpg": b"\xff\xd8\xff",
        ".jpeg": b"\xff\xd8\xff",
    }.get(suffix, b"PK\x03\x04") + b"<html><script>alert(1)</script>"


# ---------------------------------------------------------------- pictures


def test_a_picture_carries_nothing_along() -> None:
    exif = Image.Exif()
    exif[0x010F] = "KAMERA-4711"
    exif[0x8825] = {1: "N", 2: (33.0, 44.0, 0.0)}
    told = picture("JPEG", exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>")
    assert b"KAMERA-4711" in told
    drawn = recoded_image(told)
    with Image.open(BytesIO(drawn)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & set(image.info)
    for word in (b"KAMERA-4711", b"SECRET", b"Exif"):
        assert word not in drawn


def test_a_picture_stands_upright_and_fits() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    with Image.open(BytesIO(recoded_image(picture("JPEG", (3000, 1200), exif=exif)))) as image:
        assert image.size == (800, 2000)


def test_what_was_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(BytesIO(recoded_image(out.getvalue()))) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would unfold into width × height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 8_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_unfolds_is_refused_before_it_does(size: tuple[int, int]) -> None:
    packed = bomb(*size)
    assert len(packed) < 10_000
    with pytest.raises(Refusal) as refused:
        recoded_image(packed, "photo")
    assert refused.value.code in ("core.image_large", "core.image_unreadable")
    assert refused.value.problems[0].field == "photo"


@given(st.integers(0, 400), st.binary(max_size=40), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_broken_bytes_are_refused_and_never_an_error(place: int, noise: bytes, kind: str) -> None:
    whole = picture(kind)
    broken = whole[:place] + noise + whole[place + len(noise) :]
    try:
        assert recoded_image(broken)[:2] == b"\xff\xd8"
    except Refusal as refused:
        assert refused.code in ("core.image_unreadable", "core.image_large")


def test_a_page_called_picture_is_refused() -> None:
    for content in (b"<html>", b"GIF89a" + b"\x00" * 50, b"%!PS-Adobe\n", b"II*\x00" + b"\x00" * 30):
        with pytest.raises(Refusal, match=r"core\.image_unreadable"):
            recoded_image(content)


# ---------------------------------------------------------------- the store


def test_the_same_bytes_are_kept_once_whoever_comes_together(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    content = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: store.put(content), range(24)))
    assert len(digests) == 1
    assert store.read(digests.pop()) == content
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [""]
