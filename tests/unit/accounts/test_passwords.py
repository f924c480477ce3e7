"""Hashes: argon2id, salted, and one verification for every answer, whoever was named."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from marketplace.accounts import passwords


def test_a_hash_is_argon2id_and_salted() -> None:
    first, second = passwords.hash_of("quiet river 92"), passwords.hash_of("quiet river 92")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert passwords.matches(first, "quiet river 92")
    assert not passwords.matches(first, "quiet river 93")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=19456,t=2,p=1$broken"])
def test_nothing_matches_where_no_password_is(stored: str | None) -> None:
    assert not passwords.matches(stored, "nobody has this password")
    assert not passwords.matches(stored, "")


def test_an_unknown_name_costs_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = passwords.hash_of("quiet river 92")
    passwords.matches(None, "warm up")
    verified: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, typed: str) -> bool:
        verified.append(stored.rpartition("$")[0].partition("p=1")[0])
        return bool(real(self, stored, typed))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    passwords.matches(known, "wrong")
    passwords.matches(None, "wrong")
    passwords.matches(known, "quiet river 92")
    assert verified == ["$argon2id$v=19$m=19456,t=2,"] * 3
