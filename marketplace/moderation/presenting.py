"""What the desk shows: how long things wait, flags as sentences, decisions in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext

from marketplace.core.web.language import say, table_moment
from marketplace.moderation.models import Decision
from marketplace.moderation.rules import TERMS_FLAG, Flag

# After so many days a line of the queue turns red.
LATE_AFTER = timedelta(days=5)


def waited(since: datetime, now: datetime) -> str:
    """「2 天」「5 小时」「刚提交」."""
    past = max(now - since, timedelta())
    if past >= timedelta(days=1):
        return str(gettext("%(count)s 天", count=past.days))
    hours = int(past.total_seconds() // 3600)
    return str(gettext("%(count)s 小时", count=hours)) if hours else str(gettext("刚提交"))


def flag_sentence(code: str, params: Mapping[str, Any]) -> str:
    where = params.get("where") or "text"
    return say(code, {**params, "place": (f"moderation.part.{where}", {})})


def flag_lines(flags: Sequence[Flag]) -> list[dict[str, Any]]:
    """Stopping ones first."""
    ordered = sorted(flags, key=lambda flag: flag.severity != "stop")
    return [
        {
            "code": flag.code,
            "severity": flag.severity,
            "sentence": flag_sentence(flag.code, flag.params),
        }
        for flag in ordered
    ]


def decision_lines(rows: Sequence[Decision], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Decisions as a timeline; ``names`` is empty for everybody but staff."""
    lines = []
    for row in rows:
        reasons = [say(f"moderation.reason.{reason}") for reason in row.reasons]
        terms = [flag_sentence(code, params) for code, params in row.flags if code == TERMS_FLAG]
        lines.append(
            {
                "what": say(f"moderation.decision.{row.decision}"),
                "detail": "；".join([*reasons, *([row.note] if row.note else []), *terms]),
                "when": table_moment(row.at),
                "iso": row.at.isoformat(),
                "who": names.get(row.account_id or 0, ""),
                "icon": "check-circle" if row.decision == "published" else "reply",
                "tone": "good" if row.decision == "published" else "bad",
            }
        )
    return lines
