"""Settings: frozen, typed, checked at start. Every one is an environment variable with the prefix LIANQIAO_."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 12
# How an administrator may write PostgreSQL's address, and the driver that is installed with us.
_POSTGRES = ("postgresql://", "postgres://")
_DRIVERS = ("sqlite://", "postgresql+psycopg://")
_QUEUES = ("sqlite:///", "postgresql://", "redis://", "rediss://")


class Settings(BaseSettings):
    """What the site needs to know of the place it runs in. Raises ValidationError at start for what cannot work."""

    model_config = SettingsConfigDict(env_prefix="LIANQIAO_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        Path("data"), description="Folder for the database file, uploads, search index and mails"
    )
    database_url: str = Field("", description="SQLAlchemy address; empty means SQLite in data_dir")
    queue: str = Field(
        "", description="Where the site rings for the worker; empty means a SQLite file in data_dir"
    )
    secret_key: str = Field("", description="Signs sessions and links; empty means a key kept in data_dir")
    base_url: str = Field("http://127.0.0.1:8000", description="The site's own address, used in mails")
    site_name: str = Field("链桥", description="What the site calls itself")
    default_locale: Literal["zh", "en"] = "zh"
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies may set X-Forwarded-*")
    search_engine: Literal["embedded", "elasticsearch"] = Field(
        "embedded", description="embedded: an index in data_dir; elasticsearch: a server of its own"
    )
    elasticsearch_url: str = Field(
        "", description="Address of the server, or of several nodes parted by commas"
    )
    elasticsearch_api_key: str = ""
    elasticsearch_ca: Path | None = Field(
        None, description="File of the authority that signed its certificate"
    )
    elasticsearch_prefix: str = Field(
        "lianqiao", pattern=r"^[a-z][a-z0-9-]{0,40}$", description="Begins the names of its indices"
    )
    elasticsearch_shards: int = Field(
        1, ge=1, le=64, description="Into how many parts its index is cut; another number writes it anew"
    )
    candidates_from_cluster: int = Field(
        150_000,
        ge=0,
        description="From this many open capabilities on, Elasticsearch names the matcher's candidates; below, all are compared in memory",
    )
    mail_transport: Literal["file", "smtp"] = Field(
        "file", description="file: each mail becomes an .eml in data_dir"
    )
    mail_sender: str = "链桥 <noreply@lianqiao.example>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    sms_transport: Literal["off", "file"] = Field(
        "off", description="off: no SMS, and pages say so; file: each message becomes a file in data_dir"
    )
    session_hours: int = Field(12, ge=1, le=720, description="How long a sign-in lasts without use")
    rate_limits: bool = Field(True, description="Limits on sign-in, sign-up and uploads")
    demo: bool = Field(False, description="Marks the site as a demonstration and shows its sign-ins")

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write the whole address, for example https://lianqiao.example")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("the site has an address of its own, without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _a_known_database(cls, value: str) -> str:
        for written in _POSTGRES:
            if value.startswith(written):
                return _DRIVERS[1] + value.removeprefix(written)
        if value and not value.startswith(_DRIVERS):
            raise ValueError(f"must begin with one of {', '.join(_DRIVERS)}")
        return value

    @field_validator("queue")
    @classmethod
    def _a_known_queue(cls, value: str) -> str:
        for written in (*_POSTGRES, _DRIVERS[1]):
            if value.startswith(written):
                return _POSTGRES[0] + value.removeprefix(written)
        if value and (value in _QUEUES or not value.startswith(_QUEUES)):
            raise ValueError(
                f"an address that begins with one of {', '.join(_QUEUES)}; empty is a file in data_dir"
            )
        if value.startswith("redis") and find_spec("redis") is None:
            raise ValueError("Redis needs its client, which is not installed: pip install 'lianqiao[redis]'")
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for address in filter(None, value.split(",")):
            parts = urlsplit(address.strip())
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.port is None:
                raise ValueError("write the whole address with its port, for example http://search:9200")
        return value.replace(" ", "")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_KEY:
            raise ValueError(
                f"at least {SHORTEST_KEY} characters; or leave it empty and one is made in data_dir"
            )
        return value

    @field_validator("mail_sender")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or "\n" in value or "\r" in value:
            raise ValueError("write Name <address@host>")
        return value

    @model_validator(mode="after")
    def _fill(self) -> Settings:
        if self.search_engine == "elasticsearch" and not self.elasticsearch_url:
            raise ValueError("LIANQIAO_SEARCH_ENGINE=elasticsearch needs LIANQIAO_ELASTICSEARCH_URL")
        folder = self.data_dir.resolve()
        object.__setattr__(self, "data_dir", folder)
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{folder / 'lianqiao.sqlite3'}")
        if not self.queue:
            object.__setattr__(self, "queue", f"sqlite:///{folder / 'queue.sqlite3'}")
        if (file := _file_of(self.queue)) is not None and file == _file_of(self.database_url):
            # A queue's file is deleted when it cannot be read.
            raise ValueError(
                "LIANQIAO_QUEUE needs a file of its own, not the site's database; leave it empty"
            )
        if not self.secret_key:
            object.__setattr__(self, "secret_key", _kept_key(folder / "secret_key"))
        return self

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")


def _file_of(address: str) -> Path | None:
    """The file that a SQLite address names, whatever way it is written; None for any other address."""
    _, is_sqlite, rest = address.partition("sqlite:///")
    return Path(rest.partition("?")[0]).resolve() if is_sqlite else None


def _kept_key(path: Path) -> str:
    """The key of a one-machine site: made once, readable by its owner alone.

    Several processes may start at once: the key is written aside and linked into place whole, and whoever comes second
    takes the first one's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(
            os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii"
        ) as stream:
            stream.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    key = path.read_text("ascii").strip()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{path} holds no key: delete it and start again")
    return key
