"""A capability's life through its services: every legal step, every illegal one, and what each leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.capabilities import queries, rules, service
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.models import Capability, CapabilityVersion
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.lifecycle import STEPS, Action, State, state_of
from marketplace.core.outbox import OutboxEntry

from .house import CONTENT, MACHINE, NOW, TODAY, capability, firm, member, officer

Step = Callable[..., Any]
TAKE: dict[Action, Step] = {
    Action.SUBMIT: service.submit,
    Action.WITHDRAW: service.withdraw,
    Action.PUBLISH: service.publish,
    Action.RETURN: service.return_,
    Action.PAUSE: service.pause,
    Action.RESUME: service.resume,
    Action.REVISE: service.revise,
    Action.REOPEN: service.reopen,
}
WAY: dict[State, tuple[Action, ...]] = {
    State.DRAFT: (),
    State.SUBMITTED: (Action.SUBMIT,),
    State.RETURNED: (Action.SUBMIT, Action.RETURN),
    State.PUBLISHED: (Action.SUBMIT, Action.PUBLISH),
    State.PAUSED: (Action.SUBMIT, Action.PUBLISH, Action.PAUSE),
}


def audits(session: Session, capability_id: int) -> list[str]:
    session.flush()
    rows = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "capability", AuditEntry.subject_id == capability_id
    )
    return list(session.scalars(rows.order_by(AuditEntry.id)))


def outbox(session: Session) -> set[tuple[str, str]]:
    return {(row.kind, row.key) for row in session.scalars(select(OutboxEntry))}


def take(session: Session, action: Action, made: Capability) -> None:
    if action is Action.CLOSE:
        service.close(session, MACHINE, made.id, reason="other", now=NOW)
    elif action is Action.SAVE:
        service.save(session, MACHINE, made.id, replace(CONTENT, sentence="改过的一句"), now=NOW)
    else:
        TAKE[action](session, MACHINE, made.id, now=NOW)


@pytest.mark.parametrize("state", [*WAY, State.CLOSED])
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.RENEW])
def test_only_legal_steps_pass_and_each_leaves_one_row(
    session: Session, state: State, action: Action
) -> None:
    made = capability(session, firm(session, 1).id, upto="draft")
    for before in WAY.get(state, (Action.SUBMIT, Action.PUBLISH, Action.CLOSE)):
        take(session, before, made)
    assert state_of(made, TODAY) is state
    rows = audits(session, made.id)
    if (state, action) in STEPS:
        take(session, action, made)
        wanted = STEPS[state, action] or State.PUBLISHED
        assert state_of(made, TODAY) is wanted
        assert audits(session, made.id) == [*rows, f"capability.{action.value}"]
    else:
        with pytest.raises(Refusal) as refused:
            take(session, action, made)
        assert refused.value.code == "lifecycle.step"
        assert state_of(made, TODAY) is state
        assert audits(session, made.id) == rows


def test_what_others_see_is_indexed_and_matched_again(session: Session) -> None:
    made = capability(session, firm(session, 1).id)
    key = f"capability:{made.id}"
    assert not any(entry[1] == key for entry in outbox(session))
    service.publish(session, MACHINE, made.id, now=NOW)
    assert {("index", key), ("match", key)} <= outbox(session)


def test_saving_the_same_again_is_no_step(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="draft")
    rows, version = audits(session, made.id), made.version
    service.save(session, MACHINE, made.id, CONTENT, now=NOW)
    assert (audits(session, made.id), made.version) == (rows, version)
    service.save(session, MACHINE, made.id, replace(CONTENT, sentence="另一句"), now=NOW)
    assert (audits(session, made.id), made.version) == ([*rows, "capability.save"], version + 1)


def test_rows_are_stored_and_read_back_as_they_were_written(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="draft")
    session.flush()
    session.expire_all()
    stored = session.get_one(Capability, made.id)
    assert queries.content_of_capability(stored) == replace(CONTENT, confirmed_on=TODAY)
    more = replace(
        CONTENT, specs=(*CONTENT.specs, *CONTENT.specs), standards=("B", "A", "B"), certificates=()
    )
    service.save(session, MACHINE, made.id, more, now=NOW)
    session.flush()
    session.expire_all()
    stored = session.get_one(Capability, made.id)
    read = queries.content_of_capability(stored)
    assert read.standards == ("A", "B") and read.certificates == () and len(read.specs) == 2


def test_a_stale_version_is_refused(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="draft")
    seen = made.version
    service.save(session, MACHINE, made.id, replace(CONTENT, sentence="先到"), now=NOW)
    with pytest.raises(Refusal) as refused:
        service.save(
            session, MACHINE, made.id, replace(CONTENT, sentence="后到"), expected_version=seen, now=NOW
        )
    assert refused.value.code == "core.stale"
    assert made.sentence == "先到"


def test_a_name_is_enough_to_submit_and_numbers_need_units(session: Session) -> None:
    owner = firm(session, 1).id
    bare = capability(session, owner, CapabilityContent(product="锻件"))
    assert state_of(bare, TODAY) is State.SUBMITTED
    made = capability(session, owner, CapabilityContent(capacity=Decimal(3), moq=Decimal(1)), upto="draft")
    with pytest.raises(Refusal) as refused:
        service.submit(session, MACHINE, made.id, now=NOW)
    assert {(problem.code, problem.field) for problem in refused.value.problems} == {
        ("capabilities.product_short", "product"),
        ("capabilities.unit_missing", "capacity_unit"),
        ("capabilities.unit_missing", "moq_unit"),
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": "长" * 61}, "capabilities.text_long"),
        ({"visibility": "invited"}, "capabilities.choice"),
        ({"capacity_period": "once"}, "capabilities.choice"),
        ({"lead_time_days": -1}, "capabilities.negative"),
        ({"capacity": Decimal(10) ** 15}, "capabilities.too_large"),
        ({"lead_time_days": 10**9}, "capabilities.too_large"),
        ({"capacity_unit": "单" * 21}, "capabilities.words_many"),
        ({"standards": ("标" * 81,)}, "capabilities.standard_long"),
        ({"standards": tuple(map(str, range(31)))}, "capabilities.standards_many"),
        ({"divisions": tuple(map(str, range(61)))}, "capabilities.divisions_many"),
        ({"divisions": ("999999",)}, "capabilities.division_unknown"),
        ({"payment_days": -1}, "capabilities.negative"),
        ({"payment_days": 10**9}, "capabilities.too_large"),
    ],
)
def test_what_no_draft_may_hold(session: Session, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        capability(session, firm(session, 1).id, replace(CONTENT, **change), upto="draft")
    assert refused.value.code == code


def test_the_content_is_kept_as_submitted(session: Session) -> None:
    made = capability(session, firm(session, 1).id)
    kept = session.scalars(select(CapabilityVersion)).one()
    assert (kept.number, kept.content["product"]) == (made.version, "尼龙66工业丝")
    assert kept.content["specs"][0]["value"] == "9.2" and kept.content["photos"] == []
    service.withdraw(session, MACHINE, made.id, now=NOW)
    service.submit(session, MACHINE, made.id, now=NOW)
    assert session.scalar(select(func.count()).select_from(CapabilityVersion)) == 1


def test_one_tap_confirms_and_time_makes_it_stale_again(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="published")
    later = NOW + timedelta(days=181)
    assert not rules.needs_confirming(made.confirmed_on, TODAY + timedelta(days=180))
    assert rules.needs_confirming(made.confirmed_on, TODAY + timedelta(days=181))
    service.confirm(session, MACHINE, made.id, now=later)
    assert made.confirmed_on == TODAY + timedelta(days=181)
    assert audits(session, made.id)[-1] == "capability.confirm"
    service.close(session, MACHINE, made.id, reason="duplicate", now=later)
    with pytest.raises(Refusal) as refused:
        service.confirm(session, MACHINE, made.id, now=later)
    assert refused.value.code == "capabilities.closed"


def test_a_close_can_be_taken_back_for_a_week(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="published")
    service.close(session, MACHINE, made.id, reason="other", now=NOW)
    with pytest.raises(Refusal) as refused:
        service.reopen(session, MACHINE, made.id, now=NOW + timedelta(days=7, seconds=1))
    assert refused.value.code == "capabilities.reopen_late"
    service.reopen(session, MACHINE, made.id, now=NOW + timedelta(days=7))
    assert state_of(made, TODAY) is State.PUBLISHED


def test_an_unchecked_firm_prepares_but_is_not_published(session: Session) -> None:
    made = capability(session, firm(session, 1, checked=False).id)
    with pytest.raises(Refusal) as refused:
        service.publish(session, MACHINE, made.id, now=NOW)
    assert refused.value.code == "capabilities.firm_unchecked"


def test_foreign_ones_are_not_found_and_viewers_are_forbidden(session: Session) -> None:
    own, other = firm(session, 1), firm(session, 2)
    made = capability(session, own.id, upto="draft")
    stranger, viewer, editor = (
        member(session, other.id),
        member(session, own.id, "viewer"),
        member(session, own.id, "editor"),
    )
    for actor, error in ((ANONYMOUS, NotFound), (stranger, NotFound), (viewer, Forbidden)):
        with pytest.raises(error):
            service.save(session, actor, made.id, CONTENT, now=NOW)
        with pytest.raises(error):
            service.submit(session, actor, made.id, now=NOW)
        with pytest.raises(error):
            service.create(session, actor, own.id, CONTENT, now=NOW)
    assert service.submit(session, editor, made.id, now=NOW).submitted_at == NOW
    with pytest.raises(NotFound):
        service.publish(session, editor, made.id, now=NOW)
    with pytest.raises(Forbidden):
        service.publish(session, officer(session, "clerk", "town"), made.id, now=NOW)


def test_a_published_one_is_seen_by_others_and_still_not_theirs_to_change(session: Session) -> None:
    made = capability(session, firm(session, 1).id, upto="published")
    stranger = member(session, firm(session, 2).id)
    with pytest.raises(Forbidden):
        service.pause(session, stranger, made.id, now=NOW)


def test_staff_fill_in_for_the_firm_they_act_for_and_it_is_marked(session: Session) -> None:
    own = firm(session, 1)
    clerk = officer(session)
    with pytest.raises(NotFound):
        service.create(session, clerk, own.id, CONTENT, now=NOW)
    acting = replace(clerk, acting_for=own.id)
    made = service.create(session, acting, own.id, CONTENT, now=NOW)
    assert made.source == "staff"
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "capability.create")).one()
    assert (entry.acting_for, entry.account_id) == (own.id, clerk.account_id)


def test_counts_by_state_and_the_lists_agree(session: Session) -> None:
    own, other = firm(session, 1), firm(session, 2)
    for upto in ("draft", "draft", "submitted", "published"):
        capability(session, own.id, upto=upto)
    capability(session, other.id, upto="published")
    counts = queries.counts_by_state(session, [own.id], TODAY)
    assert counts == {"draft": 2, "submitted": 1, "published": 1}
    for state, count in counts.items():
        assert len(session.scalars(queries.capabilities_of([own.id], TODAY, state)).all()) == count
    assert Actor(account_id=1).firm_ids == Actor(account_id=1).own_firms == frozenset()
