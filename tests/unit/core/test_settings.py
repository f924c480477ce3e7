"""Settings that cannot work are refused at start, with the mend; the key of a small site is made once."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from marketplace.settings import SHORTEST_KEY, Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "lianqiao.example"},
        {"base_url": "ftp://lianqiao.example"},
        {"base_url": "https://"},
        {"base_url": "https://lianqiao.example/site"},
        {"base_url": "https://lianqiao.example/?x=1"},
        {"database_url": "mysql://host/db"},
        {"database_url": "not an address"},
        {"queue": "amqp://host"},
        {"queue": "queue.sqlite3"},
        {"queue": "sqlite:///"},
        {"secret_key": "short"},
        {"default_locale": "fr"},
        {"trusted_proxies": -1},
        {"trusted_proxies": 6},
        {"mail_transport": "pigeon"},
        {"mail_sender": "链桥"},
        {"mail_sender": "链桥 <a@b.example>\nBcc: x@y.example"},
        {"smtp_port": 0},
        {"session_hours": 0},
        {"search_engine": "solr"},
        {"elasticsearch_url": "search:9200"},
        {"elasticsearch_url": "http://search"},
        {"elasticsearch_url": "http://one:9200,two"},
        {"elasticsearch_prefix": "Lian qiao"},
        {"elasticsearch_prefix": "*"},
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(data_dir=tmp_path, **wrong)
    assert [error["loc"] for error in refused.value.errors()] == [(next(iter(wrong)),)]


def test_a_search_server_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="LIANQIAO_ELASTICSEARCH_URL"):
        Settings(data_dir=tmp_path, search_engine="elasticsearch")
    nodes = "http://one:9200, http://two:9200"
    assert Settings(
        data_dir=tmp_path, search_engine="elasticsearch", elasticsearch_url=nodes
    ).elasticsearch_url == ("http://one:9200,http://two:9200")


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ValidationError):
        settings.demo = True  # type: ignore[misc]


def test_a_postgres_address_gets_the_driver_that_is_installed(tmp_path: Path) -> None:
    for written in ("postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"):
        assert Settings(data_dir=tmp_path, database_url=written).database_url == "postgresql+psycopg://u@h/d"


def test_the_queue_is_a_file_until_a_server_is_named(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).queue == f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    for written in ("postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"):
        assert Settings(data_dir=tmp_path, queue=written).queue == "postgresql://u@h/d"
    for kept in ("redis://h:6379/0", "rediss://u:p@h/1", "sqlite:////srv/queue.sqlite3"):
        assert Settings(data_dir=tmp_path, queue=kept).queue == kept


@pytest.mark.parametrize("named", ["", "sqlite:///{folder}/site.sqlite3"])
@pytest.mark.parametrize("written", ["{folder}/{file}", "{folder}/there/../{file}"])
def test_the_queue_is_never_the_sites_own_file(tmp_path: Path, named: str, written: str) -> None:
    """A queue's file is thrown away when it cannot be read."""
    database = named.format(folder=tmp_path)
    queue = (
        f"sqlite:///{written.format(folder=tmp_path, file='site.sqlite3' if named else 'lianqiao.sqlite3')}"
    )
    with pytest.raises(ValidationError, match="LIANQIAO_QUEUE needs a file of its own"):
        Settings(data_dir=tmp_path, database_url=database, queue=queue)


def test_redis_without_its_client_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ValidationError, match=r"pip install 'lianqiao\[redis\]'"):
        Settings(data_dir=tmp_path, queue="redis://h/0")


def test_a_site_needs_no_settings_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'lianqiao.sqlite3'}"
    assert settings.data_dir.is_absolute()
    assert not settings.secure


def test_the_environment_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LIANQIAO_BASE_URL", "https://lianqiao.example/")
    settings = Settings()
    assert (settings.base_url, settings.secure) == ("https://lianqiao.example", True)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 40
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret_key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Settings(data_dir=tmp_path).secret_key, range(16)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_an_emptied_key_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ValidationError, match="holds no key"):
        Settings(data_dir=tmp_path)
    assert SHORTEST_KEY >= 12
