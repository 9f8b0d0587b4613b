"""`demo`: see the main job done on the bundled sample portals."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, Failure, cli, example, lang_option, tell
from gicrawl.cli.output import emit
from gicrawl.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gicrawl.demo import Comparison, Demo


@cli.command(
    epilog=example("gicrawl demo", "gicrawl demo --documents ../my-reports", "gicrawl demo --all-families --faults")
)
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Serve the files of this folder as the articles instead of the bundled reports.",
)
@click.option("--seed", type=int, help="Draw other sample portals; the bundled ones have a fixed seed.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the archive; default: a new one under archive/.",
)
@click.option(
    "--all-families", is_flag=True, help="Crawl a portal of every family of site software instead of the two bundled."
)
@click.option(
    "--faults",
    is_flag=True,
    help="Switch on every fault the samples know, and say what became of each beside what had to.",
)
@lang_option
@click.pass_context
def demo(
    ctx: click.Context,
    *,
    documents: Path | None,
    seed: int | None,
    keep: Path | None,
    all_families: bool,
    faults: bool,
    lang: str,
) -> None:
    """Serve sample portals on this machine, crawl them into a fresh archive, parse, check and compare.

    Nothing leaves the machine. Exit status 0 only when what was found is exactly what is there (with --documents: when
    every file was crawled, archived and parsed).
    """
    from gicrawl.demo import ArchiveInTheWay, run_demo

    if (all_families or faults) and documents is not None:
        raise click.UsageError(text("demo_families_or_documents", lang))
    try:
        done = run_demo(
            documents=documents,
            seed=seed,
            keep=keep,
            all_families=all_families,
            faults=faults,
            begin=lambda step: tell(f"demo_{step}"),
        )
    except ArchiveInTheWay as error:
        raise Failure(str(error)) from error
    for line in lines(done, lang):
        emit(line)
    for problem in done.errors:
        tell("demo_problem", problem=problem)
    if not done.as_expected:
        ctx.exit(FINDINGS)


def lines(done: Demo, lang: str) -> Iterator[str]:
    """What a user came for."""
    found = done.comparison
    yield from _files(found, lang) if found.files else _portals(found, lang)
    for family in done.families:
        cost = "-" if family.cost is None else f"{family.cost:.2f}"
        yield text(
            "demo_family",
            lang,
            family=family.family,
            found=family.reports_found,
            there=family.reports_there,
            wrongly=family.parsed_wrongly,
            files=family.files_found,
            files_there=family.files_there,
            requests=family.requests,
            cost=cost,
        )
    for fault in done.faults:
        yield text(
            "demo_fault" if fault.as_expected else "demo_fault_otherwise",
            lang,
            fault=fault.name,
            place=f"{fault.portal}{fault.path or ''}",
            expected=" / ".join(fault.expected),
            came=fault.came,
            requests="" if fault.requests is None else f" ({fault.requests} ≤ {fault.most_requests})",
        )
    yield text(
        "demo_work",
        lang,
        requests=done.requests,
        crawl=f"{done.crawl_seconds:.1f}",
        bodies=done.bodies,
        parse=f"{done.parse_seconds:.1f}",
        seconds=f"{done.seconds:.1f}",
    )
    yield text("demo_archive", lang, archive=done.archive)
    yield text("demo_as_expected" if done.as_expected else "demo_not_as_expected", lang)
    yield ""
    yield text("demo_next", lang)
    archive = quote(str(done.archive))
    yield f"  gicrawl status --archive {archive}"
    yield f"  gicrawl check --archive {archive}"
    yield f"  gicrawl export --archive {archive} --format csv --to {quote(str(done.archive.parent / 'tables'))}"


def _portals(found: Comparison, lang: str) -> Iterator[str]:
    for portal in found.portals:
        yield text(
            "demo_portal",
            lang,
            portal=portal.portal,
            found=portal.reports_found,
            there=portal.reports_there,
            wrongly=portal.parsed_wrongly,
            misses=portal.near_misses,
            accounted=portal.accounted,
            unavailable=portal.unavailable,
            forbidden=portal.forbidden,
        )
    attached = found.attached
    yield text(
        "demo_attached",
        lang,
        archived=attached.archived,
        there=attached.there,
        told=attached.missing_told,
        missing=attached.missing,
        tied=attached.tied,
        renditions=attached.renditions,
        foreign=attached.foreign,
    )
    yield text(
        "demo_unreadable",
        lang,
        told=attached.unreadable_told,
        unreadable=attached.unreadable,
        ocr=attached.needs_ocr_told,
        pictures=attached.needs_ocr,
        wrongly=attached.needs_ocr_wrongly,
    )
    yield text("demo_cells", lang, labels=found.labels, **found.cells)
    yield text(
        "demo_checks",
        lang,
        passed=found.checks["pass"],
        failed=found.checks["fail"],
        open=found.checks["not_assessable"],
        unexpected=found.unexpected,
    )
    unsettled: dict[tuple[str, str], int] = {}
    for finding in found.findings:
        report = f"{finding.issuer} {finding.year}"
        if finding.status == "fail":
            yield f"  {text('demo_fails', lang, report=report, check=finding.id, place=finding.place)}"
            yield f"    {finding.source}"
        else:
            unsettled[report, finding.source] = unsettled.get((report, finding.source), 0) + 1
    for (report, source), count in unsettled.items():
        yield f"  {text('demo_unsettled', lang, report=report, count=count)}"
        yield f"    {source}"


def _files(found: Comparison, lang: str) -> Iterator[str]:
    for file in found.files:
        yield text(
            "demo_file",
            lang,
            file=file.file,
            status=file.status or text("demo_not_parsed", lang),
            archived=text("demo_archived" if file.archived else "demo_not_archived", lang),
            issuer=file.issuer or text("issuer_unknown", lang),
            year=file.year or text("year_unknown", lang),
            read=file.read,
            passed=file.checks.get("pass", 0),
            failed=file.checks.get("fail", 0),
            open=file.checks.get("not_assessable", 0),
        )
