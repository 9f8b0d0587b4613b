"""`gicrawl backup`: a copy of the archive, made while others write it."""

from __future__ import annotations

from pathlib import Path

import click

from gicrawl.cli.group import archive_option, cli, example, lang_option, tell
from gicrawl.cli.output import emit


@cli.command(epilog=example("gicrawl backup --to /mnt/backup/gicrawl.db", "gicrawl backup --to copy.db --replace"))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file.")
@click.option("--replace", is_flag=True, help="Overwrite an older backup there, once the new one is verified.")
@archive_option
@lang_option
def backup(*, to: Path, replace: bool, archive_path: Path, lang: str) -> None:
    """Copy the archive, also while a crawl writes it, and verify the copy.

    The copy is one moment of the archive, and is an archive itself. It gets its name when every body in it was held
    against its SHA-256.
    """
    del lang
    from gicrawl.archive.care import backup as run_backup
    from gicrawl.archive.store import open_archive

    with open_archive(archive_path) as archive:
        done = run_backup(archive, to, replace=replace, progress=lambda: tell("backup_verifying", to=to))
    emit(f"{done.path} {done.size}")
    tell("backup_done", archive=archive_path, to=to)
