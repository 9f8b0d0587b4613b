"""What is withheld is in no export, and the panel says that there is something it does not show."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from corpus_fakes import ONE, Filler, page

from gicrawl.archive.records import Role
from gicrawl.archive.store import open_archive
from gicrawl.archive.tombstones import Kind, Subject, release, withhold
from gicrawl.archive.verify import verify
from gicrawl.corpus.canonical import report_id
from gicrawl.corpus.merge import merge
from gicrawl.corpus.references import dangling
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.withholding import bodies_of, erase, meant
from gicrawl.export.run import export
from gicrawl.export.warc import export_warc

if TYPE_CHECKING:
    from pathlib import Path

HOST = "http://www.ganquan.gov.cn"
SECRET = page(year=2022, new=4711, total=4711)
WHY = {"who": "an editor", "why": "names a private person"}


@pytest.fixture
def filled(filler: Filler) -> Path:
    listing = filler.add(f"{HOST}/nb/", b"<html>list", role=Role.LIST)
    filler.add(f"{HOST}/secret", SECRET, referrer=listing, link_text="4711", asked_for=f"{HOST}/old-secret")
    filler.add(f"{HOST}/open", page(year=2021))
    filler.add(f"{HOST}/open2", page(year=2023))
    reparse(filler.path, engine=ONE, workers=1)
    return filler.path


def tables(path: Path, to: Path, form: str = "jsonl") -> dict[str, str]:
    with open_archive(path) as archive:
        summary = export(archive, form, to)
    return {file.table: file.path.read_text(encoding="utf-8") for file in summary.files}


def traces(exported: dict[str, str]) -> list[str]:
    marks = ("4711", "/secret", "/old-secret", sha256(SECRET).hexdigest(), report_id(f"{HOST}/secret").hex())
    return [f"{table}: {mark}" for table, text in exported.items() for mark in marks if mark in text]


@pytest.mark.parametrize(
    "asked",
    [f"{HOST}/secret", f"{HOST}/old-secret", report_id(f"{HOST}/secret").hex(), sha256(SECRET).hexdigest()],
)
def test_whatever_it_is_called_by_it_is_nowhere(filled: Path, tmp_path: Path, asked: str) -> None:
    before = tables(filled, tmp_path / "before")
    assert len(traces(before)) > 5
    with open_archive(filled) as archive:
        subjects = meant(archive, asked)
        withhold(archive, subjects, **WHY)
        assert list(verify(archive)) == []
    for form in ("jsonl", "csv"):
        assert traces(tables(filled, tmp_path / form, form)) == []
    with open_archive(filled) as archive:
        release(archive, subjects, who="an editor", why="corrected")
    assert tables(filled, tmp_path / "after") == before


def test_no_warc_file_has_it(filled: Path, tmp_path: Path) -> None:
    with open_archive(filled) as archive:
        withhold(archive, meant(archive, f"{HOST}/secret"), **WHY)
        done = export_warc(archive, tmp_path / "warc")
    assert (done.captures, done.withheld) == (3, 1)
    for file in (tmp_path / "warc").iterdir():
        said = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        assert b"4711" not in said
        assert b"secret" not in said


def test_the_panel_neither_shows_it_nor_denies_it(filled: Path, tmp_path: Path) -> None:
    with open_archive(filled) as archive:
        withhold(archive, meant(archive, f"{HOST}/secret"), **WHY)
        assert list(pending(archive, engine=ONE)) == []
    rows: list[dict[str, Any]] = [json.loads(line) for line in tables(filled, tmp_path / "out")["panel"].splitlines()]
    states = {row["year"]: (row["report_state"], row["reason"], row["reason_url"]) for row in rows}
    assert states[2021] == ("found", None, None)
    assert states[2022] == ("found_unparsed", "withheld", None)


def test_a_later_version_of_a_withheld_report_is_withheld_as_well(filled: Path, filler: Filler, tmp_path: Path) -> None:
    with open_archive(filled) as archive:
        withhold(archive, meant(archive, f"{HOST}/secret"), **WHY)
    filler.add(f"{HOST}/secret", page(year=2022, new=4711, total=4712))
    reparse(filled, engine=ONE, workers=1)
    assert traces(tables(filled, tmp_path / "out")) == []


def test_what_was_read_of_erased_bytes_goes_with_them_and_does_not_come_back(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(filled.read_bytes())
    with open_archive(filled) as archive:
        subjects = meant(archive, f"{HOST}/secret")
        assert bodies_of(archive, subjects) == [sha256(SECRET).digest()]
        erase(archive, bodies_of(archive, subjects), **WHY)
        for _ in range(2):
            left = archive.db.conn.execute(
                "SELECT count(*) FROM cells WHERE value = 4711 UNION ALL SELECT count(*) FROM facts WHERE value = 4711"
            ).fetchall()
            assert left == [(0,), (0,)]
            assert list(verify(archive)) == []
            assert list(dangling(archive)) == []
            merge(archive, [copy])
    assert traces(tables(filled, tmp_path / "out")) == []
    assert reparse(filled, engine=ONE, everything=True, workers=1).parsed == 2


def test_a_page_that_is_no_report_is_withheld_by_its_bodies(filled: Path) -> None:
    with open_archive(filled) as archive:
        assert meant(archive, f"{HOST}/nb/") == (Subject(Kind.BODY, sha256(b"<html>list").digest()),)
