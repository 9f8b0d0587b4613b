"""Articles whose text goes on on a second page: `2024.html` and `2024_2.html`, with the numbers of the pages below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from spiders.vocabulary import normalise

if TYPE_CHECKING:
    from spiders.pages import Page

_MOST = 30
"""Pages of one article."""
_TURNS = re.compile(r"^(?:\[?第?(\d{1,2})页?\]?|下一?页|后一?页|尾页|末页|最后一页|余下全文|>+|»|next)$", re.IGNORECASE)


def may_go_on(url: str, body: bytes) -> bool:
    """Say whether the bytes of an article name a page that could be its second; most do not, which is soon seen."""
    stem = urlsplit(url).path.rpartition("/")[2].rpartition(".")[0]
    if not stem or stem.encode() not in body:  # most pages do not name themselves
        return False
    pattern = _further(url)
    return pattern is not None and re.search(pattern.encode(), body) is not None


def continued(page: Page) -> list[str]:
    """Return the further pages of an article's text, in order; empty where it has one page, or is a further one."""
    pattern = _further(page.url)
    if pattern is None:
        return []
    whole = re.compile(rf"^{pattern}$")
    found: dict[int, str] = {}
    numbered = False
    for anchor in page.anchors:
        if urljoin(anchor.url, ".") != urljoin(page.url, "."):
            continue
        match = whole.match(urlsplit(anchor.url).path.rpartition("/")[2])
        turns = _TURNS.match(normalise(anchor.text)) if match else None
        if match and turns and int(match[2]) < _MOST:
            number = int(match[2])
            numbered = numbered or (turns[1] is not None and int(turns[1]) in (number, number + 1))
            found[number] = anchor.url
    if not found or not (numbered or min(found) <= 2):  # noqa: PLR2004  the second page, counted from 0 or from 1
        return []
    first, last = min(found), max(found)
    folder = urljoin(page.url, ".")
    stem, _, extension = urlsplit(page.url).path.rpartition("/")[2].rpartition(".")
    mark = whole.match(urlsplit(found[first]).path.rpartition("/")[2])
    between = mark[1] if mark is not None else "_"
    return [found.get(number, f"{folder}{stem}{between}{number}.{extension}") for number in range(first, last + 1)]


def _further(url: str) -> str | None:
    """Return the pattern of the names of further pages; None where the page's own has no stem to count by."""
    parts = urlsplit(url)
    stem, dot, extension = parts.path.rpartition("/")[2].rpartition(".")
    if parts.query or not dot or not stem or stem.lower() in ("index", "default", "list"):
        return None
    return rf"{re.escape(stem)}([_-])(\d{{1,2}})\.{re.escape(extension)}"
