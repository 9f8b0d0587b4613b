"""`gicrawl withhold`: what is shown to nobody, and what is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gicrawl.cli.group import USAGE, Failure, archive_option, cli, example, lang_option, say, tell
from gicrawl.cli.output import emit

if TYPE_CHECKING:
    from pathlib import Path


@cli.command(
    epilog=example(
        'gicrawl withhold http://www.example.gov.cn/nb/t1.html --who "Zhang" --why "names a private person"',
        'gicrawl withhold http://www.example.gov.cn/nb/t1.html --undo --who "Zhang" --why "was corrected"',
        "gicrawl withhold --list",
    )
)
@click.argument("subjects", metavar="[URL|REPORT|SHA256]...", nargs=-1)
@click.option("--who", help="Who decides; kept on record.")
@click.option("--why", help="For what reason; kept on record.")
@click.option("--undo", is_flag=True, help="Show it again.")
@click.option("--erase", is_flag=True, help="Take its bytes out of the archive for good; only a tombstone stays.")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.option("--list", "listing", is_flag=True, help="List what is withheld or erased.")
@archive_option
@lang_option
def withhold(
    *,
    subjects: tuple[str, ...],
    who: str | None,
    why: str | None,
    undo: bool,
    erase: bool,
    yes: bool,
    listing: bool,
    archive_path: Path,
    lang: str,
) -> None:
    """Hide a body or a report from every export and page; its bytes stay, and still verify.

    A URL of a report means the report in all its versions, any other URL the bodies that came from there. Erasing needs
    the archive to itself, asks first, and also takes out what was read of the bytes. Copies elsewhere are not touched.
    """
    del lang
    from gicrawl.archive.store import open_archive
    from gicrawl.archive.tombstones import hidden

    _refuse_nonsense(subjects, who, why, undo=undo, erase=erase, listing=listing)
    if listing:
        with open_archive(archive_path) as archive:
            for one in hidden(archive):
                how = "erased" if one.erased else "withheld"
                when = one.time.strftime("%Y-%m-%dT%H:%M:%SZ")
                emit(f"{how} {one.subject} {when} {one.who}: {' '.join(one.why.split())}")
        return
    assert who is not None  # just looked at
    assert why is not None
    with open_archive(archive_path) as archive:
        from gicrawl.archive.tombstones import release
        from gicrawl.archive.tombstones import withhold as hide
        from gicrawl.corpus.withholding import bodies_of, meant
        from gicrawl.corpus.withholding import erase as erase_bytes

        found = sorted({one for asked in subjects for one in meant(archive, asked)})
        if undo:
            count = release(archive, found, who=who, why=why)
        else:
            bodies = bodies_of(archive, found)
            if erase and not yes:
                _confirm(len(bodies))
            count = hide(archive, found, who=who, why=why)
        for subject in found:
            emit(str(subject))
        tell("withhold_released" if undo else "withhold_done", count=count, archive=archive_path)
        if erase:
            done = erase_bytes(archive, bodies, who=who, why=why)
            tell("withhold_erased", count=done.bodies, size=f"{done.size:,}", archive=archive_path)


def _refuse_nonsense(
    subjects: tuple[str, ...], who: str | None, why: str | None, *, undo: bool, erase: bool, listing: bool
) -> None:
    if listing:
        wrong = "withhold_list_alone" if subjects or undo or erase else None
    elif not subjects:
        wrong = "withhold_what"
    elif undo and erase:
        wrong = "withhold_undo_or_erase"
    else:
        wrong = "withhold_who_why" if not (who or "").strip() or not (why or "").strip() else None
    if wrong is not None:
        raise click.UsageError(say(wrong))


def _confirm(count: int) -> None:
    """Ask whether bytes may go.

    Raises:
        Failure: they may not, or nobody is there to say so.
    """
    try:
        sure = click.confirm(say("withhold_confirm", count=count), err=True)
    except click.Abort:
        sure = False
    if not sure:
        raise Failure(say("withhold_not_erased"), USAGE)
