"""What crawlers did, counted: for the summary of a run, and for telling which pages a walk has asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gicrawl.crawling.seen import Fingerprints

if TYPE_CHECKING:
    from collections.abc import Collection

    from scrapy.crawler import Crawler

_NAMED = 100
"""Reports on foreign hosts that the summary of a run names; all of them are among its links."""


@dataclass(slots=True)
class Tally:
    """What one crawler did.

    Attributes:
        requests: exchanges in which a request was sent.
        captures: by outcome.
        links: report links found on list pages.
        attachments: digests of the URLs of files and pictures found in articles, of other sites too.
        attachments_fetched: how many answered, with a file or by saying that it has not changed.
        list_pages: list pages read on the walk; a known page asked for again is none.
        elsewhere: URLs of reports on foreign hosts: kept as links, not asked for.
        layout_unknown: pages no family recognised.
        revisits: known pages asked for to which nothing led in this run.
        problems: one line each, for people.
        reason: why the spider closed, once it has.
    """

    requests: int = 0
    captures: Counter[str] = field(default_factory=Counter)
    links: int = 0
    attachments: Fingerprints = field(default_factory=Fingerprints)
    attachments_fetched: int = 0
    list_pages: int = 0
    elsewhere: set[str] = field(default_factory=set)
    layout_unknown: int = 0
    revisits: int = 0
    problems: list[str] = field(default_factory=list)
    reason: str | None = None


@dataclass(slots=True)
class Walk:
    """How far a portal has been walked in this run; a portal with several columns has a crawler for each.

    Attributes:
        asked: fingerprints of the pages asked for, the scheme left out.
        walking: crawlers whose own walk goes on.
    """

    asked: Fingerprints = field(default_factory=Fingerprints)
    walking: set[Crawler] = field(default_factory=set)


def together(tallies: Collection[Tally]) -> dict[str, Any]:
    """What all crawlers of a run did, as JSON values."""
    captures: Counter[str] = Counter()
    for tally in tallies:
        captures.update(tally.captures)
    return {
        "requests": sum(tally.requests for tally in tallies),
        "captures": dict(sorted(captures.items())),
        "links": sum(tally.links for tally in tallies),
        "attachments": sum(len(tally.attachments) for tally in tallies),
        "attachments_fetched": sum(tally.attachments_fetched for tally in tallies),
        "revisits": sum(tally.revisits for tally in tallies),
        "elsewhere": sorted({url for tally in tallies for url in tally.elsewhere})[:_NAMED],
    }
