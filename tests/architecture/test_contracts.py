"""The import contracts of pyproject.toml hold for the house, and each of them notices what it forbids.

A contract that a typing mistake has made toothless looks kept for ever; so a small house of the same shape is built
here, with one offence per rule, and every offence must be named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import run
from tests.architecture.sources import ROOT

MODULES = (
    "marketplace.app", "marketplace.rooms", "marketplace.core.web.request", "marketplace.core.analysis",
    "marketplace.accounts.service", "marketplace.firms.rules", "marketplace.firms.queries", "marketplace.firms.words",
    "marketplace.needs.models", "marketplace.needs.rules", "marketplace.needs.service", "marketplace.needs.views",
    "marketplace.needs.forms", "marketplace.needs.exports", "marketplace.capabilities.service", "matching.text",
    "search.analysis.lexicon", "search.engines.embedded",
)  # fmt: skip

ALLOWED = (
    ("marketplace.app", "marketplace.needs.views"),
    ("marketplace.rooms", "marketplace.needs.views"),
    ("marketplace.needs.views", "flask"),
    ("marketplace.needs.views", "marketplace.needs.forms"),
    ("marketplace.needs.forms", "wtforms"),
    ("marketplace.needs.service", "marketplace.firms.queries"),
    ("marketplace.needs.models", "sqlalchemy"),
    ("marketplace.core.web.request", "flask"),
    ("marketplace.core.analysis", "search.analysis"),
    ("matching.text", "search.analysis"),
    ("matching.text", "search.analysis.lexicon"),
    ("matching.text", "numpy"),
)

OFFENCES = (
    ("marketplace.core.analysis", "marketplace.firms.rules"),  # the ground floor looks up
    ("marketplace.accounts.service", "marketplace.needs.rules"),  # a lower topic looks up
    ("marketplace.capabilities.service", "marketplace.needs.service"),  # neighbours meet
    ("marketplace.firms.rules", "sqlalchemy"),
    ("marketplace.firms.words", "flask_babel"),
    ("marketplace.firms.queries", "flask_login"),
    ("marketplace.needs.models", "werkzeug"),
    ("marketplace.needs.service", "flask_limiter"),
    ("marketplace.needs.rules", "flask_wtf"),
    ("marketplace.needs.service", "marketplace.core.web.request"),  # Flask by way of another module
    ("marketplace.needs.service", "marketplace.needs.forms"),
    ("marketplace.needs.exports", "marketplace.needs.views"),  # views are leaves
    ("matching.text", "sqlalchemy"),
    ("matching.text", "search.engines.embedded"),
    ("matching.text", "marketplace.needs.rules"),
    ("search.analysis.lexicon", "matching.text"),
    ("search.engines.embedded", "wtforms"),
)


def contracts() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


def verdict(folder: Path) -> tuple[bool, str]:
    command = "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    said = subprocess.run(
        [sys.executable, "-c", command],
        cwd=folder,
        env={**run.clean_environment(), "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return said.returncode == 0, said.stdout + said.stderr


def a_house(folder: Path, imports: tuple[tuple[str, str], ...]) -> Path:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for module in MODULES:
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            "".join(f"import {imported}\n" for importer, imported in imports if importer == module)
        )
        for package in path.parents:
            if package == folder:
                break
            (package / "__init__.py").touch()
    return folder


def test_the_house_keeps_its_contracts() -> None:
    kept, said = verdict(ROOT)
    assert kept, said


def test_what_the_floors_allow_is_allowed(tmp_path: Path) -> None:
    kept, said = verdict(a_house(tmp_path, ALLOWED))
    assert kept, said


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    kept, said = verdict(a_house(tmp_path_factory.mktemp("house"), ALLOWED + OFFENCES))
    assert not kept
    return said


@pytest.mark.parametrize(("importer", "imported"), OFFENCES)
def test_every_offence_is_named(importer: str, imported: str, complaints: str) -> None:
    assert f"{importer} -> {imported}" in complaints


def test_every_contract_has_teeth(complaints: str) -> None:
    for name in contracts():
        assert f"{name} BROKEN" in complaints


def test_a_new_topic_must_be_given_its_floor(tmp_path: Path) -> None:
    a_house(tmp_path, ())
    (tmp_path / "marketplace" / "payments").mkdir()
    (tmp_path / "marketplace" / "payments" / "__init__.py").touch()
    kept, said = verdict(tmp_path)
    assert not kept and "marketplace.payments" in said
