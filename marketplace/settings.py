"""Settings: frozen, typed, checked at start. Every one is an environment variable with the prefix LIANQIAO_."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the site needs to know of the place it runs in. Raises ValidationError at start for what cannot work."""

    model_config = SettingsConfigDict(env_prefix="LIANQIAO_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder for the database file, uploads, search index and mails")
    database_url: str = Field("", description="SQLAlchemy address; empty means SQLite in data_dir")
    secret_key: str = Field("", description="Signs sessions and links; empty means a key kept in data_dir")
    base_url: str = Field("http://127.0.0.1:8000", description="The site's own address, used in mails")
    site_name: str = Field("链桥", description="What the site calls itself")
    default_locale: Literal["zh", "en"] = "zh"
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies may set X-Forwarded-*")
    mail_transport: Literal["file", "smtp"] = Field("file", description="file: each mail becomes an .eml in data_dir")
    mail_sender: str = "链桥 <noreply@lianqiao.example>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    session_hours: int = Field(12, ge=1, le=720, description="How long a sign-in lasts without use")
    rate_limits: bool = Field(True, description="Limits on sign-in, sign-up and uploads")
    demo: bool = Field(False, description="Marks the site as a demonstration and shows its sign-ins")

    @model_validator(mode="after")
    def _fill(self) -> Settings:
        folder = self.data_dir.resolve()
        object.__setattr__(self, "data_dir", folder)
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{folder / 'lianqiao.sqlite3'}")
        if not self.secret_key:
            object.__setattr__(self, "secret_key", _kept_key(folder / "secret_key"))
        return self

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")


def _kept_key(path: Path) -> str:
    """The key of a one-machine site: made once, readable by its owner alone."""
    if path.exists():
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(48)
    path.touch(mode=0o600)
    path.write_text(key, "ascii")
    return key
