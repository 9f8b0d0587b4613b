"""`portals`: the registry, and what a person needs who adds to it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, cli, example, lang_option, portals_option, say, tell
from gicrawl.cli.options import selection_options
from gicrawl.cli.output import emit, json_line
from gicrawl.cli.registered import end, read_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gicrawl.corpus.selection import Selection
    from gicrawl.portals.lint import Finding
    from gicrawl.portals.registry import Portal

_SHANGHAI = timedelta(hours=8)
"""Dates of portals are Asia/Shanghai, which has had no summer time since 1991."""

to_option = click.option(
    "--to",
    "own_file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GICRAWL_PORTALS",
    show_envvar=True,
    default=Path("portals.toml"),
    show_default=True,
    help="Your own registry file; made, with the bundled portals behind it, if it is not there.",
)


@cli.group(epilog=example("gicrawl portals list --region 44", "gicrawl portals probe http://www.example.gov.cn/"))
@lang_option
def portals(lang: str) -> None:
    """Look at the registry of portals, check it, and add to it."""
    del lang  # kept in the context by its callback


@portals.command(
    "list", epilog=example("gicrawl portals list", "gicrawl portals list --level prefecture --kind office")
)
@selection_options
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@portals_option
@lang_option
def list_(*, selection: Selection, form: str, portals_file: Path | None, lang: str) -> None:
    """List the registered portals: id, level, region, status, home page, body.

    Without options all of them, those too that are gone.
    """
    del lang
    from gicrawl.portals.registry import select

    registry = read_registry(portals_file)
    chosen: Sequence[Portal] = registry.portals
    if selection.names_bodies:
        chosen = select(registry, region=selection.region, level=selection.level, kind=selection.kind)
    for portal in chosen:
        if form == "jsonl":
            emit(json_line(asdict(portal)))
        else:
            emit(f"{portal.id} {portal.level} {portal.region_code or '-'} {portal.status} {portal.home} {portal.body}")
    tell("portals_listed", count=len(chosen), registry=registry.path)
    end(registry)


@portals.command(epilog=example("gicrawl portals show beijing", "gicrawl portals show beijing sz >> portals.toml"))
@click.argument("ids", nargs=-1, required=True, metavar="PORTAL…")
@click.option("--format", "form", type=click.Choice(["toml", "jsonl"]), default="toml", show_default=True)
@portals_option
@lang_option
def show(*, ids: tuple[str, ...], form: str, portals_file: Path | None, lang: str) -> None:
    """Print entries with everything they say, as they would stand in a file of your own."""
    del lang
    from gicrawl.portals.registry import select
    from gicrawl.portals.writing import to_toml

    registry = read_registry(portals_file)
    for portal in select(registry, ids):
        emit(json_line(asdict(portal)) if form == "jsonl" else to_toml(portal))
    end(registry)


@portals.command(epilog=example("gicrawl portals check", "gicrawl portals check --portals portals.toml --format jsonl"))
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@portals_option
@lang_option
@click.pass_context
def check(ctx: click.Context, *, form: str, portals_file: Path | None, lang: str) -> None:
    """Hold every entry of the registry against its rules, and make its spider. Nothing is fetched.

    URLs, duplicates, region codes and whether level and name of the body fit them, columns on another site than the
    portal's, families there are none of. A line that cannot be read is named with its number, and the rest is checked.
    Exit status 1 when something is an error; warnings are for a person to look at.
    """
    del lang
    from gicrawl.portals.lint import instantiate, lint
    from gicrawl.portals.registry import load

    registry = load(portals_file)
    named = spiders()
    findings = [*lint(registry.portals, named, year=today().year), *instantiate(named, registry.portals)]
    for problem in registry.problems:
        record = {"portal": problem.portal, "severity": "error", "code": "broken", "text": str(problem)}
        emit(json_line(record) if form == "jsonl" else f"error {problem}")
    for finding in findings:
        text = said(finding)
        record = {"portal": finding.portal, "severity": finding.severity, "code": finding.code, "text": text}
        emit(json_line(record) if form == "jsonl" else f"{finding.severity} {finding.portal}: {text}")
    errors = len(registry.problems) + sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    tell("portals_checked", count=len(registry), registry=registry.path, errors=errors, warnings=warnings)
    if errors:
        ctx.exit(FINDINGS)


@portals.command("import", epilog=example("gicrawl portals import prefectures.csv --to portals.toml"))
@click.argument("table", metavar="CSV", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@to_option
@lang_option
@click.pass_context
def import_(ctx: click.Context, *, table: Path, own_file: Path, lang: str) -> None:
    """Add the portals of a table (CSV, or another registry) to your own registry file.

    Columns are the keys of an entry: id, body, level, home, region_code, … Lines that are wrong are named on standard
    error, portals that are there already are left as they are, and the rest is added. Exit status 1 where a line was
    wrong.
    """
    del lang
    from gicrawl.portals.writing import append, own

    registry = read_registry(table)
    known = {portal.id for portal in own(own_file)} if own_file.exists() else set()
    new = [portal for portal in registry if portal.id not in known]
    if new:
        append(own_file, new)
    for portal in new:
        emit(portal.id)
    tell("portals_imported", new=len(new), known=len(registry) - len(new), file=own_file)
    if registry.problems:
        ctx.exit(FINDINGS)


def today() -> datetime:
    """Where the portals are."""
    return datetime.now(UTC) + _SHANGHAI


def spiders() -> dict[str, Callable[..., object]]:
    """The spiders there are, by name."""
    from scrapy.settings import Settings
    from scrapy.spiderloader import SpiderLoader

    from gicrawl.crawling.run import SETTINGS_MODULE

    settings = Settings()
    settings.setmodule(SETTINGS_MODULE)
    loader = SpiderLoader.from_settings(settings)
    return {name: loader.load(name) for name in loader.list()}


def said(finding: Finding) -> str:
    """What the check found, in the user's language."""
    return say(f"portals_check_{finding.code}", **finding.fields)
