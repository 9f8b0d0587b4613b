"""`parse`: documents in, what they say out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import (
    FINDINGS,
    cli,
    example,
    lang_option,
    tell,
    uninterrupted,
    until_interrupted,
)
from gicrawl.cli.options import bounds_options
from gicrawl.cli.output import emit, json_line, progress

if TYPE_CHECKING:
    from gicrawl.bounds.limits import Bounds
    from gicrawl.cli.loose import Parsed


@dataclass(frozen=True, slots=True)
class Line:
    """What is printed of one file.

    Attributes:
        source: the name as given.
        line: its JSON object; None where it could not be read.
        cause: why not, or what stopped the parser.
    """

    source: str
    line: str | None
    cause: str | None = None


@cli.command(epilog=example("gicrawl parse report.html", "curl -s https://…/report.html | gicrawl parse -"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(readable=False))
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes; default: one for few files, else one a processor."
)
@bounds_options
@lang_option
@click.pass_context
def parse(ctx: click.Context, files: tuple[str, ...], workers: int | None, bounds: Bounds, lang: str) -> None:
    """Parse loose files: one JSON object a line on standard output.

    No archive is opened and nothing leaves the machine. `-` reads standard input. A file that cannot be read is named
    on standard error and the others are parsed all the same (exit status 1). One that takes too much time or memory is
    stopped, and its object says so.
    """
    with uninterrupted():
        from gicrawl.cli.loose import parse_files

    unread = False
    results = parse_files(files, workers=workers, bounds=bounds, finish=partial(as_line, lang=lang))
    with progress(results, length=len(files), label="parse") as lines:
        for made in until_interrupted(lines):
            if made.line is None:
                unread = True
                tell("file_unreadable", file=made.source, cause=made.cause)
                continue
            if made.cause is not None:
                tell("parser_stopped", file=made.source, cause=made.cause)
            emit(made.line)
    if unread:
        ctx.exit(FINDINGS)


def as_line(parsed: Parsed, lang: str) -> Line:
    """A file's object as JSON; made where it was parsed, for a line travels faster than a report."""
    from gicrawl.parser.output import to_json

    if parsed.report is None:
        return Line(parsed.source, None, parsed.cause)
    record = to_json(parsed.report, source=parsed.source, lang=lang)
    if parsed.stopped is None:
        return Line(parsed.source, json_line(record))
    said = parsed.why(lang)
    record["problems"].append({"code": parsed.stopped.code, "message": said})
    return Line(parsed.source, json_line(record), said)
