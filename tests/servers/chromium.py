"""The Chromium that the tests drive, where this machine has one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def find() -> Path | None:
    """The Chromium of this machine: the CHROMIUM variable, then the usual names on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        return Path(found) if found else None
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((Path(found) for found in map(shutil.which, names) if found), None)
