"""Codes that are printed on a slip and typed in again: of letters and digits that nobody mistakes for each other."""

from __future__ import annotations

import re
import unicodedata

_ALPHABET = "ABCDEFGHJKLMNPQRTUWXY346789"


def readable_code(random_bytes: bytes) -> str:
    """Twelve characters in groups of four: HKMT-49RW-XP7A."""
    letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random_bytes[:12])
    return "-".join((letters[:4], letters[4:8], letters[8:12]))


def normal_code(text: str) -> str:
    """What was typed, in the form the code was issued in: any width, case, spaces and dashes."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    return "-".join((letters[:4], letters[4:8], letters[8:]))
