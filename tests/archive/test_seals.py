# ruff: noqa: S608  # names of our own schema
"""Rows have a seal: whatever bit of them changes, `verify` says in which row, and what stood there."""

from __future__ import annotations

import gzip
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import pytest
from archive_samples import HEAD, START, Make, message
from tampering import tamper

from gicrawl.archive.cleaning import make_cleaned
from gicrawl.archive.merge import merge
from gicrawl.archive.records import (
    Capture,
    FileOrigin,
    Judgement,
    Link,
    Outcome,
    Role,
    TimeSource,
    Verdict,
    WarcRecord,
)
from gicrawl.archive.seals import SEALED, sealed_values
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.tombstones import Kind, Subject, erase, withhold
from gicrawl.archive.verify import Finding, verify

if TYPE_CHECKING:
    from uuid import UUID

RELEASED = Path(__file__).parent / "released" / "0.1.db.gz"
URL = "http://www.linshui.gov.cn/nb/"
FRAME = "".join(f'<div class="c{number}" id="d{number}">栏目{number}</div>' for number in range(60))
STORAGE = {"bodies": {"codec", "level", "dictionary", "data"}, "dictionaries": {"data"}}
"""How bytes are stored may change; that they are the same bytes, their digest says."""


@pytest.fixture
def filled(archive: Archive, make: Make, run: UUID) -> Archive:
    """Something in every table."""
    with archive.writer() as writer:
        column = make(URL, f"<html>{FRAME}</html>".encode())
        writer.add(column)
        zipped = gzip.compress(b"<p>zipped</p>" * 40)
        writer.add(make(f"{URL}z", response=message(zipped, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")))
        for number in range(8):
            page = f"<html>{FRAME}<p>公开政府信息{number}条</p></html>".encode()
            one = make(
                f"{URL}{number}.html",
                page,
                response=message(page, HEAD % len(page)),
                referrer=column.id,
                link_text=f"第{number}年年报 \udc80",
                requested_url=f"{URL}{number}" if number % 2 else f"{URL}{number}.html",
                elapsed=0.25 + number,
                etag=f'"{number}"',
                error="torn" if number == 3 else None,
            )
            writer.add(one)
            signature = "验证码" if number == 5 else None
            writer.judge(
                Verdict(
                    capture=one.id, judgement=Judgement.CONTENT, signature=signature, rule="1", pages_end=number > 3
                )
            )
            writer.link(Link(page=column.id, url=one.final_url, text="年报", title=None, date=None, position=number))
            writer.add(
                make(one.final_url, response=message(b""), outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=one.id)
            )
        told = FileOrigin(path="nb/1.html", modified=START, time_source=TimeSource.STATED, about=(("url", URL),))
        collected = make(f"{URL}1", method=None, status=None, response=None, origin=told, body=b"collected")
        writer.add(collected)
        writer.keep(
            WarcRecord(
                record="urn:uuid:1",
                type="metadata",
                run=run,
                capture=collected.id,
                header=b"WARC/1.1\r\n\r\n",
                block=b"kept",
                file="a.warc.gz",
                offset=77,
                within=0,
            )
        )
    archive.finish_run(run, "finished", {"captures": 19})
    make_cleaned(archive)
    bodies = [body for (body,) in archive.db.conn.execute("SELECT sha256 FROM bodies ORDER BY id")]
    withhold(archive, [Subject(Kind.BODY, bodies[4])], who="an editor", why="names a person")
    erase(archive, bodies[5:6], who="an editor", why="names a person")
    return archive


def told_of(path: Path, statement: str) -> list[Finding]:
    """What `verify` says of the file once it was changed."""
    tamper(path, statement)
    with open_archive(path) as archive:
        findings = list(verify(archive))
    assert all("\n" not in finding.message for finding in findings)
    return findings


def test_whatever_writes_a_row_seals_it_as_it_is_read(filled: Archive) -> None:
    assert list(verify(filled)) == []
    for table in SEALED:
        count, sealed = filled.db.conn.execute(
            f"SELECT count(*), sum(t.seal IS gicrawl_seal({sealed_values(table)})) FROM {table} AS t"
        ).fetchone()
        assert count == sealed > 0, table


def test_no_column_is_forgotten(archive: Archive) -> None:
    for table, sealed in SEALED.items():
        free = STORAGE.get(table, set())
        columns = {row[1] for row in archive.db.conn.execute(f"PRAGMA table_info({table})")}
        assert columns - {"id", "seal"} - free == {name for name, _ in sealed}
        references = {row[3]: row[2] for row in archive.db.conn.execute(f"PRAGMA foreign_key_list({table})")}
        assert {name: of for name, of in sealed if of is not None} == {
            name: of for name, of in references.items() if name not in free
        }


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE captures SET status = 201 WHERE id = 5", "its status was 200 and is 201"),
        ("UPDATE captures SET time = (time | 16) - (time & 16) WHERE id = 6", "its time was "),
        ("UPDATE captures SET elapsed = 4.25 WHERE elapsed = 2.25", "its row has changed"),
        ("UPDATE captures SET elapsed = -elapsed WHERE elapsed = 2.25", "its elapsed was 2.25 and is -2.25"),
        (
            "UPDATE captures SET head_date = CAST(replace(head_date, '2026', '2027') AS BLOB) WHERE id = 5",
            "its head_date was Sun, 01 Feb 2026 03:04:05 GMT and is Sun, 01 Feb 2027 03:04:05 GMT",
        ),
        ("UPDATE captures SET hop = 1 WHERE id = 5", "its hop was 0 and is 1"),
        ("UPDATE captures SET referrer = 3 WHERE id = 5", "its row has changed"),
        ("UPDATE captures SET error = NULL WHERE error IS NOT NULL", "its row has changed"),
        ("UPDATE captures SET seal = NULL WHERE id = 5", "has no seal"),
        ("UPDATE captures SET seal = x'0011223344556677' WHERE id = 5", "its row has changed"),
        ("UPDATE judgements SET judgement = 'contenu' WHERE id = 2", "its judgement was content and is contenu"),
        ("UPDATE judgements SET pages_end = 1 WHERE id = 2", "its pages_end was 0 and is 1"),
        ("UPDATE links SET position = 3 WHERE position = 7", "its position was 7 and is 3"),
        ("UPDATE runs SET kind = 'crawm'", "its kind was crawl and is crawm"),
        ("UPDATE runs SET finished = NULL", "its row has changed"),
        ("UPDATE origins SET place = 'nb/0.html'", "its place was nb/1.html and is nb/0.html"),
        ("UPDATE warc_records SET offset = 76", "its offset was 77 and is 76"),
        ("UPDATE events SET outcome = 'failure' WHERE id = 1", "its row has changed"),
        ("UPDATE withholdings SET who = 'an edktor'", "its who was an editor and is an edktor"),
        ("UPDATE tombstones SET why = 'names a persoo'", "its why was names a person and is names a persoo"),
        ("UPDATE digests SET sniffed_type = 'text/htmm' WHERE kind = 'cleaned'", "its sniffed_type was text/html"),
        ("UPDATE bodies SET sniffed_type = 'text/htmm' WHERE id = 1", "its sniffed_type was text/html"),
        ("UPDATE dictionaries SET site = 'www.linshui.gov.co'", "its site was www.linshui.gov.cn"),
    ],
)
def test_a_changed_row_is_named_with_what_stood_there(filled: Archive, path: Path, statement: str, said: str) -> None:
    filled.close()
    findings = [finding for finding in told_of(path, statement) if finding.code == "seal"]
    assert findings
    assert said in findings[0].message
    table = statement.split()[1]
    if table == "captures":
        assert findings[0].message.startswith(f"capture {findings[0].subject} of {URL}")
        assert len(findings) == 1


def test_a_bit_of_a_seal_is_told_from_one_of_its_row(filled: Archive, path: Path) -> None:
    (sealed,) = filled.db.conn.execute("SELECT seal FROM captures WHERE id = 7").fetchone()
    filled.close()
    other = bytes((sealed[0] ^ 0x40,)) + sealed[1:]
    (finding,) = told_of(path, f"UPDATE captures SET seal = x'{other.hex()}' WHERE id = 7")
    assert finding.message.endswith("is as it was, one bit of its seal is not")


def test_what_many_rows_share_is_told_once_and_counted(filled: Archive, path: Path) -> None:
    filled.close()
    findings = told_of(path, f"UPDATE urls SET url = '{URL}p.html' WHERE url = '{URL}0.html'")
    assert [finding.code for finding in findings] == ["seal"] * 3
    assert f"its url was {URL}0.html and is {URL}p.html" in findings[0].message
    assert findings[1].message == f"1 more of captures say {URL}p.html as url where they said {URL}0.html"
    assert findings[2].message.startswith(f"a link of page {_column(path)} (position 0, to {URL}p.html)")


def _column(path: Path) -> str:
    with open_archive(path) as archive:
        return str(next(capture.id for capture in archive.captures() if capture.final_url == URL))


def test_samples_of_as_many_days_as_it_takes_see_every_row(filled: Archive, path: Path) -> None:
    (captures,) = filled.db.conn.execute("SELECT count(*) FROM captures").fetchone()
    filled.close()
    assert len(told_of(path, "UPDATE captures SET hop = 4 WHERE id % 3 = 0")) > 2
    told_of(path, "UPDATE events SET agent = 'gicrawl 9' WHERE id = 1")
    with open_archive(path) as archive:
        full = {finding.subject for finding in verify(archive) if finding.code == "seal"}
        days = [{one.subject for one in verify(archive, sample=5, day=day)} for day in range(8)]
    assert set.union(*days) == full
    assert all(len(found) < len(full) for found in days)
    assert captures / 4 < 8


def test_a_row_that_is_no_text_any_more_hides_no_other(filled: Archive, path: Path) -> None:
    filled.close()
    told_of(path, "UPDATE captures SET error = CAST(x'f8' AS TEXT) WHERE id = 5")
    findings = told_of(path, "UPDATE captures SET hop = 1 WHERE id = 9")
    assert any("hop was 0 and is 1" in finding.message for finding in findings)
    assert any(finding.code == "structure" and "cannot be read" in finding.message for finding in findings)


def test_a_host_that_is_no_part_of_its_url_is_found(filled: Archive, path: Path) -> None:
    filled.close()
    (finding,) = told_of(path, "UPDATE urls SET host = 'www.linshuj.gov.cn' WHERE id = 2")
    assert "has the host www.linshuj.gov.cn, which is not in it" in finding.message


@pytest.mark.parametrize("statement", ["UPDATE {} SET seal = zeroblob(8)", "UPDATE {} SET seal = NULL"])
def test_a_seal_is_never_changed(filled: Archive, statement: str) -> None:
    for table in SEALED:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            filled.db.conn.execute(statement.format(table))


def test_an_archive_of_before_is_sealed_as_it_is_found(tmp_path: Path) -> None:
    path = tmp_path / "gicrawl.db"
    path.write_bytes(gzip.decompress(RELEASED.read_bytes()))
    old = sqlite3.connect(path, isolation_level=None)
    (sql,) = old.execute("SELECT sql FROM sqlite_schema WHERE name = 'captures_never_change'").fetchone()
    old.execute("DROP TRIGGER captures_never_change")
    old.execute("UPDATE captures SET error = CAST(x'f8' AS TEXT) WHERE id = 3")
    old.execute(sql)
    old.close()
    with open_archive(path) as archive:
        findings = list(verify(archive))
        for table in SEALED:
            assert archive.db.conn.execute(f"SELECT count(*) FROM {table} WHERE seal IS NULL").fetchone() == (0,), table
    assert findings
    assert all(finding.code == "structure" for finding in findings)
    (finding,) = told_of(path, "UPDATE captures SET error = NULL WHERE id = 3")
    assert (finding.code, "its row has changed" in finding.message) == ("seal", True)


def test_united_archives_are_sealed_and_what_was_damaged_before_is_so_after(
    filled: Archive, path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with open_archive(other, create=True) as there:
        begun = there.start_run("import files", {}, user_agent="", vantage=None)
        with there.writer() as writer:
            for at in range(3):
                told = FileOrigin(path=f"nb/{at}.html", modified=START, time_source=TimeSource.MODIFIED, about=())
                writer.add(_imported(begun, at, told))
        assert merge(filled, other).added["captures"] == 3
        assert list(verify(filled)) == []
        there.finish_run(begun, "finished", {})
    merge(filled, other)
    assert next(run for run in filled.runs() if run.id == begun).status == "finished"
    assert list(verify(filled)) == []
    filled.close()
    assert [finding.code for finding in told_of(other, "UPDATE captures SET hop = 1 WHERE id = 2")] == ["seal"]
    with open_archive(path.with_name("third.db"), create=True) as third:
        merge(third, other)
        (finding,) = verify(third)
    assert "its hop was 0 and is 1" in finding.message


def test_of_two_imports_the_first_ones_time_stands_and_is_sealed(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.db" for name in ("one", "two", "three")]
    for day, path in enumerate(paths):
        with open_archive(path, create=True) as archive:
            begun = archive.start_run("import files", {}, user_agent="", vantage=None)
            told = FileOrigin(
                path="nb/1.html", modified=START + timedelta(days=day), time_source=TimeSource.MODIFIED, about=()
            )
            with archive.writer() as writer:
                writer.add(_imported(begun, 1, told, time=START + timedelta(days=day)))
    told_of(paths[2], "UPDATE captures SET hop = 1")
    with open_archive(paths[1]) as archive:
        merge(archive, paths[0])
        (capture,) = archive.captures()
        assert capture.time == START
        assert list(verify(archive)) == []
    with open_archive(paths[2]) as archive:
        merge(archive, paths[0])
        (finding,) = verify(archive)
        assert finding.code == "seal"


def _imported(run: UUID, number: int, origin: FileOrigin, **others: object) -> Capture:
    fields: dict[str, object] = {
        "id": uuid5(NAMESPACE_URL, str(number)),
        "run": run,
        "time": START,
        "requested_url": f"{URL}{number}",
        "final_url": f"{URL}{number}",
        "hop": 0,
        "method": None,
        "outcome": Outcome.OK,
        "role": Role.ARTICLE,
        "status": None,
        "response": None,
        "origin": origin,
        "body": b"collected %d" % number,
        **others,
    }
    return Capture(**fields)  # type: ignore[arg-type]
