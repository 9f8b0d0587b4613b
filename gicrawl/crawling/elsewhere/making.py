"""What is made of a version that another archive kept: a judgement, and links as the archive takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from gicrawl.archive.records import Judgement, Link, Role, Verdict
from gicrawl.crawling.judge import judge, prevails
from gicrawl.crawling.session import VERSION

if TYPE_CHECKING:
    from uuid import UUID

    from gicrawl.archive.records import Capture
    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.elsewhere.reading import FoundLink, PageFound


def verdict_of(capture: Capture | StoredCapture, head: bytes, content: bytes, page: PageFound) -> Verdict | None:
    """What we make of a version: of a list what its reader says, unless something stands in the way of it."""
    verdict = judge(capture, head, content)
    if verdict is None or Role(page.role) is not Role.LIST:
        return verdict
    said = Judgement.LAYOUT_UNKNOWN if page.layout is None else Judgement.CONTENT
    if not prevails(said, verdict.judgement):
        return verdict
    return Verdict(
        capture=capture.id, judgement=said, signature=page.layout, rule=f"spiders {VERSION}", pages_end=False
    )


def link_of(capture: UUID, link: FoundLink) -> Link:
    """A link found on a page."""
    return Link(
        page=capture,
        url=urldefrag(link.url).url,
        text=link.text,
        title=link.title,
        date=link.date,
        position=link.position,
        role=Role(link.role),
    )


def content_type_of(declared: str | None, charset: str | None) -> str:
    """What was declared, as Content-Type has it; nothing where nothing was."""
    return "" if declared is None else declared if charset is None else f"{declared}; charset={charset}"
