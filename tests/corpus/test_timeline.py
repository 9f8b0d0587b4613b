from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_fakes import ONE, page

from gicrawl.archive.records import Judgement, Link, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.corpus.documents import register
from gicrawl.corpus.reparse import pending, reparse
from gicrawl.corpus.store import prepare
from gicrawl.corpus.views import reports

if TYPE_CHECKING:
    from uuid import UUID

    from corpus_fakes import Filler

URL = "http://www.ganquan.gov.cn/nb/2023.html"
PDF = "http://www.ganquan.gov.cn/nb/2023.pdf"
DOC = "http://www.ganquan.gov.cn/nb/2023.doc"


def _visit(
    filler: Filler, body: bytes | None, *links: str, role: Role = Role.ATTACHMENT, of: UUID | None = None
) -> UUID:
    outcome = Outcome.OK if body is not None else Outcome.NOT_MODIFIED
    capture = filler.add(URL, body, outcome=outcome, revisit_of=of)
    with open_archive(filler.path) as archive, archive.writer() as writer:
        for position, url in enumerate(links):
            writer.link(Link(page=capture, url=url, text="附件", title=None, date=None, position=position, role=role))
    return capture


def _attached(filler: Filler, url: str, body: bytes | None, **more: object) -> UUID:
    outcome = Outcome.OK if body is not None else Outcome.NOT_FOUND
    return filler.add(url, body, outcome=outcome, role=Role.ATTACHMENT, **more)


def _night(filler: Filler) -> None:
    with open_archive(filler.path) as archive:
        filler.run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)


def _versions(filler: Filler) -> list[tuple[str, ...]]:
    """Digests of each version's bodies, the main one first, in the order they were seen."""
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        rows = sorted(reports(archive), key=lambda row: row.captured)
        kept = {body.hex(): archive.body(body) for row in rows for body in map(bytes.fromhex, row.renditions)}
    return [tuple(kept[body].decode() for body in row.renditions) for row in rows]


def _said(main: bytes, *attached: str) -> tuple[str, ...]:
    return (main.decode(), *attached)


def test_a_page_and_its_files_are_one_report_in_the_order_of_the_links(filler: Filler) -> None:
    _visit(filler, page(), PDF, DOC)
    _attached(filler, DOC, b"doc")
    _attached(filler, PDF, b"pdf")
    assert _versions(filler) == [_said(page(), "pdf", "doc")]


def test_a_document_registered_before_its_files_came_is_no_version_of_its_own(filler: Filler) -> None:
    _visit(filler, page(), PDF, DOC)
    assert _versions(filler) == [_said(page())]
    _attached(filler, PDF, b"pdf")
    assert _versions(filler) == [_said(page(), "pdf")]
    _attached(filler, DOC, b"doc")
    assert _versions(filler) == [_said(page(), "pdf", "doc")]


def test_a_file_that_was_missing_and_comes_later_makes_a_new_version(filler: Filler) -> None:
    first = _visit(filler, page(), PDF)
    _attached(filler, PDF, None, status=404)
    _night(filler)
    _visit(filler, None, of=first)
    _attached(filler, PDF, b"pdf")
    assert _versions(filler) == [_said(page()), _said(page(), "pdf")]


def test_files_changed_in_one_night_make_one_version_though_the_night_was_broken_off(filler: Filler) -> None:
    first = _visit(filler, page(), PDF, DOC)
    _attached(filler, PDF, b"pdf")
    _attached(filler, DOC, b"doc")
    _night(filler)
    _visit(filler, None, of=first)
    _attached(filler, PDF, b"pdf, corrected")  # killed here
    _night(filler)
    _visit(filler, None, of=first)
    _attached(filler, PDF, b"pdf, corrected")
    _attached(filler, DOC, b"doc, corrected")
    assert _versions(filler) == [_said(page(), "pdf", "doc"), _said(page(), "pdf, corrected", "doc, corrected")]


def test_a_run_that_ended_before_it_read_the_links_of_a_page_makes_no_version(filler: Filler) -> None:
    _visit(filler, page())  # killed before its links were read
    _night(filler)
    _visit(filler, page(), PDF)
    _attached(filler, PDF, b"pdf")
    assert _versions(filler) == [_said(page(), "pdf")]


def test_links_read_only_when_the_server_said_that_the_page_still_holds_count(filler: Filler) -> None:
    first = _visit(filler, page())  # killed before its links were read
    assert _versions(filler) == [_said(page())]
    _night(filler)
    _visit(filler, None, PDF, of=first)
    _attached(filler, PDF, b"pdf")
    assert _versions(filler) == [_said(page(), "pdf")]


def test_a_changed_page_keeps_the_file_it_still_links_to(filler: Filler) -> None:
    _visit(filler, page(), PDF)
    _attached(filler, PDF, b"pdf")
    _night(filler)
    _visit(filler, page(new=11), PDF)
    _attached(filler, PDF, None, status=404)
    assert _versions(filler) == [_said(page(), "pdf"), _said(page(new=11), "pdf")]


def test_a_redirected_file_is_the_one_it_was_redirected_to(filler: Filler) -> None:
    _visit(filler, page(), PDF)
    filler.add(PDF, b"", outcome=Outcome.REDIRECT, role=Role.ATTACHMENT, status=302)
    filler.add("http://files.ganquan.gov.cn/a", b"pdf", role=Role.ATTACHMENT, asked_for=PDF)
    assert _versions(filler) == [_said(page(), "pdf")]


def test_a_page_blocked_in_place_of_a_file_is_not_the_file(filler: Filler) -> None:
    _visit(filler, page(), PDF)
    _attached(filler, PDF, b"<script>challenge</script>", judgement=Judgement.BLOCKED)
    assert _versions(filler) == [_said(page())]


def test_how_many_files_could_not_be_had_is_told_to_the_parser_and_pictures_do_not_count(filler: Filler) -> None:
    _visit(filler, page(), PDF, DOC)
    _attached(filler, PDF, None, status=404)
    _versions(filler)
    with open_archive(filler.path) as archive:
        (context,) = (row["context"] for row in archive.db["documents"].rows)
    assert '"missing":2' in context


def test_what_waits_is_told_without_registering_and_is_the_same_after(filler: Filler) -> None:
    _visit(filler, page(), PDF)
    _attached(filler, PDF, b"pdf")
    with open_archive(filler.path) as archive:
        prepare(archive)
        before = [work.version for work in pending(archive, engine=ONE)]
        assert archive.db["documents"].count == 0
        assert register(archive) == 1
        assert [work.version for work in pending(archive, engine=ONE)] == before


def test_the_version_is_dated_by_the_visit_that_first_showed_it(filler: Filler) -> None:
    first = _visit(filler, page(), PDF)
    _attached(filler, PDF, b"pdf")
    _night(filler)
    again = _visit(filler, None, of=first)
    _attached(filler, PDF, b"pdf, corrected")
    reparse(filler.path, engine=ONE, workers=1)
    with open_archive(filler.path) as archive:
        rows = sorted(reports(archive), key=lambda row: row.captured)
        assert [row.captured for row in rows] == [archive.capture(first).time, archive.capture(again).time]
        assert {row.first_seen for row in rows} == {archive.capture(first).time}
