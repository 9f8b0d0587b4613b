"""What became of every article: nothing that was seen may be missing without a word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.m002_settling import NEWEST_FIRST
from gicrawl.archive.records import Judgement, Outcome
from gicrawl.archive.stored import from_microseconds
from gicrawl.corpus.current import reading
from gicrawl.corpus.documents import ROLES
from gicrawl.parser.report import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gicrawl.archive.store import Archive


class Fate(StrEnum):
    """What became of an article, from best to worst news."""

    REPORT = "report"
    NOT_A_REPORT = "not_a_report"
    FAILED = "failed"  # read, but the parser could not make out what it is
    UNPARSED = "unparsed"
    REVISIT = "revisit"  # the server says that an earlier capture still holds
    REDIRECT = "redirect"  # its target is a capture of its own
    EMPTY = "empty"
    BLOCKED = "blocked"
    MISSING = "missing"  # 404, 410, or a page that says so with status 200
    TORN = "torn"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    HTTP_ERROR = "http_error"
    UNREACHABLE = "unreachable"
    DENIED = "denied"  # robots.txt or our own guard
    NOT_VISITED = "not_visited"  # a list page links to it and nothing was ever fetched


_BY_OUTCOME = {
    Outcome.NOT_MODIFIED: Fate.REVISIT,
    Outcome.REDIRECT: Fate.REDIRECT,
    Outcome.NOT_FOUND: Fate.MISSING,
    Outcome.GONE: Fate.MISSING,
    Outcome.HTTP_ERROR: Fate.HTTP_ERROR,
    Outcome.RATE_LIMITED: Fate.RATE_LIMITED,
    Outcome.TRUNCATED: Fate.TORN,
    Outcome.TOO_LARGE: Fate.TOO_LARGE,
    Outcome.DNS_ERROR: Fate.UNREACHABLE,
    Outcome.TLS_ERROR: Fate.UNREACHABLE,
    Outcome.NETWORK_ERROR: Fate.UNREACHABLE,
    Outcome.ROBOTS_DENIED: Fate.DENIED,
    Outcome.REFUSED_BY_GUARD: Fate.DENIED,
}

_BY_JUDGEMENT = {
    Judgement.BLOCKED: Fate.BLOCKED,
    Judgement.SOFT_404: Fate.MISSING,
    Judgement.EMPTY: Fate.EMPTY,
}
"""Pages that stand between us and a report: the parser rightly finds none in them, which says nothing of the report."""

_RANK = {fate: rank for rank, fate in enumerate(Fate)}

SETTLED = (Fate.REPORT, Fate.NOT_A_REPORT)
"""What needs nobody's attention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An article capture and what became of it.

    Attributes:
        url: what this exchange asked for.
        portal: id in the registry; None for a URL the user named.
        detail: the judgement, the error or the HTTP status behind `fate`, where there is one.
    """

    capture: UUID
    time: datetime
    url: str
    portal: str | None
    outcome: Outcome
    fate: Fate
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An article's URL over all its captures: the best that was ever got from it, else what happened last."""

    url: str
    portal: str | None
    fate: Fate
    detail: str | None


_CAPTURES = f"""
SELECT captures.uuid, captures.time, urls.url, circumstances.portal, captures.outcome, captures.error,
    captures.status, (
        SELECT judgement FROM judgements WHERE judgements.capture = captures.id ORDER BY {NEWEST_FIRST} LIMIT 1
    ), parses.status
FROM captures
JOIN urls ON urls.id = captures.url
JOIN circumstances ON circumstances.id = captures.circumstances
LEFT JOIN document_captures ON document_captures.capture = captures.uuid
    AND document_captures.document IN (SELECT document FROM temp.current_parses)
LEFT JOIN temp.current_parses AS current ON current.document = document_captures.document
LEFT JOIN parses ON parses.id = current.parse
WHERE circumstances.role = ? AND NOT EXISTS (
    SELECT 1 FROM document_captures AS shown JOIN temp.hidden_documents AS hidden ON hidden.document = shown.document
    WHERE shown.capture = captures.uuid
)
ORDER BY captures.time, captures.uuid
"""  # noqa: S608 - constants

_NOT_VISITED = """
SELECT urls.url, min(circumstances.portal) FROM links
JOIN urls ON urls.id = links.url
JOIN captures AS page ON page.id = links.page
JOIN circumstances ON circumstances.id = page.circumstances
WHERE links.role = 'article' AND NOT EXISTS (SELECT 1 FROM captures WHERE captures.url = links.url)
GROUP BY urls.url ORDER BY urls.url
"""


def accounting(archive: Archive) -> Iterator[Account]:
    """Every article capture and what became of it, oldest first.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    with reading(archive) as connection:
        for role in ROLES:
            for row in connection.execute(_CAPTURES, [role.value]):
                yield _account(row)


def addresses(archive: Archive) -> list[Address]:
    """Every article URL that was fetched or linked to, sorted, with the best that was ever got from it.

    A report that was captured once and is gone today is still a report; one that was only ever torn is not.
    Redirects are left out: their target has an address of its own.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    best: dict[str, Address] = {}
    with reading(archive) as connection:
        for account in accounting(archive):
            if account.fate in {Fate.REDIRECT, Fate.REVISIT}:
                continue
            known = best.get(account.url)
            if known is not None and _RANK[known.fate] <= _RANK[Fate.UNPARSED] < _RANK[account.fate]:
                continue  # what happened later takes nothing away from what we have
            if known is not None and _RANK[account.fate] <= _RANK[Fate.UNPARSED] and known.fate is Fate.REPORT:
                continue
            best[account.url] = Address(
                url=account.url, portal=account.portal, fate=account.fate, detail=account.detail
            )
        for url, portal in connection.execute(_NOT_VISITED):
            best.setdefault(url, Address(url=url, portal=portal, fate=Fate.NOT_VISITED, detail=None))
    return [best[url] for url in sorted(best)]


def _account(row: tuple[Any, ...]) -> Account:
    uuid, time, url, portal, outcome, error, http_status, judged, parsed = row
    happened = Outcome(outcome)
    judgement = None if judged is None else Judgement(judged)
    fate, detail = _fate(happened, judgement, None if parsed is None else Status(parsed))
    if detail is None and fate not in SETTLED and happened is not Outcome.OK:
        detail = error or (None if http_status is None else f"HTTP {http_status}")
    return Account(
        capture=UUID(bytes=uuid),
        time=from_microseconds(time),
        url=url,
        portal=portal,
        outcome=happened,
        fate=fate,
        detail=detail,
    )


def _fate(outcome: Outcome, judgement: Judgement | None, parsed: Status | None) -> tuple[Fate, str | None]:
    if outcome is not Outcome.OK:
        return _BY_OUTCOME[outcome], None
    if parsed is Status.REPORT:
        return Fate.REPORT, None
    if judgement in _BY_JUDGEMENT:
        return _BY_JUDGEMENT[judgement], judgement.value
    if parsed is None:
        return Fate.UNPARSED, None
    return Fate(parsed.value), None
