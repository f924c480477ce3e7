"""Rules of accounts: what a name to sign in by looks like, which passwords do, how often may be tried. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

import phonenumbers

from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal

SHORTEST_PASSWORD = 10
SHORTEST_STAFF_PASSWORD = 12
LONGEST_PASSWORD = 128
RESET_VALID = timedelta(hours=2)
# A code from the bureau travels on paper or by a call, not at once.
BUREAU_RESET_VALID = timedelta(hours=24)
# How a new password may be set without the old one: by a link in a mail, by a code from the bureau or by SMS.
BUREAU_RESET = "bureau_reset"
SMS_RESET = "sms_reset"
SMS_RESET_VALID = timedelta(minutes=15)
RESETS = ("reset", BUREAU_RESET, SMS_RESET)
INVITATION_VALID = timedelta(days=14)
# However busy a session is, after this long the person signs in anew.
SIGN_IN_LASTS = timedelta(days=30)
# Which text of the terms a person agreed to; it goes into the audit row of their registration.
TERMS_VERSION = "2026-11"
LONGEST_EMAIL = 254
OFFICE_KINDS = ("bureau", "town")
# What everybody tries first; a password that contains one of these and little else is refused.
_COMMON = (
    "password",
    "qwerty",
    "12345678",
    "11111111",
    "88888888",
    "66666666",
    "abc123",
    "iloveyou",
    "lianqiao",
    "admin",
)


@dataclass(frozen=True)
class Limit:
    """At most ``most`` tries within ``window``, counted per key."""

    most: int
    window: timedelta


# One table for every guarded act; a test walks it at the limit, one past it, and after the window.
LIMITS = {
    "sign_in": Limit(5, timedelta(minutes=15)),
    "sign_in_address": Limit(50, timedelta(minutes=15)),
    "reset": Limit(3, timedelta(hours=1)),
    "reset_address": Limit(20, timedelta(hours=1)),
    # A training session of forty firms sits behind one address.
    "register": Limit(60, timedelta(hours=1)),
    "change_password": Limit(5, timedelta(minutes=15)),
    "claim": Limit(10, timedelta(hours=24)),
}


def normal_email(text: str, field: str = "email") -> str:
    """Lower case and checked for form (no look-up). Refusal ``accounts.email_form``."""
    # Late: compiling its patterns would hold up every start, and most processes see no address.
    from email_validator import EmailNotValidError, validate_email

    try:
        address = validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError:
        raise Refusal("accounts.email_form", field, text=text.strip()[:80]) from None
    if len(address) > LONGEST_EMAIL:  # a few capitals grow when they are lowered
        raise Refusal("accounts.email_form", field, text=address[:80])
    return address


def normal_mobile(text: str, field: str = "mobile") -> str:
    """A mobile number in E.164; without a country code it is taken as mainland China. Refusal ``accounts.mobile_form``."""
    try:
        number = phonenumbers.parse(text.strip(), "CN")
    except phonenumbers.NumberParseException:
        raise Refusal("accounts.mobile_form", field, text=text.strip()[:40]) from None
    kind = phonenumbers.number_type(number)
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(number) or kind not in mobile:
        raise Refusal("accounts.mobile_form", field, text=text.strip()[:40])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_login(text: str, field: str = "login") -> tuple[str, str]:
    """What was typed to sign in, as (``email`` or ``mobile``, value). Refusal ``accounts.login_form``."""
    try:
        if "@" in text or "＠" in text:
            return "email", normal_email(text.replace("＠", "@"), field)
        return "mobile", normal_mobile(text, field)
    except Refusal:
        raise Refusal("accounts.login_form", field) from None


def throttle_key(login: str) -> str:
    """One key for all spellings of one name (138 0013 8000, +86 138…), so that none of them opens a fresh count."""
    try:
        return normal_login(login)[1]
    except Refusal:
        return login.strip().lower()


def check_password(
    password: str, *, staff: bool, context: tuple[str, ...] = (), field: str = "password"
) -> None:
    """Length and commonness, for everybody; three of four character classes for staff (GB/T 22239-2019 8.1.4.1)."""
    shortest = SHORTEST_STAFF_PASSWORD if staff else SHORTEST_PASSWORD
    if len(password) < shortest:
        raise Refusal("accounts.password_short", field, shortest=shortest)
    if len(password) > LONGEST_PASSWORD:
        raise Refusal("accounts.password_long", field, longest=LONGEST_PASSWORD)
    lowered = password.lower()
    weak = any(word in lowered and len(lowered) - len(word) <= 4 for word in _COMMON)
    named = any(len(part) >= 4 and part.lower() in lowered for part in context)
    if weak or named or len(set(password)) < 5:
        raise Refusal("accounts.password_common", field)
    if staff and _classes(password) < 3:
        raise Refusal("accounts.password_classes", field)


def _classes(password: str) -> int:
    patterns = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
    return sum(re.search(pattern, password) is not None for pattern in patterns)


def hashed(secret: str) -> str:
    """SHA-256 of a random token or of a throttle key: what is stored instead of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def may_manage_office(actor: Actor, office_id: int, office_kind: str) -> bool:
    """Administrators manage every office; a bureau's organisers their own bureau and the towns, not another bureau."""
    if actor.administrator or actor.system:
        return True
    return actor.bureau and (office_id == actor.office_id or office_kind == "town")


def masked(email: str) -> str:
    """Enough of an address for its owner to know it again: li***@example.com."""
    name, _, host = email.partition("@")
    return f"{name[:2]}***@{host}"


_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
# The more particular name first: every one of these also calls itself Chrome or Safari.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("Firefox", "Firefox"),
    ("QQBrowser", "QQ Browser"), ("360SE", "360"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """What a person knows their machine by, from what the browser says of itself: ``Windows · Edge``, or nothing."""
    found = (
        next((name for mark, name in table if mark in user_agent), None) for table in (_SYSTEMS, _BROWSERS)
    )
    return " · ".join(name for name in found if name)
