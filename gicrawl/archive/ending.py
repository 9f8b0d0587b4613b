"""How a run ended goes on record, whatever ended it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gicrawl.archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def ending(
    finish: Callable[[str], None], *, interruptions: tuple[type[BaseException], ...] = (KeyboardInterrupt,)
) -> Iterator[None]:
    """A block after which `finish` is told how it ended: `finished`, `interrupted` or `failed`.

    Args:
        finish: puts it on record.
        interruptions: what the block raises where the user has ended it.

    Raises:
        ArchiveError: the block was finished, and that cannot be put on record; where it failed, what it failed of is
            raised alone: that the archive takes no more is told by then.
    """
    try:
        yield
    except BaseException as error:
        with suppress(ArchiveError):
            finish("interrupted" if isinstance(error, interruptions) else "failed")
        raise
    finish("finished")
