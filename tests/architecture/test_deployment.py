"""Dockerfile and docker-compose.yml against the code: settings that exist, commands that run, files that are there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from marketplace.core import clock, outbox
from marketplace.core.db import Base, Database
from marketplace.settings import Settings
from run import NEWEST, OLDEST, clean_environment
from tests.architecture.sources import PACKAGES, ROOT
from tests.servers import elasticsearch

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


def filled(value: object) -> str:
    """A value as compose fills it in: what was given or its default, a secret for what is demanded."""
    return VARIABLE.sub(lambda m: m[2] or "" if ":-" in m[0] else "secret-of-the-compose-test", str(value))


def instructions(name: str) -> list[str]:
    return [line.partition(" ")[2].strip() for line in DOCKERFILE.splitlines() if line.startswith(name + " ")]


@pytest.mark.parametrize("service", OURS)
def test_every_setting_exists_and_is_accepted(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = SERVICES[service]["environment"]
    fields = {name.removeprefix("LIANQIAO_").lower() for name in environment}
    assert fields <= set(Settings.model_fields)
    for name, value in environment.items():
        monkeypatch.setenv(name, filled(value))
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path))
    settings = Settings()
    assert settings.database_url.startswith(
        "postgresql+psycopg://lianqiao:secret-of-the-compose-test@database:5432/"
    )
    assert settings.secret_key == "secret-of-the-compose-test"


def test_secrets_are_demanded_and_never_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if "SECRET" in name or "POSTGRES_PASSWORD" in str(value):
                assert re.search(r"\$\{\w+:\?", str(value)), name


def test_the_database_is_the_one_that_the_site_asks_for() -> None:
    database = SERVICES["database"]["environment"]
    address = SERVICES["web"]["environment"]["LIANQIAO_DATABASE_URL"]
    assert f"//{database['POSTGRES_USER']}:" in address
    assert address.endswith(f"@database:5432/{database['POSTGRES_DB']}")


def test_site_and_worker_meet_at_the_same_queue() -> None:
    for service in OURS:
        environment = SERVICES[service]["environment"]
        _, _, behind_the_driver = environment["LIANQIAO_DATABASE_URL"].partition("://")
        assert environment["LIANQIAO_QUEUE"] == f"postgresql://{behind_the_driver}"


def test_the_search_server_is_the_one_that_is_tested_and_that_the_site_asks_for() -> None:
    image, _, version = SERVICES["search"]["image"].partition(":")
    assert (image, version) == ("elasticsearch", elasticsearch.VERSION)
    locked = re.search(
        r"^elasticsearch==(\d+)\.", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    assert locked is not None and locked[1] == version.split(".")[0]
    for service in OURS:
        environment = {name: filled(value) for name, value in SERVICES[service]["environment"].items()}
        assert environment["LIANQIAO_SEARCH_ENGINE"] == "elasticsearch"
        assert environment["LIANQIAO_ELASTICSEARCH_URL"] == "http://search:9200"
    assert "127.0.0.1:9200" in "".join(SERVICES["search"]["healthcheck"]["test"])
    assert "ports" not in SERVICES["search"]  # it has no password
    assert SERVICES["search"]["environment"]["action.auto_create_index"] == "false"


def test_mails_end_in_the_catcher_until_a_relay_is_named() -> None:
    for service in OURS:
        environment = {name: filled(value) for name, value in SERVICES[service]["environment"].items()}
        assert environment["LIANQIAO_MAIL_TRANSPORT"] == "smtp"
        assert (environment["LIANQIAO_SMTP_HOST"], environment["LIANQIAO_SMTP_PORT"]) == ("mail", "1025")
    (published,) = SERVICES["mail"]["ports"]
    assert published.startswith("127.0.0.1:")  # anybody who reads it could reset a password


def test_images_are_named_plainly_and_with_a_version() -> None:
    for name, service in SERVICES.items():
        image = service["image"]
        assert re.fullmatch(r"(?:[a-z0-9-]+/)?[a-z0-9-]+:v?\d[\d.]*", image), name
        assert ("build" in service) == (name in OURS)


def test_what_is_kept_lies_on_named_volumes() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])
    data = SERVICES["web"]["environment"]["LIANQIAO_DATA_DIR"]
    for service in OURS:
        assert f"data:{data}" in SERVICES[service]["volumes"]
    assert data in instructions("VOLUME")


def test_every_service_waits_for_what_it_needs_and_can_be_asked_how_it_is() -> None:
    for name, service in SERVICES.items():
        assert service["healthcheck"].get("test") or name == "migrate"
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy":
                assert SERVICES[other]["healthcheck"]["test"]
    assert set(SERVICES["worker"]["depends_on"]) == set(SERVICES["web"]["depends_on"]) == {"migrate"}


def test_gunicorn_is_given_an_application_that_exists() -> None:
    image = shlex.split(instructions("CMD")[-1].strip("[]").replace(",", " "))
    for command in (SERVICES["web"]["command"], image):
        assert command[0] == "gunicorn"
        module, _, call = command[-1].partition(":")
        assert call == "create_app()"
        assert callable(import_module(module).create_app)
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.search(r"^gunicorn==", locked, re.MULTILINE)


@pytest.mark.parametrize("service", ["migrate", "worker"])
def test_the_command_line_knows_the_command(service: str, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    command = SERVICES[service]["command"]
    module = project["project"]["scripts"][command[0]].partition(":")[0]
    said = subprocess.run(
        [sys.executable, "-m", module, *command[1:], "--help"],
        cwd=ROOT,
        env={**clean_environment(), "LIANQIAO_DATA_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_the_site_answers_where_its_health_is_asked(tmp_path: Path) -> None:
    from marketplace.app import create_app  # the other tests here need no site

    asked = {"".join(SERVICES["web"]["healthcheck"]["test"]), *re.findall(r"HEALTHCHECK .*", DOCKERFILE)}
    app = create_app(Settings(data_dir=tmp_path))
    for question in asked:
        address = re.search(r"http://127\.0\.0\.1:8000(/\S*?)'", question)
        assert address is not None
        assert app.test_client().get(address[1]).status_code == 200
    app.extensions["lianqiao.database"].dispose()


@pytest.mark.parametrize(("minutes", "status"), [(0, 0), (9, 0), (11, 1)])
def test_the_worker_is_unwell_once_something_due_was_left_lying(
    minutes: int, status: int, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'lianqiao.sqlite3'}")
    Base.metadata.create_all(database.engine, tables=[outbox.OutboxEntry.__table__])  # type: ignore[list-item]
    with database.unit_of_work() as session:
        outbox.enqueue(session, "index", "need:1", clock.utc_now() - timedelta(minutes=minutes))
    database.dispose()
    how, *command = SERVICES["worker"]["healthcheck"]["test"]
    assert how == "CMD" and command[0] == "python"
    said = subprocess.run(
        [sys.executable, *command[1:]],
        cwd=ROOT,
        env={**clean_environment(), "LIANQIAO_DATA_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == status, said.stderr
    assert said.stderr == ""


def test_the_image_holds_the_house_and_its_data() -> None:
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}
    assert copied == {
        "requirements.lock",
        "requirements-fast.lock",
        *PACKAGES,
        "templates",
        "static",
        "seeds",
    }
    for source in copied:
        assert (ROOT / source).exists()
    let_in = re.findall(r"^!([^/\n]+)", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert set(let_in) == copied


def test_the_image_is_a_supported_python_and_runs_as_nobody_in_particular() -> None:
    [base] = instructions("FROM")
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim", base)
    assert version is not None and OLDEST <= (int(version[1]), int(version[2])) <= NEWEST
    lines = [line for line in DOCKERFILE.splitlines() if line]
    user = next(number for number, line in enumerate(lines) if line.startswith("USER "))
    assert lines[user] != "USER root"
    assert all(number < user for number, line in enumerate(lines) if line.startswith(("RUN ", "COPY ")))
    assert any("pip install --require-hashes -r requirements.lock" in line for line in instructions("RUN"))
    assert any("LIANQIAO_DATA_DIR=/data" in line.split() for line in instructions("ENV"))
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_image_compiles_the_matcher_and_keeps_what_it_compiled() -> None:
    fast, of_all = (_locked(name) for name in ("requirements-fast.lock", "requirements-dev.lock"))
    assert fast.items() <= of_all.items()  # the very packages that the tests run with
    assert not fast.keys() & _locked("requirements.lock").keys()
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {Requirement(line).name for line in extra["fast"]} <= fast.keys()
    assert any("-r requirements-fast.lock" in line for line in instructions("RUN"))
    kept = re.search(r"NUMBA_CACHE_DIR=(\S+)", " ".join(instructions("ENV")))
    assert kept is not None and kept[1].startswith(f"{instructions('VOLUME')[0]}/")


def _locked(name: str) -> dict[str, str]:
    """Name of each package, and its version with all hashes."""
    entries = re.split(r"^(?=\S)", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    return {entry.partition("==")[0]: entry for entry in entries if "==" in entry}
