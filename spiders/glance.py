"""Whether anything on an article's page could be a file of it, told from its bytes.

Most articles have no files, and nearly all that a page links to are its portal's menus, the same on every page. To find
that out from a tree costs several times what this takes. A link is passed over where its address says that it leads to
a folder or another page. For everything else in doubt (a picture, a frame, a click, an address without a suffix) the
whole page is read (`spiders.attachments`), unless just as many of the same were on a page of the portal without a file.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from spiders.attachment_rules import is_html, rules
from spiders.attachments import core_of, fit_to_request, is_folder
from spiders.urls import MAX_FILE_URL, is_root, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST = 2048  # pieces that are remembered of a portal; then all are forgotten
_LONGEST = 400  # bytes of a piece that is remembered as it is
_PIECE = re.compile(
    rb"<(?:a[^a-z][^<]*(?:<(?!/?a[^a-z])[^<]*)*"  # a link and what it shows
    rb"|(?:i(?:mg|frame)|frame|embed|object|area|base)[^>]*"
    rb"|script[^<]*(?:<(?!/script)[^<]*)*)"
)
_BASE, _LINK, _SCRIPT = b"<base", re.compile(rb"<a[^a-z]"), b"<script"
_OTHER_WAYS = rb"javascript:|onclick|&#|href.*href|\xe9\x99\x84|\xb8\xbd"
"""More than an address: code, a letter written as a number, two addresses, or 附 in either of the usual charsets."""
_PAGE = re.compile(rb"<[^<>]*?\shref\s*=\s*([\"'])?/?[\w./-]+\.(?:s?html?|xhtml|jhtml)(?(1)\1|[\s>])")
"""A plain address of a page."""
_HREF = re.compile(rb"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_ENTITY = re.compile(rb"&(?!amp;)\w+;")
_NAMES = re.compile(rb">([^<]*)|\btitle\s*=\s*\"([^\"]*)|\btitle\s*=\s*'([^']*)|\balt\s*=\s*\"([^\"]*)")
_TITLES = re.compile(rb"<title[^>]*>([^<]*)|<meta([^>]*articletitle[^>]*)>")
_STRANGE = (b"\xff\xfe", b"\xfe\xff")
_OTHER_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*(?!utf-?8|gb|x-gbk|cp936|iso-8859|latin|windows-1252|us-ascii|ascii)\w"
)
_START = 4096


class Glance:
    """What is known of the pages of one portal."""

    def __init__(self) -> None:
        names = [name.encode() for name in (*rules().file_attributes, "onclick")]
        self._files = (*(name for name in names if not name.startswith(b"data-")), b"data-")
        self._other_ways = re.compile(b"|".join([_OTHER_WAYS, *map(re.escape, self._files)]), re.DOTALL)
        self._suffix = re.compile(rules().files.pattern.removesuffix("$").encode() + rb"(?!\w)|%2e", re.IGNORECASE)
        self._plain: set[bytes | int] = set()
        self._dull: dict[bytes | int, int] = {}
        self._cores: dict[bytes | int, frozenset[str]] = {}

    def doubts(self, url: str, body: bytes, link_text: str | None) -> Counter[bytes] | None:
        """Pick out what could be a file or a picture of the text.

        Args:
            url: of the page.
            body: its bytes.
            link_text: text of the link that led to it.

        Returns:
            The pieces of the page because of which it has to be read, empty where there are none; None where its
            bytes say nothing of it.
        """
        low = body.lower()
        if low.startswith(_STRANGE) or _OTHER_CHARSET.search(low, 0, _START):
            return None
        pieces: Counter[bytes] = Counter()
        for piece in _PIECE.findall(low):
            if piece in self._plain:
                continue
            if piece.startswith(_BASE):
                return None
            if piece.startswith(_SCRIPT):
                plain = self._is_plain_script(piece)
            else:
                plain = _LINK.match(piece) is not None and self._is_plain(url, piece)
            if not plain:
                pieces[piece] += 1
        pieces.update(self._of_attributes(low))
        if not pieces or any(count > self._dull.get(_key(piece), 0) for piece, count in pieces.items()):
            return pieces
        return pieces if self._names_one(low, pieces, link_text) else Counter()

    def learn(self, doubts: Counter[bytes]) -> None:
        """Remember what stood on a page that had no file and no picture."""
        if len(self._dull) > _MOST:
            self._dull.clear()
            self._cores.clear()
        for piece, count in doubts.items():
            key = _key(piece)
            self._dull[key] = max(count, self._dull.get(key, 0))
            if _LINK.match(piece):
                self._cores[key] = _cores(_NAMES.findall(piece))

    def _is_plain(self, url: str, piece: bytes) -> bool:
        """Whether a link leads to a folder or a page, by its address, and nothing else is in it."""
        if self._other_ways.search(piece):
            return False
        if _PAGE.match(piece):
            return True
        match = _HREF.search(piece)
        if match is None:
            return b"href" not in piece
        printed = next(group for group in match.groups() if group is not None)
        if b"&" in printed:
            if _ENTITY.search(printed):
                return False
            printed = printed.replace(b"&amp;", b"&")
        href = printed.decode("utf-8", "replace")
        target = join(url, href, MAX_FILE_URL)
        if target is not None and not _is_page(fit_to_request(target)):
            return False
        if href.startswith(("/", "http")) and len(piece) <= _LONGEST:  # the same on every page
            self._remember(piece)
        return True

    def _is_plain_script(self, piece: bytes) -> bool:
        """Whether a script names no file."""
        key = _key(piece)
        if key in self._plain:
            return True
        if self._suffix.search(piece):
            return False
        self._remember(key)
        return True

    def _of_attributes(self, low: bytes) -> Iterator[bytes]:
        """Other elements that a click opens, or that keep a file's address for a script."""
        for name in self._files:
            place = low.find(name)
            while place >= 0:
                start, end = low.rfind(b"<", 0, place), low.find(b">", place)
                if _PIECE.match(low, start) is None:  # else it is there already
                    yield low[start : end if end >= 0 else None]
                place = low.find(name, place + 1)

    def _remember(self, key: bytes | int) -> None:
        if len(self._plain) > _MOST:
            self._plain.clear()
        self._plain.add(key)

    def _names_one(self, low: bytes, pieces: Iterable[bytes], link_text: str | None) -> bool:
        """Whether a link that was in doubt elsewhere is called what this article is called."""
        cores = {core for piece in pieces for core in self._cores.get(_key(piece), ())}
        if not cores:
            return False
        titles = " ".join(_cores([*_TITLES.findall(low), ((link_text or "").lower().encode(), b"")]))
        return any(core in titles for core in cores)


def _is_page(url: str) -> bool:
    """Whether a URL says that it is no file's."""
    return is_root(url) or (rules().kind(url) is None and (is_folder(url) or is_html(url)))


def _key(piece: bytes) -> bytes | int:
    return piece if len(piece) <= _LONGEST else hash(piece)


def _cores(found: Iterable[tuple[bytes, ...]]) -> frozenset[str]:
    texts = [group for groups in found for group in groups if group.strip()]
    both = [core_of(text.decode(charset, "replace")) for text in texts for charset in ("utf-8", "gb18030")]
    return frozenset(core for core in both if core)
