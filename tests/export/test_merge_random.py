"""Random archives that know some of the same things, united in random orders and with repeats: the same bytes leave."""

from __future__ import annotations

import os
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "archive"))

from corpus_fakes import ONE, page
from warc_samples import response

from gicrawl.archive.importing import import_files, plan_files
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.tombstones import Kind, Subject, erase, release, withhold
from gicrawl.archive.verify import content_digest, verify
from gicrawl.archive.warc.importing import import_warc
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.merge import merge
from gicrawl.corpus.references import dangling
from gicrawl.corpus.reparse import reparse
from gicrawl.export.formats import formats
from gicrawl.export.run import export
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from gicrawl.archive.folder import Remark

HOST = "http://www.ganquan.gov.cn"
PARTS = 4
_NAMES = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_BEGAN = datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC)
_WHY = {"who": "an editor", "why": "names a private person"}


def _capture(run: UUID, number: int, dice: random.Random) -> Capture:
    """One of few URLs, bodies and times, so that much is the same."""
    url = f"{HOST}/{dice.randrange(6)}"
    body = page(year=2018 + dice.randrange(6), new=dice.randrange(3))
    return Capture(
        id=uuid5(_NAMES, str(number)),
        run=run,
        time=_BEGAN + timedelta(seconds=dice.randrange(20)),
        requested_url=url,
        final_url=url,
        hop=0,
        method="GET",
        outcome=Outcome.OK,
        status=200,
        role=Role.ARTICLE,
        portal=dice.choice(("ganquan", None)),
        response=WireMessage(b"", b"HTTP/1.1 200 OK\r\n\r\n", body, None, b"", complete=True),
    )


def _crawled(archive: Archive, dice: random.Random, first: int) -> None:
    run = archive.start_run("crawl", {}, user_agent="tests", vantage=dice.choice(("home", None)))
    with archive.writer() as writer:
        made = [_capture(run, first + number, dice) for number in range(6)]
        for capture in made:
            writer.add(capture)
        for at, capture in enumerate(made[1:]):
            url, role = capture.final_url, Role.ARTICLE
            writer.link(Link(page=made[0].id, url=url, text="年报", title=None, date=None, position=at, role=role))
    archive.finish_run(run, "finished", {})


def _judged(archive: Archive, dice: random.Random) -> None:
    """New judgements of whatever is there, some made in the same microsecond as others."""
    with archive.writer() as writer:
        for capture in list(archive.captures()):
            if dice.random() < 0.5:
                made = _BEGAN + timedelta(days=1, microseconds=dice.randrange(3))
                judgement = dice.choice((Judgement.CONTENT, Judgement.SOFT_404, Judgement.BLOCKED))
                rule = dice.choice("23")
                writer.judge(Verdict(capture=capture.id, judgement=judgement, signature=None, rule=rule, made=made))


def _imported(archive: Archive, dice: random.Random, folder: Path) -> None:
    """The same files, last written at other times, and the same records in files of other names."""
    files = folder / "files"
    files.mkdir(parents=True)
    for number in range(3):
        file = files / f"{number}.html"
        file.write_bytes(page(year=2010 + number))
        os.utime(file, (1_600_000_000 + dice.randrange(1000),) * 2)
    remarks: list[Remark] = []
    about = folder / "about.csv"  # two versions of one report, whose order only the times of the files tell
    about.write_text(f"file,url\n0.html,{HOST}/kept\n1.html,{HOST}/kept\n", encoding="utf-8")
    import_files(archive, plan_files(files, about, archive.path), most_bytes=1 << 20, tell=remarks.append)
    warc = folder / f"{dice.randrange(1000)}.warc"
    told = [response(f"{HOST}/old{n}", page(year=2015), uuid=f"{uuid5(_NAMES, f'old {n}')}") for n in range(4)]
    dice.shuffle(told)
    warc.write_bytes(b"".join(told))
    import_warc(archive, [warc], tell=remarks.append)
    assert remarks == []


def _withheld(archive: Archive, dice: random.Random) -> None:
    bodies = [row for (row,) in archive.db.conn.execute("SELECT sha256 FROM bodies ORDER BY sha256").fetchall()]
    for _ in range(2):
        subject = Subject(Kind.BODY, dice.choice(bodies))
        if dice.random() < 0.5:
            subject = Subject(Kind.REPORT, report_id(f"{HOST}/{dice.randrange(6)}"))
        dice.choice((withhold, withhold, release))(archive, [subject], **_WHY)
    if dice.random() < 0.6:
        erase(archive, [dice.choice(bodies)], **_WHY)


def _parts(folder: Path, dice: random.Random) -> list[Path]:
    """Archives some of which were copied or united on the way, and have gone on by themselves since."""
    paths: list[Path] = []
    for number in range(PARTS):
        path = folder / f"{number}.db"
        if paths and dice.random() < 0.5:
            shutil.copy(dice.choice(paths), path)
        with open_archive(path, create=True) as archive:
            _crawled(archive, dice, 100 * number)
            if dice.random() < 0.7:
                _imported(archive, dice, folder / f"{number}")
            _judged(archive, dice)
            if paths and dice.random() < 0.4:
                merge(archive, [dice.choice(paths)])
                _judged(archive, dice)
            _withheld(archive, dice)
        if dice.random() < 0.7:
            reparse(path, engine=ONE, workers=1)
        paths.append(path)
    return paths


def _united(parts: list[Path], to: Path, dice: random.Random) -> Path:
    """Two at a time, in any order and some of them twice, until one is left that has met all."""
    to.mkdir()
    heaps = [Path(shutil.copy(part, to / part.name)) for part in dice.sample(parts, len(parts))]
    while len(heaps) > 1:
        base, *others = dice.sample(heaps, dice.randrange(2, len(heaps) + 1))
        with open_archive(base) as archive:
            found = merge(archive, [*others, dice.choice(others)])
            assert [one.code for done in found for one in done.remarks if one.code != "erased_there"] == []
        heaps = [heap for heap in heaps if heap not in others]
    with open_archive(heaps[0]) as archive:
        assert sum(sum(one.added.values()) for one in merge(archive, dice.sample(parts, len(parts)))) == 0
    return heaps[0]


def _exported(path: Path, to: Path) -> dict[str, bytes]:
    with open_archive(path) as archive:
        assert list(verify(archive)) == []
        assert list(dangling(archive)) == []
        for form in formats():
            export(archive, form, to / form)
        export_warc(archive, to / "warc")
        digest = content_digest(archive)
    files = {f"{path.relative_to(to)}": path.read_bytes() for path in sorted(to.rglob("*")) if path.is_file()}
    return files | {"content": digest.encode()}


@pytest.mark.parametrize("seed", [1])
def test_no_order_and_no_repeat_changes_a_byte_of_any_export(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    parts = _parts(tmp_path, dice)
    exports = [
        _exported(_united(parts, tmp_path / f"union {number}", dice), tmp_path / f"out {number}") for number in range(3)
    ]
    first = {name: sha256(data).hexdigest() for name, data in exports[0].items()}
    assert len(first) > 20
    for other in exports[1:]:
        apart = [name for name, data in other.items() if sha256(data).hexdigest() != first.get(name)]
        assert (apart, other.keys() ^ first.keys()) == ([], set())
