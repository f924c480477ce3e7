"""The steps of `run.py check`: each says name, time and verdict; one failure does not hide the others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.architecture import check


def fails() -> check.Verdict:
    return False, "line one\nline two\n"


def breaks() -> check.Verdict:
    raise subprocess.SubprocessError("the tool is not there")


def succeeds() -> check.Verdict:
    return True, "many words"


def test_a_step_prints_its_name_time_and_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.passes("1/2", "style", succeeds)
    said = capsys.readouterr().out
    assert said.startswith("1/2  style") and said.rstrip().endswith("s  ok")
    assert "many words" not in said


@pytest.mark.parametrize(("step", "reason"), [(fails, "line two"), (breaks, "the tool is not there")])
def test_a_failed_step_says_why(step: check.Step, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not check.passes("1/2", "style", step)
    said = capsys.readouterr().out
    assert "FAILED" in said and reason in said


def test_every_step_runs_and_the_status_is_honest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "steps", lambda folder: [("one", fails), ("two", succeeds), ("three", breaks)])
    assert check.main() == 1
    said = capsys.readouterr().out
    assert "two" in said and "1 of 3 steps passed" in said and "Failed: one, three" in said
    monkeypatch.setattr(check, "steps", lambda folder: [("one", succeeds)])
    assert check.main() == 0


def test_the_steps_of_the_wheel_fail_plainly_without_one(tmp_path: Path) -> None:
    wheel = check.Wheel(tmp_path)
    assert wheel.contents() == (False, "there is no wheel to look into")
    assert wheel.install() == (False, "there is no wheel to install")
    assert wheel.render() == (False, "there is no installed wheel to render a page with")
