"""The locks: every package with its hashes, no index host, and the development lock a superset of the runtime one."""

from __future__ import annotations

import re
import tomllib

from run import DEV_LOCK, ROOT, RUNTIME_LOCK

PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z,-]+\])?==(\S+)(?: ; .+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(text: str) -> set[str]:
    return {
        line.removesuffix(" \\") for line in text.splitlines() if "==" in line and not line.startswith(" ")
    }


def names(text: str) -> set[str]:
    return {pin.split("==")[0].split("[")[0] for pin in pins(text)}


def test_every_line_is_a_pin_or_a_hash() -> None:
    for lock in (RUNTIME_LOCK, DEV_LOCK):
        pinned = False
        for number, line in enumerate(lock.read_text("utf-8").splitlines(), 1):
            if PIN.match(line):
                pinned = True
            else:
                # Neither an index host nor a comment that would repeat one.
                assert pinned and HASH.match(line), f"{lock.name}:{number}: {line}"


def test_the_development_lock_holds_the_runtime_lock() -> None:
    wider: set[str] = set()
    for pin in pins(DEV_LOCK.read_text("utf-8")):
        version, _, marker = pin.partition(" ; ")
        # Held for more systems than asked for is held.
        wider |= (
            {pin, version} if not marker else {pin} | {f"{version} ; {part}" for part in marker.split(" or ")}
        )
    unmarked = {pin.partition(" ; ")[0] for pin in wider if " ; " not in pin}
    missing = {
        pin
        for pin in pins(RUNTIME_LOCK.read_text("utf-8")) - wider
        if pin.partition(" ; ")[0] not in unmarked
    }
    assert missing == set()


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    first_word = re.compile(r"^[A-Za-z0-9.-]+")

    def asked(requirements: list[str]) -> set[str]:
        return {match[0].lower() for line in requirements if (match := first_word.match(line))}

    runtime = asked(project["project"]["dependencies"])
    assert runtime <= names(RUNTIME_LOCK.read_text("utf-8"))
    assert runtime | asked(project["dependency-groups"]["dev"]) <= names(DEV_LOCK.read_text("utf-8"))
