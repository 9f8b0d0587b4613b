"""What the proofs of the archive disturb: every kind of work that writes into it, small enough to be done often.

A job is prepared once and then done again and again on copies. It acknowledges what it has committed, in lines that a
process beside it may log: after that, nothing may ever take it back.
"""

from __future__ import annotations

import gzip
import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from gicrawl.archive.care import backup
from gicrawl.archive.compact import compact
from gicrawl.archive.importing import import_files, plan_files
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.archive.warc.importing import import_warc
from gicrawl.corpus.merge import merge
from gicrawl.corpus.store import prepare as prepare_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.folder import Remark
    from gicrawl.archive.store import Archive

    Acknowledge = Callable[[str], None]

START = datetime(2026, 2, 1, 3, 4, 5, tzinfo=UTC)
ARCHIVE = "gicrawl.db"
RELEASED = Path(__file__).resolve().parents[1] / "archive" / "released"
START_FOLDER = "start"
BATCH = 20
"""Captures a crawl commits together."""


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work on the archive.

    Attributes:
        name: for people.
        prepare: makes what it needs in a folder: in `start` the archives as they are before, beside it what comes in.
        work: does it; `place` is a copy of `start`, `given` the prepared folder, `seed` chooses what is written where
            that is open, and what is committed is acknowledged as lines `captures UUID:SHA256 …` or `backup NAME`.
        repeatable: whether doing it again after it was stopped must lead to the same content as doing it once.
    """

    name: str
    prepare: Callable[[Path], None]
    work: Callable[[Path, Path, str, Acknowledge], None]
    repeatable: bool = True


def page(chosen: random.Random, site: int, length: int = 60) -> bytes:
    """A page of a site: its frame is always the same, so that pages are packed against earlier ones."""
    frame = random.Random(site)
    names = [f"c{frame.randrange(1 << 30):x}" for _ in range(40)]
    head = "".join(f'<link class="{name}" href="/{name}.css"><div id="{name}">{name * 3}</div>' for name in names)
    text = "".join(
        f"<p>{chosen.randrange(1 << 64):x}某局主动公开政府信息{chosen.randrange(5000)}条</p>" for _ in range(length)
    )
    return f"<html><head>{head}</head><body>{text}</body></html>".encode()


def captured(chosen: random.Random, run: UUID, site: int, *, number: int, length: int = 60) -> Capture:
    """A capture of a page nobody captured before; one in ten is an answer without a body."""
    body = page(chosen, site, length) if number % 10 else b""
    url = f"http://www.site{site}.gov.cn/nb/{chosen.randrange(1 << 40):x}.html"
    head = b"HTTP/1.1 200 OK\r\nDate: Sun, 01 Feb 2026 03:04:%02d GMT\r\nContent-Length: %d\r\n\r\n" % (
        number % 60,
        len(body),
    )
    return Capture(
        id=UUID(int=chosen.getrandbits(128), version=4),
        run=run,
        time=START + timedelta(seconds=number),
        requested_url=url,
        final_url=url,
        hop=0,
        method="GET",
        outcome=Outcome.OK,
        role=Role.ARTICLE,
        status=200,
        http_version="HTTP/1.1",
        portal=f"site{site}",
        link_text=f"年报{number}",
        response=WireMessage(b"", head, body, None, b"", complete=True),
    )


def said(captures: list[Capture]) -> str:
    """A line that acknowledges captures, each with the SHA-256 of its body."""
    names = (f"{one.id}:{sha256(one.response.body).hexdigest()}" for one in captures if one.response is not None)
    return "captures " + " ".join(names)


def write(archive: Archive, seed: str, batches: int, acknowledge: Acknowledge, *, size: int = BATCH) -> None:
    """Write batches of captures, as a crawl does, and acknowledge each when it is committed."""
    chosen = random.Random(seed)
    run = archive.start_run("crawl", {"seed": seed}, user_agent="prove/1", vantage=None)
    with archive.writer(batch=1 << 30, seconds=1e9) as writer:
        for batch in range(batches):
            captures = [
                captured(chosen, run, chosen.randrange(3), number=batch * size + number) for number in range(size)
            ]
            for one in captures:
                writer.add(one)
                writer.judge(Verdict(capture=one.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
                link = Link(
                    page=captures[0].id, url=one.final_url, text="年报", title=None, date=None, position=one.time.second
                )
                writer.link(link)
            writer.flush()
            acknowledge(said(captures))
    archive.finish_run(run, "finished", {})


def _ignore(_line: str) -> None:
    """Acknowledged to nobody."""


def _filled(path: Path, seed: str, batches: int) -> None:
    with open_archive(path, create=True) as archive:
        write(archive, seed, batches, _ignore)


# The jobs


def _prepare_crawl(folder: Path) -> None:
    _filled(folder / START_FOLDER / ARCHIVE, "before", 1)


def _crawl(place: Path, _given: Path, seed: str, acknowledge: Acknowledge) -> None:
    with open_archive(place / ARCHIVE) as archive:
        write(archive, seed, 8, acknowledge)


def _prepare_files(folder: Path) -> None:
    _filled(folder / START_FOLDER / ARCHIVE, "before", 1)
    chosen = random.Random("files")
    (folder / "files").mkdir()
    for number in range(250):
        (folder / "files" / f"{number:03}.html").write_bytes(page(chosen, number % 3, 20))


def _tell(remark: Remark) -> None:
    raise AssertionError(f"nothing is wrong with what is imported: {remark}")


def _import_files(place: Path, given: Path, _seed: str, _acknowledge: Acknowledge) -> None:
    plan = plan_files(given / "files", None, place / ARCHIVE)
    with open_archive(place / ARCHIVE) as archive:
        import_files(archive, plan, most_bytes=1 << 20, tell=_tell)


def _prepare_warc(folder: Path) -> None:
    _filled(folder / START_FOLDER / ARCHIVE, "before", 1)
    chosen = random.Random("warc")
    with (folder / "in.warc").open("wb") as file:
        for number in range(500):
            body = page(chosen, number % 3, 1)
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            lines = (
                "WARC/1.0",
                "WARC-Type: response",
                f"WARC-Record-ID: <urn:uuid:{UUID(int=chosen.getrandbits(128), version=4)}>",
                "WARC-Date: 2020-02-03T04:05:06Z",
                f"WARC-Target-URI: http://www.elsewhere.gov.cn/{number}",
                "Content-Type: application/http; msgtype=response",
                f"Content-Length: {len(block)}",
            )
            file.write("\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n")


def _import_warc(place: Path, given: Path, _seed: str, _acknowledge: Acknowledge) -> None:
    with open_archive(place / ARCHIVE) as archive:
        import_warc(archive, [given / "in.warc"], tell=_tell)


def _prepare_merge(folder: Path) -> None:
    _filled(folder / "other.db", "shared", 3)
    shutil.copy(folder / "other.db", folder / START_FOLDER / ARCHIVE)
    _filled(folder / START_FOLDER / ARCHIVE, "ours", 2)
    _filled(folder / "other.db", "theirs", 4)
    for path in (folder / START_FOLDER / ARCHIVE, folder / "other.db"):
        with open_archive(path) as archive:
            prepare_corpus(archive)


def _merge(place: Path, given: Path, _seed: str, _acknowledge: Acknowledge) -> None:
    with open_archive(place / ARCHIVE) as archive:
        merge(archive, [given / "other.db"])


def _prepare_compact(folder: Path) -> None:
    _filled(folder / START_FOLDER / ARCHIVE, "before", 10)


def _compact(place: Path, _given: Path, _seed: str, _acknowledge: Acknowledge) -> None:
    with open_archive(place / ARCHIVE) as archive:
        compact(archive, level=12)


def _prepare_migration(folder: Path) -> None:
    _filled(folder / START_FOLDER / ARCHIVE, "before", 4)
    for path in RELEASED.glob("*.db.gz"):
        released = folder / START_FOLDER / path.name.removesuffix(".gz")
        released.write_bytes(gzip.decompress(path.read_bytes()))


def _migrate(place: Path, _given: Path, _seed: str, _acknowledge: Acknowledge) -> None:
    """Migrate from nothing, from every released schema, and from an archive in which nothing was read."""
    for path in (place / "new.db", *sorted(place.glob("*.db"))):
        with open_archive(path, create=True) as archive:
            prepare_corpus(archive)


def _backup(place: Path, _given: Path, _seed: str, acknowledge: Acknowledge) -> None:
    with open_archive(place / ARCHIVE) as archive:
        backup(archive, place / "copy.db", replace=True)
    acknowledge("backup copy.db")


JOBS = (
    Job("crawl", _prepare_crawl, _crawl, repeatable=False),
    Job("import files", _prepare_files, _import_files),
    Job("import warc", _prepare_warc, _import_warc),
    Job("merge", _prepare_merge, _merge),
    Job("compact", _prepare_compact, _compact),
    Job("migration", _prepare_migration, _migrate),
    Job("backup", _prepare_compact, _backup),
)
