"""run.py as a person meets it: help, mistakes, an unsuitable Python."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import run

SOURCE = Path(run.__file__).read_text("utf-8")


def spoken(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(run.ROOT / "run.py"), *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("demo", "--help")])
def test_help_names_every_command_and_installs_nothing(arguments: tuple[str, ...]) -> None:
    said = spoken(*arguments)
    assert said.returncode == 0
    for word in ("demo", "test", "check", "--require browser,postgres", "--once", "--reset", "填充示例数据"):
        assert word in said.stdout
    assert "Installing" not in said.stdout


def test_help_survives_a_console_without_chinese(tmp_path: Path) -> None:
    said = spoken("--help", PYTHONIOENCODING="ascii", HOME=str(tmp_path))
    assert said.returncode == 0 and said.stderr == ""
    assert "python3 run.py demo" in said.stdout


def test_an_unknown_command_is_named() -> None:
    said = spoken("dmeo")
    assert said.returncode == 2
    assert "'dmeo'" in said.stdout


def test_check_takes_no_options(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["check", "--fast"]) == 1
    assert "no options" in capsys.readouterr().out


def test_it_uses_the_standard_library_only() -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_an_old_python_can_still_read_it_and_say_what_is_needed() -> None:
    ast.parse(SOURCE, feature_version=(3, 7))


def test_an_unsuitable_python_hands_over_to_a_suitable_one(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(run, "NEWEST", (3, 10))
    monkeypatch.setattr(run, "another_python", lambda: "suitable")
    monkeypatch.setattr(run.subprocess, "call", lambda command: called.append(command) or 7)
    assert run.main(["demo", "--once"]) == 7
    assert called == [["suitable", str(run.ROOT / "run.py"), "demo", "--once"]]


def test_where_there_is_no_suitable_python_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "NEWEST", (3, 10))
    monkeypatch.setattr(run, "another_python", lambda: None)
    assert run.main(["demo"]) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in capsys.readouterr().out


def test_another_python_answers_with_one_that_runs() -> None:
    found = run.another_python()
    if found is None:
        pytest.skip("no python3.11, python3.12 or python3.13 on the path")
    said = subprocess.run(
        [found, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, check=True
    )
    assert said.stdout.decode().strip() in ("(3, 11)", "(3, 12)", "(3, 13)")


def test_what_would_bend_the_environments_python_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    monkeypatch.setenv("LIANQIAO_PORT", "8080")
    environment = run.clean_environment()
    assert "PYTHONPATH" not in environment and "PYTHONHOME" not in environment
    assert environment["LIANQIAO_PORT"] == "8080" and environment["PYTHONUTF8"] == "1"
