"""Where templates/, static/, seeds/ and the rooms' catalogues lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# A wheel carries the data folders inside the package; a checkout has them beside it.
_DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parent

TEMPLATES = _DATA / "templates"
STATIC = _DATA / "static"
SEEDS = _DATA / "seeds"
MIGRATIONS = PACKAGE / "migrations"


def catalogues() -> list[Path]:
    """Every room's English catalogue, in a fixed order."""
    return sorted(PACKAGE.rglob("en.po")) + sorted((PACKAGE / "translations").glob("*.en.po"))
