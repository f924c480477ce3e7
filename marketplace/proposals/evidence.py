"""The matcher's findings as rows store them, and which of them each side may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching import Finding, Match

# Only the buyer and staff read these: they speak of a firm's other relations, and of whom it does not want.
_BUYER_ONLY = frozenset({"current_supplier", "excluded_counterpart"})


def stored(findings: Iterable[Finding]) -> list[Any]:
    return [[finding.code, dict(finding.params)] for finding in findings]


def columns_of(match: Match) -> dict[str, Any]:
    """A match as the columns of proposals and match entries."""
    return {
        "score": match.score,
        "label": match.label,
        "method": match.method,
        "signals": dict(match.signals),
        "reasons": stored(match.reasons),
        "unproven": stored(match.unproven),
        "gaps": stored(match.gaps),
    }


def readable_by(findings: Sequence[Any], side: str) -> list[Any]:
    """The findings that a side may read. What a need says for invited eyes is told to the other side without it."""
    if side == "supplier":
        return [_without_closed(finding) for finding in findings if finding[0] not in _BUYER_ONLY]
    return list(findings)


def causes_readable_by(causes: Mapping[str, int], side: str) -> dict[str, int]:
    """Why nothing suits a need, with how many fell out by it, as far as a side may read it."""
    return {code: count for code, count in causes.items() if side != "supplier" or code not in _BUYER_ONLY}


def _without_closed(finding: Any) -> Any:
    code, params = finding[0], finding[1]
    return [f"{code}_closed", {"term": params["term"]}] if params.get("closed") else finding
