"""Damage to an archive's file: `verify` says what it is and whom it concerns, and the rest is read as before."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from tampering import tamper

from gicrawl.archive.errors import ArchiveDamaged
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.verify import Finding, verify

if TYPE_CHECKING:
    from pathlib import Path

    from archive_samples import Make

    from gicrawl.archive.records import Capture

URL = "http://www.linshui.gov.cn/nb/"


@pytest.fixture
def captures(archive: Archive, make: Make) -> list[Capture]:
    frame = "".join(f'<div class="c{number}" id="d{number}">栏目{number}</div>' for number in range(60))
    pages = [f"<html>{frame}<p>公开政府信息{number}条</p></html>".encode() for number in range(12)]
    made = [make(f"{URL}{number}.html", page) for number, page in enumerate(pages)]
    made.append(make(f"{URL}again.html", pages[3]))
    with archive.writer() as writer:
        for one in made:
            writer.add(one)
    return made


def flip(path: Path, stored: bytes) -> None:
    """Flip a bit in the middle of bytes that stand in the file once."""
    raw = bytearray(path.read_bytes())
    assert raw.count(stored) == 1
    raw[raw.index(stored) + len(stored) // 2] ^= 0x04
    path.write_bytes(raw)


def found(path: Path) -> list[Finding]:
    with open_archive(path) as archive:
        findings = list(verify(archive))
    assert all("\n" not in finding.message for finding in findings)
    return findings


def readable(path: Path, captures: list[Capture]) -> list[str]:
    """The captures of which every byte is what it was."""
    whole: list[str] = []
    said: list[str] = []
    with open_archive(path) as archive:
        for one in captures:
            try:
                if archive.capture(one.id).final_url == one.final_url and archive.response(one.id) == one.response:
                    whole.append(one.final_url)
            except ArchiveDamaged as error:
                said.append(str(error))
    assert all(line.startswith(str(path)) and "\n" not in line for line in said)
    return whole


def test_a_flipped_bit_in_a_body_names_the_captures_that_carry_it_and_harms_no_other(
    archive: Archive, path: Path, captures: list[Capture]
) -> None:
    first, *_, second = captures[3:]
    (data, dictionary) = archive.db.conn.execute(
        "SELECT data, dictionary FROM bodies WHERE sha256 = ?", [archive.capture(first.id).body_sha256]
    ).fetchone()
    assert dictionary is not None
    archive.close()
    flip(path, data)
    (finding,) = found(path)
    assert finding.code == "body"
    assert finding.message.endswith(f"(capture {first.id} of {first.final_url} and 1 more)")
    assert readable(path, captures) == [one.final_url for one in captures if one not in (first, second)]


def test_a_dictionary_gone_missing_is_told_of_every_body_with_its_capture(
    archive: Archive, path: Path, captures: list[Capture]
) -> None:
    needing = [
        url
        for (url,) in archive.db.conn.execute(
            "SELECT u.url FROM captures AS c JOIN urls AS u ON u.id = c.url JOIN bodies AS b ON b.id = c.body "
            "WHERE b.dictionary = 1"
        )
    ]
    assert len(needing) > 5
    archive.close()
    tamper(path, "DELETE FROM dictionaries WHERE id = 1")
    findings = [finding for finding in found(path) if finding.code == "body"]
    assert all("dictionary that is gone" in finding.message for finding in findings)
    for url in set(needing) - {f"{URL}again.html"}:
        assert any(f"of {url}" in finding.message for finding in findings), url
    assert readable(path, captures) == [one.final_url for one in captures if one.final_url not in needing]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("head", "UPDATE heads SET data = CAST(replace(data, 'OK', 'Ok') AS BLOB)"),
        ("circumstances", "UPDATE circumstances SET http_version = 'HTTP/1.0'"),
    ],
)
def test_a_flipped_bit_in_what_captures_share_names_one_and_counts_the_others(
    archive: Archive, path: Path, captures: list[Capture], code: str, change: str
) -> None:
    archive.close()
    tamper(path, change)
    findings = found(path)
    assert {finding.code for finding in findings} == {code}
    assert f"(capture {captures[0].id} of {captures[0].final_url}" in findings[0].message


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE captures SET outcome = 'oj' WHERE id = 4",
        "UPDATE urls SET url = CAST(x'687474703A2F2FF82F' AS TEXT) WHERE id = 4",
    ],
)
def test_what_is_no_text_and_no_outcome_any_more_is_damage_in_one_line(
    archive: Archive, path: Path, captures: list[Capture], statement: str
) -> None:
    archive.close()
    tamper(path, statement)
    assert {finding.code for finding in found(path)} & {"capture", "structure"}
    assert readable(path, captures) == [one.final_url for one in captures if one is not captures[3]]
    with open_archive(path) as damaged, pytest.raises(ArchiveDamaged, match="the archive is damaged"):
        list(damaged.captures())


@pytest.mark.parametrize("name", ["captures_readable", "captures_url", "bodies_never_change", "captures"])
def test_a_table_view_or_trigger_that_says_something_else_is_found(
    archive: Archive, path: Path, captures: list[Capture], name: str
) -> None:
    assert captures
    archive.close()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA writable_schema = ON")
    (sql,) = conn.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [name]).fetchone()
    word = next(word for word in ("FROM", "BEFORE", "STRICT", "INDEX") if word in sql)
    conn.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", [sql.replace(word, word.lower(), 1), name])
    conn.close()
    (finding,) = found(path)
    assert (finding.code, finding.subject) == ("structure", name)


def test_a_view_that_is_gone_is_found(archive: Archive, path: Path) -> None:
    archive.close()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("DROP VIEW links_readable")
    conn.close()
    assert [(finding.code, finding.subject) for finding in found(path)] == [("structure", "links_readable")]


def test_a_schema_that_is_no_text_any_more_is_damage_in_one_line(archive: Archive, path: Path) -> None:
    archive.close()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA writable_schema = ON")
    conn.execute(
        "UPDATE sqlite_schema SET name = CAST(x'F8F8' AS TEXT), sql = 'CREATE VIEW x' WHERE name = 'links_readable'"
    )
    conn.close()
    with pytest.raises(ArchiveDamaged, match="its schema is no text any more") as caught:
        open_archive(path)
    assert "\n" not in str(caught.value)
