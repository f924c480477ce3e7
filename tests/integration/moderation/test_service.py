"""Decisions: only the bureau takes them, never over a stopping flag, each with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.i18n import render
from marketplace.core.lifecycle import State, state_of
from marketplace.core.outbox import OutboxEntry
from marketplace.moderation import queries, service
from marketplace.moderation.examining import Subject, flags_of, marked
from marketplace.moderation.models import Decision
from marketplace.moderation.rules import CHECKLIST, RETURN_REASONS, TERMS_FLAG
from marketplace.needs.models import Need
from marketplace.taxonomy.service import import_seeds
from tests.integration.capabilities.house import (
    CONTENT,
    MACHINE,
    NOW,
    TODAY,
    Counter,
    capability,
    firm,
    member,
    need,
    officer,
)

TICKED = {kind: dict.fromkeys(lines, True) for kind, lines in CHECKLIST.items()}
Make = Callable[..., Subject]


def made(session: Session, kind: str, number: int = 1, **changes: Any) -> Subject:
    owner = firm(session, number).id
    if kind == "need":
        return need(session, owner, **changes)
    return capability(session, owner, replace(CONTENT, **changes))


def rows_about(session: Session, kind: str, subject_id: int) -> list[str]:
    session.flush()
    statement = select(AuditEntry.action).where(
        AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id
    )
    return list(session.scalars(statement.order_by(AuditEntry.id)))


def decided(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Decision)) or 0


@pytest.mark.parametrize("together", [True, False])
def test_the_audit_keeps_what_was_confirmed_and_whether_with_one_tick(
    session: Session, together: bool
) -> None:
    subject, clerk = made(session, "need"), officer(session)
    service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], together=together, now=NOW)
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "moderation.published"))
    assert entry is not None
    assert entry.details["together"] is together
    assert entry.details["confirmed"] == ["plain", "specs_clear", "no_secret", "no_contact", "terms_lawful"]


def test_where_something_was_found_one_tick_does_not_do(session: Session) -> None:
    subject, clerk = made(session, "need", description="联系 13803751234 王工，参数见下"), officer(session)
    with pytest.raises(Refusal) as refused:
        service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], together=True, now=NOW)
    assert refused.value.code == "moderation.tick_each" and decided(session) == 0
    service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], now=NOW)
    assert decided(session) == 1


@pytest.mark.parametrize("kind", ["need", "capability"])
def test_publishing_leaves_one_row_for_the_step_and_one_for_the_decision(session: Session, kind: str) -> None:
    subject, clerk = made(session, kind), officer(session)
    before = rows_about(session, kind, subject.id)
    decision = service.publish(
        session, clerk, kind, subject.id, checklist=TICKED[kind], expected_version=subject.version, now=NOW
    )
    assert state_of(subject, TODAY) is State.PUBLISHED
    assert rows_about(session, kind, subject.id) == [*before, f"{kind}.publish", "moderation.published"]
    assert (decision.version, decision.account_id, decision.flags) == (subject.version, clerk.account_id, [])
    assert decision.checklist == TICKED[kind]
    keys = {(entry.kind, entry.key) for entry in session.scalars(select(OutboxEntry))}
    assert {("index", f"{kind}:{subject.id}"), ("match", f"{kind}:{subject.id}")} <= keys


@pytest.mark.parametrize("kind", ["need", "capability"])
def test_returning_keeps_reasons_and_note(session: Session, kind: str) -> None:
    subject, clerk = made(session, kind), officer(session)
    before = rows_about(session, kind, subject.id)
    decision = service.return_(
        session,
        clerk,
        kind,
        subject.id,
        reasons=["unclear", "unclear", "other"],
        note=" 请写清用途 ",
        now=NOW,
    )
    assert state_of(subject, TODAY) is State.RETURNED
    assert rows_about(session, kind, subject.id) == [*before, f"{kind}.return", "moderation.returned"]
    assert (decision.reasons, decision.note) == (["unclear", "other"], "请写清用途")
    assert queries.latest_return(session, kind, subject.id) is decision


@pytest.mark.parametrize("kind", ["need", "capability"])
def test_only_the_bureau_decides(session: Session, kind: str) -> None:
    subject = made(session, kind)
    owner = member(session, subject.firm_id)
    town, clerk = officer(session, "town-clerk", "town"), officer(session)
    acting = replace(town, acting_for=subject.firm_id)
    administrator = Actor(account_id=clerk.account_id, administrator=True)
    for actor, error in (
        (ANONYMOUS, NotFound),
        (owner, NotFound),
        (Actor(account_id=owner.account_id), NotFound),
        (town, Forbidden),
        (acting, Forbidden),
    ):
        with pytest.raises(error):
            service.subject_of(session, actor, kind, subject.id)
        with pytest.raises(error):
            service.publish(session, actor, kind, subject.id, checklist=TICKED[kind], now=NOW)
        with pytest.raises(error):
            service.return_(session, actor, kind, subject.id, reasons=["unclear"], note=None, now=NOW)
        with pytest.raises(error):
            service.publish_clean(
                session, actor, kind, {subject.id: subject.version}, checklist=TICKED[kind], now=NOW
            )
    assert decided(session) == 0 and state_of(subject, TODAY) is State.SUBMITTED
    service.publish(session, administrator, kind, subject.id, checklist=TICKED[kind], now=NOW)


@pytest.mark.parametrize("kind", ["need", "capability"])
def test_every_tick_is_needed_and_named(session: Session, kind: str) -> None:
    subject, clerk = made(session, kind), officer(session)
    for line in CHECKLIST[kind]:
        with pytest.raises(Refusal) as refused:
            service.publish(session, clerk, kind, subject.id, checklist=TICKED[kind] | {line: False}, now=NOW)
        assert [(p.code, p.field) for p in refused.value.problems] == [
            ("moderation.tick_missing", f"check-{line}")
        ]
    assert decided(session) == 0


@pytest.mark.parametrize(
    ("reasons", "note", "code"),
    [
        ([], "说明", "moderation.reason_missing"),
        (["because"], "说明", "moderation.reason_missing"),
        (["unclear", "because"], "说明", "moderation.reason_missing"),
        (["other"], "  ", "moderation.note_missing"),
        (["other"], None, "moderation.note_missing"),
        (["unclear"], "长" * 1001, "moderation.note_long"),
    ],
)
@pytest.mark.parametrize("kind", ["need", "capability"])
def test_a_return_says_why(
    session: Session, kind: str, reasons: list[str], note: str | None, code: str
) -> None:
    subject, clerk = made(session, kind), officer(session)
    with pytest.raises(Refusal) as refused:
        service.return_(session, clerk, kind, subject.id, reasons=reasons, note=note, now=NOW)
    assert refused.value.code == code
    assert state_of(subject, TODAY) is State.SUBMITTED


def test_every_reason_of_each_kind_is_taken(session: Session) -> None:
    clerk = officer(session)
    for number, kind in enumerate(("need", "capability")):
        subject = made(session, kind, number)
        decision = service.return_(
            session, clerk, kind, subject.id, reasons=RETURN_REASONS[kind], note="见说明", now=NOW
        )
        assert tuple(decision.reasons) == RETURN_REASONS[kind]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"description": "联系一三八零三七五一二三四"}, "moderation.flag.mobile", "description"),
        ({"use": "示例材料 1 号二期项目"}, "moderation.flag.own_name", "use"),
        ({"entrance": "https://srm.example.cn/bid"}, "moderation.flag.link", "entrance"),
        ({"title": "涉密项目配套件"}, "moderation.flag.secret", "title"),
    ],
)
def test_a_stopping_flag_cannot_be_published_over(
    session: Session, change: dict[str, str], code: str, where: str
) -> None:
    subject, clerk = made(session, "need", anonymous=True, **change), officer(session)
    with pytest.raises(Refusal) as refused:
        service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], now=NOW)
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["where"]) == (code, where)
    assert decided(session) == 0 and state_of(subject, TODAY) is State.SUBMITTED
    found = [piece for piece in marked(subject)[where] if piece.kind]
    assert "".join(piece.text for piece in marked(subject)[where]) == change[next(iter(change))]
    assert [piece.kind for piece in found] == [code.rpartition(".")[2]]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"buyer_kind": "public", "payment_days": 90, "payment_start": "delivery"}, "payment.over_public"),
        ({"buyer_kind": "large", "payment_days": 90, "payment_start": "delivery"}, "payment.over_large"),
        ({"buyer_kind": "large", "paid_when_paid": True}, "payment.paid_when_paid"),
        ({"buyer_kind": "large", "payment_days": 60, "payment_start": "delivery"}, None),
        ({"buyer_kind": "sme", "payment_days": 200, "payment_start": "delivery"}, None),
    ],
)
def test_terms_that_decree_802_bars_are_flagged_by_article_and_kept_with_the_decision(
    session: Session, terms: dict[str, Any], reason: str | None
) -> None:
    import_seeds(session, MACHINE, paths.SEEDS, NOW)
    subject, clerk = made(session, "need", **terms), officer(session)
    batch = service.publish_clean(
        session, clerk, "need", {subject.id: subject.version}, checklist=TICKED["need"], now=NOW
    )
    if reason is None:
        assert batch.published == [subject.id]
        return
    assert batch.left[subject.id].code == "moderation.flagged"
    decision = service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], now=NOW)
    session.flush()
    session.expire(decision)
    ((code, params),) = decision.flags
    assert (code, params["sentence"][0]) == (TERMS_FLAG, reason)
    for locale in ("zh", "en"):
        said = render(code, params, locale)
        assert params["sentence"][1]["article"] in said


def test_the_same_words_may_be_published_where_the_buyer_is_named(session: Session) -> None:
    clerk = officer(session)
    subject = made(session, "need", use="示例材料 1 号二期项目", entrance="https://srm.example.cn/bid")
    assert flags_of(subject) == []
    looked = made(session, "need", 2, description="联系 13803751234 王工，参数见下")
    assert [flag.severity for flag in flags_of(looked)] == ["look"]
    decision = service.publish(session, clerk, "need", looked.id, checklist=TICKED["need"], now=NOW)
    assert decision.flags == [["moderation.flag.mobile", {"text": "13803751234", "where": "description"}]]
    service.publish(session, clerk, "need", subject.id, checklist=TICKED["need"], now=NOW)


def test_a_changed_one_is_read_again_and_a_decided_one_is_not_decided_twice(session: Session) -> None:
    subject, clerk = made(session, "capability"), officer(session)
    seen = subject.version
    capabilities.withdraw(session, MACHINE, subject.id, now=NOW)
    capabilities.save(session, MACHINE, subject.id, replace(CONTENT, sentence="改过"), now=NOW)
    capabilities.submit(session, MACHINE, subject.id, now=NOW)
    for decide in (
        lambda version: service.publish(
            session, clerk, "capability", subject.id,
            checklist=TICKED["capability"], expected_version=version, now=NOW,
        ),
        lambda version: service.return_(
            session, clerk, "capability", subject.id,
            reasons=["unclear"], note=None, expected_version=version, now=NOW,
        ),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            decide(seen)
        assert refused.value.code == "core.stale"
    service.publish(
        session, clerk, "capability", subject.id,
        checklist=TICKED["capability"], expected_version=subject.version, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        service.return_(session, clerk, "capability", subject.id, reasons=["unclear"], note=None, now=NOW)
    assert refused.value.code == "lifecycle.step"
    assert decided(session) == 1


@pytest.mark.parametrize(("kind", "number"), [("need", 10**9), ("capability", 10**9), ("firm", 1), ("", 1)])
def test_what_is_not_there_is_not_found(session: Session, kind: str, number: int) -> None:
    with pytest.raises(NotFound):
        service.publish(session, officer(session), kind, number, checklist={}, now=NOW)


def test_a_batch_publishes_what_is_clean_and_leaves_the_rest(session: Session) -> None:
    clerk = officer(session)
    clean = [made(session, "capability", number) for number in (1, 2)]
    flagged = made(session, "capability", 3, description="加微信详谈")
    changed = made(session, "capability", 4)
    unchecked = made(session, "capability", 5)
    unchecked.firm.verified_at = None
    other_kind = made(session, "need", 6)
    session.flush()
    versions = {one.id: one.version for one in (*clean, flagged, unchecked)}
    versions |= {changed.id: changed.version + 1, 10**9: 1}
    done = service.publish_clean(
        session, clerk, "capability", versions, checklist=TICKED["capability"], now=NOW
    )
    assert done.published == [one.id for one in clean]
    assert {key: problem.code for key, problem in done.left.items()} == {
        flagged.id: "moderation.flagged",
        changed.id: "core.stale",
        unchecked.id: "capabilities.firm_unchecked",
        10**9: "moderation.gone",
    }
    for one in (flagged, changed, unchecked, other_kind):
        assert state_of(one, TODAY) is State.SUBMITTED
    assert decided(session) == 2
    for one in clean:
        assert rows_about(session, "capability", one.id)[-2:] == [
            "capability.publish",
            "moderation.published",
        ]


def test_a_batch_needs_its_checklist_and_something_to_publish(session: Session) -> None:
    clerk, subject = officer(session), made(session, "capability")
    for versions, ticks, code in (
        ({}, TICKED["capability"], "moderation.nothing_chosen"),
        ({subject.id: 1}, {}, "moderation.tick_missing"),
        (dict.fromkeys(range(1, 60), 1), TICKED["capability"], "moderation.too_many"),
    ):
        with pytest.raises(Refusal) as refused:
            service.publish_clean(session, clerk, "capability", versions, checklist=ticks, now=NOW)
        assert refused.value.code == code
    assert decided(session) == 0


def test_the_queue_is_ordered_by_waiting_and_paged_by_key(session: Session) -> None:
    order = []
    for number in range(6):
        subject = made(session, "need" if number % 2 else "capability", number)
        subject.submitted_at = NOW - timedelta(hours=number // 2)
        order.append((subject.submitted_at, "need" if number % 2 else "capability", subject.id))
    made(session, "capability", 9).published_at = NOW
    session.flush()
    order.sort()
    seen = []
    behind = None
    while lines := queries.queue(session, behind=behind, most=2):
        seen += [(line.submitted_at, line.kind, line.subject_id) for line in lines]
        behind = seen[-1]
    assert seen == order
    assert queries.waiting_counts(session) == {"need": 3, "capability": 3}
    assert [line.kind for line in queries.queue(session, kind="need")] == ["need"] * 3


def test_a_line_says_that_it_was_returned_before(session: Session) -> None:
    subject, clerk = made(session, "capability"), officer(session)
    service.return_(session, clerk, "capability", subject.id, reasons=["unclear"], note=None, now=NOW)
    capabilities.submit(session, MACHINE, subject.id, now=NOW)
    (line,) = queries.queue(session)
    assert line.returned_before and line.version == subject.version


def test_flags_of_a_page_cost_as_much_for_three_as_for_one(session: Session) -> None:
    engine = session.get_bind()
    counts = []
    number = 0
    for more in (1, 2):
        for _ in range(more):
            number += 1
            made(session, "need", number, description="联系 13803751234")
            made(session, "capability", 100 + number)
        session.flush()
        session.expunge_all()
        with Counter(engine) as asked:
            lines = queries.queue(session)
            found = queries.flags_in(session, lines, TODAY)
        counts.append(len(asked))
        assert len(found) == 2 * number
        assert sum(bool(flags) for flags in found.values()) == number
    assert counts[0] == counts[1]
    assert session.scalar(select(func.count()).select_from(Need)) == 3
    assert session.scalar(select(func.count()).select_from(Capability)) == 3
