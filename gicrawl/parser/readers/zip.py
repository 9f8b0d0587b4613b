"""ZIP archives of other files: no report by themselves. What they hold is named, so that a person knows what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.document import Document
from gicrawl.parser.readers.containers import MOST_MEMBERS, ZIP, ContainerError, TooLargeError, ZipParts

if TYPE_CHECKING:
    from gicrawl.parser.document import Context

NAME = "zip"
LIBRARIES: tuple[str, ...] = ()
MEDIA_TYPES = (ZIP,)

_SHOWN = 3
_LONGEST_NAME = 60


def read(body: bytes, context: Context) -> Document:  # noqa: ARG001 - a container has no charset to settle
    """Say what the archive holds; nothing of it is read."""
    try:
        names = ZipParts(body).names
    except TooLargeError:
        return Document(ZIP, None, (), problems=(("zip_too_large", (("limit", str(MOST_MEMBERS)),)),), failed=True)
    except ContainerError:
        return Document(ZIP, None, (), problems=(("zip_damaged", ()),), failed=True)
    shown = ", ".join(name[-_LONGEST_NAME:] for name in names[:_SHOWN])
    problem = ("zip_without_report", (("count", str(len(names))), ("names", shown)))
    return Document(ZIP, None, (), problems=(problem,), failed=True)
