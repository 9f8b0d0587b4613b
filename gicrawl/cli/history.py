"""`history`: every version of a report that was seen, what changed, and whether it moved or was withdrawn."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, archive_option, cli, example, lang_option, portals_option, tell
from gicrawl.cli.output import emit, json_line
from gicrawl.cli.registered import read_registry

if TYPE_CHECKING:
    from pathlib import Path

_YEAR = re.compile(r"(?:19|20)\d\d")


@cli.command(
    epilog=example(
        "gicrawl history http://www.example.gov.cn/zfxxgk/gknb/t20240113_443713.shtml",
        "gicrawl history 米易县 2021",
        "gicrawl history 510421-government 2021 --format json",
    )
)
@click.argument("asked", metavar="URL|ISSUER")
@click.argument("year", metavar="[YEAR]", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@archive_option
@portals_option
@lang_option
@click.pass_context
def history(
    ctx: click.Context,
    *,
    asked: str,
    year: str | None,
    form: str,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Tell every version of a report that was seen, what changed between them, and whether it moved or was withdrawn.

    By address (as asked for, as redirected, or of an attached file), by the name of an imported file, or by a body and
    a year: its name in either script, the region code of a government, or an issuer_id. A report is withdrawn when it
    was not there (404, 410, or taken off its list) on three visits over seven days with its portal otherwise healthy.
    Every line names the capture behind it. Exit status 1 when nothing is known of what was asked, or several fit.
    """
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.history_text import lines
    from gicrawl.corpus.history import history_of_address, history_of_issuer

    if year is not None and not _YEAR.fullmatch(year):
        raise click.BadParameter("four digits: 2023", param_hint="YEAR")
    registry = read_registry(portals_file)
    with open_archive(archive_path) as archive:
        if year is not None:
            told = history_of_issuer(archive, asked, int(year), registry)
        else:
            told = history_of_address(archive, asked, registry)
    if form == "json":
        emit(json_line(asdict(told)))
    else:
        for line in lines(told, lang):
            emit(line)
    if told.candidates:
        tell("history_several", asked=asked)
    elif told.known_as == "withheld":
        tell("history_withheld", asked=asked)
    elif not told.addresses:
        tell("history_nothing" if year is not None else "history_nothing_there", asked=asked, year=year or "")
    if not told.addresses:
        ctx.exit(FINDINGS)
