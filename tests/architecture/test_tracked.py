"""What is kept with the project is the project's own: no link to somewhere else, no path of the machine it was made on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files
from tests.architecture.test_traces import HOME_FOLDERS, IN_A_CONTAINER

# The same, in files of whatever kind: pictures, fonts, what others wrote.
HOME_FOLDERS_IN_BYTES = re.compile(HOME_FOLDERS.pattern.encode())


def tracked(root: Path) -> Iterator[Path]:
    """Everything that git keeps; in a copy without git, everything that is not a tool's."""
    if not (root / ".git").exists():
        yield from files()
        return
    # Whoever unpacked it may be somebody else than who looks.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    yield from (root / name for name in listed.stdout.split("\0") if name)


def links(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in tracked(root) if path.is_symlink()]


def naming_a_machine(root: Path) -> list[str]:
    return [
        str(path.relative_to(root))
        for path in tracked(root)
        if path.name not in IN_A_CONTAINER
        and path.is_file()
        and HOME_FOLDERS_IN_BYTES.search(path.read_bytes())
    ]


def test_no_file_is_a_link() -> None:
    assert links(ROOT) == []


def test_no_file_of_whatever_kind_names_a_folder_of_a_developers_machine() -> None:
    assert naming_a_machine(ROOT) == []


def test_the_search_finds_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG /ro" + b"ot/pictures")
    (tmp_path / "fine.py").write_text("/a/b")
    (tmp_path / ".cache").symlink_to("fine.py")
    (tmp_path / "not-kept").symlink_to("fine.py")
    for command in (["init", "-q"], ["add", "picture.png", "fine.py", ".cache"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert links(tmp_path) == [".cache"]
    assert naming_a_machine(tmp_path) == ["picture.png"]
