"""`crawl`: fetch into the archive, and nothing more."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from gicrawl.cli.group import (
    FINDINGS,
    USAGE,
    Failure,
    archive_option,
    cli,
    example,
    lang_option,
    portals_option,
    say,
    tell,
)
from gicrawl.cli.options import contact_option, delay_option, selection_options
from gicrawl.cli.output import emit
from gicrawl.cli.registered import read_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gicrawl.corpus.selection import Selection
    from gicrawl.crawling.run import CrawlSummary, Target, TargetSummary
    from gicrawl.portals.registry import Portal, Registry

ANSWERED = frozenset({"ok", "not_modified", "redirect", "not_found", "gone"})
"""Outcomes after which nobody needs to look whether the portal is up."""

LIBRARIES = frozenset({"scrapy", "twisted", "asyncio", "filelock", "py"})
"""Loggers that are not ours: told only what somebody should look at."""


@cli.command(
    epilog=example(
        "gicrawl crawl http://www.example.gov.cn/ --contact me@example.org",
        "gicrawl crawl --region 32 --years 2019-2023 --dry-run",
        "gicrawl crawl 127.0.0.1:8001",
    )
)
@click.argument("targets", nargs=-1, metavar="[PORTAL…] [URL…]")
@click.option("--all", "everything", is_flag=True, help="Every portal of the registry.")
@selection_options
@delay_option
@click.option("--max-pages", type=click.IntRange(min=1), help="At most this many pages of each portal.")
@click.option(
    "--full", is_flag=True, help="Find the report columns anew, and fetch again what is known, unconditionally."
)
@click.option("--dry-run", is_flag=True, help="Print hosts, requests and hours; fetch nothing.")
@contact_option
@click.option("--verbose", "-v", is_flag=True, help="Log every step, not only what somebody should look at.")
@archive_option
@portals_option
@lang_option
@click.pass_context
def crawl(
    ctx: click.Context,
    *,
    targets: tuple[str, ...],
    selection: Selection,
    everything: bool,
    delay: float,
    max_pages: int | None,
    full: bool,
    dry_run: bool,
    contact: str | None,
    verbose: bool,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Fetch portals into the archive: registered ones by id, any other by its home page or report column.

    One request at a time to a host, robots.txt obeyed. A page fetched before is asked for conditionally. A portal that
    is down is named on standard error and the others go on (exit status 1). No crawl beyond this machine starts without
    a contact. An entry of the registry that is wrong is named, and the others are used. Region, level and kind choose
    among the registered portals by the bodies that publish there; of the reports linked to, those whose titles name a
    year out of --years are left where they are.
    """
    del lang
    from gicrawl.crawling.run import CrawlOptions
    from gicrawl.crawling.run import crawl as run_crawl

    registry = read_registry(portals_file)
    chosen = choose(targets, registry, selection=selection, everything=everything, full=full)
    if not chosen:
        raise Failure(say("nothing_to_crawl"), USAGE)
    if dry_run:
        forecast(chosen, archive_path, delay=delay, max_pages=max_pages)
        return
    held = log_to_stderr(verbose=verbose)
    summary = run_crawl(
        chosen,
        CrawlOptions(
            archive=archive_path,
            contact=contact,
            delay=delay,
            max_pages=max_pages,
            full=full,
            years=selection.years,
            named_hosts=[urlsplit(target.url).netloc for target in chosen if target.portal is None],
        ),
    )
    if not report(summary, archive_path, held) or registry.problems:
        ctx.exit(FINDINGS)


def log_to_stderr(*, verbose: bool) -> list[str]:
    """One line an event on standard error: what somebody should look at, and with `verbose` our own steps too.

    Returns:
        Lines held back, filled as they come: what they tell of a whole target is told once, at its end.
    """
    held: list[str] = []
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: _shown(record, held, verbose=verbose))
    logging.getLogger().addHandler(handler)
    return held


def _shown(record: logging.LogRecord, held: list[str], *, verbose: bool) -> bool:
    """Whether a line is for the user now: Scrapy sets its loggers' levels itself, so the choice is made here."""
    room = record.name.partition(".")[0]
    if verbose and room not in LIBRARIES:
        return record.levelno >= logging.INFO
    if record.levelno < logging.WARNING:
        return False
    if record.module == "robots" or (room not in {*LIBRARIES, "gicrawl"} and record.levelno >= logging.ERROR):
        held.append(record.getMessage())  # the target as a whole failed: `report` says so, with the cause behind it
        return False
    return True


def report(summary: CrawlSummary, archive_path: Path, held: Sequence[str]) -> bool:
    """Print what was done for each target; say whether all of them were read.

    Args:
        summary: of the crawl.
        archive_path: where the causes are on record.
        held: log lines about whole targets.

    Raises:
        Failure: the archive took no more, or the user ended it.
    """
    well = True
    for target in summary.targets:
        answered = bool(ANSWERED & set(target.captures))
        requests, links, files = target.requests, target.links, target.attachments
        said = f"requests={requests} links={links} attachments={files} seconds={target.seconds:.1f}{_counts(target)}"
        emit(f"{_name(target.target)} {said}")
        for error in target.errors:
            tell("portal_problem", portal=_name(target.target), problem=error)
        if not summary.interrupted:  # what has not been found by then may be there
            _tell_unread(summary, target, archive_path, held)
        well = well and not target.errors and answered and bool(target.list_pages)
    for host, reason in summary.stopped_hosts.items():
        well = False
        tell("portal_problem", portal=host, problem=reason)
    if not summary.interrupted:
        tell("crawl_done", bodies=summary.bodies_new, seconds=f"{summary.seconds:.1f}")
    if summary.archive_error is not None:
        raise Failure(summary.archive_error)
    if summary.interrupted:
        raise Failure(say("interrupted"))
    return well


def _tell_unread(summary: CrawlSummary, target: TargetSummary, archive_path: Path, held: Sequence[str]) -> None:
    """Say why nothing, or no list page, of a target was read, if that is so."""
    name = _name(target.target)
    if not ANSWERED & set(target.captures):
        tell("portal_down", portal=name, cause=_cause(summary, target.target, archive_path))
    elif not target.list_pages:
        for line in held:
            if target.target.url in line:
                tell("portal_problem", portal=name, problem=line)


def _cause(summary: CrawlSummary, target: Target, archive_path: Path) -> str:
    """Why nothing came from a target: the first error the archive has on record."""
    from gicrawl.archive.store import open_archive

    host = urlsplit(target.url).hostname
    with open_archive(archive_path) as archive:
        for capture in archive.captures(run=summary.run, portal=target.portal):
            if capture.error and urlsplit(capture.final_url).hostname == host:
                return capture.error
    return "?"


def _name(target: Target) -> str:
    return target.portal or target.url


def _counts(target: TargetSummary) -> str:
    elsewhere = f" elsewhere={target.elsewhere}" if target.elsewhere else ""
    return elsewhere + "".join(f" {outcome}={count}" for outcome, count in sorted(target.captures.items()))


def forecast(targets: Sequence[Target], archive_path: Path, *, delay: float, max_pages: int | None) -> None:
    """Print hosts, requests and hours as far as earlier visits tell; a portal never visited is marked with a `+`."""
    from gicrawl.archive.records import Role
    from gicrawl.archive.store import open_archive
    from gicrawl.crawling.hosts import endpoint

    known: dict[str, set[str]] = {}
    requests: Counter[str] = Counter()
    delays: dict[str, float] = {}
    if archive_path.exists():
        with open_archive(archive_path) as archive:
            for portal in {target.portal for target in targets}:
                for page in archive.known(portal, tuple(Role)):
                    known.setdefault(endpoint(page.url).host, set()).add(page.url)
    for target in targets:
        host = endpoint(target.url).host
        pages = len(known.get(host, ())) or 2  # robots.txt and the page named, at least
        requests[host] = min(pages, max_pages or pages)
        delays[host] = max(delay, target.delay or 0.0, delays.get(host, 0.0))
    for host, count in sorted(requests.items()):
        emit(f"{host} {count}{'' if host in known else '+'} {count * delays[host] / 3600:.2f} h")
    longest = max(count * delays[host] for host, count in requests.items()) / 3600
    tell("forecast", hosts=len(requests), requests=requests.total(), hours=f"{longest:.2f}")


def choose(
    targets: tuple[str, ...], registry: Registry, *, selection: Selection, everything: bool, full: bool = False
) -> list[Target]:
    """What to crawl: portals by id, by the body that publishes there, or all; and whatever is named by URL.

    Raises:
        RegistryError: a portal is not registered.
        Failure: a word is no URL.
    """
    from gicrawl.crawling.run import Target
    from gicrawl.portals.registry import select

    urls = [word for word in targets if looks_like_url(word)]
    ids = [word for word in targets if not looks_like_url(word)]
    picked = select(registry, ids, selection.region, level=selection.level, kind=selection.kind, every=everything)
    registered = [target for portal in picked for target in _targets(portal, full=full)]
    return [*registered, *(Target(portal=None, url=complete_url(url)) for url in urls)]


def looks_like_url(word: str) -> bool:
    """Whether a word names a page or an origin (`www.example.gov.cn`, `127.0.0.1:8001`) and not a portal's id."""
    return any(mark in word for mark in ("/", ".", ":"))


def complete_url(word: str) -> str:
    """The URL a user means, `http` where no scheme is given.

    Raises:
        Failure: it is no http(s) URL.
    """
    url = word if "://" in word else f"http://{word}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise Failure(say("url_unusable", url=word), USAGE)
    return url if parts.path else f"{url}/"


def _targets(portal: Portal, *, full: bool) -> list[Target]:
    """A portal's known report columns; its home page while none is known, and where they are to be found anew."""
    from gicrawl.crawling.run import Target
    from gicrawl.crawling.terms import terms_of

    terms = terms_of(portal)
    return [
        Target(portal=portal.id, url=url, family=portal.family, address=portal.address, delay=portal.delay, terms=terms)
        for url in (not full and portal.columns) or (portal.home,)
    ]
