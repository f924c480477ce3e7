"""The steps of `run.py check`: style, types, import rules, and the wheel as a stranger would meet it.

Every step runs, whatever became of the one before it; the exit status is 0 only when all of them passed.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from run import ROOT, RUNTIME_LOCK, Environment, Stop, clean_environment, say

HERE = Path(__file__).resolve().parent
Verdict = tuple[bool, str]  # did it pass, and what it said
Step = Callable[[], Verdict]


def spoken(command: list[str | Path], folder: Path) -> Verdict:
    """Runs a command in a folder; both its streams together are what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def tool(*arguments: str) -> Step:
    return lambda: spoken([sys.executable, *arguments], ROOT)


class Wheel:
    """Built here, installed in a clean environment elsewhere, asked for a page from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clean = Environment(folder / "clean")
        self.installed = False

    @property
    def file(self) -> Path | None:
        return next((self.folder / "dist").glob("*.whl"), None)

    def build(self) -> Verdict:
        # Without isolation: hatchling is in the development lock, so nothing is fetched unlocked.
        return spoken(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", self.folder / "dist"],
            ROOT,
        )

    def contents(self) -> Verdict:
        if self.file is None:
            return False, "there is no wheel to look into"
        return spoken([sys.executable, HERE / "wheel_contents.py", self.file], ROOT)

    def install(self) -> Verdict:
        if self.file is None:
            return False, "there is no wheel to install"
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.clean.ensure(RUNTIME_LOCK)
            self.clean.install("Installing the wheel", ["--no-deps", str(self.file)])
        command = self.clean.scripts / ("lianqiao.exe" if os.name == "nt" else "lianqiao")
        self.installed, answer = spoken([command, "--help"], self.folder)
        return self.installed, said.getvalue() + answer

    def render(self) -> Verdict:
        if not self.installed:
            return False, "there is no installed wheel to render a page with"
        # Copied out, so that nothing of the checkout is beside the script.
        script = shutil.copy(HERE / "installed_page.py", self.folder / "installed_page.py")
        return spoken([self.clean.python, "-I", script, self.folder / "data"], self.folder)


def steps(folder: Path) -> list[tuple[str, Step]]:
    wheel = Wheel(folder)
    return [
        ("ruff: mistakes", tool("-m", "ruff", "check", "--quiet", ".")),
        ("ruff: layout", tool("-m", "ruff", "format", "--check", "--quiet", ".")),
        ("mypy: types", tool("-m", "mypy")),
        ("djlint: templates", tool("-m", "djlint", "--lint", "--quiet", "templates")),
        (
            "import-linter: the floors",
            tool("-c", "from importlinter.cli import lint_imports_command as c; c()"),
        ),
        ("wheel: built", wheel.build),
        ("wheel: file list", wheel.contents),
        ("wheel: installed in a clean environment", wheel.install),
        ("wheel: a page rendered from it", wheel.render),
    ]


def passes(place: str, name: str, step: Step) -> bool:
    """Runs one step and prints its name, time and verdict; what it said follows only when it failed."""
    print(f"{place}  {name:<40}", end="", flush=True)
    started = time.monotonic()
    try:
        passed, said = step()
    except (Stop, OSError, subprocess.SubprocessError) as error:
        passed, said = False, str(error)
    say(f"{time.monotonic() - started:7.1f} s  {'ok' if passed else 'FAILED'}")
    if not passed:
        say("\n".join("       " + line for line in said.strip().splitlines()))
    return passed


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lianqiao-check-", ignore_cleanup_errors=True) as folder:
        todo = steps(Path(folder))
        failed = [
            name
            for number, (name, step) in enumerate(todo, 1)
            if not passes(f"{number:2}/{len(todo)}", name, step)
        ]
    say(f"\n{len(todo) - len(failed)} of {len(todo)} steps passed in {time.monotonic() - started:.0f} s")
    if failed:
        say("Failed: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
