"""URLs: what makes two of them the same page, what their shapes say, how close one is to a column."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha1
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from gicrawl.portals.sessions import path_without_session, query_without_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request

MAX_URL = 512
"""Characters; a longer URL is a trap, not a page (no portal was seen to need half of it)."""
MAX_FILE_URL = 2083
"""Characters for a file, whose name may be a whole title, nine characters a letter."""

_REMEMBERED = 2048  # URLs whose shape is remembered: menus link to the same ones on every page
# Hanweb list pages write the reader's position into the URL; the server answers the same page to all of them.
_CLIENT_STATE = re.compile(r"^(?:uid|pageNum)=")
_HANWEB_COLUMN = re.compile(r"/col/col\d+/index\.html$")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$")
_CANONICAL = re.compile(r"https?://([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)((?:/(?!\.)[\w.-]*)+)", re.ASCII)
"""A URL that has one way only to be written."""
_IGNORED = re.compile(r"^\s*(?:javascript|mailto|tel|data|about|ftp|file):|\{\{|\}\}|<%|\$\{", re.IGNORECASE)
_DIRECTORY = re.compile(
    r"(?:^|/)(?:[^/.]*|(?:(?:index|default|list|main)[\w-]*|\w*list|common_\w+)\.(?:s?html?|jsp|aspx?|php|jhtml))$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"t\d{8}_\d+\.s?html?$|/art/\d{4}/|/art_[\w]+\.html?$|content_\d+\.s?html?$|/[0-9a-f]{32}(?:/c|/index)?\.s?html?$"
    r"|/c\d{4,}/\d{6}/\w+\.s?html?$|/gkmlpt/content/|/public/\d+/\d+\.html?$"
    r"|\.(?:pdf|docx?|ofd|wps|xlsx?)$",
    re.IGNORECASE,
)


def join(base: str, href: str, longest: int = MAX_URL) -> str | None:
    """Resolve a printed href; None for what no crawler should follow: scripts, mail, unfilled templates, traps."""
    return _join(_as_far_as_needed(base, href), href, longest) if len(href) <= longest else None


_PLAIN_BASE = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[1-5]?\d{1,4})?/(?:[\w-]+/)*", re.ASCII)
_PLAIN = re.compile(r"/?(?!/)[\w-]+(?:/[\w-]+)*(?:\.\w+|/)?", re.ASCII)
"""A printed path without anything to be resolved, and a folder that it can be put behind as it is."""
_WHOLE = re.compile(r"https?://\w|/(?:[\w.%?~-]|\Z)")


def _as_far_as_needed(base: str, href: str) -> str:
    """The part of a base that an href depends on: so that a menu's links are resolved once, not once for each page."""
    start = href[:1]
    if _WHOLE.match(href):
        host = base.find("/", base.find("//") + 2)
        return base if host < 0 else base[: host + 1]
    if not (start.isalnum() or start == ".") or ":" in href:
        return base  # a query, a fragment, nothing, blanks: of the page itself
    folder, slash, _ = base.partition("?")[0].rpartition("/")
    return base if folder.endswith("/") or "#" in folder else folder + slash


@lru_cache(_REMEMBERED)
def _join(base: str, href: str, longest: int) -> str | None:
    if _PLAIN.fullmatch(href) and _PLAIN_BASE.fullmatch(base):
        url = base + href.removeprefix("/")
        return url if len(url) <= longest else None
    printed = href.strip().replace("\\", "/")  # browsers read a backslash as a slash
    if not printed or printed.startswith("#") or _IGNORED.search(printed):
        return None
    try:
        url = urldefrag(urljoin(base, "".join(printed.splitlines()))).url
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # an unclosed bracket or a port that is no number: nothing a browser could open
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname and len(url) <= longest else None


def shared_segments(url: str, other: str) -> int:
    """Count the leading path segments two URLs have in common; page names do not count."""
    if urlsplit(url).netloc != urlsplit(other).netloc:
        return 0
    count = 0
    for left, right in zip(_folders(url), _folders(other), strict=False):
        if left != right:
            break
        count += 1
    return count


@lru_cache(_REMEMBERED)
def _folders(url: str) -> Sequence[str]:
    return [segment for segment in urlsplit(url).path.split("/")[:-1] if segment]


def below(url: str, column: str) -> bool:
    """Say whether `url` lies strictly under the folder of `column`."""
    folder = column_folder(column)
    return url.startswith(folder) and len(url) > len(folder) and folder.count("/") > 3  # noqa: PLR2004  not the whole host


def column_folder(column: str) -> str:
    """Return the folder a column lives in, with its slash."""
    parts = urlsplit(column)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


@lru_cache(_REMEMBERED)
def is_root(url: str) -> bool:
    """Say whether a URL is a host's home page."""
    return re.fullmatch(r"/?(?:(?:index|default)\.\w+)?", urlsplit(url).path, re.IGNORECASE) is not None


@lru_cache(_REMEMBERED)
def is_folder(url: str) -> bool:
    """Say whether a URL looks like a column (a folder or its index page) rather than a document."""
    path = urlsplit(url).path
    return _ARTICLE.search(path) is None and _DIRECTORY.search(path) is not None


@lru_cache(_REMEMBERED)
def is_article(url: str) -> bool:
    """Say whether a URL has one of the shapes content systems give to articles and files."""
    return _ARTICLE.search(urlsplit(url).path) is not None


@lru_cache(_REMEMBERED)
def identity(url: str) -> str:
    """Return what makes two URLs the same page: no session id, no cache buster, no scheme, no fragment.

    For comparison only: requests go to the URL as printed.
    """
    plain = _CANONICAL.fullmatch(url)
    if plain is not None:
        return f"http://{plain[1]}{_INDEX.sub('/', plain[2])}"
    parts = urlsplit(path_without_session(url))
    query = query_without_session(parts.query)
    if query and _HANWEB_COLUMN.search(parts.path):
        query = "&".join(pair for pair in query.split("&") if not _CLIENT_STATE.search(pair))
    path = _INDEX.sub("/", parts.path) or "/"
    return canonicalize_url(urlunsplit(("http", parts.netloc.lower(), path, query, "")))


class PortalFingerprinter:
    """Request fingerprints that see through session ids, for Scrapy's duplicate filter.

    The scheme stays part of it: a portal that redirects http to https must be followed.
    """

    def fingerprint(self, request: Request) -> bytes:
        """Return the fingerprint of what the request asks for, whatever session it is asked in."""
        url = request.url
        if _CANONICAL.fullmatch(url) is None:
            parts = urlsplit(path_without_session(url))
            url = canonicalize_url(urlunsplit(parts._replace(query=query_without_session(parts.query))))
        return sha1(b" ".join((request.method.encode(), url.encode(), request.body)), usedforsecurity=False).digest()
