"""What a portal is, found out by a look at it: a bounded crawl of the way to its report columns and of their lists.

Nothing is kept: the crawl goes into an archive that is thrown away, obeys robots.txt and rests between requests like
any other. Reports whose titles name a year are not fetched.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.crawling.run import CrawlOptions, crawl
from gicrawl.portals.bodies import LEVELS
from gicrawl.regions.table import division, level_of_code
from spiders.buried import best_rows
from spiders.family import families
from spiders.pages import Page
from spiders.vocabulary import TitleSays, title_says, year_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture
    from gicrawl.crawling.run import CrawlSummary, Target

_NO_YEAR = (1, 1)
"""A year no report is of: the crawl then leaves every report alone whose title says its year."""

_READ = frozenset({Outcome.OK, Outcome.TRUNCATED, Outcome.NOT_MODIFIED})
_SITE_CODE = 10  # digits of a local site's SiteIDCode; the first six are its division's (国办发〔2017〕47号)

_LINKS = """
SELECT url.url, text.text, title.text, links.date FROM links
JOIN urls AS url ON url.id = links.url JOIN texts AS text ON text.id = links.text
LEFT JOIN texts AS title ON title.id = links.title
WHERE links.page = (SELECT id FROM captures WHERE uuid = ?) AND links.role = 'article' ORDER BY links.position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page on the way to a column: its URL, and the text of the link that led there."""

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFound:
    """A report column.

    Attributes:
        url: its first page.
        text: of the link that led there.
        family: the software that made it; None where no family knows the page.
        evidence: what gave it away, as it stands in the page.
        pages: list pages read.
        whole: its list was read to its end.
        reports: links that promise a report, or may.
    """

    url: str
    text: str
    family: str | None
    evidence: str | None
    pages: int
    whole: bool
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFound:
    """A link that promises a report; `sure` where its title leaves no doubt."""

    sure: bool
    url: str
    title: str
    year: int | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A page that was not had as wanted: what happened, and to which URL."""

    url: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a look at a portal found.

    Attributes:
        url: the page named.
        robots: outcome of asking for robots.txt, by URL.
        site_name: as its pages name the site (SiteName), or None.
        site_code: their SiteIDCode, or None.
        region_code: the division that code begins with, if there is one.
        level: of that division.
        way: pages read on the way.
        columns: report columns, in the order they were read.
        reports: links that promise a report, or may, each once, the newest year first.
        troubles: pages that were not had.
        requests: sent in all.
        cut_short: the bound on pages ended it: there may be more.
    """

    url: str
    robots: Mapping[str, str]
    site_name: str | None
    site_code: str | None
    region_code: str | None
    level: str | None
    way: tuple[Step, ...]
    columns: tuple[ColumnFound, ...]
    reports: tuple[ReportFound, ...]
    troubles: tuple[Trouble, ...]
    requests: int
    cut_short: bool

    @property
    def family(self) -> str | None:
        """The family of all columns; None where they are of several, or of none."""
        names = {column.family for column in self.columns}
        return names.pop() if len(names) == 1 else None


def probe(target: Target, *, contact: str | None, delay: float, max_pages: int, year: int) -> Probed:
    """Look at a portal.

    Args:
        target: its home page or column.
        contact: for the user agent; needed for anything beyond this machine.
        delay: seconds between two requests to a host.
        max_pages: requests in all.
        year: the present one, for codes of divisions.

    Raises:
        ContactMissing: the target lies beyond this machine and no contact is given.
    """
    with tempfile.TemporaryDirectory(prefix="gicrawl-probe-") as folder:
        archive_path = Path(folder) / "probe.db"
        summary = crawl(
            [target],
            CrawlOptions(
                archive=archive_path,
                contact=contact,
                delay=delay,
                max_pages=max_pages,
                years=_NO_YEAR,
                named_hosts=[urlsplit(target.url).netloc] if target.portal is None else [],
                kind="probe",
            ),
        )
        with open_archive(archive_path) as archive:
            return _Look(archive, summary, year).probed(target.url, max_pages)


class _Look:
    """Reads what the crawl of a probe left in its archive."""

    def __init__(self, archive: Archive, summary: CrawlSummary, year: int) -> None:
        self._archive = archive
        self._summary = summary
        self._year = year
        self._captures = {capture.id: capture for capture in archive.captures(run=summary.run)}
        self._site: dict[str, str] = {}
        self._reports: dict[str, ReportFound] = {}

    def probed(self, url: str, max_pages: int) -> Probed:
        read = [capture for capture in self._captures.values() if capture.outcome in _READ]
        way = tuple(self._way([capture for capture in read if capture.role in {Role.HOME, Role.NAVIGATION}]))
        listed = tuple(self._columns([capture for capture in read if capture.role is Role.LIST]))
        columns = tuple(column for column in listed if column.reports or column.whole)
        # Asked for as a column, and a page on the way after all.
        way += tuple(Step(url=column.url, text=column.text) for column in listed if column not in columns)
        code = self._site.get("SiteIDCode")
        region = code[:6] if code is not None and code.isdecimal() and len(code) == _SITE_CODE else None
        if region is not None and division(region, self._year) is None:
            region = None
        level = level_of_code(region) if region is not None else None
        return Probed(
            url=url,
            robots={
                capture.final_url: str(capture.outcome)
                for capture in self._captures.values()
                if capture.role is Role.ROBOTS
            },
            site_name=self._site.get("SiteName"),
            site_code=code,
            region_code=region,
            level=level if level in LEVELS else None,
            way=way,
            columns=columns,
            reports=tuple(sorted(self._reports.values(), key=_newest_first)),
            troubles=tuple(self._troubles()),
            requests=sum(target.requests for target in self._summary.targets),
            cut_short=any(target.requests >= max_pages for target in self._summary.targets),
        )

    def _way(self, captures: Sequence[StoredCapture]) -> Iterator[Step]:
        for capture in captures:
            self._note(self._page(capture))
            yield Step(url=capture.final_url, text=capture.link_text or "")

    def _columns(self, captures: Sequence[StoredCapture]) -> Iterator[ColumnFound]:
        """The first pages of lists; what comes behind them has no link text, and a list page as its referrer."""
        pages: dict[UUID, list[StoredCapture]] = {}
        first_of: dict[UUID, UUID] = {}
        for capture in captures:
            before = capture.referrer
            first = first_of.get(before, capture.id) if before is not None and not capture.link_text else capture.id
            first_of[capture.id] = first
            pages.setdefault(first, []).append(capture)
        for listed in pages.values():
            yield self._column(listed)

    def _column(self, captures: Sequence[StoredCapture]) -> ColumnFound:
        """A list: what it is shows on its first page, what it links to is on record page by page."""
        first = captures[0]
        page = self._page(first)
        self._note(page)
        found = best_rows(page, families())
        family = found[0] if found is not None else None
        evidence = family.recognises(page) if family is not None else None
        seen: set[str] = set()
        for capture in captures:
            for url, text, title, date in self._archive.db.conn.execute(_LINKS, [capture.id.bytes]):
                shown = title or text
                says = max(title_says(shown), title_says(text))
                seen.add(url)
                sure = says is TitleSays.REPORT
                self._reports.setdefault(
                    url, ReportFound(sure=sure, url=url, title=shown, year=year_of(shown), date=date)
                )
        return ColumnFound(
            url=first.final_url,
            text=first.link_text or "",
            family=family.name if family is not None else None,
            evidence=" ".join(evidence.split()) if evidence else None,
            pages=len(captures),
            whole=captures[-1].pages_end is True,
            reports=len(seen),
        )

    def _page(self, capture: StoredCapture) -> Page:
        charset = f"; charset={capture.declared_charset}" if capture.declared_charset else ""
        declared = f"{capture.declared_type or ''}{charset}".encode("latin-1", "replace")
        return Page(capture.final_url, self._archive.content(capture), declared)

    def _note(self, page: Page) -> None:
        for label in ("SiteName", "SiteIDCode"):
            value = (page.meta(label) or "").strip()
            if value:
                self._site.setdefault(label, value)

    def _troubles(self) -> Iterator[Trouble]:
        for capture in self._captures.values():
            if capture.role is Role.ROBOTS:
                if capture.outcome in {Outcome.OK, Outcome.NOT_FOUND, Outcome.REDIRECT, Outcome.GONE}:
                    continue
            elif capture.outcome in _READ | {Outcome.REDIRECT}:
                if capture.judgement in {Judgement.BLOCKED, Judgement.SOFT_404, Judgement.LAYOUT_UNKNOWN}:
                    yield Trouble(url=capture.final_url, what=str(capture.judgement))
                continue
            said = capture.error or (f"HTTP {capture.status}" if capture.status else "")
            yield Trouble(url=capture.final_url, what=" ".join(f"{capture.outcome} {said}".split()))
        for host, reason in self._summary.stopped_hosts.items():
            yield Trouble(url=host, what=reason)
        for target in self._summary.targets:
            for error in target.errors:
                yield Trouble(url=target.target.url, what=error)


def at_home(target: Target) -> Target:
    """The target read by whichever family knows it: what a probe is to find out."""
    return replace(target, family="auto")


def _newest_first(report: ReportFound) -> tuple[bool, int, str]:
    """Order of reports: by year, the latest first, those that name none last."""
    return report.year is None, 0 if report.year is None else -report.year, report.url
