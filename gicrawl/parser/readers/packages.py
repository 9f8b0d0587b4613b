"""XML parts of office packages: parsed within bounds, nothing expanded, nothing fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from gicrawl.parser.document import Paragraph
from gicrawl.parser.readers.containers import ContainerError
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

    from gicrawl.parser.document import Block
    from gicrawl.parser.readers.containers import ZipParts


def parsed(parts: ZipParts, name: str) -> _Element:
    """Root of a part.

    Raises:
        ContainerError: it is missing, damaged, or declares a document type, which no part of a package does.
    """
    content = parts.read(name)
    # A parser of its own for each part: one that failed before must not matter to the next.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ContainerError(name) from error
    if root.getroottree().docinfo.doctype:  # no part of a package has one (ECMA-376 part 2, §6.2.5)
        raise ContainerError(name)
    return root


def local_name(element: _Element) -> str:
    """Name of an element without its namespace: editions of a standard often differ in nothing else."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def whole_number(value: str | None, missing: int = 0) -> int:
    """A count as an attribute states it; its first digits are enough to be more than any bound.

    Args:
        value: of the attribute.
        missing: what counts where it is none.
    """
    text = (value or "").strip()
    return int(text[:9]) if text.isascii() and text.isdecimal() else missing


def declared_title(title: str | None, blocks: Sequence[Block]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The title of a file, where what it declares stands in it too; otherwise a label that keeps what it declares.

    Files are made from last year's, and keep its properties.
    """
    if title is None:
        return None, ()
    printed = squeeze(title) in "".join(squeeze(block.text) for block in blocks if isinstance(block, Paragraph))
    return (title, ()) if printed else (None, (("dc:title", title),))
