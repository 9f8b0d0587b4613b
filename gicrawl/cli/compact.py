"""`gicrawl compact`: the archive in fewer bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import FINDINGS, archive_option, cli, example, lang_option, tell
from gicrawl.cli.output import bar, emit

if TYPE_CHECKING:
    from pathlib import Path


@cli.command(epilog=example("gicrawl compact", "gicrawl compact --level 19"))
@click.option("--level", type=click.IntRange(1, 22), default=12, show_default=True, help="zstd's; higher is slower.")
@click.option(
    "--shrink/--no-shrink", default=True, help="Give free space back to the disk; needs room for two copies meanwhile."
)
@archive_option
@lang_option
@click.pass_context
def compact(ctx: click.Context, *, level: int, shrink: bool, archive_path: Path, lang: str) -> None:
    """Compress what is stored better; every byte stays.

    A body's old form goes only after the new one was unpacked and its SHA-256 compared. May be killed at any moment,
    and goes on where it was. Also tells what pages say from what stands around it, for `gicrawl history`.
    """
    del lang
    from gicrawl.archive.compact import compact as run_compact
    from gicrawl.archive.compact import room
    from gicrawl.archive.store import open_archive

    with open_archive(archive_path) as archive:
        if shrink:
            for place in room(archive):
                tell("compact_room", folder=place.folder, needed=f"{place.needed:,}", free=f"{place.free:,}")
        with bar("compact") as advance:
            done = run_compact(archive, level=level, shrink=shrink, progress=advance)
    emit(f"before {done.before}")
    emit(f"after {done.after}")
    emit(f"bodies {done.looked_at}")
    emit(f"repacked {done.repacked}")
    for body in done.damaged:
        emit(f"damaged {body}")
    if done.damaged:
        tell("compact_damaged", archive=archive_path, count=len(done.damaged))
        ctx.exit(FINDINGS)
    tell("compact_done", archive=archive_path, before=f"{done.before:,}", after=f"{done.after:,}")
