"""Signed links: an id and a purpose that nobody can make up, valid for so long."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer


def sign(secret: str, purpose: str, value: int | str) -> str:
    return URLSafeTimedSerializer(secret, salt=f"lianqiao.{purpose}").dumps(value)


def read(secret: str, purpose: str, token: str, seconds: int) -> int | str | None:
    """The value of a token of this purpose, or None when it is forged or too old."""
    try:
        value: int | str = URLSafeTimedSerializer(secret, salt=f"lianqiao.{purpose}").loads(
            token, max_age=seconds
        )
    except BadSignature:
        return None
    return value
