"""An import inside a function says why it is not at the top: start-up time, a cycle, or something optional."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, python_files


def unexplained(source: str) -> list[int]:
    """Line numbers of inline imports with no comment on their own line, the line above, or the import before."""
    lines = source.splitlines()
    found: set[int] = set()
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.add(node.lineno)
    explained = set()
    for line in sorted(found):
        before = (
            line - 1
        )  # the nearest line above that is not blank; a reason covers the whole run of imports
        while not lines[before - 1].strip():
            before -= 1
        if "#" in lines[line - 1] or lines[before - 1].strip().startswith("#") or before in explained:
            explained.add(line)
    return sorted(found - explained)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_inline_import_carries_its_reason(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (ROOT / package) in path.parents and (lines := unexplained(path.read_text("utf-8")))
    }
    assert not wrong


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    assert unexplained("def f():\n    import a\n") == [2]
    assert unexplained("def f():\n    if x:\n        from a import b\n") == [3]
    assert unexplained("import a\ndef f():\n    import b  # slow to load\n    import c\n") == []
    assert unexplained("def f():\n    # only where it is installed\n    import b\n\n    import c\n") == []
    assert unexplained("def f():\n    import b  # slow\n    x = 1\n    import c\n") == [4]
