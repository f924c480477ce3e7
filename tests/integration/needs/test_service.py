"""Use cases of needs: drafts, versions, steps, invitations; what each leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core import outbox
from marketplace.core.errors import NotFound
from marketplace.core.lifecycle import State, state_of
from marketplace.core.specs import SpecContent
from marketplace.core.terms import TermContent
from marketplace.firms.models import Firm
from marketplace.needs import inviting, queries, rules, service
from marketplace.needs.content import NeedContent
from marketplace.needs.models import Need
from marketplace.taxonomy import service as lists
from tests.integration.needs.district import CONTENT, MACHINE, NOW, TODAY, District, made, published
from tests.integration.needs.left_behind import actions, asked, refusal

FULL = replace(
    CONTENT,
    type_key="rnd",
    use="全钢子午线轮胎",
    link_key="nylon-industrial-yarn",
    industry_code="281",
    quantity=Decimal("1200.5"),
    quantity_unit="吨",
    quantity_period="year",
    lead_time_days=45,
    needed_by=TODAY + timedelta(days=60),
    delivery_division="410472",
    budget_low=Decimal("125000.00"),
    budget_high=Decimal("2000000.00"),
    procedure="tender",
    entrance="https://buyer.example/notice/7",
    payment_days=61,
    payment_start="acceptance",
    paid_when_paid=True,
    payment_reason="行业惯例",
    buyer_kind="large",
    accepts_first_of_kind=True,
    sme_oriented=True,
    splitting_accepted=False,
    visibility="invited",
    anonymous=True,
    questions_until=TODAY + timedelta(days=10),
    specs=(
        SpecContent("断裂强力", "ge", "215", None, "N", True, "GB/T 9102"),
        SpecContent("颜色", "eq", "本白"),
    ),
    certificates=("iatf-16949", "iso-9001"),
    terms=(
        TermContent("targets", text="断裂强度≥8.5 cN/dtex"),
        TermContent("research_months", number=Decimal("18")),
        TermContent("ip", text="joint"),
    ),
)


def test_every_field_is_stored_and_read_back(session: Session, district: District) -> None:
    full = replace(FULL, procedure="inquiry", excluded=(district.third,))  # a tender excludes nobody
    assert all(getattr(full, name) != getattr(NeedContent(), name) for name in full.__dataclass_fields__), (
        "every field says something of its own"
    )
    lists.import_seeds(session, MACHINE, paths.SEEDS, NOW)
    need = service.create(session, district.actor("owner"), district.buyer, full, now=NOW)
    session.expire_all()
    assert queries.content_of_need(session.get_one(Need, need.id)) == full


def test_saving_counts_versions_only_when_something_changed(session: Session, district: District) -> None:
    owner, need = district.actor("owner"), made(session, district)
    service.save(session, owner, need.id, CONTENT, expected_version=1, now=NOW)
    assert need.version == 1 and actions(session, need) == ["need.create"]
    service.save(session, owner, need.id, replace(CONTENT, title="浸胶帆布"), expected_version=1, now=NOW)
    assert need.version == 2 and actions(session, need) == ["need.create", "need.save"]
    refusal(lambda: service.save(session, owner, need.id, CONTENT, expected_version=1, now=NOW), "core.stale")
    assert need.title == "浸胶帆布"
    assert asked(session) == set(), "nobody else sees a draft"


def test_a_published_need_cannot_be_saved_over(session: Session, district: District) -> None:
    need = published(session, district)
    refusal(
        lambda: service.save(
            session, district.actor("owner"), need.id, replace(CONTENT, title="别的东西"), now=NOW
        ),
        "lifecycle.step",
    )
    assert need.title == CONTENT.title


def test_what_was_submitted_can_always_be_read_again(session: Session, district: District) -> None:
    owner, need = district.actor("owner"), made(session, district)
    service.submit(session, owner, need.id, now=NOW)
    service.withdraw(session, owner, need.id, now=NOW)
    service.submit(session, owner, need.id, now=NOW)
    service.return_(session, MACHINE, need.id, now=NOW)
    assert state_of(need, TODAY) is State.RETURNED
    service.save(session, owner, need.id, replace(CONTENT, lead_time_days=30), now=NOW)
    service.submit(session, owner, need.id, now=NOW)
    session.flush()
    versions = queries.versions_of(session, need.id)
    assert [(version.number, version.content["lead_time_days"]) for version in versions] == [
        (2, 30),
        (1, None),
    ]


def test_an_incomplete_need_is_saved_and_not_submitted(session: Session, district: District) -> None:
    owner = district.actor("owner")
    need = service.create(session, owner, district.buyer, NeedContent(), now=NOW)
    refused = refusal(lambda: service.submit(session, owner, need.id, now=NOW), "needs.title_short")
    assert {problem.field for problem in refused.problems} == {"title", "description", "valid_until"}
    assert state_of(need, TODAY) is State.DRAFT


def test_publishing_pausing_and_closing_are_seen_outside(session: Session, district: District) -> None:
    owner, need = district.actor("owner"), published(session, district)
    both = {("index", f"need:{need.id}"), ("match", f"need:{need.id}")}
    for work in (
        lambda: service.pause(session, owner, need.id, now=NOW),
        lambda: service.resume(session, owner, need.id, now=NOW),
        lambda: service.renew(session, owner, need.id, valid_until=TODAY + timedelta(days=90), now=NOW),
        lambda: service.close(session, owner, need.id, reason="met", now=NOW),
        lambda: service.reopen(session, owner, need.id, now=NOW),
        lambda: service.revise(session, owner, need.id, now=NOW),
    ):
        session.query(outbox.OutboxEntry).delete()
        work()
        assert asked(session) == both


def test_an_unchecked_or_suspended_firm_publishes_nothing(session: Session, district: District) -> None:
    firm = session.get_one(Firm, district.buyer)
    for change in ({"verified_at": None}, {"verified_at": NOW, "suspended_at": NOW}):
        need = made(session, district)
        service.submit(session, district.actor("owner"), need.id, now=NOW)
        for name, value in change.items():
            setattr(firm, name, value)
        refused = refusal(lambda: service.publish(session, MACHINE, need.id, now=NOW), "needs.firm_unchecked")  # noqa: B023
        assert refused.problems[0].params == {"firm": firm.legal_name}
        assert state_of(need, TODAY) is State.SUBMITTED


def test_renewing_reaches_a_year_and_no_further(session: Session, district: District) -> None:
    owner, need = district.actor("owner"), published(session, district)
    for days, code in ((-1, "needs.valid_until_past"), (367, "needs.valid_until_far")):
        day = TODAY + timedelta(days=days)
        refusal(lambda: service.renew(session, owner, need.id, valid_until=day, now=NOW), code)  # noqa: B023
    assert need.valid_until == CONTENT.valid_until
    service.renew(session, owner, need.id, valid_until=TODAY + timedelta(days=366), now=NOW)
    later = NOW + timedelta(days=367)
    assert service.state(need, later) is State.EXPIRED
    service.renew(session, owner, need.id, valid_until=TODAY + timedelta(days=400), now=later)
    assert service.state(need, later) is State.PUBLISHED


def test_a_close_can_be_taken_back_for_a_week(session: Session, district: District) -> None:
    owner, need = district.actor("owner"), published(session, district)
    refusal(lambda: service.close(session, owner, need.id, reason="bored", now=NOW), "needs.choice")
    service.close(session, owner, need.id, reason="no_suitable", now=NOW)
    assert need.close_reason == "no_suitable"
    late = NOW + timedelta(days=7, seconds=1)
    refusal(lambda: service.reopen(session, owner, need.id, now=late), "needs.reopen_late")
    service.reopen(session, owner, need.id, now=NOW + timedelta(days=7))
    assert state_of(need, TODAY) is State.PUBLISHED and need.close_reason is None


def test_a_copy_is_a_draft_of_the_usual_validity_without_the_old_dates(
    session: Session, district: District
) -> None:
    lists.import_seeds(session, MACHINE, paths.SEEDS, NOW)
    owner = district.actor("owner")
    need = service.create(session, owner, district.buyer, FULL, now=NOW)
    copy = service.copy(session, owner, need.id, now=NOW)
    assert copy.id != need.id and state_of(copy, TODAY) is State.DRAFT
    dated = replace(FULL, valid_until=TODAY + rules.USUAL_VALIDITY, questions_until=None, needed_by=None)
    assert queries.content_of_need(copy) == dated


def test_a_need_counts_under_its_state_of_the_day(session: Session, district: District) -> None:
    made(session, district)
    published(session, district)
    published(session, district, valid_until=TODAY)
    service.pause(session, district.actor("owner"), published(session, district).id, now=NOW)
    session.flush()
    firms = [district.buyer]
    assert queries.counts_by_state(session, firms, TODAY) == {"draft": 1, "published": 2, "paused": 1}
    tomorrow = queries.counts_by_state(session, firms, TODAY + timedelta(days=1))
    assert tomorrow == {"draft": 1, "published": 1, "expired": 1, "paused": 1}
    for state, count in tomorrow.items():
        found = session.scalars(queries.needs_of(firms, TODAY + timedelta(days=1), state)).unique().all()
        assert len(found) == count
    assert queries.counts_by_state(session, [district.supplier], TODAY) == {}


# ---------------------------------------------------------------- invitations
def test_firms_are_invited_by_name_or_code(session: Session, district: District) -> None:
    need, owner = made(session, district, visibility="invited"), district.actor("owner")
    session.get_one(Firm, district.third).credit_code = "91350100M000100Y43"
    session.flush()
    text = "示例浸胶厂\r\n 91350100m000100y43 、示例浸胶厂"
    assert inviting.invite_named(session, owner, need.id, text, now=NOW) == 2
    assert queries.invited_firms(session, need.id) == {district.supplier, district.third}
    assert inviting.invite_named(session, owner, need.id, text, now=NOW) == 0
    inviting.uninvite(session, owner, need.id, district.third, now=NOW)
    assert queries.invited_firms(session, need.id) == {district.supplier}
    assert actions(session, need) == ["need.create", "need.invite", "need.uninvite"]
    with pytest.raises(NotFound):
        inviting.uninvite(session, owner, need.id, district.third, now=NOW)


def test_brackets_of_either_width_name_a_firm_and_namesakes_need_a_code(
    session: Session, district: District
) -> None:
    need, owner = made(session, district, visibility="invited"), district.actor("owner")
    bracketed = session.get_one(Firm, district.supplier)
    bracketed.legal_name = "示例（鹰城）浸胶厂"
    session.flush()
    assert inviting.invite_named(session, owner, need.id, "示例(鹰城)浸胶厂", now=NOW) == 1
    assert inviting.invite_named(session, owner, need.id, "示例（鹰城）浸胶厂", now=NOW) == 0
    session.get_one(Firm, district.third).legal_name = "示例(鹰城)浸胶厂"
    session.get_one(Firm, district.third).credit_code = "91350100M000100Y43"
    session.flush()
    refused = refusal(
        lambda: inviting.invite_named(session, owner, need.id, "示例（鹰城）浸胶厂", now=NOW),
        "needs.invitees_namesakes",
    )
    assert refused.problems[0].params["names"] == ["示例（鹰城）浸胶厂"]
    assert inviting.invite_named(session, owner, need.id, "91350100M000100Y43", now=NOW) == 1


def test_an_unknown_or_hidden_firm_is_named_and_nobody_is_invited(
    session: Session, district: District
) -> None:
    need, owner = made(session, district, visibility="invited"), district.actor("owner")
    session.get_one(Firm, district.third).verified_at = None
    session.flush()
    text = "示例浸胶厂\n示例化纤厂\n没有这家"
    refused = refusal(
        lambda: inviting.invite_named(session, owner, need.id, text, now=NOW), "needs.invitees_unknown"
    )
    assert refused.problems[0].params["names"] == ["示例化纤厂", "没有这家"]
    assert queries.invited_firms(session, need.id) == frozenset()
    refusal(lambda: inviting.invite_named(session, owner, need.id, " \n ", now=NOW), "needs.invitee_missing")
    with pytest.raises(NotFound):
        inviting.invite_named(session, district.actor("supplier"), need.id, text, now=NOW)
