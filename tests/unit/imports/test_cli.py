"""The `lianqiao` command beside matching: groups, people."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.accounts.queries import account_by_login
from marketplace.cli import main
from marketplace.core.db import Base, Database
from marketplace.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "argv", ["lianqiao"])
    return tmp_path / "data"


def test_every_group_says_what_it_is_for() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    for name in ("account", "db", "match", "taxonomy", "worker"):
        assert f"  {name}  " in output


def test_help_of_a_group_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["lianqiao", "db", "--help"])
    result = CliRunner().invoke(main, ["db", "--help"])
    assert result.exit_code == 0 and "upgrade" in result.output
    assert not folder.exists()


def test_the_first_administrator_is_made_on_the_command_line(folder: Path) -> None:
    database = Database(Settings().database_url)
    Base.metadata.create_all(database.engine)
    arguments = [
        "account",
        "create-administrator",
        "--name",
        "示例管理员",
        "--email",
        "admin@lianqiao.example",
    ]
    weak = CliRunner().invoke(main, [*arguments, "--password", "1234"])
    assert weak.exit_code == 1 and "Traceback" not in weak.output
    made = CliRunner().invoke(main, arguments, input="Qiao-shifan-2026\nQiao-shifan-2026\n")
    assert made.exit_code == 0, made.output
    with database.reading() as session:
        account = account_by_login(session, "admin@lianqiao.example")
        assert account is not None and account.administrator and account.email_verified_at is not None
    again = CliRunner().invoke(main, [*arguments, "--password", "Qiao-shifan-2026"])
    assert again.exit_code == 1
    database.dispose()
