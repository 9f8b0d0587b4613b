"""Small helpers for drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

T = TypeVar("T")


def chance(rng: random.Random, share: float) -> bool:
    """True with this probability."""
    return rng.random() < share


class Picker:
    """Draws traits: each is the usual one, the first of its choices, unless it is drawn to be odd.

    Args:
        rng: source of the drawing.
        odd: share of traits that are drawn at all.

    Attributes:
        picked: the traits that are not the usual ones, by name.
    """

    def __init__(self, rng: random.Random, odd: float) -> None:
        self._rng = rng
        self._odd = odd
        self.picked: dict[str, str] = {}

    def one(self, name: str, choices: Sequence[tuple[T, int]]) -> T:
        """Draw one of the choices, which are given with their weights."""
        drawn = self._rng.choices([one for one, _ in choices], weights=[weight for _, weight in choices])[0]
        if drawn == choices[0][0] or not chance(self._rng, self._odd):
            return choices[0][0]
        self.picked[name] = str(drawn)
        return drawn
