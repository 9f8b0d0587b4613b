"""Union of archives: nothing lost, nothing twice, the other one untouched, damage isolated, kills harmless."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from archive_samples import START, message
from tampering import tamper

from gicrawl.archive.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveNewer
from gicrawl.archive.events import EventType, events
from gicrawl.archive.merge import merge, own_runs
from gicrawl.archive.merge_plan import LOCAL, groups
from gicrawl.archive.records import Capture, FileOrigin, Judgement, Link, Outcome, Role, TimeSource, Verdict
from gicrawl.archive.store import open_archive
from gicrawl.archive.tombstones import Kind, Subject, erase, hidden, withhold
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = "http://www.linshui.gov.cn"
PAGE = b"<html><body class='nb'>" + b"<p>a page of linshui</p>" * 80


def body(number: int) -> bytes:
    return PAGE + b"<p>report %d</p>" % number


def fill(path: Path, numbers: Iterable[int]) -> dict[int, UUID]:
    """A list page and reports it leads to; body and URL are told by the number, ids are new each time."""
    made = {}
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)
        with archive.writer() as writer:
            page = _capture(run, f"{HOST}/nb/", b"<html>list", Role.LIST)
            writer.add(page)
            for number in numbers:
                url = f"{HOST}/nb/{number}"
                one = _capture(run, url, body(number), time=START + timedelta(seconds=number), referrer=page.id)
                again = _capture(run, url, None, outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=one.id)
                for capture in (one, again):
                    writer.add(capture)
                writer.judge(Verdict(capture=one.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
                writer.link(Link(page=page.id, url=url, text="年报", title=None, date=None, position=number))
                made[number] = one.id
        archive.finish_run(run, "finished", {})
    return made


def _capture(run: UUID, url: str, sent: bytes | None, role: Role = Role.ARTICLE, **more: Any) -> Capture:  # noqa: ANN401
    fields: dict[str, Any] = {"time": START, "outcome": Outcome.OK, "status": 200, **more}
    return Capture(
        id=uuid4(),
        run=run,
        requested_url=url,
        final_url=url,
        hop=0,
        method="GET",
        role=role,
        response=message(b"", b"HTTP/1.1 304 Not Modified\r\n\r\n") if sent is None else message(sent),
        **fields,
    )


def rows(path: Path) -> dict[str, int]:
    with open_archive(path) as archive:
        names = [name for (name,) in archive.db.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: archive.db.conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608  # ours


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here.db"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there.db"


def test_nothing_is_lost_and_every_relation_holds(here: Path, there: Path) -> None:
    ours, theirs = fill(here, range(5)), fill(there, range(3, 9))
    with open_archive(here) as archive:
        done = merge(archive, there)
        assert list(verify(archive)) == []
        assert done.remarks == ()
        assert (done.added["captures"], done.added["bodies"], done.added["runs"]) == (13, 4, 1)
        for made in (ours, theirs):
            for number, capture in made.items():
                found = archive.capture(capture)
                assert archive.content(found) == body(number)
                assert found.referrer is not None
                assert archive.capture(found.referrer).role is Role.LIST
                assert found.judgement is Judgement.CONTENT
        readable = archive.db.conn.execute("SELECT count(*), count(DISTINCT page) FROM links_readable").fetchone()
        assert readable == (11, 2)
        revisits = archive.db.conn.execute(
            "SELECT count(*) FROM captures_readable AS c JOIN captures_readable AS p ON p.capture = c.revisit_of "
            "WHERE c.outcome = 'not_modified' AND p.url = c.url"
        ).fetchone()
        assert revisits == (11,)


def test_merging_again_adds_nothing_not_even_an_event(here: Path, there: Path) -> None:
    fill(here, range(4))
    fill(there, range(2, 6))
    with open_archive(here) as archive:
        merge(archive, there)
        assert [event.type for event in events(archive) if event.type is not EventType.INGESTION] == [EventType.MERGE]
    once = rows(here)
    with open_archive(here) as archive:
        assert sum(merge(archive, there).added.values()) == 0
    assert rows(here) == once


def test_either_way_round_the_content_is_the_same(here: Path, there: Path, tmp_path: Path) -> None:
    fill(here, range(4))
    fill(there, range(2, 6))
    (tmp_path / "copy.db").write_bytes(here.read_bytes())
    digests = []
    for base, other in ((here, there), (there, tmp_path / "copy.db")):
        with open_archive(base) as archive:
            merge(archive, other)
            digests.append(content_digest(archive))
    assert digests[0] == digests[1]


def test_the_other_archive_is_left_as_it_was(here: Path, there: Path) -> None:
    fill(here, range(2))
    fill(there, range(2, 6))
    before = (there.read_bytes(), there.stat().st_mtime_ns, sorted(there.parent.iterdir()))
    with open_archive(here) as archive:
        merge(archive, there)
    assert (there.read_bytes(), there.stat().st_mtime_ns, sorted(there.parent.iterdir())) == before


def test_an_archive_in_use_is_merged_as_far_as_it_is_committed(here: Path, there: Path) -> None:
    fill(there, range(3))
    with open_archive(there) as busy:
        run = busy.start_run("crawl", {}, user_agent="tests", vantage=None)
        with busy.writer() as writer:
            writer.add(_capture(run, f"{HOST}/late", body(77)))
            writer.flush()
            writer.add(_capture(run, f"{HOST}/later", body(78)))
            with open_archive(here, create=True) as archive:
                assert merge(archive, there).added["captures"] == 8
        busy.finish_run(run, "finished", {})
    with open_archive(here) as archive:
        assert merge(archive, there).added["captures"] == 1
        assert [one.status for one in archive.runs()] == ["finished", "finished"]


def test_runs_that_came_in_are_not_our_own(here: Path, there: Path) -> None:
    fill(here, range(1))
    fill(there, range(1))
    with open_archive(here) as archive:
        (own,) = archive.runs()
        merge(archive, there)
        assert len(archive.runs()) == 2
        assert own_runs(archive) == [own]


def test_an_import_made_twice_belongs_to_the_run_that_began_first(here: Path, there: Path) -> None:
    told = FileOrigin(path="nb/1.html", modified=START, time_source=TimeSource.MODIFIED)
    name = uuid4()
    first: dict[Path, UUID] = {}
    for path in (there, here):
        with open_archive(path, create=True) as archive:
            run = first[path] = archive.start_run("import", {}, user_agent="tests", vantage=None)
            with archive.writer() as writer:
                writer.add(
                    Capture(
                        id=name,
                        run=run,
                        time=START,
                        requested_url=f"{HOST}/1",
                        final_url=f"{HOST}/1",
                        hop=0,
                        method=None,
                        outcome=Outcome.OK,
                        role=Role.ARTICLE,
                        origin=told,
                        body=b"<html>kept",
                    )
                )
    for base, other in ((here, there), (there, here)):
        with open_archive(base) as archive:
            assert merge(archive, other).remarks == ()
            assert archive.capture(name).run == first[there]
            assert len(list(archive.captures())) == 1


def test_what_two_archives_say_otherwise_of_one_capture_is_told(here: Path, there: Path) -> None:
    made = fill(here, range(2))
    there.write_bytes(here.read_bytes())
    tamper(there, f"UPDATE captures SET status = 500 WHERE uuid = x'{made[1].hex}'")  # noqa: S608  # ours
    with open_archive(here) as archive:
        (remark,) = merge(archive, there).remarks
        assert (remark.code, remark.subject) == ("differs", f"captures {made[1].hex}")
        assert archive.capture(made[1]).status == 200


def test_a_damaged_body_comes_along_is_named_and_is_healed_by_a_sound_one(
    here: Path, there: Path, tmp_path: Path
) -> None:
    made = fill(there, range(4))
    sound = tmp_path / "sound.db"
    sound.write_bytes(there.read_bytes())
    name = sha256(body(2)).hexdigest()
    tamper(there, f"UPDATE bodies SET data = CAST(data || x'00' AS BLOB) WHERE sha256 = x'{name}'")  # noqa: S608  # ours
    with open_archive(here, create=True) as archive:
        (remark,) = merge(archive, there).remarks
        assert (remark.code, remark.subject) == ("damaged", f"bodies {name}")
        assert [finding.subject for finding in verify(archive)] == [name]
        assert archive.content(archive.capture(made[1])) == body(1)
        (remark,) = merge(archive, sound).remarks
        assert (remark.code, remark.subject) == ("healed", f"bodies {name}")
        assert list(verify(archive)) == []
        assert archive.content(archive.capture(made[2])) == body(2)


def test_what_is_erased_here_does_not_come_back(here: Path, there: Path) -> None:
    fill(here, range(3))
    made = fill(there, range(6))
    gone = sha256(body(1)).digest()
    with open_archive(here) as archive:
        erase(archive, [gone], who="an editor", why="names a person")
        assert merge(archive, there).remarks == ()
        assert list(verify(archive)) == []
        with pytest.raises(ArchiveError, match="erased"):
            archive.body(gone)
        for number in (0, 2, 3, 4, 5):
            assert archive.content(archive.capture(made[number])) == body(number)
    with open_archive(there) as archive:
        (remark,) = merge(archive, here).remarks
        assert remark.code == "erased_there"
        assert archive.body(gone) == body(1), "bytes are never destroyed without a word"
        assert [one.subject.digest for one in hidden(archive) if one.erased and one.subject.digest == gone] == [gone]


def test_a_page_others_are_packed_against_can_be_erased_before_they_come_in(here: Path, there: Path) -> None:
    made = fill(there, range(4))
    with open_archive(there) as archive:
        used = archive.db.conn.execute(
            "SELECT d.sha256 FROM dictionaries AS d JOIN bodies AS b ON b.dictionary = d.id GROUP BY d.id"
        ).fetchall()
        assert len(used) == 1, "the pages of one site share a dictionary"
    ((page,),) = used
    number = next(n for n in made if sha256(body(n)).digest() == page)
    with open_archive(here, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)
        with archive.writer() as writer:
            writer.add(_capture(run, f"{HOST}/nb/{number}", body(number)))
        erase(archive, [page], who="an editor", why="names a person")
        merge(archive, there)
        assert list(verify(archive)) == []
        for other in set(made) - {number}:
            assert archive.content(archive.capture(made[other])) == body(other)
        assert archive.db.conn.execute("SELECT count(*) FROM dictionaries").fetchone() == (0,)


def test_what_is_withheld_in_one_is_withheld_in_the_union(here: Path, there: Path) -> None:
    fill(here, range(2))
    fill(there, range(2))
    subject = Subject(Kind.BODY, sha256(body(1)).digest())
    with open_archive(there) as archive:
        withhold(archive, [subject], who="an editor", why="asked for by the court")
    with open_archive(here) as archive:
        merge(archive, there)
        (told,) = hidden(archive)
        assert (told.subject, told.who, told.why) == (subject, "an editor", "asked for by the court")


def test_newer_older_foreign_and_missing_archives_are_one_line(here: Path, there: Path, tmp_path: Path) -> None:
    fill(here, range(1))
    cases: list[tuple[type[ArchiveError], str]] = []
    with open_archive(here) as archive:
        for kind, statement in (
            (
                ArchiveNewer,
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', 'm999', '')",
            ),
            (ArchiveError, "ALTER TABLE links ADD COLUMN rel TEXT"),
        ):
            there.unlink(missing_ok=True)
            fill(there, range(1))
            conn = sqlite3.connect(there, isolation_level=None)
            conn.execute(statement)
            conn.close()
            with pytest.raises(kind) as refused:
                merge(archive, there)
            cases.append((kind, str(refused.value)))
        (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at as one " * 20)
        for kind, path in (
            (ArchiveDamaged, tmp_path / "text.db"),
            (ArchiveMissing, tmp_path / "none"),
            (ArchiveError, here),
        ):
            with pytest.raises(kind) as refused:
                merge(archive, path)
            cases.append((kind, str(refused.value)))
        assert rows(here)["captures"] == 3
    assert all("\n" not in said for _, said in cases)


def test_every_table_is_united_or_known_to_be_local(here: Path, there: Path) -> None:
    fill(here, range(1))
    fill(there, range(1))
    with open_archive(here) as archive:
        conn = archive.db.conn
        conn.execute("ATTACH ? AS other", [str(there)])
        plan = groups(conn)
        united = {group.table.name for group in plan} | {one.name for group in plan for one in group.children}
        tables = {
            name
            for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if "sqlite" not in name
        }
        assert united | LOCAL >= tables
        assert all(group.table.numbered for group in plan)


_MERGE = """
import sys
from pathlib import Path
from gicrawl.archive import merge as room
from gicrawl.archive.store import open_archive
room._ROWS, room._BYTES = 40, 400  # half of all portions bring bodies in: where a kill falls, nobody promises


def portion(done, total):
    print("portion", flush=True)
    sys.stdin.readline()  # goes on when told to


with open_archive(sys.argv[1]) as archive:
    room.merge(archive, Path(sys.argv[2]), progress=portion)
"""


def test_killed_anywhere_it_ends_the_same_when_it_is_run_again(here: Path, there: Path, tmp_path: Path) -> None:
    fill(here, range(20))
    fill(there, range(10, 400))
    whole = tmp_path / "whole.db"
    whole.write_bytes(here.read_bytes())
    portions = _run(whole, there, None)
    kept = []
    for part in range(1, 20):
        _run(here, there, round(portions * part / 20))
        kept.append(rows(here)["bodies"])
        with open_archive(here) as archive:
            assert list(verify(archive)) == []
    with open_archive(here) as archive:
        merge(archive, there)
        assert list(verify(archive)) == []
    assert any(21 < count < 401 for count in kept), f"no kill fell into the work itself: {kept}"
    apart = {"events"}
    assert {k: v for k, v in rows(here).items() if k not in apart} == {
        k: v for k, v in rows(whole).items() if k not in apart
    }
    assert _content(here) == _content(whole)


def _run(base: Path, other: Path, last: int | None) -> int:
    """Merge in a process of its own, killed within the portion after so many; how many there were."""
    with subprocess.Popen(
        [sys.executable, "-c", _MERGE, str(base), str(other)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        portions = 0
        while process.stdout.readline() == b"portion\n":
            portions += 1
            process.stdin.write(b"\n")
            process.stdin.flush()
            if portions == last:
                os.kill(process.pid, signal.SIGKILL)
                break  # what stands in the pipe is of a process that is gone
        assert process.wait() == (0 if last is None else -signal.SIGKILL)
        return portions


def _content(path: Path) -> str:
    with open_archive(path) as archive:
        return content_digest(archive)


def test_a_damaged_page_of_the_other_file_is_laid_at_its_door(here: Path, there: Path) -> None:
    fill(here, range(2))
    fill(there, range(300))
    with there.open("r+b") as file:
        size = there.stat().st_size
        for at in range(8192, size, 16384):
            file.seek(at)
            file.write(b"\xff" * 512)
    with open_archive(here) as archive, pytest.raises(ArchiveError) as refused:
        merge(archive, there)
    assert str(there) in str(refused.value)
    with open_archive(here) as archive:
        assert list(verify(archive)) == []
