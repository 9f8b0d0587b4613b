"""`explain`: the whole chain behind a report or its absence, where it stops, and what to do."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

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
from gicrawl.cli.output import emit, json_line
from gicrawl.cli.registered import read_registry

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.corpus.explain_records import Explanation
    from gicrawl.parser.report import Key

_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTS = 3
_ADDRESS = re.compile(r"https?://|[^/]*\.[A-Za-z0-9]+|.*/", re.IGNORECASE)
"""What may be an address or the name of a file: it has a scheme, a dot before Latin letters or digits, or a slash."""


@cli.command(
    epilog=example(
        "gicrawl explain http://www.example.gov.cn/zfxxgk/gknb/t20240113_443713.shtml",
        "gicrawl explain 米易县 2021",
        "gicrawl explain 510421 2021 --cell applications/new_received/total",
        "gicrawl explain 510421 2021 --cell applications/new_received/total --format prov",
        "gicrawl explain huaian-2024.pdf --format json",
    )
)
@click.argument("asked", metavar="URL|ISSUER")
@click.argument("year", metavar="[YEAR]", required=False)
@click.option("--cell", metavar="TABLE/ROW/COLUMN", help="Show one cell, and where in the source it was read.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "prov"]),
    default="text",
    show_default=True,
    help="prov: where the cell of --cell comes from, as PROV-JSON.",
)
@archive_option
@portals_option
@lang_option
@click.pass_context
def explain(
    ctx: click.Context,
    *,
    asked: str,
    year: str | None,
    cell: str | None,
    form: str,
    archive_path: Path,
    portals_file: Path | None,
    lang: str,
) -> None:
    """Tell the whole chain behind a report: expected, portal, column, link, captures, parses, checks, panel.

    By address (as asked for, as redirected, or of an attached file), by the name of an imported file, or by a body and
    a year: its name in either script, with or without 人民政府, the region code of a government, or an issuer_id. It
    ends with where the chain stops and what to do. Exit status 1 when nothing is known of what was asked, or several
    bodies fit.
    """
    from gicrawl.archive.store import open_archive
    from gicrawl.cli.explain_text import lines
    from gicrawl.corpus.explain import explain_address, explain_issuer
    from gicrawl.corpus.explain_ends import explained
    from gicrawl.corpus.explain_prov import provenance
    from gicrawl.portals.registry import BUNDLED

    key = None if cell is None else _key(cell)
    if form == "prov" and key is None:
        raise click.UsageError(say("explain_prov_cell"))
    if year is not None and not _YEAR.fullmatch(year):
        raise click.BadParameter("four digits: 2023", param_hint="YEAR")
    registry = read_registry(portals_file)
    with open_archive(archive_path) as archive:
        if year is not None:
            told = explain_issuer(archive, asked, int(year), registry, cell=key)
        else:
            told = explain_address(archive, asked, registry, cell=key)
        proven = provenance(archive, told.cells) if form == "prov" else None
    if year is None and told.known_as == "nothing" and not _ADDRESS.match(asked):
        raise Failure(say("explain_year_needed", asked=asked), USAGE)
    if proven is not None:
        emit(json_line(proven))
    elif form == "json":
        emit(json_line(_record(told, lang, bundled=str(BUNDLED))))
    else:
        for line in lines(told, lang, bundled=str(BUNDLED)):
            emit(line)
    if key is not None and not told.cells:
        tell("explain_cell_no_report")
    if not explained(told.end) or (key is not None and not any(one.cell for one in told.cells)):
        ctx.exit(FINDINGS)


def _record(told: Explanation, lang: str, *, bundled: str) -> dict[str, object]:
    """The chain as one JSON object, its end also in words."""
    from gicrawl.cli.explain_text import ending

    stop, todo = (line.partition(" ")[2].strip() for line in ending(told, lang, bundled=bundled))
    record = asdict(told)
    record["end"] |= {"message": stop, "todo": todo}
    return record


def _key(cell: str) -> Key:
    """`applications/new_received/total` as the name of a cell.

    Raises:
        Failure: no form has a cell of this name.
    """
    from gicrawl.corpus.explain_cell import known_keys, near_keys

    parts = tuple(part.strip() for part in cell.split("/"))
    if len(parts) == _PARTS:
        key = (parts[0], parts[1], parts[2])
        if key in known_keys():
            return key
        near = near_keys(key)
        hint = say("explain_cell_near", keys=", ".join(near)) if near else say("explain_cell_write")
        raise Failure(say("explain_cell_unknown", key=cell, hint=hint), USAGE)
    raise Failure(say("explain_cell_unknown", key=cell, hint=say("explain_cell_write")), USAGE)
