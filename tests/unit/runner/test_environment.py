"""run.py's environment: one stamp per lock, nothing installed twice, nothing claimed that was not installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run

METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of one real, tiny package that lies beside it."""
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        written.writestr("tiny.py", "ANSWER = 42\n")
        written.writestr("tiny-1.0.dist-info/METADATA", METADATA)
        written.writestr("tiny-1.0.dist-info/WHEEL", WHEEL)
        written.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = tmp_path / "tiny.lock"
    lock.write_text(f"tiny @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    return lock


@pytest.fixture
def without_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.shutil, "which", lambda name: None)


@pytest.mark.usefixtures("without_uv")
@pytest.mark.slow
def test_a_lock_is_installed_once_and_again_only_when_it_changed(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = run.Environment(tmp_path / "fresh")
    environment.ensure(lock)
    answer = subprocess.run(
        [environment.python, "-c", "import tiny; print(tiny.ANSWER)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "42"
    assert environment.holds(lock)

    installs: list[str] = []
    monkeypatch.setattr(run, "patient", lambda title, command, log: installs.append(title) or True)
    environment.ensure(lock)
    assert installs == []
    lock.write_text(lock.read_text() + "# another line\n")
    assert not environment.holds(lock)
    environment.ensure(lock)
    assert installs == ["Installing tiny.lock with pip"]


@pytest.mark.usefixtures("without_uv")
@pytest.mark.slow
def test_a_wrong_hash_leaves_no_stamp(lock: Path, tmp_path: Path) -> None:
    lock.write_text(lock.read_text().rpartition(":")[0] + ":" + "0" * 64 + "\n")
    environment = run.Environment(tmp_path / "fresh")
    with pytest.raises(run.Stop, match="could not be installed"):
        environment.ensure(lock)
    assert not environment.holds(lock)


def pretend(folder: Path, lock: Path) -> run.Environment:
    """An environment that looks complete, made without installing anything."""
    environment = run.Environment(folder)
    environment.scripts.mkdir(parents=True)
    environment.python.touch()
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\nversion = 3.11\n")
    environment.stamp(lock).write_text(run.fingerprint(lock))
    return environment


def test_line_ends_do_not_change_a_lock(tmp_path: Path) -> None:
    unix, windows = tmp_path / "a", tmp_path / "b"
    unix.write_bytes(b"a==1 \\\n    --hash=sha256:0\n")
    windows.write_bytes(unix.read_bytes().replace(b"\n", b"\r\n"))
    assert run.fingerprint(unix) == run.fingerprint(windows)


def test_an_environment_whose_python_went_away_is_not_trusted(lock: Path, tmp_path: Path) -> None:
    environment = pretend(tmp_path / "old", lock)
    assert environment.holds(lock)
    (environment.folder / "pyvenv.cfg").write_text(f"home = {tmp_path / 'removed'}\n")
    assert not environment.holds(lock)


def test_after_the_development_lock_the_demo_installs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = pretend(tmp_path / "venv", run.RUNTIME_LOCK)
    environment.stamp(run.RUNTIME_LOCK).unlink()
    monkeypatch.setattr(run.Environment, "install", lambda self, title, arguments: None)
    environment.ensure(run.DEV_LOCK)
    assert environment.holds(run.RUNTIME_LOCK) and environment.holds(run.DEV_LOCK)


def test_the_runtime_lock_alone_does_not_pass_for_the_development_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = pretend(tmp_path / "venv", run.RUNTIME_LOCK)
    assert not environment.holds(run.DEV_LOCK)


def means_of(
    monkeypatch: pytest.MonkeyPatch, *, uv: bool, own_pip: bool, ensurepip: bool, host: tuple[int, ...]
) -> list[tuple[str, list[str]]]:
    environment = run.Environment(Path("somewhere"))
    monkeypatch.setattr(run.shutil, "which", lambda name: "/usr/bin/uv" if uv else None)
    monkeypatch.setattr(run, "quiet", lambda command: ensurepip if "ensurepip" in command else own_pip)
    monkeypatch.setattr(run, "host_pip", lambda: host)
    monkeypatch.setattr(run.Environment, "packages", lambda self: Path("packages"))
    return environment._means()


def test_uv_comes_first_and_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    means = means_of(monkeypatch, uv=True, own_pip=True, ensurepip=False, host=())
    assert [name for name, _ in means] == ["uv", "pip"]
    assert "--compile-bytecode" in means[0][1]


def test_a_machine_without_ensurepip_lends_its_own_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    [(name, command)] = means_of(monkeypatch, uv=False, own_pip=False, ensurepip=False, host=(23, 0))
    assert name == "this machine's pip"
    assert command[:2] == [sys.executable, "-m"] and "--python" in command


def test_an_old_pip_installs_into_the_packages_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    [(_, command)] = means_of(monkeypatch, uv=False, own_pip=False, ensurepip=False, host=(20, 3))
    assert command[-2:] == ["--target", "packages"] and "--python" not in command


def test_with_nothing_to_install_with_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert means_of(monkeypatch, uv=False, own_pip=False, ensurepip=False, host=()) == []
    with pytest.raises(run.Stop, match="apt install python3-venv"):
        run.Environment(Path("somewhere")).install("Installing", [])


def ends(status: int, words: str) -> list[str]:
    return [sys.executable, "-c", f"print({words!r}); raise SystemExit({status})"]


def test_what_cannot_install_is_followed_by_what_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        run.Environment, "_means", lambda self: [("uv", ends(2, "no index")), ("pip", ends(0, ""))]
    )
    run.Environment(tmp_path).install("Installing", [])
    assert "uv could not; trying pip" in capsys.readouterr().out


def test_the_last_words_of_the_last_means_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        run.Environment, "_means", lambda self: [("pip", ends(1, "no space left on the disk"))]
    )
    with pytest.raises(run.Stop, match="no space left on the disk"):
        run.Environment(tmp_path).install("Installing", [])


def test_the_command_line_works_from_any_folder(tmp_path: Path) -> None:
    environment = run.Environment(Path(sys.prefix))
    environment.open_checkout(run.ROOT)
    said = subprocess.run(
        [environment.python, "-c", "import run; print(run.ROOT)"],
        cwd=tmp_path,
        env=run.clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(said.stdout.strip()) == run.ROOT
    launcher = environment.scripts / ("lianqiao.cmd" if run.WINDOWS else "lianqiao")
    assert "-m marketplace.cli" in launcher.read_text()
