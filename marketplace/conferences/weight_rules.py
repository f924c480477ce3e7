"""Which weights an organiser may choose, and what another choice does to a list. Pure; the data are in seeds/weights.

A choice is kept as steps (signal → off, low, medium, high), and only where they differ from the usual ones: ``{}`` is the
default, also after the default itself has been tuned.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from marketplace import paths
from marketplace.core.errors import Problem, Refusal
from marketplace.taxonomy.values import Named
from matching import DEFAULT_WEIGHTS, Weights
from matching.reweighing import Place, Pool

STEPS = ("off", "low", "medium", "high")
FOLDER = paths.SEEDS / "weights"
Steps = Mapping[str, str]


@dataclass(frozen=True)
class Signal(Named):
    """One thing that can be weighed. ``numbers`` by step; ``switch``: counts only where somebody switches it on."""

    key: str
    summary: Named
    numbers: Mapping[str, float]
    usual: str
    switch: bool


@dataclass(frozen=True)
class Preset(Named):
    """A named choice."""

    key: str
    summary: Named
    steps: Mapping[str, str]


@cache
def signals() -> tuple[Signal, ...]:
    return tuple(
        Signal(
            row["name"], row["name_en"], row["key"], Named(row["summary"], row["summary_en"]),
            {"off": 0.0, **{step: float(row[step]) for step in STEPS[1:]}}, row["usual"], row["switch"] == "1",
        )
        for row in _rows("signals.csv")
    )  # fmt: skip


@cache
def presets() -> tuple[Preset, ...]:
    """The first is the default: nothing differs from the usual steps."""
    return tuple(
        Preset(
            row["name"], row["name_en"], row["key"], Named(row["summary"], row["summary_en"]),
            dict(part.split("=", 1) for part in row["steps"].split(";") if part),
        )
        for row in _rows("presets.csv")
    )  # fmt: skip


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return sorted(csv.DictReader(handle), key=lambda row: int(row["position"]))


def preset(key: str) -> Preset | None:
    return next((one for one in presets() if one.key == key), None)


def chosen(asked: Mapping[str, str]) -> dict[str, str]:
    """The choice that these steps are; a signal that is not named stays at its usual step.

    Refusal ``conferences.step_unknown`` at the signal whose step there is none.
    """
    problems = [
        Problem("conferences.step_unknown", signal.key)
        for signal in signals()
        if asked.get(signal.key, signal.usual) not in STEPS
    ]
    if problems:
        raise Refusal.of(problems)
    return {
        signal.key: asked[signal.key]
        for signal in signals()
        if asked.get(signal.key, signal.usual) != signal.usual
    }


def whole(steps: Steps) -> dict[str, str]:
    """The step of every signal."""
    return {signal.key: steps.get(signal.key, signal.usual) for signal in signals()}


def weights_of(steps: Steps) -> Weights:
    """What the matcher weighs under a choice; what cannot be chosen keeps its default."""
    numbers = {signal.key: signal.numbers[step] for signal, step in _stepped(steps)}
    return Weights(**{**DEFAULT_WEIGHTS.plain(), **numbers})


def _stepped(steps: Steps) -> list[tuple[Signal, str]]:
    return [(signal, steps.get(signal.key, signal.usual)) for signal in signals()]


def steps_in(weights: Mapping[str, float]) -> dict[str, str | None]:
    """The step that each stored weight is; None for a number that is none of today's steps."""
    return {
        signal.key: next(
            (step for step, number in signal.numbers.items() if number == weights.get(signal.key)), None
        )
        for signal in signals()
    }


def choice_in(weights: Mapping[str, float]) -> dict[str, str]:
    """The choice that stored weights come from; a number that is no step of today counts as usual."""
    return chosen({key: step for key, step in steps_in(weights).items() if step is not None})


def preset_like(steps: Steps) -> Preset | None:
    """The named choice that these steps are."""
    return next((one for one in presets() if dict(one.steps) == dict(steps)), None)


def reach() -> tuple[Weights, Weights]:
    """The two ends of what may be chosen, as far as text goes: any other choice gives a text between theirs."""
    body = next(signal for signal in signals() if signal.key == "body")
    return Weights(body=min(body.numbers.values())), Weights(body=max(body.numbers.values()))


@dataclass(frozen=True)
class Move:
    """What becomes of one pair; ``before`` or ``after`` is None where it is not on that list. ``signals``: its values."""

    capability_id: int
    before: Place | None
    after: Place | None
    signals: Mapping[str, float]

    @property
    def kind(self) -> str:
        """enters, leaves, relabelled (with or without another rank), moves or stays."""
        if self.before is None:
            return "enters"
        if self.after is None:
            return "leaves"
        if self.before.label != self.after.label:
            return "relabelled"
        return "moves" if self.before.rank != self.after.rank else "stays"


@dataclass(frozen=True)
class NeedChange:
    """What other weights do to one need's list; ``certain`` False: a capability outside the stored ones might enter."""

    need_id: int
    moves: tuple[Move, ...]
    certain: bool

    def count(self, kind: str) -> int:
        return sum(move.kind == kind for move in self.moves)

    @property
    def stays(self) -> bool:
        return self.count("stays") == len(self.moves)


def changed(pool: Pool, before: Weights, after: Weights, top: int) -> NeedChange:
    """The list of one need under two weights, in the order that it would have; those who leave at the end."""
    old = {place.capability_id: place for place in pool.listed(before, top)}
    listed = pool.listed(after, top)
    new = {place.capability_id: place for place in listed}
    order = [*new, *(key for key in old if key not in new)]
    signals = {candidate.capability_id: candidate.signals for candidate in pool.candidates}
    return NeedChange(
        int(pool.need_id),
        tuple(Move(int(key), old.get(key), new.get(key), signals[key]) for key in order),
        pool.is_certain(listed, top),
    )
