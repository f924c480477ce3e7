"""A disk that lets nothing go."""

from __future__ import annotations

import pytest

from marketplace.core.files import FileStore


def bytes_stay(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """From now on no bytes can be removed. What was to be removed."""
    asked: list[object] = []

    def remove(_store: FileStore, hashes: object) -> None:
        asked.append(hashes)
        raise OSError("the disk is gone")

    monkeypatch.setattr(FileStore, "remove", remove)
    return asked
