"""Tables of calls: what is asked, of whom, what was declared, and each reminder."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Office
from marketplace.core.db import Base, Pk
from marketplace.firms.models import Firm


class Call(Base):
    """One 征集通知. Whether it is overdue follows from its last day; who has answered from what firms handed in."""

    __tablename__ = "calls"
    __table_args__ = (CheckConstraint("asks_needs OR asks_capabilities", name="asks_something"),)

    id: Mapped[Pk]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    # 通知文号: how a firm finds the notice on paper.
    number: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text, default="")
    asks_needs: Mapped[bool]
    asks_capabilities: Mapped[bool]
    # The last day on which an answer is in time.
    due_on: Mapped[date] = mapped_column(Date)
    # How the firms were chosen (choosing.Chosen), and those asked later (``more``, a list of the same).
    chosen: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(300))

    office: Mapped[Office] = relationship()


class CallFirm(Base):
    """A firm that is asked (应报)."""

    __tablename__ = "call_firms"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime]


class CallDeclaration(Base):
    """A firm's word that it has nothing to hand in, and why: an answer, counted apart from what was handed in."""

    __tablename__ = "call_declarations"
    __table_args__ = (
        UniqueConstraint("call_id", "firm_id", "kind"),
        CheckConstraint("kind IN ('needs', 'capabilities')", name="kind"),
    )

    id: Mapped[Pk]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    by_staff: Mapped[bool] = mapped_column(default=False)


class CallReminder(Base):
    """One reminder to one firm: by mail, in a WeChat group, by telephone (with what came of it)."""

    __tablename__ = "call_reminders"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'group', 'phone')", name="channel"),
        Index(None, "call_id", "firm_id"),
        # 一天不催两遍: one mail a day to a firm, whatever the call and whoever presses the button.
        Index(
            "uq_call_reminders_mail_day",
            "firm_id",
            "day",
            unique=True,
            sqlite_where=text("channel = 'mail'"),
            postgresql_where=text("channel = 'mail'"),
        ),
    )

    id: Mapped[Pk]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # Of a telephone call: reached, not_reached, will_report (by ``report_by``).
    outcome: Mapped[str | None] = mapped_column(String(12))
    report_by: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(String(300))

    firm: Mapped[Firm] = relationship()
