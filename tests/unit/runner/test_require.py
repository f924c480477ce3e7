"""--require: a missing real component skips with a reason, and fails where the part is required."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run

TESTS = """
import pytest

@pytest.mark.browser
def test_marked():
    pytest.skip("no Chromium on this machine")

def test_by_fixture(chromium):
    assert chromium

@pytest.mark.postgres
def test_that_runs():
    assert True

def test_of_no_part():
    pytest.skip("not today")
"""
SETTINGS = """
[pytest]
addopts = --strict-markers -p no:cacheprovider
markers =
    browser: b
    postgres: p
    elasticsearch: e
"""


def outcome(folder: Path, *arguments: str) -> tuple[int, str]:
    shutil.copy(run.ROOT / "tests" / "conftest.py", folder / "conftest.py")
    (folder / "test_parts.py").write_text(TESTS)
    (folder / "pytest.ini").write_text(SETTINGS)
    environment = {**run.clean_environment(), "CHROMIUM": "there-is-no-such-browser"}
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return said.returncode, said.stdout + said.stderr


def test_a_missing_component_skips_with_its_reason(tmp_path: Path) -> None:
    status, said = outcome(tmp_path)
    assert status == 0 and "1 passed, 3 skipped" in said
    assert "CHROMIUM names there-is-no-such-browser" in said


def test_a_required_component_fails_instead(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "--require", "browser,postgres")
    assert status == 1 and "browser is required here, and yet: " in said
    assert "1 passed, 1 skipped" in said and "not today" in said
    assert "browser is required, and not one of its tests ran" in said
    assert "postgres is required" not in said


def test_a_required_part_must_run_at_all(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "--require=postgres", "-k", "test_of_no_part")
    assert status == 1
    assert "postgres is required, and not one of its tests ran" in said
    status, _ = outcome(tmp_path, "--require=postgres", "-k", "test_that_runs")
    assert status == 0


def test_parallel_runs_count_alike(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "-n", "2", "--require", "postgres")
    assert status == 0, said
    status, said = outcome(tmp_path, "-n", "2", "--require", "browser")
    assert status == 1 and "browser is required, and not one of its tests ran" in said


@pytest.mark.parametrize("part", ["browsers", "mysql"])
def test_an_unknown_part_is_refused(tmp_path: Path, part: str) -> None:
    status, said = outcome(tmp_path, "--require", part)
    assert status == pytest.ExitCode.USAGE_ERROR
    assert part in said
