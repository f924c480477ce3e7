"""How much each text signal counts. Values of one kind are comparable between needs, so the weights are constants.

Standardising every signal anew for each need was measured beside constants and brought nothing that would pay for
scores that depend on who else is listed (docs/matching.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHORT_TITLE, LONG_TITLE = 14, 30
"""Characters of a need's title up to which it is a name, and from which it is a sentence."""


@dataclass(frozen=True)
class TextMix:
    """`latent`, `covered` and `alike` compare titles: how much beside a need that is named by a product, and beside one
    whose title is a sentence. The longer the need, the more it matters how well it covers the short, precise offer."""

    characters: float = 1.0
    words: float = 0.2
    bigrams: float = 0.05
    latent: tuple[float, float] = (0.2, 0.6)
    covered: tuple[float, float] = (0.1, 0.3)
    alike: tuple[float, float] = (0.1, 0.3)

    def plain(self) -> dict[str, float | list[float]]:
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> TextMix:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        return cls(**values)

    def without(self, signal: str) -> TextMix:
        """The same with one signal switched off, to measure what it is worth."""
        plain = self.plain()
        return TextMix.of({**plain, signal: [0.0, 0.0] if isinstance(plain[signal], list) else 0.0})

    def of_fields(self) -> dict[str, float]:
        return {"words": self.words, "bigrams": self.bigrams, "characters": self.characters}

    def of_titles(self, characters: int) -> dict[str, float]:
        """Weights of the title signals for a need whose title has so many characters."""
        length = min(1.0, max(0.0, (characters - SHORT_TITLE) / (LONG_TITLE - SHORT_TITLE)))
        ends = {"latent": self.latent, "covered": self.covered, "alike": self.alike}
        return {name: short + (long - short) * length for name, (short, long) in ends.items()}


DEFAULT_MIX = TextMix()
