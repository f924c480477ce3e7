"""A near miss as pages and sheets show it: the one or two things missing, in words, and where each is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.core.i18n import registered_words, render
from marketplace.nearly.queries import Gap
from marketplace.proposals.evidence import readable_by
from marketplace.proposals.models import NearMiss, NearMissGap
from marketplace.proposals.wording import Wording


@dataclass(frozen=True)
class Line:
    """One thing missing: ``lacking`` is known to fall short, else nobody has stated it."""

    kind: str
    subject: str
    lacking: bool
    text: str


def lines_for_supplier(row: NearMiss, wording: Wording) -> list[Line]:
    """In the words of who can mend it; what a need says for invited eyes is told without it."""
    return [_line(gap, wording, "supplier") for gap in row.gaps]


def lines_for_staff(gaps: Iterable[NearMissGap], wording: Wording) -> list[Line]:
    return [_line(gap, wording, "staff") for gap in gaps]


def _line(gap: NearMissGap, wording: Wording, side: str) -> Line:
    code, params = readable_by([gap.finding], side)[0]
    own = f"nearly.{code}"
    said = wording.line([own if own in registered_words() else code, params])
    return Line(gap.kind, gap.subject, gap.state == "lacking", said)


def subject_of(kind: str, subject: str, wording: Wording) -> str:
    """「证书：ISO 9001」, 「交期」."""
    name, label = kind_and_label(kind, subject, wording)
    if not label:
        return name
    return f"{name}：{label}" if wording.locale == "zh" else f"{name}: {label}"


def kind_and_label(kind: str, subject: str, wording: Wording) -> tuple[str, str]:
    """What is missing and of what. A parameter without a name is a thing that needs refuse: no supplier lacks it."""
    said = "refused" if kind == "spec" and not subject else kind
    label = wording.label(kind, subject) if kind in ("certificate", "term") else subject
    return render(f"nearly.kind.{said}", {}, wording.locale), label


def gap_title(gap: Gap, wording: Wording) -> str:
    return subject_of(gap.kind, gap.subject, wording)
