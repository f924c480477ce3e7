"""The comparison of a wheel with the checkout notices what is missing and what does not belong."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.architecture import wheel_contents
from tests.architecture.sources import ROOT

METADATA = {"lianqiao-0.1.0.dist-info/METADATA", "lianqiao-0.1.0.dist-info/entry_points.txt"}


def a_wheel(root: Path) -> set[str]:
    return wheel_contents.expected(root) | set(wheel_contents.REQUIRED) | METADATA


def test_a_complete_wheel_has_nothing_to_complain_of() -> None:
    assert wheel_contents.complaints(a_wheel(ROOT), ROOT) == []


def test_a_missing_template_and_a_foreign_file_are_named() -> None:
    template = "marketplace/_data/templates/base.html"
    names = a_wheel(ROOT) - {template} | {"tests/conftest.py"}
    assert wheel_contents.complaints(names, ROOT) == [
        f"missing from the wheel: {template}",
        "does not belong in the wheel: tests/conftest.py",
    ]


def test_a_wheel_without_a_command_is_refused() -> None:
    names = a_wheel(ROOT) - {"lianqiao-0.1.0.dist-info/entry_points.txt"}
    assert wheel_contents.complaints(names, ROOT) == ["the wheel declares no command"]


def test_the_data_folders_are_mapped_to_where_paths_looks_for_them() -> None:
    from marketplace import paths  # the only test here that needs it

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    mapped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for source, target in mapped.items():
        folder, slash, rest = source.partition("/")
        assert target == wheel_contents.DATA[folder] + slash + rest
    assert {source.partition("/")[0] for source in mapped} == set(wheel_contents.DATA)
    for folder in (paths.TEMPLATES, paths.STATIC, paths.SEEDS):
        assert folder == ROOT / folder.name and folder.name in wheel_contents.DATA
    assert paths.PACKAGE in paths.MIGRATIONS.parents  # travels with the package, needs no mapping
