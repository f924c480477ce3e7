"""Rules of needs: shapes, submissions, who sees what, and what decree 802 says at its boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from marketplace.core.actor import ANONYMOUS, Actor, system_actor
from marketplace.core.lifecycle import State
from marketplace.core.specs import SpecContent
from marketplace.needs import models, rules
from marketplace.needs.content import COLUMNS, ROW_FIELDS, NeedContent, as_json
from marketplace.needs.rules import NeedView
from marketplace.taxonomy.values import Parameter

TODAY = date(2026, 11, 23)
GOOD = NeedContent(
    title="己二腈装置用双相钢换热管",
    description="固定管板式换热器，管程介质含少量氯离子。",
    valid_until=TODAY + timedelta(days=90),
)


def codes(content: NeedContent) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in rules.submission_problems(content, TODAY)]


def test_codes_of_rules_and_tables_are_the_same() -> None:
    for name in ("PROCEDURES", "VISIBILITIES", "PAYMENT_STARTS", "CLOSE_REASONS", "CONFIDENTIALITIES"):
        assert getattr(rules, name) == getattr(models, name)


def test_a_good_need_can_be_submitted() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "换热"}, ("needs.title_short", "title")),
        ({"title": "   "}, ("needs.title_short", "title")),
        ({"title": "长" * 61}, ("needs.title_long", "title")),
        ({"description": "  "}, ("needs.description_missing", "description")),
        ({"description": "长" * 8001}, ("needs.text_long", "description")),
        ({"use": "长" * 8001}, ("needs.text_long", "use")),
        ({"valid_until": None}, ("needs.valid_until_missing", "valid_until")),
        ({"valid_until": TODAY - timedelta(days=1)}, ("needs.valid_until_past", "valid_until")),
        ({"valid_until": TODAY + timedelta(days=367)}, ("needs.valid_until_far", "valid_until")),
        ({"needed_by": TODAY - timedelta(days=1)}, ("needs.needed_by_past", "needed_by")),
        ({"questions_until": TODAY + timedelta(days=91)}, ("needs.questions_late", "questions_until")),
        ({"payment_days": 30}, ("needs.payment_start_missing", "payment_start")),
        ({"quantity": Decimal(3)}, ("needs.quantity_unit_missing", "quantity_unit")),
        ({"procedure": "tender"}, ("needs.entrance_missing", "entrance")),
        ({"procedure": "lottery"}, ("needs.choice", "procedure")),
        ({"visibility": "secret"}, ("needs.choice", "visibility")),
        ({"buyer_kind": "giant"}, ("needs.choice", "buyer_kind")),
        ({"quantity_period": "week"}, ("needs.choice", "quantity_period")),
        ({"quantity": Decimal(-1), "quantity_unit": "t"}, ("needs.negative", "quantity")),
        ({"quantity": Decimal(10**13), "quantity_unit": "t"}, ("needs.too_large", "quantity")),
        ({"lead_time_days": 10**9}, ("needs.too_large", "lead_time_days")),
        ({"quantity_unit": "长" * 21}, ("needs.words_many", "quantity_unit")),
        ({"entrance": "h" * 301}, ("needs.words_many", "entrance")),
        ({"payment_reason": "长" * 301}, ("needs.words_many", "payment_reason")),
        (
            {"budget_low": Decimal(2), "budget_high": Decimal(1)},
            ("needs.budget_order", "budget_high"),
        ),
        ({"specs": (SpecContent("强度", "ge", ""),)}, ("specs.value_missing", "specs-0-value")),
    ],
)
def test_what_is_wrong_is_named_at_its_field(change: dict[str, Any], expected: tuple[str, str]) -> None:
    assert codes(replace(GOOD, **change)) == [expected]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "轧辊修复"},
        {"valid_until": TODAY},
        {"valid_until": TODAY + timedelta(days=366)},
        {"needed_by": TODAY},
        {"questions_until": TODAY + timedelta(days=90)},
        {"procedure": "tender", "entrance": "https://采购.example"},
        {"description": "", "specs": (SpecContent("强度", "ge", "180"),)},
        {"payment_days": 0, "payment_start": "delivery"},
        {"budget_low": Decimal(1), "budget_high": Decimal(1)},
    ],
)
def test_what_lies_on_the_right_side_of_a_boundary_passes(change: dict[str, Any]) -> None:
    assert codes(replace(GOOD, **change)) == []


def test_a_draft_may_be_empty() -> None:
    assert rules.shape_problems(NeedContent()) == []


def test_every_text_that_passes_fits_its_column() -> None:
    """PostgreSQL refuses what is too long with an error that no reader could mend."""
    columns = models.Need.__table__.columns
    for name in COLUMNS:
        length = getattr(columns[name].type, "length", None)
        if length is not None:
            content = replace(GOOD, **{name: "x" * (length + 1)})
            assert rules.shape_problems(content), name


def test_a_version_is_plain_json() -> None:
    content = replace(GOOD, quantity=Decimal("1.50"), specs=(SpecContent("强度", "ge", "180"),))
    stored = as_json(content)
    assert stored["quantity"] == "1.50" and stored["valid_until"] == "2027-02-21"
    assert stored["specs"][0]["parameter"] == "强度"
    assert set(stored) == {*COLUMNS, *ROW_FIELDS}


# ---------------------------------------------------------------- payment
@pytest.fixture(scope="module")
def parameters() -> tuple[Parameter, ...]:
    """The figures of decree 802 that bind a term, as the seeds state them."""

    def figure(key: str, value: str, unit: str = "calendar_days") -> Parameter:
        start = date(2025, 6, 1)
        return Parameter(
            key, "all", "", value, unit, start, None, "国务院令第802号", "9", ("large",), "", "high", True
        )

    return (
        figure("payment.public.default_days", "30"),
        figure("payment.public.max_days", "60"),
        figure("payment.large.default_days", "60"),
        figure("payment.large.pay_when_paid", "forbidden", "rule"),
    )


@pytest.mark.parametrize(
    ("kind", "days", "paid_when_paid", "code"),
    [
        ("public", 30, False, "ok"),
        ("public", 60, False, "ok"),
        ("public", 61, False, "barred"),
        ("public", 30, True, "barred"),
        ("large", 60, False, "ok"),
        ("large", 61, False, "state_reason"),
        ("large", 60, True, "barred"),
        ("large", 61, True, "barred"),
        ("sme", 60, False, "not_bound"),
        ("sme", 61, True, "not_bound"),
        (None, 61, False, "unknown"),
        ("giant", 61, False, "unknown"),
        ("large", None, True, "barred"),
    ],
)
def test_the_decree_at_its_boundaries(
    parameters: tuple[Parameter, ...], kind: str | None, days: int | None, paid_when_paid: bool, code: str
) -> None:
    content = replace(
        GOOD, buyer_kind=kind, payment_days=days, payment_start="delivery", paid_when_paid=paid_when_paid
    )
    verdict = rules.payment_verdict(content, TODAY, parameters)
    assert verdict is not None and verdict.code == code
    if code in ("barred", "state_reason"):
        assert (verdict.document, verdict.article) == ("国务院令第802号", "9")


def test_nothing_is_judged_before_anything_was_said(parameters: tuple[Parameter, ...]) -> None:
    assert rules.payment_verdict(replace(GOOD, buyer_kind="large"), TODAY, parameters) is None
    assert rules.payment_verdict(replace(GOOD, payment_days=-1), TODAY, parameters) is None


def test_before_the_decree_was_in_force_nothing_is_bound(parameters: tuple[Parameter, ...]) -> None:
    content = replace(GOOD, buyer_kind="large", payment_days=90, payment_start="delivery")
    before = rules.payment_verdict(content, date(2025, 5, 31), parameters)
    first = rules.payment_verdict(content, date(2025, 6, 1), parameters)
    assert before is not None and before.code == "not_bound"
    assert first is not None and first.code == "state_reason"


def test_an_unlawful_term_is_flagged_and_not_refused(parameters: tuple[Parameter, ...]) -> None:
    barred = replace(
        GOOD, buyer_kind="public", payment_days=90, payment_start="delivery", paid_when_paid=True
    )
    verdict = rules.payment_verdict(barred, TODAY, parameters)
    assert verdict is not None and verdict.code == "barred"
    assert codes(barred) == []


# ---------------------------------------------------------------- permission
OWNER = Actor(account_id=1, firm_roles={10: "owner"})
VIEWER = Actor(account_id=2, firm_roles={10: "viewer"})
OTHER = Actor(account_id=3, firm_roles={20: "owner"})
BUREAU = Actor(account_id=4, office_id=1, office_kind="bureau")
TOWN = Actor(account_id=5, office_id=2, office_kind="town")
OTHER_TOWN = Actor(account_id=6, office_id=3, office_kind="town")
FILLING_IN = replace(OTHER_TOWN, acting_for=10)
NOBODY_YET = Actor(account_id=7)


def view(state: State = State.PUBLISHED, visibility: str = "public", **more: Any) -> NeedView:
    return NeedView(
        **{"firm_id": 10, "office_id": 2, "firm_open": True, **more}, state=state, visibility=visibility
    )


def test_only_editors_and_staff_who_fill_in_may_edit() -> None:
    may = [
        actor
        for actor in (OWNER, VIEWER, OTHER, BUREAU, TOWN, FILLING_IN, ANONYMOUS)
        if rules.may_edit(actor, view())
    ]
    assert may == [OWNER, FILLING_IN]


def test_the_firm_of_an_anonymous_need_is_named_to_itself_and_its_staff_alone() -> None:
    hidden = view(anonymous=True, visibility="invited", invited_firms=frozenset({20}))
    for actor in (OWNER, VIEWER, BUREAU, TOWN, FILLING_IN, system_actor()):
        assert rules.may_see_firm(actor, hidden)
    for actor in (OTHER, OTHER_TOWN, NOBODY_YET, ANONYMOUS):
        assert not rules.may_see_firm(actor, hidden)
        assert rules.may_see_firm(actor, view())


def test_the_budget_is_for_the_firm_its_staff_and_invited_firms() -> None:
    shown = view(visibility="invited", invited_firms=frozenset({20}))
    for actor in (OWNER, VIEWER, BUREAU, TOWN, OTHER):
        assert rules.may_see_budget(actor, shown)
    for actor in (OTHER_TOWN, NOBODY_YET, ANONYMOUS):
        assert not rules.may_see_budget(actor, shown)
    assert not rules.may_see_budget(OTHER, view())


def test_an_invitation_or_a_release_opens_no_door_to_a_firm_since_suspended() -> None:
    suspended = replace(OTHER, unchecked_firms=frozenset({20}))
    invited = view(visibility="invited", invited_firms=frozenset({20}))
    assert rules.may_see(OTHER, invited)
    assert not rules.may_see(suspended, invited)
    assert not rules.may_see_budget(suspended, invited)
    for confidentiality in ("restricted", "nda"):
        assert rules.may_download(OTHER, view(), confidentiality, THEIRS, THEIRS)
        assert not rules.may_download(suspended, view(), confidentiality, THEIRS, THEIRS)


NONE: frozenset[int] = frozenset()
THEIRS = frozenset({20})


@pytest.mark.parametrize(
    ("confidentiality", "released", "accepted", "expected"),
    [
        ("open", NONE, NONE, True),
        ("restricted", NONE, NONE, False),
        ("restricted", NONE, THEIRS, False),
        ("restricted", THEIRS, NONE, True),
        ("restricted", frozenset({30}), NONE, False),
        ("nda", NONE, NONE, False),
        ("nda", NONE, THEIRS, False),
        ("nda", THEIRS, NONE, False),
        ("nda", THEIRS, THEIRS, True),
        ("nda", THEIRS, frozenset({30}), False),
        ("secret", THEIRS, THEIRS, False),
    ],
)
def test_who_may_download(
    confidentiality: str, released: frozenset[int], accepted: frozenset[int], expected: bool
) -> None:
    assert rules.may_download(OTHER, view(), confidentiality, released, accepted) is expected
    # Who may not see the need reads none of its files; its firm and its staff read all of them.
    assert not rules.may_download(OTHER, view(State.DRAFT), confidentiality, released, accepted)
    assert not rules.may_download(OTHER, view(visibility="invited"), confidentiality, released, accepted)
    assert rules.may_download(VIEWER, view(State.DRAFT), confidentiality)
    assert rules.may_download(TOWN, view(State.DRAFT), confidentiality)
    assert rules.may_download(OTHER_TOWN, view(), confidentiality, released, accepted) is (
        confidentiality == "open"
    )


def test_two_firms_of_one_person_do_not_add_up_to_one_release() -> None:
    """One firm accepted the undertaking, the other was given the file: neither may read it."""
    both = Actor(account_id=8, firm_roles={20: "owner", 30: "owner"})
    assert not rules.may_download(both, view(), "nda", frozenset({20}), frozenset({30}))
