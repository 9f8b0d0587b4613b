"""Archives as parts of a document: a report in several kinds of files is one report, those of many bodies are none.

The readers only unpack; whether two files in one archive are the same report is decided by what stands in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.zip import MEDIA_TYPES, members_read
from gicrawl.parser.report import Problem

if TYPE_CHECKING:
    from gicrawl.parser.document import Context, Document
    from gicrawl.parser.report import Identity

_STARTS = (b"PK\x03\x04", b"\x1f\x8b")


def documents_in(body: bytes, context: Context) -> list[Document]:
    """The documents in an archive, one that failed where there is none; none at all for any other file."""
    if not body.startswith(_STARTS) or media_type(body) not in MEDIA_TYPES:
        return []
    return members_read(body, context)


def several_in_archive(*identities: Identity) -> Problem:
    """Says that an archive holds reports of different bodies or years."""
    named = ", ".join(dict.fromkeys(identity.title or "?" for identity in identities))
    return Problem("several_reports", (("candidates", named),))
