"""Password hashes: argon2id, and the same work for an account that does not exist."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second recommendation (19 MiB, t=2, p=1): a verification of some 30 ms, so a sign-in storm starves nobody.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_of(password: str) -> str:
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes the same time when there is no account, so that nobody learns which exist."""
    try:
        verified = _hasher.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return verified and bool(password_hash)
