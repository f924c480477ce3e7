"""What a look at one part found: how it is, and what to do where it is not well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from marketplace.core.db import Database
from marketplace.core.i18n import render
from marketplace.settings import Settings

#: good: nothing to do. note: it works, and somebody should know this. bad: something does not work.
Health = Literal["good", "note", "bad"]
MARKS: Mapping[Health, str] = {"good": "✓", "note": "!", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """``code`` names two sentences: ``doctor.<code>`` says what was found, ``doctor.<code>.do`` what to do, if anything."""

    part: str
    health: Health
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def lines(self, locale: str) -> list[str]:
        part = render(f"doctor.part.{self.part}", {}, locale)
        found = render(f"doctor.{self.code}", self.params, locale)
        lines = [f"{MARKS[self.health]} {part}{'：' if locale == 'zh' else ': '}{found}"]
        if self.health != "good":
            lines.append(f"    → {render(f'doctor.{self.code}.do', self.params, locale)}")
        return lines


@dataclass(frozen=True)
class Patient:
    """What a look may use."""

    settings: Settings
    database: Database
    now: datetime


class Look(Protocol):
    """A function named after the part that it looks at."""

    __name__: str

    def __call__(self, patient: Patient, /) -> Sequence[Finding]: ...


def examine(patient: Patient, house: Sequence[Look], inside: Sequence[Look]) -> list[Finding]:
    """Every look, each by itself: a part that fails in an unforeseen way is a finding, not the end. What lies in the
    tables is looked at once the tables are as they should be."""
    findings = [finding for look in house for finding in _carefully(look, patient)]
    if not any(each.health == "bad" and each.part in ("database", "schema") for each in findings):
        findings += [finding for look in inside for finding in _carefully(look, patient)]
    return findings


def _carefully(look: Look, patient: Patient) -> Sequence[Finding]:
    try:
        return look(patient)
    except Exception as error:  # whatever it is, it belongs on the list
        said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        return [Finding(look.__name__, "bad", "unforeseen", {"error": said})]
