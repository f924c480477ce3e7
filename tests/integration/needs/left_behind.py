"""What a use case leaves in the database: audit rows, outbox rows, refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import outbox
from marketplace.core.audit import AuditEntry
from marketplace.core.errors import Refusal
from marketplace.needs.models import Need


def actions(session: Session, need: Need) -> list[str]:
    session.flush()
    rows = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "need", AuditEntry.subject_id == need.id
    )
    return list(session.scalars(rows.order_by(AuditEntry.id)))


def asked(session: Session) -> set[tuple[str, str]]:
    rows = session.execute(select(outbox.OutboxEntry.kind, outbox.OutboxEntry.key))
    return {(kind, key) for kind, key in rows}


def refusal(work: object, code: str) -> Refusal:
    with pytest.raises(Refusal) as refused:
        work()  # type: ignore[operator]
    assert refused.value.code == code
    return refused.value
