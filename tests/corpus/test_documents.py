from __future__ import annotations

import gzip
import sqlite3
from typing import TYPE_CHECKING

import pytest
from corpus_fakes import ONE, page

from gicrawl.archive.errors import ArchiveNewer
from gicrawl.archive.records import Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.documents import context_from, context_json, register
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.store import prepare
from gicrawl.corpus.views import reports
from gicrawl.parser.document import Context

if TYPE_CHECKING:
    from corpus_fakes import Filler

URL = "http://www.ganquan.gov.cn/nb/2023.html"


def _documents(filler: Filler) -> int:
    with open_archive(filler.path) as archive:
        prepare(archive)
        register(archive)
        (count,) = archive.db.conn.execute("SELECT count(*) FROM documents").fetchone()
    return count


def test_only_whole_article_bodies_are_documents(filler: Filler) -> None:
    filler.add(URL, page())
    filler.add("http://www.ganquan.gov.cn/nb/", b"<html>", role=Role.LIST)
    filler.add("http://www.ganquan.gov.cn/nb/2022.html", page()[:9], outcome=Outcome.TRUNCATED, complete=False)
    filler.add("http://www.ganquan.gov.cn/nb/2021.html", b"gone", outcome=Outcome.NOT_FOUND, status=404)
    filler.add("http://www.ganquan.gov.cn/nb/2020.html", None, outcome=Outcome.DNS_ERROR)
    assert _documents(filler) == 1


def test_the_same_page_seen_twice_is_one_document(filler: Filler) -> None:
    filler.add(URL, page(), link_text="年报")
    filler.add(URL, page(), link_text="年报")
    assert _documents(filler) == 1


def test_another_body_or_context_is_another_version_of_the_same_report(filler: Filler) -> None:
    filler.add(URL, page(), link_text="年报")
    filler.add(URL.replace("http:", "https:"), page(new=11), link_text="年报")
    filler.add(URL, page(), link_text="2023年年报")
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        rows = list(reports(archive))
    assert len({row.version for row in rows}) == len(rows) == 3
    assert len({row.report_id for row in rows}) == 1
    assert {row.first_seen for row in rows} == {min(row.captured for row in rows)}


def test_content_coding_is_undone_and_makes_no_new_version(filler: Filler) -> None:
    filler.add(URL, gzip.compress(page()), headers={"Content-Encoding": "gzip"})
    filler.add(URL, page())
    assert _documents(filler) == 1
    assert dict(reparse(filler.path, engine=ONE, workers=1).statuses) == {"report": 1}


def test_registering_twice_changes_nothing_and_pending_needs_no_registering(filler: Filler) -> None:
    filler.add(URL, page())
    filler.add(URL, page())
    with open_archive(filler.path) as archive:
        before = [work.version for work in pending(archive, engine=ONE)]
        assert register(archive) == 1
        assert register(archive) == 0
        assert [work.version for work in pending(archive, engine=ONE)] == before
    assert len(before) == 1


def test_context_survives_its_storage() -> None:
    context = Context("http://a/", "text/html", "gb2312", "年报", (("SiteIDCode", "1"), ("ColumnName", "年报")))
    assert context_from(context_json(context)) == context
    assert context_from(context_json(Context())) == Context()


@pytest.mark.parametrize("table", ["documents", "parses", "cells", "facts", "checks", "grids", "cell_keys"])
def test_nothing_parsed_is_ever_changed_or_deleted(filler: Filler, table: str) -> None:
    filler.add(URL, page())
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        (column, *_) = (row[1] for row in archive.db.conn.execute(f"PRAGMA table_info({table})"))
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                archive.db.conn.execute(statement)


def test_parses_of_a_newer_gicrawl_are_left_alone(filler: Filler) -> None:
    with open_archive(filler.path) as archive:
        prepare(archive)
        archive.db["_sqlite_migrations"].insert(
            {"migration_set": "corpus", "name": "m999_from_the_future", "applied_at": "2030-01-01"}
        )
        with pytest.raises(ArchiveNewer, match=r"m999_from_the_future.*upgrade"):
            prepare(archive)
