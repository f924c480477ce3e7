"""Tables of conferences and their match lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Office
from marketplace.capabilities.models import Capability
from marketplace.core.db import Base, Pk
from marketplace.firms.models import Firm
from marketplace.needs.models import Need
from marketplace.proposals.models import Evidence, MatchRun

KINDS = ("chain", "first_use", "bank_enterprise", "industry_research")


class Conference(Base):
    """One 供需对接会. Its status follows from timestamps: prepared, announced, held, cancelled."""

    __tablename__ = "conferences"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="times"),)

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), default="chain")
    chain_key: Mapped[str | None] = mapped_column(String(30))
    host: Mapped[str] = mapped_column(String(200))
    co_host: Mapped[str | None] = mapped_column(String(200))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    announced_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    # What the organiser weighs otherwise than usual: signal → step. Empty or null is the default.
    weight_steps: Mapped[dict[str, Any] | None]

    office: Mapped[Office] = relationship()


class Participant(Base):
    """A firm at a conference, on one side."""

    __tablename__ = "conference_participants"
    __table_args__ = (
        UniqueConstraint("conference_id", "firm_id", "side"),
        CheckConstraint("side IN ('buyer', 'supplier')", name="side"),
    )

    id: Mapped[Pk]
    conference_id: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    side: Mapped[str] = mapped_column(String(10))
    invited_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    firm: Mapped[Firm] = relationship()


class MatchList(Base):
    """One edition of a conference's match list. Frozen means: immutable, and repeatable from what it stores."""

    __tablename__ = "match_lists"
    __table_args__ = (UniqueConstraint("conference_id", "edition"),)

    id: Mapped[Pk]
    conference_id: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    edition: Mapped[int]
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id"))
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # Profiles as the matcher saw them, fitted statistics, and the SHA-256 of the list that came out.
    # Both run to megabytes: they stay in the database until they are asked for by name (list_queries.whole_list).
    inputs: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    statistics: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    machine_hash: Mapped[str] = mapped_column(String(64))
    frozen_hash: Mapped[str | None] = mapped_column(String(64))

    conference: Mapped[Conference] = relationship()
    run: Mapped[MatchRun] = relationship()


class MatchEntry(Evidence, Base):
    """One pair on a list. The machine's rank stays; what people did to it is written beside it, with the reason."""

    __tablename__ = "match_entries"
    __table_args__ = (UniqueConstraint("list_id", "need_id", "capability_id"),)

    id: Mapped[Pk]
    list_id: Mapped[int] = mapped_column(ForeignKey("match_lists.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    rank: Mapped[int]
    # machine; staff: put there by hand; carried: no longer found, kept for what was decided on an earlier edition.
    source: Mapped[str] = mapped_column(String(10), default="machine")
    added_reason: Mapped[str | None] = mapped_column(String(300))
    already_partners: Mapped[bool] = mapped_column(default=False)
    pinned_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(300))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    need: Mapped[Need] = relationship()
    capability: Mapped[Capability] = relationship()


class UnmatchedNeed(Base):
    """无合适匹配 as a result of its own: how many capabilities fell out, by cause."""

    __tablename__ = "unmatched_needs"

    list_id: Mapped[int] = mapped_column(ForeignKey("match_lists.id"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), primary_key=True)
    causes: Mapped[dict[str, Any]]

    need: Mapped[Need] = relationship()


class MatchPool(Base):
    """What one need's list can be weighed anew from: the nearest capabilities that no fact excludes, listed or not."""

    __tablename__ = "match_pools"

    list_id: Mapped[int] = mapped_column(ForeignKey("match_lists.id"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), primary_key=True)
    # matching.reweighing.Candidate, plain; beyond: no capability left out can score more.
    candidates: Mapped[list[Any]]
    beyond: Mapped[float] = mapped_column(Float)
    # Public money or a compulsory tender: nearness and tier do not exist here.
    open_procedure: Mapped[bool]
