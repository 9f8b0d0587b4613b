"""Reads the pages that came in WARC files of others for the files and pictures that belong to them.

Nobody tells why others fetched a page. That a PDF is what an article is about stands in the article alone; where it is
read, its links tie the two together, as a crawl would have. Only pages that nobody has judged yet are read, so that an
import that was killed goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.bodies import HTML
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.records import Judgement, Role
from gicrawl.crawling.elsewhere.making import content_type_of, link_of
from gicrawl.crawling.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.store import Archive
    from gicrawl.archive.writer import Writer
    from gicrawl.crawling.elsewhere.reading import Reader

_UNREAD = """
SELECT c.uuid FROM captures AS c
JOIN origins AS g ON g.capture = c.id AND g.kind = 'warc'
JOIN circumstances AS o ON o.id = c.circumstances AND o.role = 'article'
WHERE c.outcome = 'ok' AND c.complete AND c.body IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM judgements WHERE capture = c.id)
ORDER BY c.time, c.uuid
"""
_FILES = frozenset({Role.ATTACHMENT.value, Role.IMAGE.value})


def tie(archive: Archive, reader: Reader, *, advance: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Judge the pages that came in WARC files of others, and write which files and pictures belong to them.

    Args:
        archive: without a writer.
        reader: reads the pages.
        advance: is told (pages done, of how many).

    Returns:
        How many links were written.

    Raises:
        ArchiveError: the archive took no more; what was committed stays.
    """
    with archive.explaining("looking for pages that nobody has read"):
        pages = [UUID(bytes=uuid) for (uuid,) in archive.db.conn.execute(_UNREAD)]
    tied = 0
    with archive.writer() as writer:
        for done, page in enumerate(pages, 1):
            tied += _read(archive, writer, reader, page)
            advance(done, len(pages))
    return tied


def _read(archive: Archive, writer: Writer, reader: Reader, page: UUID) -> int:
    stored = archive.capture(page)
    try:
        content = archive.content(stored)
    except ArchiveError:
        return 0  # its coding cannot be undone, or its bytes are erased: nobody can read it
    verdict = judge(stored, stored.head, content)
    if verdict is None:
        return 0
    links = []
    if stored.sniffed_type == HTML and verdict.judgement is Judgement.CONTENT:
        declared = content_type_of(stored.declared_type, stored.declared_charset)
        found = reader.read(stored.final_url, content, declared, role=Role.ARTICLE.value, text=None)
        links = [link for link in found.links if found.role == Role.ARTICLE and link.role in _FILES]
    for link in links:
        writer.link(link_of(page, link))
    writer.judge(verdict)
    return len(links)
