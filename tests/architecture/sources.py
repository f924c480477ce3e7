"""What belongs to the project: its files, without those that a tool made or that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "matching", "search")
MADE_BY_TOOLS = {
    ".git", ".venv", ".cache", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis",
    ".import_linter_cache", "dist", "build", "node_modules", "test-results",
}  # fmt: skip
TEXT = {
    ".py",
    ".toml",
    ".md",
    ".html",
    ".css",
    ".js",
    ".json",
    ".yml",
    ".yaml",
    ".csv",
    ".po",
    ".txt",
    ".lock",
    ".svg",
    "",
}


def files() -> Iterator[Path]:
    """Every file of the project, vendored ones and the data of a running site left out."""
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in MADE_BY_TOOLS or path in (ROOT / "static" / "vendor", ROOT / "data"):
                continue
            if path.is_dir():
                pending.append(path)
            else:
                yield path


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def text_files() -> list[Path]:
    return [path for path in files() if path.suffix in TEXT]
