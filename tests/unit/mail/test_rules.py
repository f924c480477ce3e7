"""What may stand in a header: one plain address, one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Refusal
from marketplace.mail.rules import checked_recipient, one_line, wire_address

INJECTIONS = [
    "a@b.example\r\nBcc: everybody@c.example",
    "a@b.example\nSubject: other",
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    "Li Fang <a@b.example>",
    "a@b.example\x00",
    "a@b.example%0aBcc: c@d.example",
    "<a@b.example>",
    "a b@c.example",
    "a@b.example\u2028Bcc: c@d.example",
    "",
]


@pytest.mark.parametrize("address", INJECTIONS)
def test_no_second_header_or_address_gets_through(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_recipient(address)
    assert refused.value.code == "mail.recipient"


@pytest.mark.parametrize(
    "subject", ["", "  ", "a\nBcc: b@c.example", "a\r\nb", "a\x0bb", "a\u2028b", "a\x85b", "a\x00b"]
)
def test_no_subject_breaks_out_of_its_line(subject: str) -> None:
    with pytest.raises(Refusal) as refused:
        one_line(subject)
    assert refused.value.code == "mail.subject"


@given(st.text(max_size=400))
def test_a_subject_that_passes_is_one_line(subject: str) -> None:
    try:
        line = one_line(subject)
    except Refusal:
        return
    assert len(line.splitlines()) == 1 or line.splitlines() == [line]
    assert 0 < len(line) <= 200


def test_a_chinese_domain_goes_out_in_punycode() -> None:
    assert wire_address("li@例子.中国") == "li@xn--fsqu00a.xn--fiqs8s"
    assert wire_address("li@example.com") == "li@example.com"
    with pytest.raises(ValueError, match="not an address"):
        wire_address("a@b.example\r\nBcc: c@d.example")
