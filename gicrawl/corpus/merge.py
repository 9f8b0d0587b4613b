"""Uniting archives with all that was read in them.

Parses come in as they are; which captures show which document is told anew of every report that something came in of,
by all the captures there are then (`gicrawl.corpus.documents.register`). A document that comes in counts only once
they show it: the other archive may have seen a report by half. So archives united in any order show the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.archive.merge import Merged
from gicrawl.archive.merge import merge as merge_archive
from gicrawl.archive.merge_rules import Rules
from gicrawl.corpus.documents import register
from gicrawl.corpus.schema import DETAILS
from gicrawl.corpus.store import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gicrawl.archive.store import Archive

_NOT_YET = """
INSERT INTO main.superseded (document) SELECT map.here FROM temp.map_documents AS map
WHERE map.fresh AND map.other > :low AND map.other <= :high
"""
_EARLIER_PARSES = """
UPDATE main.parses SET made = o.made, seconds = o.seconds
FROM other.parses AS o JOIN temp.map_parses AS map ON map.other = o.id
WHERE o.id > :low AND o.id <= :high AND NOT map.fresh AND main.parses.id = map.here
    AND (o.made, o.seconds) < (main.parses.made, main.parses.seconds)
"""
_EARLIER_GENERATIONS = """
UPDATE main.generations SET made = o.made
FROM other.generations AS o JOIN temp.map_generations AS map ON map.other = o.id
WHERE NOT map.fresh AND main.generations.id = map.here AND o.made < main.generations.made
"""
_NOT_ERASED = """(SELECT document FROM other.parses WHERE id = o.parse) NOT IN (
    SELECT documents.id FROM other.documents AS documents
    WHERE documents.body IN (SELECT sha256 FROM main.tombstones) OR documents.id IN (
        SELECT document FROM other.document_bodies WHERE body IN (SELECT sha256 FROM main.tombstones)
    )
)"""

RULES = Rules(
    settle={"documents": (_NOT_YET,), "parses": (_EARLIER_PARSES,), "generations": (_EARLIER_GENERATIONS,)},
    only=dict.fromkeys(DETAILS, _NOT_ERASED),
    free={"documents": ("body", "capture", "seen"), "parses": ("made", "seconds"), "generations": ("made",)},
)
"""Of what both have parsed, the earlier making stands; what was read of erased bytes does not come back."""


def merge(
    archive: Archive, others: Sequence[Path], *, progress: Callable[[int, int], None] | None = None
) -> list[Merged]:
    """Add everything other archives hold, one after the other.

    Args:
        archive: an open archive without a writer.
        others: files of the other ones; left as they are.
        progress: is told (rows done, of how many) of each.

    Raises:
        ArchiveError: as in `gicrawl.archive.merge.merge`; what came in before stays, merge again.
    """
    prepare(archive)
    register(archive)  # so that whatever our own captures show is known already
    done = []
    for other in others:
        done.append(merge_archive(archive, other, RULES, progress=progress))
        register(archive)
    return done
