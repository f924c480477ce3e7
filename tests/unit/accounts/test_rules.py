"""What may be a name to sign in by, which passwords do, what a device is called."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.accounts import rules
from marketplace.accounts.rules import check_password, normal_email, normal_login, normal_mobile
from marketplace.core.actor import Actor, system_actor
from marketplace.core.errors import Refusal


@given(st.text(max_size=300))
@example("a@b" + "c" * 300)
@example("İ" * 150 + "@example.com")
@example("x@例子.中国")
@example("a@b.example\r\nBcc: c@d.example")
@example("\x00@example.com")
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        address = normal_email(text)
    except Refusal as refusal:
        assert refusal.code == "accounts.email_form"
    else:
        assert address == address.lower().strip()
        assert len(address) <= 254
        assert not any(character < " " for character in address)
        assert normal_email(address) == address


@given(st.text(max_size=80) | st.text("0123456789+-() ０１２３", max_size=30))
@example("+" + "9" * 400)
@example("tel:13800138000;phone-context=+86")
def test_any_text_is_a_mobile_number_or_is_refused(text: str) -> None:
    try:
        number = normal_mobile(text)
    except Refusal as refusal:
        assert refusal.code == "accounts.mobile_form"
    else:
        assert number.startswith("+") and number[1:].isascii() and number[1:].isdigit()
        assert len(number) <= 16
        assert normal_mobile(number) == number


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("13800138000", "mobile", "+8613800138000"),
        (" 138 0013 8000 ", "mobile", "+8613800138000"),
        ("+86 138-0013-8000", "mobile", "+8613800138000"),
        ("１３８００１３８０００", "mobile", "+8613800138000"),
        ("008613800138000", "mobile", "+8613800138000"),
        ("Li.Fang@Example.COM ", "email", "li.fang@example.com"),
        ("li.fang＠example.com", "email", "li.fang@example.com"),
    ],
)
def test_every_spelling_of_a_name_is_one_name(typed: str, kind: str, value: str) -> None:
    assert normal_login(typed) == (kind, value)
    assert rules.throttle_key(typed) == value


@pytest.mark.parametrize(
    "typed", ["", "   ", "李芳", "1380013800", "0375-4971234", "95598", "li.fang", "@", "a@b@c.example"]
)
def test_what_is_neither_is_refused_with_one_sentence(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        normal_login(typed)
    assert [(found.code, found.field) for found in refused.value.problems] == [
        ("accounts.login_form", "login")
    ]
    assert rules.throttle_key(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    ("password", "staff", "code"),
    [
        ("harbour92", False, "accounts.password_short"),
        ("harbour 92", False, None),
        ("harbour 92x", True, "accounts.password_short"),
        ("harbour 92xy", True, None),
        ("harbour lantern", True, "accounts.password_classes"),
        ("harbour lantern", False, None),
        ("安静的河流经过示范区的清晨", False, None),
        ("x" * 128, False, "accounts.password_common"),
        ("quiet river " * 10 + "12345678", False, None),
        ("quiet river " * 10 + "123456789", False, "accounts.password_long"),
        ("Password123", False, "accounts.password_common"),
        ("qwerty1234", False, "accounts.password_common"),
        ("1111111111", False, "accounts.password_common"),
        ("abababababab", False, "accounts.password_common"),
        ("lifang@home92", False, "accounts.password_common"),
        ("my 0013 8000 13800138000", False, "accounts.password_common"),
    ],
)
def test_passwords(password: str, staff: bool, code: str | None) -> None:
    context = ("李芳", "lifang", "13800138000"[-8:])
    if code is None:
        check_password(password, staff=staff, context=context)
        return
    with pytest.raises(Refusal) as refused:
        check_password(password, staff=staff, context=context)
    assert refused.value.code == code


AGENTS = [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Windows · Edge"),
    ("Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49", "Android · WeChat"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1", "iPhone · Safari"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux · Firefox"),
    ("curl/8.5.0", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "device"), AGENTS)
def test_devices_have_the_names_that_people_know(agent: str, device: str) -> None:
    assert rules.device_of(agent) == device


@pytest.mark.parametrize(
    ("actor", "own_bureau", "other_bureau", "town"),
    [
        (Actor(), False, False, False),
        (Actor(account_id=1), False, False, False),
        (Actor(account_id=1, firm_roles={3: "owner"}), False, False, False),
        (Actor(account_id=1, office_id=1, office_kind="bureau"), True, False, True),
        (Actor(account_id=1, office_id=9, office_kind="town"), False, False, False),
        (Actor(account_id=1, administrator=True), True, True, True),
        (system_actor(), True, True, True),
    ],
)
def test_who_manages_which_office(actor: Actor, own_bureau: bool, other_bureau: bool, town: bool) -> None:
    assert rules.may_manage_office(actor, 1, "bureau") is own_bureau
    assert rules.may_manage_office(actor, 2, "bureau") is other_bureau
    assert rules.may_manage_office(actor, 9, "town") is town


def test_a_masked_address_tells_nobody_else_which_it_is() -> None:
    assert rules.masked("zhao.min@shahe.example") == "zh***@shahe.example"
