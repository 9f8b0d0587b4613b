"""What is damaged is left out of an export and named; everything else is in it."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
import warm
from fastwarc.warc import ArchiveIterator
from tampering import tamper

from gicrawl.archive.errors import ArchiveDamaged
from gicrawl.archive.records import Judgement
from gicrawl.archive.store import open_archive
from gicrawl.export.run import export
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from corpus_fakes import Filler

Broken = tuple[list[str], set[int], set[int]]
"""What is damaged, and the pages that are then missing from WARC and from the tables."""
FRAME = "".join(f'<div class="c{number}" id="d{number}">栏目{number}</div>' for number in range(60))


@pytest.fixture
def captures(filler: Filler) -> list[UUID]:
    """Eight pages of two sites; those of the first are compressed against one of them."""
    made = []
    for number in range(8):
        host = "a.test" if number < 5 else "b.test"
        page = f"<html>{FRAME if number < 5 else ''}<p>公开政府信息{number}条</p></html>".encode()
        made.append(filler.add(f"http://{host}/{number}.html", page, judgement=Judgement.CONTENT))
    return made


def in_warc(folder: Path) -> set[str]:
    with (folder / "gicrawl-00000.warc.gz").open("rb") as file:
        found = {record.headers.get("WARC-Target-URI") for record in ArchiveIterator(file, parse_http=False)}
    return {url.rpartition("/")[2].removesuffix(".html") for url in found if url and url.endswith(".html")}


BROKEN: list[Broken] = [
    (["UPDATE captures SET outcome = 'oj' WHERE id = 3"], {2}, {2}),
    (["UPDATE captures SET body = 777 WHERE id = 3"], {2}, {2}),
    (["UPDATE captures SET url = 777 WHERE id = 3"], {2}, {2}),
    (["UPDATE captures SET error = CAST(x'f8' AS TEXT) WHERE id = 7"], {6}, {6}),
    (["UPDATE judgements SET judgement = 'contemt' WHERE capture = 3"], {2}, {2}),
    (["UPDATE captures SET status = 201 WHERE id = 3"], {2}, {2}),  # what could be read, and was never written
    (["UPDATE captures SET time = time + 1 WHERE id = 3"], {2}, {2}),
    (["UPDATE judgements SET signature = 'x' WHERE capture = 3"], {2}, {2}),
    (["UPDATE heads SET data = CAST(data || 'x' AS BLOB)"], set(range(8)), set(range(8))),
    (["DELETE FROM dictionaries"], {0, 1, 2, 3, 4}, set()),
    (
        [
            "UPDATE bodies SET data = x'00' WHERE id = (SELECT body FROM captures WHERE id = 2)",
            "UPDATE bodies SET data = CAST(replace(data, '7', '8') AS BLOB) WHERE codec = 'raw' AND size < 50",
        ],
        {1, 7},
        set(),
    ),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_rest_is_exported(filler: Filler, captures: list[UUID], tmp_path: Path, broken: Broken) -> None:
    statements, not_in_warc, not_in_tables = broken
    tamper(filler.path, *statements)
    with open_archive(filler.path) as archive:
        summary = export_warc(archive, tmp_path / "warc")
        tables = export(archive, "jsonl", tmp_path / "tables")
    assert {one.what for one in summary.lost} == {f"capture {captures[number]}" for number in not_in_warc}
    assert in_warc(tmp_path / "warc") == {str(number) for number in range(8)} - {str(one) for one in not_in_warc}
    assert summary.captures == 8 - len(not_in_warc)
    assert {one.what for one in tables.lost} == {f"capture {captures[number]}" for number in not_in_tables}
    lines = (tmp_path / "tables" / "captures.jsonl").read_text(encoding="utf-8").splitlines()
    told = {json.loads(line)["id"] for line in lines}
    assert told == {str(one) for number, one in enumerate(captures) if number not in not_in_tables}
    for one in (*summary.lost, *tables.lost):
        assert "\n" not in one.cause
        assert one.cause.startswith(str(filler.path))


@pytest.mark.parametrize("change", ["arguments = '{'", "user_agent = 'nobody'"], ids=["unreadable", "never written"])
def test_a_run_that_is_not_what_was_written_is_left_out_and_its_captures_are_not(
    filler: Filler, captures: list[UUID], tmp_path: Path, change: str
) -> None:
    tamper(filler.path, f"UPDATE runs SET {change}")  # noqa: S608  # ours
    with open_archive(filler.path) as archive:
        summary = export_warc(archive, tmp_path / "warc")
    assert [one.what for one in summary.lost] == [f"run {filler.run}"]
    assert summary.captures == len(captures)


def test_a_walk_over_all_captures_tells_the_sound_ones_first(filler: Filler, captures: list[UUID]) -> None:
    tamper(
        filler.path,
        "UPDATE captures SET outcome = 'oj' WHERE id = 3",
        "UPDATE captures SET url = 777 WHERE id = 5",
    )
    with open_archive(filler.path) as archive:
        walk = archive.captures()
        told = [next(walk).id for _ in range(6)]
        with pytest.raises(ArchiveDamaged, match=f"capture {captures[2]} cannot be read, nor can 1 more"):
            next(walk)
        with pytest.raises(ArchiveDamaged, match=f"capture {captures[4]} names a row that is not there"):
            archive.capture(captures[4])
    assert told == [one for number, one in enumerate(captures) if number not in (2, 4)]


def test_the_command_ends_with_a_line_for_each_and_exit_status_1(
    filler: Filler, captures: list[UUID], tmp_path: Path
) -> None:
    tamper(filler.path, "UPDATE captures SET outcome = 'oj' WHERE id = 4")
    for form in ("warc", "csv"):
        done = warm.run(["export", "--format", form, "--to", tmp_path / form, "--archive", filler.path])
        assert done.returncode == 1, done.stderr
        (line,) = [line for line in done.stderr.splitlines() if str(captures[3]) in line]
        assert line.startswith(f"capture {captures[3]} was left out: {filler.path}: the archive is damaged")
        assert "restore it from a backup" in line


def test_a_view_that_was_hit_is_named_by_whoever_uses_it(filler: Filler, captures: list[UUID]) -> None:
    assert captures
    with open_archive(filler.path) as archive, pytest.raises(sqlite3.OperationalError), archive.explaining("reading"):
        archive.db.conn.execute("SELECT j.rule FROM links_readable")  # a bug of ours stays one
    conn = sqlite3.connect(filler.path, isolation_level=None)
    conn.execute("PRAGMA writable_schema = ON")
    conn.execute("UPDATE sqlite_schema SET sql = replace(sql, 'j.rule', 'j.rtle') WHERE name = 'judgements_readable'")
    conn.close()
    with open_archive(filler.path) as archive:
        with (
            pytest.raises(
                ArchiveDamaged, match="the view judgements_readable is not as this gicrawl makes it"
            ) as caught,
            archive.explaining("reading"),
        ):
            archive.db.conn.execute("SELECT * FROM judgements_readable").fetchall()
        assert "\n" not in str(caught.value)
