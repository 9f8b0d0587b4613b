"""`parse`: documents in, what they say out."""

from __future__ import annotations

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
from gicrawl.cli.output import emit, json_line, progress
from gicrawl.messages import text


@cli.command(epilog=example("gicrawl parse report.html", "curl -s https://…/report.html | gicrawl parse -"))
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(readable=False))
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes; default: one for few files, else one a processor."
)
@lang_option
@click.pass_context
def parse(ctx: click.Context, files: tuple[str, ...], workers: int | None, lang: str) -> None:
    """Parse loose files: one JSON object a line on standard output.

    No archive is opened and nothing leaves the machine. `-` reads standard input. A file that cannot be read is named
    on standard error and the others are parsed all the same (exit status 1).
    """
    with uninterrupted():
        from gicrawl.cli.loose import parse_files
        from gicrawl.parser.output import to_json

    unread = False
    with progress(parse_files(files, workers=workers), length=len(files), label="parse") as results:
        for result in until_interrupted(results):
            if result.report is None:
                unread = True
                tell("file_unreadable", file=result.source, cause=result.cause)
            else:
                record = to_json(result.report, source=result.source, lang=lang)
                if result.stopped is not None:
                    said = text(result.stopped.code, lang, **dict(result.stopped.fields))
                    record["problems"].append({"code": result.stopped.code, "message": said})
                    tell("parser_stopped", file=result.source, cause=said)
                emit(json_line(record))
    if unread:
        ctx.exit(FINDINGS)
