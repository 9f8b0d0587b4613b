"""`portals probe` and `portals add`: a look at a portal, and the entry that is made of it."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from gicrawl.cli.crawling import choose, complete_url, log_to_stderr, looks_like_url
from gicrawl.cli.group import FINDINGS, USAGE, Failure, example, lang_option, portals_option, say, tell
from gicrawl.cli.options import contact_option, delay_option, parse_region
from gicrawl.cli.output import emit, json_line
from gicrawl.cli.portals import portals, said, spiders, to_option, today
from gicrawl.cli.registered import read_registry
from gicrawl.corpus.selection import Selection
from gicrawl.portals.bodies import KINDS, LEVELS

if TYPE_CHECKING:
    from gicrawl.cli.portals_probing import Probed
    from gicrawl.portals.registry import Portal

_PROBED = 40
"""Requests of a probe: the way to the column, and its list pages."""

max_pages_option = click.option(
    "--max-pages", type=click.IntRange(min=1), default=_PROBED, show_default=True, help="At most this many requests."
)


@portals.command(
    epilog=example(
        "gicrawl portals probe http://www.example.gov.cn/ --contact me@example.org",
        "gicrawl portals probe beijing --format json",
    )
)
@click.argument("target", metavar="PORTAL|URL")
@delay_option
@max_pages_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@contact_option
@portals_option
@lang_option
@click.pass_context
def probe(
    ctx: click.Context,
    *,
    target: str,
    delay: float,
    max_pages: int,
    form: str,
    contact: str | None,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Say what family a portal is and why, what would be fetched and what was found.

    Reads the way to the report columns and their lists, one request at a time, obeys robots.txt, and keeps nothing; a
    report whose title names its year is not fetched. Exit status 1 when no report column is found.
    """
    del lang
    found = _probe(target, portals_file, contact=contact, delay=delay, max_pages=max_pages)
    if form == "json":
        emit(json_line({**asdict(found), "family": found.family}))
    else:
        _print(found)
    _summarise(found, delay)
    if not found.reports:
        ctx.exit(FINDINGS)


@portals.command(
    epilog=example(
        "gicrawl portals add http://www.example.gov.cn/ --contact me@example.org",
        "gicrawl portals add http://www.example.gov.cn/ --body 某某县人民政府 --region 990122 --no-probe",
    )
)
@click.argument("url")
@click.option("--id", "name", help="Short and stable; default from the host.")
@click.option("--body", help="Official name of the body that publishes there; default what its pages say.")
@click.option(
    "--region", "region_code", metavar="CODE", callback=parse_region, help="Its code; default what its pages say."
)
@click.option("--level", type=click.Choice(LEVELS), help="Default that of the code.")
@click.option("--kind", type=click.Choice(KINDS), help="Default government, where the body is named so.")
@click.option("--column", "columns", metavar="URL", multiple=True, help="A report column; may be repeated.")
@click.option("--source", help="Where you know it from; default this probe.")
@click.option("--notes", help="For people.")
@click.option("--no-probe", is_flag=True, help="Fetch nothing: write what is given here.")
@to_option
@delay_option
@max_pages_option
@contact_option
@lang_option
def add(
    *,
    url: str,
    name: str | None,
    no_probe: bool,
    own_file: Path,
    delay: float,
    max_pages: int,
    contact: str | None,
    lang: str,
    **given: Any,  # noqa: ANN401 - the keys of an entry, as the user gave them
) -> None:
    """Add a portal to your own registry file, after a look at it.

    What the look finds (columns, family, and where its pages say so the body and its code) is written, what you give
    here is taken instead. A portal without a report column is not added, unless without a look. Use the file with
    --portals, or set GICRAWL_PORTALS.
    """
    del lang
    from gicrawl.portals.writing import append, refuse

    home = complete_url(url)
    chosen = name or _id_of(home)
    refuse(own_file, [chosen] if chosen else [])
    found = None if no_probe else _probe(home, None, contact=contact, delay=delay, max_pages=max_pages)
    if found is not None:
        _summarise(found, delay)
        if not found.reports:
            raise Failure(say("portals_not_added", url=home), FINDINGS)
    portal = _entry(home, name, found, given)
    _refuse_wrong(portal)
    append(own_file, [portal])
    emit(portal.id)
    tell("portals_added", portal=portal.id, file=own_file)


def _probe(target: str, portals_file: Path | None, *, contact: str | None, delay: float, max_pages: int) -> Probed:
    from gicrawl.cli.portals_probing import at_home
    from gicrawl.cli.portals_probing import probe as look
    from gicrawl.portals.registry import Registry

    registry = Registry(Path(), ()) if looks_like_url(target) else read_registry(portals_file)
    (chosen,) = choose((target,), registry, selection=Selection(), everything=False, full=True)
    log_to_stderr(verbose=False)
    return look(at_home(chosen), contact=contact, delay=delay, max_pages=max_pages, year=today().year)


def _print(found: Probed) -> None:
    emit(f"site {found.url} {found.site_code or '-'} {found.site_name or '-'}")
    for url, outcome in found.robots.items():
        emit(f"robots {url} {outcome}")
    for step in found.way:
        emit(f"way {step.url} {step.text}".rstrip())
    for column in found.columns:
        read = "whole" if column.whole else "in-part"
        emit(
            f"column {column.url} {column.family or '-'} pages={column.pages} reports={column.reports} {read} "
            f"{column.text}".rstrip()
        )
        if column.evidence:
            emit(f"because {column.url} {column.evidence}")
    for report in found.reports:
        emit(f"{'report' if report.sure else 'perhaps'} {report.year or '-'} {report.url} {report.title}")
    for trouble in found.troubles:
        emit(f"trouble {trouble.url} {trouble.what}")


def _summarise(found: Probed, delay: float) -> None:
    if not found.reports:
        tell("portals_probe_nothing", url=found.url, requests=found.requests)
        return
    needed = found.requests + len(found.reports)
    tell(
        "portals_probe_found",
        url=found.url,
        family=found.family or "auto",
        reports=sum(report.sure for report in found.reports),
        columns=len(found.columns),
        requests=found.requests,
        needed=needed,
        minutes=f"{needed * delay / 60:.1f}",
    )
    if found.cut_short:
        tell("portals_probe_cut", url=found.url, requests=found.requests)


def _entry(home: str, name: str | None, found: Probed | None, given: dict[str, Any]) -> Portal:
    """The entry: what was given, then what was found.

    Raises:
        Failure: the body, its level or an id is known from neither.
    """
    from gicrawl.portals.registry import Portal
    from gicrawl.regions.table import level_of_code

    site = found.site_name if found is not None else None
    body = given["body"] or (site if site is not None and site.endswith("人民政府") else None)
    code = given["region_code"] or (found.region_code if found is not None else None)
    level = given["level"] or (level_of_code(code) if code and re.fullmatch(r"\d{6}", code) else None)
    name = name or _id_of(home)
    for option, value in (("--body", body), ("--level", level), ("--id", name)):
        if not value:
            raise Failure(say("portals_say_more", url=home, option=option), USAGE)
    portal = Portal(
        id=str(name),
        body=str(body),
        level=str(level),
        home=home,
        kind=given["kind"] or ("government" if str(body).endswith("人民政府") else None),
        region_code=code,
        columns=given["columns"],
        source=given["source"],
        notes=given["notes"],
    )
    local = _is_local(home)
    if local:  # an imitation portal: the guard lets nobody in who is not named by host and port
        portal = replace(portal, address=urlsplit(home).netloc if ":" in urlsplit(home).netloc else None)
    if found is None:
        return portal
    day = today().date().isoformat()
    years = sorted(report.year for report in found.reports if report.year is not None and report.sure)
    seen = f"{day}: {sum(report.sure for report in found.reports)} reports listed" + (
        f", {years[0]}-{years[-1]}" if years else ""
    )
    return replace(
        portal,
        columns=given["columns"] or tuple(column.url for column in found.columns if column.reports),
        family=found.family or "auto",
        years=(years[0], years[-1]) if years else None,
        status="unverified" if local else "verified",
        source=given["source"] or f"gicrawl portals add, {day}",
        notes=". ".join(part for part in (given["notes"], seen) if part),
    )


def _id_of(home: str) -> str | None:
    """The host without what all hosts have: `www.yunping.gov.cn` is `yunping`; None for an address."""
    host = urlsplit(home).hostname or ""
    short = host.removeprefix("www.").removesuffix(".cn").removesuffix(".gov").replace(".", "-")
    return short if re.fullmatch(r"[a-z][a-z0-9-]{0,63}", short) and short != "localhost" else None


def _is_local(home: str) -> bool:
    from gicrawl.crawling.hosts import endpoint, is_loopback

    return is_loopback(endpoint(home).host)


def _refuse_wrong(portal: Portal) -> None:
    """Refuse an entry that the check would call an error.

    Raises:
        Failure: with the first of them.
    """
    from gicrawl.portals.lint import lint

    for finding in lint([portal], spiders(), year=today().year):
        problem = f"{portal.id}: {said(finding)}"
        if finding.severity == "error":
            raise Failure(problem, USAGE)
        tell("portals_broken", problem=problem)
