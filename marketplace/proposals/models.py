"""Tables of matching runs and proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.capabilities.models import Capability
from marketplace.core.db import Base, IdType, Pk
from marketplace.needs.models import Need

ANSWERS = ("yes", "no", "later")


class MatchRun(Base):
    """One run of the matcher: everything that its result depends on, so that it can be repeated and compared."""

    __tablename__ = "match_runs"

    id: Mapped[Pk]
    # need, capability, conference or sheet
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int | None] = mapped_column(IdType)
    # Versions of code, analyser (lexicon and synonyms) and the fitted statistics.
    method: Mapped[str] = mapped_column(String(40))
    analyser_version: Mapped[str] = mapped_column(String(40))
    weights: Mapped[dict[str, Any]]
    statistics_hash: Mapped[str] = mapped_column(String(64))
    lock_hash: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(40))
    counts: Mapped[dict[str, Any]]
    # Whether every listing was compared (memory) or a search cluster named the candidates (cluster), and why; None of
    # runs before there were two ways.
    route: Mapped[str | None] = mapped_column(String(10))
    route_reason: Mapped[str | None] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Evidence:
    """What the matcher said of a pair: label, score, signals, and findings as ``[code, params]`` lists."""

    score: Mapped[float] = mapped_column(Float)
    label: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(40))
    signals: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    unproven: Mapped[list[Any]]
    gaps: Mapped[list[Any]]


class Proposal(Evidence, Base):
    """One need and one capability. The machine refreshes the evidence; it never touches an answer."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("need_id", "capability_id"),
        CheckConstraint("label IN ('strong', 'possible', 'weak')", name="label"),
    )

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id"), index=True)
    # Copied from need and capability, for the lists of either side.
    buyer_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("match_runs.id"))
    source: Mapped[str] = mapped_column(String(10), default="machine")
    staff_reason: Mapped[str | None] = mapped_column(String(300))
    # 已合作: shown as such, hidden by default, never counted as a refusal.
    already_partners: Mapped[bool] = mapped_column(default=False)
    proposed_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    # The evidence no longer holds (a changed text, a lapsed certificate): kept when somebody has answered.
    withdrawn_at: Mapped[datetime | None]
    buyer_answer: Mapped[str | None] = mapped_column(String(10))
    buyer_reason: Mapped[str | None] = mapped_column(String(300))
    buyer_answered_at: Mapped[datetime | None]
    supplier_answer: Mapped[str | None] = mapped_column(String(10))
    supplier_reason: Mapped[str | None] = mapped_column(String(300))
    supplier_answered_at: Mapped[datetime | None]
    # 代填: written down by staff, for example after a call. It shows where things stand and releases nothing.
    buyer_answer_by_staff: Mapped[bool] = mapped_column(default=False)
    supplier_answer_by_staff: Mapped[bool] = mapped_column(default=False)
    mutual_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    capability: Mapped[Capability] = relationship()


class NearMiss(Base):
    """差一点: a pair that one or two mended things would make a match, or a better one. Written anew with each matching of
    its need; nobody answers it."""

    __tablename__ = "near_misses"
    __table_args__ = (
        UniqueConstraint("need_id", "capability_id"),
        CheckConstraint("standing IN ('barred', 'weak', 'listed')", name="standing"),
    )

    id: Mapped[Pk]
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    # Of the need that was matched; what is said of an older one is shown to nobody.
    need_version: Mapped[int]
    capability_id: Mapped[int] = mapped_column(ForeignKey("capabilities.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    # barred: a stated fact rules it out; weak: near, but proposed to nobody; listed: a proposal that could be better.
    standing: Mapped[str] = mapped_column(String(10))
    # The label and the score that the pair would have.
    label: Mapped[str] = mapped_column(String(10))
    mended: Mapped[float] = mapped_column(Float)
    method: Mapped[str] = mapped_column(String(40))
    found_at: Mapped[datetime]

    need: Mapped[Need] = relationship()
    capability: Mapped[Capability] = relationship()
    gaps: Mapped[list[NearMissGap]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="NearMissGap.position"
    )


class NearMissGap(Base):
    """One thing that a near miss lacks. ``kind`` and ``subject`` are what the bureau counts by."""

    __tablename__ = "near_miss_gaps"
    __table_args__ = (CheckConstraint("state IN ('lacking', 'unstated')", name="state"),)

    near_miss_id: Mapped[int] = mapped_column(
        ForeignKey("near_misses.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    # One of matching.nearly.KINDS, and of what: a certificate's key, a parameter, a standard, a term; "" for the others.
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    # ``[code, params]``, as in Evidence.
    finding: Mapped[list[Any]]


class NeedOutcome(Base):
    """无合适匹配 as a result: why an open need has no match, as one row a cause (a code of ``unmatched_causes``)."""

    __tablename__ = "need_outcomes"

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(40), primary_key=True)
    # Of the need that was matched, as with near misses.
    need_version: Mapped[int]
    # How many capabilities fell out by it.
    capabilities: Mapped[int]
    found_at: Mapped[datetime]

    need: Mapped[Need] = relationship()


class NeedPreview(Base):
    """The first candidates of one version of a need that waits for the bureau: for its buyer's eyes, no proposals."""

    __tablename__ = "need_previews"

    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    need_version: Mapped[int]
    computed_at: Mapped[datetime]
    # Per candidate: capability_id and what the matcher said, as in Evidence.
    candidates: Mapped[list[Any]]


class Verdict(Base):
    """What a person said of a pair, with the features seen at that moment: human verdicts always win."""

    __tablename__ = "verdicts"

    id: Mapped[Pk]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    # buyer, supplier or staff
    side: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(String(10))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    features: Mapped[dict[str, Any]]
    method: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # 代填: staff wrote down what the firm told them.
    by_staff: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
