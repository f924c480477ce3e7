#!/usr/bin/env python3
"""Starts, tests and checks Lianqiao on a machine that has nothing but Python. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 13)
RUNTIME_LOCK, DEV_LOCK = (
    ROOT / "requirements.lock",
    ROOT / "requirements-dev.lock",
)  # the second holds the first
WINDOWS = os.name == "nt"

HELP = """\
Lianqiao 链桥 -- a matchmaking marketplace between chain leaders and specialised small firms.

    python3 run.py demo     fill a demonstration district and serve it     填充示例数据并启动网站
    python3 run.py test     run every test                                 运行全部测试
    python3 run.py check    style, types, import rules, the wheel          代码检查与打包检查

The first run makes .venv and installs what the lock file names (about 150 MB); later runs start at once.
Nothing outside this folder is touched. Needs Python 3.11, 3.12 or 3.13 and nothing else.

demo   --port N        serve there instead of 8000
       --once          prepare everything, print the match list and stop
       --reset         start over; without it nothing that a person did is lost
test   --require browser,postgres,elasticsearch,redis
                       a part whose real component is missing fails instead of being skipped
       anything else goes to pytest:  python3 run.py test -k certificate -x
check  takes no options; every step runs even when one before it failed

After the first run the command line is there too:  .venv/bin/lianqiao --help  (Windows: .venv\\Scripts\\lianqiao)
"""

NOTHING_INSTALLS = (
    "Lianqiao can install its packages with uv, with Python's own venv, or with pip, and this machine has none of "
    "them: install one (Debian or Ubuntu: apt install python3-venv; elsewhere: uv, or Python from its own installer) "
    "and run this again."
)


class Stop(Exception):
    """Ends the run with one sentence for a person to read."""


# ---------------------------------------------------------------- the environment


class Environment:
    """A virtual environment that holds one lock: made when missing, installed into only when the lock changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts = folder / ("Scripts" if WINDOWS else "bin")
        self.python = self.scripts / ("python.exe" if WINDOWS else "python")
        self.log = folder / "install.log"

    def stamp(self, lock: Path) -> Path:
        return self.folder / (lock.name + ".installed")

    def holds(self, lock: Path) -> bool:
        """True when exactly this lock was installed here, to the end, and the Python under it is still there."""
        try:
            written = self.stamp(lock).read_text("ascii")
        except OSError:
            return False
        return written == fingerprint(lock) and self.python.exists() and self._base_python_is_there()

    def _base_python_is_there(self) -> bool:
        try:
            lines = (self.folder / "pyvenv.cfg").read_text("utf-8").splitlines()
        except OSError:
            return False
        home = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
        return bool(home) and Path(home[0]).is_dir()

    def ensure(self, lock: Path) -> None:
        """Brings the environment to the lock. Raises Stop when this machine offers no way to install."""
        if self.holds(lock):
            return
        if not (self.python.exists() and self._base_python_is_there()):
            self._create()
        self.stamp(lock).unlink(missing_ok=True)
        self.install(f"Installing {lock.name}", ["--require-hashes", "-r", str(lock)])
        # The development lock holds every line of the runtime lock, so the demo need not install again after a test.
        for held in (lock, RUNTIME_LOCK) if lock == DEV_LOCK else (lock,):
            self.stamp(held).write_text(fingerprint(held), "ascii")

    def _create(self) -> None:
        say(f"Making {self.folder.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(self.folder, ignore_errors=True)
        tried = [[sys.executable, "-m", "venv", "--without-pip", str(self.folder)]]
        if shutil.which("uv"):
            tried.append(["uv", "venv", "--quiet", "--python", sys.executable, str(self.folder)])
        if host_pip():
            tried.append([sys.executable, "-m", "virtualenv", "--quiet", "--no-pip", str(self.folder)])
        if not any(quiet(command) and self.python.exists() for command in tried):
            raise Stop(NOTHING_INSTALLS)

    def install(self, title: str, arguments: list[str]) -> None:
        """Installs with the first means that works. Raises Stop when none is there, or with what the last one said."""
        means = self._means()
        if not means:
            raise Stop(NOTHING_INSTALLS)
        for number, (name, command) in enumerate(means, 1):
            if patient(f"{title} with {name}", [*command, *arguments], self.log):
                return
            if number < len(means):
                say(f"  {name} could not; trying {means[number][0]}")
        said = self.log.read_text("utf-8", "replace").strip().splitlines()[-12:]
        raise Stop(
            "The packages could not be installed. The last lines of "
            + str(self.log)
            + ":\n"
            + "\n".join(said)
        )

    def _means(self) -> list[tuple[str, list[str]]]:
        """The ways to install into this environment that this machine offers, best first."""
        means = []
        pip_options = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
        if shutil.which("uv"):
            # Without byte code the first start would take four to eight times longer.
            means.append(("uv", ["uv", "pip", "install", "--python", str(self.python), "--compile-bytecode"]))
        own_pip = [str(self.python), "-m", "pip"]
        if quiet([*own_pip, "--version"]) or quiet([str(self.python), "-m", "ensurepip"]):
            means.append(("pip", [*own_pip, *pip_options]))
        elif host_pip():
            version = host_pip()
            if version >= (22, 3):
                where = ["--python", str(self.python), *pip_options]
            else:
                where = [*pip_options, "--upgrade", "--target", str(self.packages())]
            means.append(("this machine's pip", [sys.executable, "-m", "pip", *where]))
        return means

    def packages(self) -> Path:
        """The folder of installed packages."""
        if WINDOWS:
            return self.folder / "Lib" / "site-packages"
        return next((self.folder / "lib").glob("python3.*")) / "site-packages"

    def open_checkout(self, root: Path) -> None:
        """Makes the checkout importable and puts `lianqiao` on the environment's shelf, without installing a package."""
        write_if_changed(self.packages() / "lianqiao-checkout.pth", str(root) + "\n")
        if WINDOWS:
            write_if_changed(
                self.scripts / "lianqiao.cmd",
                '@set PYTHONUTF8=1\r\n@"%~dp0python.exe" -m marketplace.cli %*\r\n',
            )
        else:
            launcher = self.scripts / "lianqiao"
            script = '#!/bin/sh\nexec "$(dirname "$0")/python" -m marketplace.cli "$@"\n'
            if write_if_changed(launcher, script):
                launcher.chmod(0o755)


def fingerprint(lock: Path) -> str:
    """SHA-256 of the lock, the same on every system whatever its line ends."""
    return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def write_if_changed(path: Path, text: str) -> bool:
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    path.write_bytes(text.encode())
    return True


def host_pip() -> tuple[int, ...]:
    """The version of the pip of the Python that runs this file; empty when it has none."""
    if importlib.util.find_spec("pip") is None:
        return ()
    said = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    words = said.stdout.split()
    return tuple(int(part) for part in words[1].split(".")[:2] if part.isdigit()) if len(words) > 1 else ()


# ---------------------------------------------------------------- running and telling


def say(text: str) -> None:
    print(text, flush=True)


def clean_environment() -> dict[str, str]:
    """Our own variables without what would bend an environment's Python; UTF-8 whatever the machine's locale says."""
    bending = (
        "PYTHONPATH",
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
    )
    kept = {name: value for name, value in os.environ.items() if name not in bending}
    return {**kept, "PYTHONUTF8": "1"}


def quiet(command: list[str]) -> bool:
    """Runs a command that need not succeed; its words are dropped."""
    try:
        return (
            subprocess.run(command, capture_output=True, env=clean_environment(), check=False).returncode == 0
        )
    except OSError:
        return False


def patient(title: str, command: list[str], log: Path) -> bool:
    """Runs a command that may take minutes, its words in a log, and shows that time passes."""
    started, told = time.monotonic(), 0.0
    say(f"{title} ...")
    with log.open("wb") as written:
        try:
            process = subprocess.Popen(
                command, stdout=written, stderr=subprocess.STDOUT, env=clean_environment()
            )
        except OSError as error:
            written.write(str(error).encode())
            return False
        while process.poll() is None:
            time.sleep(0.05)
            passed = time.monotonic() - started
            if passed - told >= (2 if sys.stdout.isatty() else 10):
                told = passed
                say(f"  {passed:.0f} s")
    say(f"  {'done' if process.returncode == 0 else 'failed'} after {time.monotonic() - started:.1f} s")
    return process.returncode == 0


def become(command: list[str]) -> int:
    """Hands this process over to the command; on Windows, which has no exec, waits for it."""
    os.chdir(ROOT)
    if not WINDOWS:
        os.execve(command[0], command, clean_environment())
    process = subprocess.Popen(command, env=clean_environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reaches the child as well; it decides when to end


def prepared(lock: Path) -> Environment:
    environment = Environment(ROOT / ".venv")
    environment.ensure(lock)
    environment.open_checkout(ROOT)
    return environment


# ---------------------------------------------------------------- the commands


def demo(arguments: list[str]) -> int:
    return become([str(prepared(RUNTIME_LOCK).python), "-u", "-m", "marketplace.demo", *arguments])


def test(arguments: list[str]) -> int:
    return become([str(prepared(DEV_LOCK).python), "-m", "pytest", *arguments])


def check(arguments: list[str]) -> int:
    if arguments:
        raise Stop("check takes no options; `python3 run.py --help` tells what there is.")
    return become([str(prepared(DEV_LOCK).python), str(ROOT / "tests" / "architecture" / "check.py")])


def another_python() -> str | None:
    """A Python on this machine that is neither too old nor too new."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        for command in ([f"python3.{minor}"], ["py", f"-3.{minor}"]):
            asked = f"import sys; print(sys.executable if sys.version_info[:2] == (3, {minor}) else '')"
            try:
                said = subprocess.run(
                    [*command, "-c", asked], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
                )
            except OSError:
                continue
            if said.returncode == 0 and said.stdout.strip():
                return said.stdout.decode().strip()
    return None


COMMANDS = {"demo": demo, "test": test, "check": check}


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a console without Chinese shows a question mark, not a traceback
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help") or (name in ("demo", "check") and "--help" in arguments):
        say(HELP)
        return 0
    if name not in COMMANDS:
        say(f"There is no command {name!r}.\n\n{HELP}")
        return 2
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        other = another_python()
        if other is None:
            say(
                f"Lianqiao needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]} and no other was found."
            )
            return 1
        return subprocess.call([other, str(ROOT / "run.py"), *arguments])
    try:
        return COMMANDS[name](arguments[1:])
    except Stop as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
