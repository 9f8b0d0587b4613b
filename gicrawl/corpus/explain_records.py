"""The chain from what is expected to what is counted, as records; `dataclasses.asdict` of them is ready for JSON.

Times are UTC, ISO 8601; digests are hex; what is None was not there to be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gicrawl.corpus.explain_stops import UNKNOWN, End, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UNKNOWN", "End", "Stop"]  # whoever reads the records needs these words: they are known from here, too


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerAsked:
    """A body as it was asked for, and who fits.

    Attributes:
        asked: name or region code as typed.
        name: official name in Simplified script, None where nobody is settled.
        region_code: of that year, None where it is open.
        kind: of the body (`government`, `department` …), None where it cannot be told.
    """

    asked: str
    name: str | None
    region_code: str | None
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of several who fit what was asked: `ask` is what to ask instead."""

    name: str
    detail: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whether a report of this body and year is expected.

    Attributes:
        reasons: `registered` (the registry says that it publishes), `reported` (it published about earlier or later
            years), `announced` (a list page links to it under its title), `division` (it governs a division that was in
            force).
        due: last day for publishing, Asia/Shanghai, ISO date; None where the kind of body is unknown.
        article: rule behind `due`.
        as_of: start of the newest run of the archive: what is due later cannot be missed there; None without runs.
        years: other years this body was found to have reported on.
    """

    reasons: tuple[str, ...]
    due: str | None
    article: str | None
    as_of: str | None
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStanding:
    """A report column of a portal.

    Attributes:
        url: its first page.
        layout: the family that read it, None where none did.
        pages: list pages known of it.
        links: articles they ever linked to.
        last_read: newest capture of any of them.
        to_its_end: whether every page was readable when last visited, and one of them ends the column.
        trouble: the first page that was not, with its outcome or judgement; None where all were.
    """

    url: str
    layout: str | None
    pages: int
    links: int
    last_read: str
    to_its_end: bool
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalStanding:
    """A portal, by the registry and by what was fetched of it.

    Attributes:
        id: in the registry; None for a URL the user named.
        name: the publishing body, None where it is not registered.
        home: URL of its home page or, unregistered, the first page asked for.
        registry: the file it is registered in, None where it is not.
        run: kind of the newest run that asked it for anything; None where none did. `run_id` is its UUID.
        last_visit: newest capture of a page of the way (robots.txt, home, navigation, list).
        answered: newest of these with an answer of any use.
        robots: outcome of the newest robots.txt, with its HTTP status.
        trouble: what happened since `answered`: outcome or judgement, and `detail` about it.
        since: when that began.
    """

    id: str | None
    name: str | None
    home: str
    registry: str | None
    run: str | None = None
    run_id: str | None = None
    first_visit: str | None = None
    last_visit: str | None = None
    answered: str | None = None
    robots: str | None = None
    trouble: str | None = None
    detail: str | None = None
    since: str | None = None
    columns: tuple[ColumnStanding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSeen:
    """A link to the article on a list page, over all visits of that page.

    Attributes:
        position: its place at the newest visit, from 0.
        times: in how many captures of the page it stood.
    """

    url: str
    page: str
    column: str | None
    position: int
    text: str
    title: str | None
    date: str | None
    first_seen: str
    last_seen: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStep:
    """An exchange, or why none took place; words as in `gicrawl.archive.records.Capture`.

    Attributes:
        location: where a redirect points.
        file: path of the imported file, None for what was fetched.
    """

    id: str
    time: str
    url: str
    requested_url: str
    hop: int
    role: str
    outcome: str
    status: int | None
    error: str | None
    judgement: str | None
    signature: str | None
    robots: str | None
    body: str | None
    size: int | None
    media_type: str | None
    revisit_of: str | None
    location: str | None
    link_text: str | None
    file: str | None
    run: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentChain:
    """A file or picture the article links to.

    Attributes:
        end: the stop of its newest captures; `reached` where its bytes are there.
    """

    url: str
    role: str
    text: str
    position: int
    captures: tuple[CaptureStep, ...]
    end: End


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCount:
    """How the checks of a parse came out, and which failed."""

    passed: int
    failed: int
    not_assessable: int
    failures: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseStep:
    """What a parser version made of a document.

    Attributes:
        current: this is the parse that counts.
        up_to_date: it was made by today's version of its reader.
        problems: code and stored fields of each.
        issuer: as in the output of `gicrawl parse`.
        tables: table → form and cells by state.
        checks: None but for the parse that counts.
    """

    parse: int
    parser: str
    reader: str
    made: str
    seconds: float
    status: str
    current: bool
    up_to_date: bool
    problems: tuple[tuple[str, Mapping[str, str]], ...]
    title: str | None
    issuer: Mapping[str, str | None]
    scope: str
    year: int | None
    published: str | None
    published_source: str | None
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: int = 0
    checks: CheckCount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStep:
    """A version of the report, that is a document.

    Attributes:
        version: document digest.
        body: SHA-256 of the main body as received.
        attached: of the attached ones, in order.
        captured: when it was first captured; `captures` how often.
        superseded: a later registration of the same capture knows more (an attachment came): it counts no more.
    """

    report_id: str
    version: str
    url: str
    body: str
    attached: tuple[str, ...]
    captured: str | None
    captures: int
    superseded: bool
    parses: tuple[ParseStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChain:
    """One article: everything between the link on a list page and what was read.

    Attributes:
        url: the address that is explained.
        portal: id of the portal it was fetched from or linked on.
        captures: of it and of where it redirects to and from, oldest first.
    """

    url: str
    portal: str | None
    links: tuple[LinkSeen, ...]
    captures: tuple[CaptureStep, ...]
    attachments: tuple[AttachmentChain, ...]
    versions: tuple[VersionStep, ...]
    end: End


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelStep:
    """A row of the panel, in its own words (`gicrawl.corpus.panel`).

    Attributes:
        issuer: the name the body had in that year.
        reason, reason_url: why the state is not `found`.
        report_id, version: the report and version that count; None where there is none.
        others: report_id of further ones for the same issuer, year and scope.
    """

    issuer_id: str
    issuer: str | None
    year: int
    scope: str
    report_state: str
    reason: str | None
    reason_url: str | None
    report_id: str | None
    version: str | None
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStory:
    """One cell, back to the place it was read from.

    Attributes:
        key: (table, row, column).
        cell: as in the output of `gicrawl parse`; None where the report has no such cell.
        parser: version of the parse.
        source: URL of the body it stands in; `body` its SHA-256; `attachment` its number among the attached, or None.
        before, found, after: source text around it, `found` being what the evidence points to; None where the place
            cannot be found again in the bytes.
        checks: those that use this cell.
    """

    key: tuple[str, str, str]
    cell: Mapping[str, Any] | None
    report_id: str
    version: str
    parser: str
    source: str
    body: str
    media_type: str
    attachment: int | None
    before: str | None
    found: str | None
    after: str | None
    checks: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole chain.

    Attributes:
        asked: what was typed; `year` beside it for an issuer.
        known_as: how it was recognised: `address`, `canonical`, `attachment`, `file`, `issuer`, `page`, `nothing`.
        candidates: who fits, where several do, and names that look like what was asked where nobody does.
        end: where it stops: of the article that got farthest, or before any article.
    """

    archive: str
    asked: str
    year: int | None
    known_as: str
    issuer: IssuerAsked | None = None
    candidates: tuple[Candidate, ...] = ()
    expected: Expected | None = None
    portals: tuple[PortalStanding, ...] = ()
    articles: tuple[ArticleChain, ...] = ()
    panel: tuple[PanelStep, ...] = ()
    cells: tuple[CellStory, ...] = ()
    end: End
