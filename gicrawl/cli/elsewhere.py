"""`import wayback` and `import commoncrawl`: what other web archives keep of the portals comes into ours."""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from gicrawl.cli.crawling import complete_url, looks_like_url
from gicrawl.cli.group import (
    FINDINGS,
    USAGE,
    Failure,
    archive_option,
    example,
    lang_option,
    portals_option,
    say,
    tell,
)
from gicrawl.cli.importing import importing
from gicrawl.cli.options import DELAY, selection_options
from gicrawl.cli.output import bar, emit
from gicrawl.cli.registered import read_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gicrawl.archive.folder import Remark
    from gicrawl.corpus.selection import Selection
    from gicrawl.crawling.elsewhere.bring import Brought
    from gicrawl.crawling.elsewhere.client import Client
    from gicrawl.crawling.elsewhere.errands import Errand
    from gicrawl.crawling.elsewhere.index import Source

# The machines asked where the user names no others.
_INDEX = "https://web.archive.org/cdx/search/cdx"
_REPLAY = "https://web.archive.org/web/"
_CRAWLS = "https://index.commoncrawl.org/collinfo.json"
_DATA = "https://data.commoncrawl.org/"


def _errand_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What both commands are told: whose reports, and with which manners."""

    @wraps(command)
    def with_all(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the command takes and returns
        return command(*arguments, **more)

    for option in reversed(
        (
            click.argument("targets", nargs=-1, metavar="[PORTAL…] [URL…]"),
            click.option("--all", "everything", is_flag=True, help="Every portal of the registry."),
            selection_options,
            click.option(
                "--delay",
                type=click.FloatRange(min=0),
                default=DELAY,
                show_default=True,
                help="Seconds between two requests to one host.",
            ),
            click.option(
                "--max-pages",
                type=click.IntRange(min=1),
                help="Fetch at most this many versions of each portal's pages.",
            ),
            click.option(
                "--contact",
                envvar="GICRAWL_CONTACT",
                show_envvar=True,
                help="Mail address or page where the other archive's operator reaches you; sent with every request.",
            ),
            archive_option,
            portals_option,
            lang_option,
        )
    ):
        with_all = option(with_all)
    return with_all


@importing.command(
    epilog=example(
        "gicrawl import wayback --region 3208 --contact me@example.org",
        "gicrawl import wayback http://www.example.gov.cn/zfxxgk/zfxxgknb/ --contact me@example.org",
    )
)
@_errand_options
@click.option("--index", metavar="URL", default=_INDEX, show_default=True, help="The CDX server.")
@click.option("--replay", metavar="URL", default=_REPLAY, show_default=True, help="The replay, before the timestamp.")
@click.pass_context
def wayback(ctx: click.Context, /, *, index: str, replay: str, **asked: Any) -> None:  # noqa: ANN401 - see `_import`
    """Bring what a Wayback Machine keeps of the report columns: lists, reports, their files and pictures.

    Every version once, with the time it was captured and where it came from. Asks one question at a time and obeys
    robots.txt. Killed or cut off, the same command goes on from what the archive has; run again, it adds nothing. What
    could not be had is named on standard error, a line each (exit status 1).
    """
    from gicrawl.crawling.elsewhere.wayback import Wayback

    source = Wayback(index=complete_url(index), replay=complete_url(replay))

    async def ready(_client: Client) -> Source:
        return source

    _import(ctx, ready, source.urls, {"from": "wayback", "index": source.index, "replay": source.replay}, **asked)


@importing.command(
    epilog=example(
        "gicrawl import commoncrawl --region 3208 --contact me@example.org",
        "gicrawl import commoncrawl example-xian --contact me@example.org "
        "--index https://index.commoncrawl.org/CC-MAIN-2024-10-index",
    )
)
@_errand_options
@click.option("--index", "indexes", metavar="URL", multiple=True, help="The index of one crawl; may be repeated.")
@click.option(
    "--crawls", metavar="URL", default=_CRAWLS, show_default=True, help="The list of crawls, where no index is named."
)
@click.option("--data", metavar="URL", default=_DATA, show_default=True, help="Where the WARC files lie.")
@click.pass_context
def commoncrawl(
    ctx: click.Context,
    /,
    *,
    indexes: tuple[str, ...],
    crawls: str,
    data: str,
    **asked: Any,  # noqa: ANN401 - see `_import`
) -> None:
    """Bring what Common Crawl keeps of the report columns: lists, reports, their files and pictures.

    Each record is had by byte range out of its WARC file, with the message as it was received. Every version once, with
    the time it was captured and where it came from. Asks one question at a time and obeys robots.txt. Killed or cut
    off, the same command goes on from what the archive has; run again, it adds nothing. What could not be had is named
    on standard error, a line each (exit status 1).
    """
    from gicrawl.crawling.elsewhere.commoncrawl import CommonCrawl, indexes_of

    named = tuple(map(complete_url, indexes))
    data, crawls = complete_url(data), complete_url(crawls)

    async def ready(client: Client) -> Source:
        return CommonCrawl(indexes=named or await indexes_of(client, crawls), data=data)

    told = {"from": "commoncrawl", "indexes": list(named), "crawls": None if named else crawls, "data": data}
    _import(ctx, ready, (*(named or (crawls,)), data), told, **asked)


def _import(
    ctx: click.Context,
    ready: Callable[[Client], Any],
    machines: tuple[str, ...],
    told: dict[str, Any],
    *,
    targets: tuple[str, ...],
    everything: bool,
    selection: Selection,
    delay: float,
    max_pages: int | None,
    contact: str | None,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Bring what a source has; `ready` makes it, and may ask for what there is. The rest is as the user gave it.

    `machines` are the URLs of those that are asked, and `told` is for the record of the run.
    """
    del lang
    from gicrawl.archive.store import open_archive
    from gicrawl.crawling.elsewhere.bring import Orders, Unfinished, bring
    from gicrawl.crawling.elsewhere.client import Unanswered
    from gicrawl.crawling.elsewhere.index import IndexUnreadable
    from gicrawl.crawling.elsewhere.visit import client_for
    from spiders.mementos import MementoReader

    errands = _errands(targets, portals_file, selection=selection, everything=everything)
    if not errands:
        raise Failure(say("nothing_to_crawl"), USAGE)

    client, user_agent = client_for(archive_path, machines, contact=contact, delay=delay)

    async def run(advance: Callable[[int, int], None]) -> Brought:
        try:
            orders = Orders(
                source=await ready(client),
                errands=errands,
                reader=MementoReader(years=selection.years),
                arguments={**told, "targets": [errand.name for errand in errands], "years": selection.years},
                user_agent=user_agent,
                max_versions=max_pages,
            )
            return await bring(archive, orders, client, tell=_tell, advance=advance)
        finally:
            await client.close()

    with open_archive(archive_path, create=True) as archive, bar("import") as advance:
        try:
            done = asyncio.run(run(advance))
        except (Unfinished, Unanswered, IndexUnreadable) as error:
            raise Failure(say("import_unfinished", cause=error)) from error
    emit(f"new {done.new}")
    emit(f"known {done.known}")
    emit(f"refused {done.refused}")
    tell("import_brought" if done.new else "import_brought_nothing", new=done.new, requests=done.requests)
    if done.refused:
        ctx.exit(FINDINGS)


def _errands(
    targets: tuple[str, ...], portals_file: Path | None, *, selection: Selection, everything: bool
) -> list[Errand]:
    """One for each registered portal that is chosen, and one for each URL."""
    from gicrawl.crawling.elsewhere.errands import errand_for, errand_of
    from gicrawl.portals.registry import select

    urls = [complete_url(word) for word in targets if looks_like_url(word)]
    ids = [word for word in targets if not looks_like_url(word)]
    chosen = select(
        read_registry(portals_file), ids, selection.region, level=selection.level, kind=selection.kind, every=everything
    )
    return [
        *(errand_of(portal, selection.years) for portal in chosen),
        *(errand_for(url, selection.years) for url in urls),
    ]


def _tell(remark: Remark) -> None:
    tell(remark.code, **dict(remark.fields))
