"""What can go wrong with an export."""

from __future__ import annotations

from dataclasses import dataclass


class ExportError(Exception):
    """Nothing could be exported; the message is one line with cause and remedy. What was there before is untouched."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What an export left out because the archive is damaged there; everything else is in it.

    Attributes:
        what: `capture`, `run` or `record` and its public id.
        cause: what is damaged, and what to do; one line.
    """

    what: str
    cause: str
