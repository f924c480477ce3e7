"""What a synonym set must be, and who may change one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem

MOST_NAMES = 20
LONGEST_NAME = 48
LONGEST_REASON = 200
_SEPARATORS = str.maketrans("", "", " -/")


def may_change(actor: Actor) -> bool:
    """Words reach every firm's listings: only those with the whole district."""
    return actor.bureau


def problems_of(
    names: Sequence[str], reason: str, others: Iterable[Sequence[str]], normalise: Callable[[str], str]
) -> list[Problem]:
    """All that is wrong with ``names`` beside the ``others``, at the field where it is mended."""
    problems: list[Problem] = []
    if len(names) < 2:
        problems.append(Problem("vocabulary.too_few", "names"))
    if len(names) > MOST_NAMES:
        problems.append(Problem("vocabulary.too_many", "names", {"most": MOST_NAMES}))
    taken = {key(name, normalise): other[0] for other in others for name in other}
    seen: dict[str, str] = {}
    for name in names[:MOST_NAMES]:
        spelling = key(name, normalise)
        if len(name) > LONGEST_NAME:
            problems.append(
                Problem("vocabulary.name_long", "names", {"name": name[:20], "most": LONGEST_NAME})
            )
        elif "=" in name or len(spelling) < 2 or not any(character.isalnum() for character in spelling):
            problems.append(Problem("vocabulary.no_name", "names", {"name": name}))
        elif spelling in seen:
            problems.append(Problem("vocabulary.same_name", "names", {"name": name, "other": seen[spelling]}))
        elif spelling in taken:
            problems.append(Problem("vocabulary.taken", "names", {"name": name, "set": taken[spelling]}))
        seen.setdefault(spelling, name)
    if len(reason) > LONGEST_REASON:
        problems.append(Problem("vocabulary.reason_long", "reason", {"most": LONGEST_REASON}))
    return problems


def key(name: str, normalise: Callable[[str], str]) -> str:
    """Two names with the same key are one name to the analyser."""
    return normalise(name).translate(_SEPARATORS)
