"""Signed links: what was signed for one purpose opens nothing else, and not for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.mail import links


@given(st.integers() | st.text(max_size=40))
def test_what_was_signed_is_read_again(value: int | str) -> None:
    assert links.read("secret", "digest", links.sign("secret", "digest", value), 60) == value


def test_another_purpose_or_secret_reads_nothing() -> None:
    token = links.sign("secret", "digest", 7)
    assert links.read("secret", "unsubscribe", token, 60) is None
    assert links.read("other", "digest", token, 60) is None


def test_an_old_link_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.sign("secret", "digest", 7)
    assert links.read("secret", "digest", token, -1) is None


@given(st.text(max_size=80))
def test_made_up_text_reads_nothing(text: str) -> None:
    assert links.read("secret", "digest", text, 60) is None


@given(st.integers(0, 60), st.characters(codec="ascii"))
def test_a_changed_link_reads_nothing(place: int, letter: str) -> None:
    token = links.sign("secret", "digest", 7)
    place = min(place, len(token) - 2)  # the last letter holds bits that base64 leaves unused
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or links.read("secret", "digest", changed, 60) is None
