"""What can go wrong with parsing an archive, apart from the archive itself (`gicrawl.archive.errors`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class CorpusError(Exception):
    """A re-parse could not do its work; the message is one line with cause and remedy."""


class WorkersLost(CorpusError):  # noqa: N818 - says what happened, as the archive's errors do
    """Worker processes end before they touch a document."""


class VersionUnknown(CorpusError):  # noqa: N818 - says what happened, as the archive's errors do
    """A user named a version of the parser that the archive has nothing of, or several."""


class LedgerError(CorpusError):
    """A ledger of accepted differences cannot be used; one line a problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
