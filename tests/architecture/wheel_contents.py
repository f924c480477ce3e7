"""Compares a wheel's file list with the checkout it was built from: nothing missing, nothing that does not belong."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "matching", "search")
DATA = {
    "templates": "marketplace/_data/templates",
    "static": "marketplace/_data/static",
    "seeds": "marketplace/_data/seeds",
}
REQUIRED = ("marketplace/app.py", "marketplace/cli.py", "marketplace/_data/templates/base.html")


def expected(root: Path) -> set[str]:
    """Every file of the packages and data folders, by its place in the wheel; scripts that write data stay behind."""
    homes = {package: package for package in PACKAGES} | DATA
    return {
        str(PurePosixPath(home) / path.relative_to(root / folder).as_posix())
        for folder, home in homes.items()
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
        if not (folder in DATA and path.suffix == ".py")
    }


def complaints(names: set[str], root: Path) -> list[str]:
    """One sentence for each file that is missing from the wheel or has no business in it."""
    wanted = expected(root) | set(REQUIRED)
    hidden = {name for name in names if name.split("/")[-1].startswith(".")}  # such as .gitattributes
    missing = [f"missing from the wheel: {name}" for name in sorted(wanted - names)]
    metadata = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    foreign = [f"does not belong in the wheel: {name}" for name in sorted(names - wanted - metadata - hidden)]
    entry_points = [name for name in metadata if name.endswith("/entry_points.txt")]
    return missing + foreign + ([] if entry_points else ["the wheel declares no command"])


def main(wheel: str) -> int:
    with zipfile.ZipFile(wheel) as opened:
        found = complaints({name for name in opened.namelist() if not name.endswith("/")}, ROOT)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
