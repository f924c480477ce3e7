"""Nothing in the project names the machine it was written on, or the host that its packages came from."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT, text_files

# Put together from pieces, so that this file does not find itself.
HOME_FOLDERS = re.compile(
    "(?<![A-Za-z0-9.~_-])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me/[a-z]+")) + r")/[A-Za-z.]"
)
PACKAGE_HOSTS = re.compile(
    "|".join(
        (
            "py" + r"pi\.org",
            "pythonho" + "sted",
            "registry" + r"\.npm",
            "np" + "mmirror",
            "jsdel" + "ivr",
            "unp" + r"kg\.com",
        )
    )
)
# A container has folders of its own, the same on every machine.
IN_A_CONTAINER = {"Dockerfile", "docker-compose.yml"}


def found(pattern: re.Pattern[str], spare: frozenset[str] = frozenset()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        if path.name not in spare
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_folder_of_a_developers_machine() -> None:
    assert found(HOME_FOLDERS, frozenset(IN_A_CONTAINER)) == []


def test_no_package_host() -> None:
    assert found(PACKAGE_HOSTS) == []
