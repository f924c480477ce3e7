"""What may stand in a mail's header, and which mails keep no text once they are sent. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.errors import Refusal

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

LONGEST_SUBJECT = 200
# Their text holds a link that opens something: gone from the database as soon as the mail has left.
FORGOTTEN_ONCE_SENT = frozenset({"reset", "invitation"})


def checked_recipient(address: str) -> str:
    """One plain address, or Refusal ``mail.recipient``: a line break or a second address never reaches a header."""
    try:
        _read(address)
    except ValueError:
        raise Refusal("mail.recipient", "email", text=" ".join(address.split())[:80]) from None
    return address


def one_line(subject: str) -> str:
    """The subject cut to length. Refusal ``mail.subject`` when it is empty or holds a line break or another control."""
    text = subject.strip()
    if not text or any(character < " " or character in "\x7f\x85\u2028\u2029" for character in text):
        raise Refusal("mail.subject")
    return text[:LONGEST_SUBJECT]


def wire_address(address: str) -> str:
    """The address as SMTP servers without SMTPUTF8 take it: a Chinese domain in punycode."""
    try:
        found = _read(address)
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from error
    return found.ascii_email or found.normalized


def _read(address: str) -> ValidatedEmail:
    """The address in its parts, or ValueError."""
    # Late: its tables of characters are needed only where a mail is written.
    from email_validator import validate_email

    return validate_email(address, check_deliverability=False, test_environment=True)
