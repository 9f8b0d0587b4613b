"""What docs/archive.md tells people who open the file with other tools is true."""

from __future__ import annotations

import json
import re
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gicrawl.archive import schema
from gicrawl.archive.records import Judgement, Link, Outcome, Role, Verdict
from gicrawl.archive.seals import columns
from gicrawl.archive.tombstones import Kind, Subject, erase, withhold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_samples import Make

    from gicrawl.archive.store import Archive

PAGE = Path(__file__).parents[2] / "docs" / "archive.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COLUMN, REPORT, MISSED = (f"http://www.linshui.gov.cn/nb/{name}" for name in ("", "t1.html", "t2.html"))


@pytest.fixture
def outside(archive: Archive, make: Make, path: Path) -> Iterator[sqlite3.Connection]:
    """The file as another program sees it."""
    page = make(COLUMN, portal="linshui", role=Role.LIST)
    captures = [make(REPORT, body, portal="linshui") for body in (b"first", b"first", b"second")]
    lost = make(REPORT, b"?", portal="linshui", outcome=Outcome.NOT_FOUND, status=404)
    with archive.writer() as writer:
        for capture in (page, *captures, lost):
            writer.add(capture)
        writer.judge(Verdict(capture=page.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
        for position, url in enumerate((REPORT, MISSED)):
            writer.link(Link(page=page.id, url=url, text="年报", title=None, date=None, position=position))
    gone = sha256(b"?").digest()
    withhold(archive, [Subject(Kind.BODY, gone)], who="an editor", why="names a person")
    erase(archive, [gone], who="an editor", why="names a person")
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield conn
    conn.close()


def test_every_query_answers(outside: sqlite3.Connection) -> None:
    answers = [outside.execute(query).fetchall() for query in QUERIES]
    by_outcome, versions, missed, cleaned = answers
    assert by_outcome == [("linshui", "ok", 4, 3), ("linshui", "not_found", 1, 1)]
    assert [visits for *_, visits in versions] == [1, 2, 1]
    assert missed == [(MISSED, "年报", COLUMN)]
    assert cleaned == [(REPORT, 2, 0)]


def test_every_column_is_described_and_every_view_named(outside: sqlite3.Connection) -> None:
    text = PAGE.read_text(encoding="utf-8")
    described = set(re.findall(r"`(\w+)`", text)) | set(re.findall(r"`\w+\.(\w+)`", text))
    for kind, name in outside.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE '%sqlite%'"
    ).fetchall():
        if kind == "view":
            assert name in described
        else:
            columns = {row[1] for row in outside.execute(f"PRAGMA table_info({name})")} - {"id"}
            assert columns <= described, name
            assert re.search(rf"^### .*\b{name}\b", text, re.MULTILINE)
    assert f"0x{schema.APPLICATION_ID:x}" in text


@pytest.mark.parametrize("table", ["runs", "captures", "origins", "warc_records", "judgements", "links", "events"])
def test_seals_are_taken_over_the_columns_in_the_order_of_the_page(table: str) -> None:
    section = PAGE.read_text(encoding="utf-8").partition(f"\n### {table}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == list(columns(table))


def test_a_seal_can_be_made_without_us(outside: sqlite3.Connection) -> None:
    rows = outside.execute(
        "SELECT j.seal, c.uuid, j.judgement, j.signature, j.rule, j.pages_end, j.made "
        "FROM judgements AS j JOIN captures AS c ON c.id = j.capture"
    ).fetchall()
    assert rows
    for sealed, uuid, *told in rows:
        text = json.dumps([uuid.hex(), *told], separators=(",", ":"))
        assert sha256(text.encode("ascii")).digest()[:8] == sealed


def test_the_views_show_text_where_the_tables_hold_bytes(outside: sqlite3.Connection) -> None:
    for (view,) in outside.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        rows = outside.execute(f"SELECT * FROM {view}").fetchall()  # noqa: S608  # a name of ours
        assert rows
        assert not any(isinstance(value, bytes) for row in rows for value in row)
    (time,) = outside.execute("SELECT min(time) FROM captures_readable").fetchone()
    assert time == "2026-02-01T03:04:06.678901Z"
