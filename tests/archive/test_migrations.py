"""Every schema that was ever released becomes today's, and says the same afterwards."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import sys
from pathlib import Path
from uuid import UUID

import pytest

sys.path.insert(0, str(Path(__file__).parent / "released"))

from make import DIGESTS, HERE, parses

from gicrawl.archive.errors import ArchiveNewer
from gicrawl.archive.events import EventType, events
from gicrawl.archive.records import Judgement, Verdict
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify
from gicrawl.corpus.references import dangling
from gicrawl.corpus.store import prepare

EXPECTED = json.loads(DIGESTS.read_text(encoding="utf-8"))
RELEASED = sorted(path.name.removesuffix(".db.gz") for path in HERE.glob("*.db.gz"))


@pytest.fixture(params=RELEASED)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / "gicrawl.db"
    path.write_bytes(gzip.decompress((HERE / f"{request.param}.db.gz").read_bytes()))
    return request.param, path


def _schema(path: Path) -> set[tuple[str, str, str]]:
    with open_archive(path, create=True) as archive:
        prepare(archive)
        rows = archive.db.conn.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {(kind, name, re.sub(r"\s+", " ", sql)) for kind, name, sql in rows}


def test_it_comes_forward_and_says_the_same(released: tuple[str, Path]) -> None:
    name, path = released
    with open_archive(path) as archive:
        prepare(archive)
        assert list(verify(archive)) == []
        assert list(dangling(archive)) == []
        assert {"captures": content_digest(archive), "parses": parses(archive)} == EXPECTED[name]


def test_it_is_then_made_as_a_new_archive_is(released: tuple[str, Path], tmp_path: Path) -> None:
    name, path = released
    apart = _schema(path) ^ _schema(tmp_path / "new.db")
    assert not apart, (
        f"an archive of {name} does not become one of today: write a migration for what was changed. If {name} was "
        f"never released, make its archive anew: python tests/archive/released/make.py {name}"
    )


def test_a_migration_is_put_on_record_and_a_newer_archive_is_left_alone(released: tuple[str, Path]) -> None:
    _, path = released
    with open_archive(path) as archive:
        migrated = [event for event in events(archive) if event.type is EventType.MIGRATION]
        applied = archive.db.conn.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = 'archive'"
        ).fetchall()
        assert [event.detail["to"] for event in migrated] == [name for (name,) in applied][1:][-1:]
        archive.db.conn.execute("UPDATE _sqlite_migrations SET name = 'm999' WHERE name = ?", [applied[-1][0]])
    before = path.read_bytes()
    with pytest.raises(ArchiveNewer, match="newer gicrawl"):
        open_archive(path)
    assert path.read_bytes() == before


def test_judgements_of_before_count_in_the_order_they_were_made_in(tmp_path: Path) -> None:
    path = tmp_path / "gicrawl.db"
    path.write_bytes(gzip.decompress((HERE / "0.1.db.gz").read_bytes()))
    old = sqlite3.connect(path)
    said = "INSERT INTO judgements (capture, judgement, rule) SELECT capture, ?, ? FROM judgements WHERE id = 1"
    for judgement, rule in (("soft_404", "9"), ("blocked", "2")):
        old.execute(said, [judgement, rule])
    old.commit()
    (uuid,) = old.execute("SELECT c.uuid FROM captures AS c JOIN judgements AS j ON j.capture = c.id").fetchone()
    old.close()
    with open_archive(path) as archive:
        conn = archive.db.conn
        stored = archive.capture(UUID(bytes=uuid))
        assert stored.judgement is Judgement.BLOCKED
        sql = "SELECT j.judgement, j.made - c.time FROM judgements AS j JOIN captures AS c ON c.id = j.capture "
        assert conn.execute(f"{sql} WHERE c.uuid = ? ORDER BY made", [uuid]).fetchall() == [  # ours
            ("content", 0),
            ("soft_404", 1),
            ("blocked", 2),
        ]
        assert conn.execute(
            "SELECT count(*), sum(o.run = c.run) FROM origins AS o JOIN captures AS c ON c.id = o.capture"
        ).fetchone() == (1, 1)
        for statement in ("UPDATE judgements SET made = 0", "DELETE FROM judgements", "UPDATE origins SET place = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                conn.execute(statement)
        with archive.writer() as writer:  # and goes on from there
            writer.judge(Verdict(capture=stored.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
        assert archive.capture(stored.id).judgement is Judgement.CONTENT
