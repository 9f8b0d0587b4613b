"""Small helpers for drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def chance(rng: random.Random, share: float) -> bool:
    """True with this probability."""
    return rng.random() < share
