"""Decree 802: who is bound, to how many days, from which day on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import words
from marketplace.core.i18n import render
from marketplace.taxonomy import rules
from marketplace.taxonomy.values import Parameter

TODAY = date(2026, 11, 23)
IN_FORCE = date(2025, 6, 1)
Parameters = tuple[Parameter, ...]


def judge(
    parameters: Parameters,
    buyer: str,
    days: int | None,
    starts: str = "delivery",
    waits: bool = False,
    as_of: date = TODAY,
) -> rules.Verdict:
    return rules.payment_term_verdict(buyer, days, starts, waits, as_of, parameters)


@pytest.mark.parametrize(
    ("buyer", "days", "code", "reason", "allowed"),
    [
        ("public", 0, "ok", "within_default", 60),
        ("public", 30, "ok", "within_default", 60),
        ("public", 31, "ok", "agreed_over_default", 60),
        ("public", 60, "ok", "agreed_over_default", 60),
        ("public", 61, "barred", "over_public", 60),
        ("public", None, "ok", "default_applies", 30),
        ("large", 60, "ok", "within_default", 60),
        ("large", 61, "state_reason", "over_large", 60),
        ("large", 180, "state_reason", "over_large", 60),
        ("large", None, "ok", "default_applies", 60),
        ("sme", 180, "not_bound", "sme_buyer", None),
        ("unknown", 90, "unknown", "size_unknown", None),
    ],
)
def test_days(
    parameters: Parameters, buyer: str, days: int | None, code: str, reason: str, allowed: int | None
) -> None:
    verdict = judge(parameters, buyer, days)
    assert (verdict.code, verdict.reason, verdict.days_allowed) == (code, reason, allowed)
    if verdict.code in ("ok", "state_reason", "barred"):
        assert (verdict.document, verdict.article) == ("国务院令第802号", "9")


def test_paid_when_paid(parameters: Parameters) -> None:
    large = judge(parameters, "large", 30, waits=True)
    assert (large.code, large.reason, large.article) == ("barred", "paid_when_paid", "9")
    public = judge(parameters, "public", 30, waits=True)
    assert (public.code, public.reason) == ("barred", "paid_when_paid_public")
    assert judge(parameters, "sme", 30, waits=True).code == "not_bound"


def test_what_starts_the_clock(parameters: Parameters) -> None:
    assert judge(parameters, "large", 60, "delivery").notes == ()
    assert judge(parameters, "large", 60, "acceptance").notes == ("clock_acceptance",)
    assert judge(parameters, "public", 30, "settlement").notes == ("clock_settlement",)
    invoice = judge(parameters, "large", 30, "invoice")
    assert (invoice.code, invoice.reason) == ("state_reason", "clock_unknown")
    assert judge(parameters, "public", 61, "invoice").code == "barred"  # the graver finding is the one told


@pytest.mark.parametrize(
    ("as_of", "buyer", "waits", "code", "document"),
    [
        (date(2025, 5, 31), "public", False, "not_bound", ""),
        (date(2025, 6, 1), "public", False, "barred", "国务院令第802号"),
        (date(2025, 5, 31), "large", False, "not_bound", ""),
        (date(2025, 6, 1), "large", False, "state_reason", "国务院令第802号"),
        (date(2025, 5, 31), "unknown", False, "not_bound", ""),
        (date(2025, 6, 1), "unknown", False, "unknown", ""),
        # The court's reply made the clause void before the decree named it.
        (date(2024, 8, 26), "large", True, "not_bound", ""),
        (date(2024, 8, 27), "large", True, "barred", "法释〔2024〕11号"),
        (date(2025, 5, 31), "large", True, "barred", "法释〔2024〕11号"),
        (date(2025, 6, 1), "large", True, "barred", "国务院令第802号"),
    ],
)
def test_the_day_before_and_the_day_itself(
    parameters: Parameters, as_of: date, buyer: str, waits: bool, code: str, document: str
) -> None:
    verdict = judge(parameters, buyer, 90, waits=waits, as_of=as_of)
    assert (verdict.code, verdict.document) == (code, document)


def test_figures_known_from_memory_are_never_applied(parameters: Parameters) -> None:
    kept = [row for row in parameters if row.key == "payment.public.max_days" and not row.shown]
    assert [row.valid_to for row in kept] == [date(2025, 5, 31)]
    assert rules.parameter_on(parameters, "payment.public.max_days", "all", "", date(2025, 5, 31)) is None


def test_wrong_input_is_refused(parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="kind of buyer"):
        judge(parameters, "huge", 30)
    with pytest.raises(ValueError, match="negative"):
        judge(parameters, "large", -1)


@given(days=st.integers(0, 400), more=st.integers(0, 400), buyer=st.sampled_from(["public", "large"]))
def test_a_longer_term_is_never_judged_milder(
    parameters: Parameters, days: int, more: int, buyer: str
) -> None:
    gravity = ["ok", "state_reason", "barred"]
    shorter, longer = judge(parameters, buyer, days), judge(parameters, buyer, days + more)
    assert gravity.index(longer.code) >= gravity.index(shorter.code)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_verdict_can_be_said(parameters: Parameters, locale: str) -> None:
    words.register_all()
    for buyer in rules.BUYER_KINDS:
        for days in (None, 10, 45, 90):
            for starts in (*rules.CLOCK_STARTS, "invoice"):
                for waits in (False, True):
                    for as_of in (date(2024, 1, 1), date(2025, 1, 1), TODAY):
                        verdict = judge(parameters, buyer, days, starts, waits, as_of)
                        said = render(f"payment.{verdict.reason}", verdict.params, locale)
                        assert said and "None" not in said and "%(" not in said
                        assert render(f"payment_verdict.{verdict.code}", {}, locale)
                        assert all(render(f"payment.{note}", {}, locale) for note in verdict.notes)
    barred = judge(parameters, "large", 30, waits=True)
    assert ("国务院令第802号第9条" if locale == "zh" else "art. 9") in render(
        "payment.paid_when_paid", barred.params, locale
    )


def test_both_rules_on_late_interest_are_told(parameters: Parameters) -> None:
    assert [row.value for row in rules.late_interest(parameters, TODAY)] == ["0.05", "LPR_1Y"]
    assert [row.value for row in rules.late_interest(parameters, date(2025, 5, 31))] == ["LPR_1Y"]
    assert rules.late_interest(parameters, date(2024, 8, 26)) == ()
