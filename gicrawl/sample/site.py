"""What a sample portal is made of: pages with the way they are delivered, and the entries of its report column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gicrawl.sample.http import Request
    from gicrawl.sample.report import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a portal.

    Attributes:
        body: the content before any coding; of a torn page only what should have come.
        content_type: value of the header, with or without a charset.
        location: path a redirect leads to.
        absolute: whether the redirect names the host too.
        transfer: `length`, `chunked`, or `close` (the end of the connection is the end of the body).
        gzip: the body is compressed whatever the request asked for.
        etag, last_modified: validators; a conditional request that matches gets a 304.
        close: the server closes the connection after this answer.
        torn: the connection dies half way, every time.
        trailer: a chunked body ends with a trailer field, and a chunk carries an extension.
        disposition: value of Content-Disposition, where a program hands out a file; its bytes are Latin-1 or UTF-8.
        headers: fields beside those that follow from the above.
        pause: seconds before the answer; nobody waits for some of them.
        reset: the connection is reset half way.
        claimed: bytes Content-Length says there are more than are sent, or fewer where negative; the connection closes.
    """

    body: bytes
    content_type: str = "text/html"
    status: int = 200
    location: str | None = None
    absolute: bool = False
    transfer: str = "length"
    gzip: bool = False
    etag: str | None = None
    last_modified: str | None = None
    close: bool = False
    torn: bool = False
    trailer: bool = False
    disposition: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    pause: float = 0.0
    reset: bool = False
    claimed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file an article links to, or a picture that stands in it.

    Attributes:
        name, suffix: its name as the page prints it.
        content_type: what the server says it is.
        media_type: what it is.
        missing: linked and not there.
        style: how the page refers to it: `link` (a line of its own), `tag` (the editor's list of attachments, with
            the icon of its kind), `frame` (shown in a frame), `viewer` (shown in a viewer that gets its address),
            `download` (handed out by a program), `inline` (a picture in the text), `alone` (no page at all).
        holds_report: whether the report can be read from it.
    """

    name: str
    suffix: str
    body: bytes
    content_type: str
    media_type: str
    missing: bool = False
    style: str = "link"
    holds_report: bool = False

    @property
    def picture(self) -> bool:
        """Whether it is a picture in the text and not a file to open."""
        return self.style == "inline"


REPORT = "report"
NEAR_MISSES = (
    "news",
    "compilation_notice",
    "website_report",
    "picture_explanation",
    "soft_404",
    "other_annual_report",
)
UNAVAILABLE = ("missing", "torn", "robots_denied")
ATTACHMENT_MISSING = "attachment_missing"
PICTURES = "pictures"
UNREADABLE = (ATTACHMENT_MISSING, PICTURES)
"""Reports that are there and cannot be read: the file that holds it is gone, or it is pictures of printed pages."""
DAMAGED = "damaged"
"""Reports that a fault stands before: what was wrong with them stands in `Portal.ills`."""
DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the report column.

    Attributes:
        kind: `report`, `document` (a file given by the user), one of `NEAR_MISSES`, `UNAVAILABLE` or `UNREADABLE`.
        title: full title.
        fragment: content as markup; unused where the list links to a file.
        source: the label ContentSource.
        truth: for reports, and for reports that cannot be had or read.
        form: key of `renditions.FORMS`: whether the page holds the report, and in which files it is.
        moved: the list names an old address that redirects to the article.
        file: where the list links to a file, as for all documents: (name, suffix, content type, bytes).
    """

    kind: str
    title: str
    published: date
    source: str
    fragment: str = ""
    truth: Truth | None = None
    form: str = "page"
    moved: bool = False
    attachments: tuple[Attachment, ...] = ()
    file: tuple[str, str, str, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry with its addresses.

    Attributes:
        path: where the content is.
        listed: the path the list page links to (differs where moved).
        list_page: path of the list page the row stands on.
        attachments: paths of the attachments, in order.
    """

    entry: Entry
    path: str
    listed: str
    list_page: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ill:
    """What is wrong with an article or with a portal, and what must be said of it.

    Attributes:
        name: of the fault.
        path: of the article; None where the whole portal has it.
        expected: what may become of the article, by outcome or by what is made of it (`report`, `truncated`, …).
        most_requests: how often the portal may be asked in all; None where its size says so.
    """

    name: str
    expected: tuple[str, ...]
    path: str | None = None
    most_requests: int | None = None


@dataclass(slots=True, kw_only=True)
class Portal:
    """A whole portal.

    Attributes:
        id, body, level: as in the registry.
        host: its own name; mapped to loopback only by whoever crawls it.
        server: value of the Server header.
        reason: whether status lines carry a reason phrase (some servers leave it empty).
        charset: (declared, real) charset of its pages.
        pages: by path, or by path and query where a program hands out files.
        column: path of the report column.
        list_pages: (path, entries) of the list pages in order.
        chrome: paths of pictures that stand in the frame of pages or beside links and belong to no report.
        forbidden: path prefixes robots.txt disallows.
        answer: pages made for a query: (method, path, parameters) to a page, or None.
        reply: pages made for a request where its headers or its body count too, or None.
        not_found: the 404 page.
        first: pages that are served at a path before the one that is there, each once.
        pace: seconds before each answer.
        dies_after: answers after which nothing listens any more; None: never.
        fresh_cookies: each answer sets another cookie.
        ills: what is wrong on purpose.
        traits: what is peculiar to a portal that was drawn as a stranger, for whoever asks why it was not read.
    """

    id: str
    body: str
    level: str
    family: str
    host: str
    server: str
    reason: bool
    charset: tuple[str, str]
    column: str
    not_found: Page
    pages: dict[str, Page] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    list_pages: list[tuple[str, list[Placed]]] = field(default_factory=list)
    chrome: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    answer: Callable[[str, str, dict[str, str]], Page | None] | None = None
    reply: Callable[[Request], Page | None] | None = None
    first: dict[str, list[Page]] = field(default_factory=dict)
    pace: float = 0.0
    dies_after: int | None = None
    fresh_cookies: bool = False
    ills: list[Ill] = field(default_factory=list)
    traits: dict[str, str] = field(default_factory=dict)
