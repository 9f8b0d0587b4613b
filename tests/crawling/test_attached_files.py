"""Files and pictures of articles, over the wire and in the archive: with a real spider on a portal that changes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from crawl_process import crawl_killed_after
from rawserver import RawServer, page, raw

from gicrawl.archive.records import Judgement, Outcome, Role
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest
from gicrawl.crawling.run import CrawlOptions, CrawlSummary, Target, crawl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rawserver import Answer, Visit

    from gicrawl.archive.stored import StoredCapture

    Walk = Callable[..., CrawlSummary]
    Captures = Callable[..., list[StoredCapture]]

COLUMN = "/gk/nb/list.html"
NOTICE = "<p>现将年度报告公布如下，详见附件。</p>" * 20
PDF, PNG = b"%PDF-1.7\n<html> <a href=trap.pdf> of year ", b"\x89PNG\r\n\x1a\n of year "


def title(year: int) -> str:
    return f"云坪县{year}年政府信息公开工作年度报告"


@dataclass
class Portal:
    """Reports of some years; what each page links to can be changed between two crawls. Everything has an ETag."""

    links: dict[int, str] = field(
        default_factory=lambda: {
            2024: '<a href="2024.pdf">附件1</a><a href="2024.doc">附件2</a>',
            2023: '<img src="2023.png" alt="第一页"><a href="http://other.example.com/x.pdf">附件</a>',
            2022: '<a href="2022.pdf">附件</a>',
        }
    )
    rows: str = ""
    files: dict[str, bytes | Answer] = field(default_factory=dict)
    delay: float = 0.0

    def routes(self) -> dict[str, Any]:
        routes: dict[str, Any] = {"/": lambda _: page(f'<html><a href="{COLUMN}">政府信息公开年报</a>{NOTICE}</html>')}
        routes[COLUMN] = lambda _: page(self.column())
        for year in self.links:
            routes[f"/gk/nb/{year}.html"] = lambda visit, year=year: self.answer(visit, self.report(year), "text/html")
            for suffix, start in (("pdf", PDF), ("doc", PDF), ("png", PNG)):
                name = f"{year}.{suffix}"
                routes[f"/gk/nb/{name}"] = lambda visit, name=name, start=start: self.file(visit, name, start)
        return routes

    def column(self) -> str:
        rows = "".join(f'<li><a href="{year}.html">{title(year)}</a></li>' for year in self.links)
        return f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}{self.rows}</ul></body></html>"

    def report(self, year: int) -> bytes:
        head = f'<html><head><title>{title(year)}</title></head><body><div class="TRS_Editor">'
        return f"{head}{NOTICE}{self.links[year]}</div></body></html>".encode()

    def file(self, visit: Visit, name: str, start: bytes) -> Answer:
        told = self.files.get(name, start + name.encode())
        return self.answer(visit, told, "application/octet-stream") if isinstance(told, bytes) else told

    def answer(self, visit: Visit, body: bytes, kind: str) -> Answer:
        tag = f'"{hash(body):x}"'
        if visit.header("If-None-Match") == tag:
            return raw(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
        return raw(*page(body, f"ETag: {tag}", kind=kind).parts, before=self.delay)


@pytest.fixture
def walk(archive_path: Path) -> Walk:
    def run(url: str, **options: Any) -> CrawlSummary:  # noqa: ANN401 - as `CrawlOptions` has them
        settings = {"DOWNLOAD_TIMEOUT": 5}
        return crawl([Target(url=url)], CrawlOptions(archive=archive_path, delay=0.0, settings=settings, **options))

    return run


def links(path: Path) -> list[tuple[str, int, str, str, str]]:
    """Links of articles: page, position, file, role, text, each once."""
    query = """SELECT DISTINCT page_url, position, url, role, text FROM links_readable WHERE role <> 'article'
        ORDER BY page_url, position"""
    with open_archive(path) as archive:
        rows = archive.db.execute(query).fetchall()
    return [(row[0].rpartition("/")[2], row[1], row[2].rpartition("/")[2], row[3], row[4]) for row in rows]


def later(server: RawServer, before: int) -> list[str]:
    return [visit.path.rpartition("/")[2] for visit in server.visits[before:]]


def digest(path: Path) -> str:
    with open_archive(path) as archive:
        return content_digest(archive)


def test_files_are_fetched_and_tied_to_the_capture_of_their_article(
    walk: Walk, captures: Captures, archive_path: Path
) -> None:
    with RawServer(Portal().routes()) as server:
        (target,) = walk(f"{server.url}/").targets
    assert links(archive_path) == [
        ("2022.html", 0, "2022.pdf", "attachment", "附件"),
        ("2023.html", 0, "2023.png", "image", "第一页"),
        ("2023.html", 1, "x.pdf", "attachment", "附件"),
        ("2024.html", 0, "2024.pdf", "attachment", "附件1"),
        ("2024.html", 1, "2024.doc", "attachment", "附件2"),
    ]
    (article,) = captures("/gk/nb/2024.html")
    (file,) = captures("/gk/nb/2024.doc")
    assert (file.role, file.referrer, file.link_text) == (Role.ATTACHMENT, article.id, "附件2")
    assert (file.outcome, file.judgement, file.declared_type) == (
        Outcome.OK,
        Judgement.CONTENT,
        "application/octet-stream",
    )
    assert [(one.role, one.judgement) for one in captures("/gk/nb/2023.png")] == [(Role.IMAGE, Judgement.CONTENT)]
    assert (target.links, target.attachments, target.attachments_fetched) == (3, 5, 4)
    with open_archive(archive_path) as archive:
        (run,) = archive.runs()
    assert run.summary is not None
    assert (run.summary["attachments"], run.summary["attachments_fetched"]) == (5, 4)


def test_second_crawl_asks_once_for_each_and_brings_nothing_new(
    walk: Walk, captures: Captures, archive_path: Path
) -> None:
    with RawServer(Portal().routes()) as server:
        walk(f"{server.url}/")
        before, content = len(server.visits), digest(archive_path)
        second = walk(f"{server.url}/")
        assert sorted(later(server, before)) == sorted(later(server, 0)[:before])
    (target,) = second.targets
    assert second.bodies_new == 0
    assert digest(archive_path) == content
    assert target.captures == {"not_modified": 3 + 4, "ok": 2, "not_found": 1}
    assert (target.revisits, target.attachments, target.attachments_fetched) == (0, 5, 4)
    # the second time, too, it is the article's own capture that leads there
    assert captures("/gk/nb/2022.pdf")[1].referrer == captures("/gk/nb/2022.html")[1].id


def test_file_that_its_article_no_longer_links_is_still_looked_after(walk: Walk, captures: Captures) -> None:
    portal = Portal()
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        portal.links |= {2022: "", 2023: ""}
        (target,) = walk(f"{server.url}/").targets
    assert target.revisits == 2
    file, picture = captures("/gk/nb/2022.pdf")[1], captures("/gk/nb/2023.png")[1]
    assert (file.role, file.outcome, file.link_text) == (Role.ATTACHMENT, Outcome.NOT_MODIFIED, "附件")
    assert (picture.role, picture.outcome) == (Role.IMAGE, Outcome.NOT_MODIFIED)
    assert file.referrer is None


def test_file_of_a_report_taken_off_the_list_refers_to_that_report(walk: Walk, captures: Captures) -> None:
    portal = Portal()
    routes = portal.routes()
    with RawServer(routes) as server:
        walk(f"{server.url}/")
        del portal.links[2022]
        server.routes["/gk/nb/2022.html"] = page(
            f'<html><title>{title(2022)}</title><a href="2022.pdf">附件</a></html>'
        )
        (target,) = walk(f"{server.url}/").targets
    assert target.revisits == 1
    assert captures("/gk/nb/2022.pdf")[1].referrer == captures("/gk/nb/2022.html")[1].id


def test_missing_and_empty_files_stop_nothing_and_alarm_nobody(
    walk: Walk, captures: Captures, caplog: pytest.LogCaptureFixture
) -> None:
    missing = page("<html><title>404</title>您访问的页面不存在</html>", status="404 Not Found")
    soft = page("<html><title>提示</title>抱歉，您访问的页面不存在！</html>")
    portal = Portal(files={"2024.pdf": missing, "2024.doc": b"", "2022.pdf": soft, "2023.png": raw(close=True)})
    with RawServer(portal.routes()) as server, caplog.at_level(logging.INFO):
        (target,) = walk(f"{server.url}/").targets
        portal.links |= {2024: ""}
        (second,) = walk(f"{server.url}/").targets
    assert [one.outcome for one in captures("/gk/nb/2024.pdf")] == [Outcome.NOT_FOUND]
    assert [one.judgement for one in captures("/gk/nb/2024.doc")] == [Judgement.EMPTY] * 2
    assert [one.judgement for one in captures("/gk/nb/2022.pdf")] == [Judgement.SOFT_404] * 2
    assert (target.reason, target.errors, second.revisits) == ("finished", (), 1)
    said = [record for record in caplog.records if "2024.pdf" in record.getMessage() and "spider" not in record.name]
    assert [record.levelno for record in said if "could not be read (HTTP 404)" in record.getMessage()] == [
        logging.INFO
    ]
    assert all(record.levelno < logging.ERROR for record in caplog.records)


def test_page_that_came_for_a_file_is_kept_and_what_it_shows_belongs_to_the_article(
    walk: Walk, captures: Captures, archive_path: Path
) -> None:
    report = f"<html><title>{title(2024)}</title><p>{'一、总体情况。' * 100}</p><a href=x.pdf>附件</a></html>"
    viewer = '<html><body><iframe src="/gk/nb/2023.pdf"></iframe></body></html>'
    refresh = '<html><head><meta http-equiv="refresh" content="0;url=/gk/nb/2022.doc"></head></html>'
    portal = Portal(
        links={
            2024: '<a href="2024.pdf">附件</a>',
            2023: '<a href="2023.doc">附件</a><a href="2023.png">图</a>',
            2022: '<a href="2022.pdf">附件</a>',
        },
        files={"2024.pdf": page(report), "2023.doc": page(viewer), "2022.pdf": page(refresh)},
    )
    with RawServer(portal.routes()) as server:
        walk(f"{server.url}/")
        assert "/gk/nb/x.pdf" not in server.paths()
    assert captures("/gk/nb/2024.pdf")[0].judgement is Judgement.CONTENT
    (shown,) = captures("/gk/nb/2023.pdf")
    assert (shown.role, shown.referrer) == (Role.ATTACHMENT, captures("/gk/nb/2023.html")[0].id)
    assert [row[1:4] for row in links(archive_path) if row[0] == "2023.html"] == [
        (0, "2023.doc", "attachment"),
        (0, "2023.pdf", "attachment"),
        (1, "2023.png", "attachment"),
    ]
    (forwarded,) = captures("/gk/nb/2022.doc")
    assert (forwarded.hop, forwarded.requested_url.rpartition("/")[2]) == (1, "2022.pdf")


@pytest.mark.parametrize("kind", ["application/pdf", "text/html", "application/octet-stream"])
def test_row_that_leads_to_a_file_is_an_article_without_attachments(walk: Walk, captures: Captures, kind: str) -> None:
    portal = Portal(rows=f'<li><a href="2021.pdf">{title(2021)}</a></li>', links={2024: ""})
    with RawServer(portal.routes()) as server:
        server.routes["/gk/nb/2021.pdf"] = page(PDF * 50, kind=kind)
        (target,) = walk(f"{server.url}/").targets
    (article,) = captures("/gk/nb/2021.pdf")
    assert (article.role, article.judgement) == (Role.ARTICLE, Judgement.CONTENT)
    assert (target.attachments, target.errors) == (0, ())


def test_pages_and_years_asked_for_bound_the_files_too(walk: Walk) -> None:
    with RawServer(Portal().routes()) as server:
        walk(f"{server.url}/", years=(2022, 2022))
        assert later(server, 0) == ["robots.txt", "", "list.html", "2022.html", "2022.pdf"]
        walk(f"{server.url}/")
        before = len(server.visits)
        walk(f"{server.url}/", years=(2022, 2022))
        assert later(server, before) == ["robots.txt", "", "list.html", "2022.html", "2022.pdf"]
        before = len(server.visits)
        walk(f"{server.url}/", max_pages=6)
        assert len(server.visits) - before == 1 + 6


def test_killed_crawl_goes_on_to_the_same_content(tmp_path: Path) -> None:
    whole = tmp_path / "undisturbed.db"
    with RawServer(Portal(delay=0.1).routes()) as server:
        target = Target(url=f"{server.url}/")
        crawl([target], CrawlOptions(archive=whole, delay=0.0))
        for visits in (5, 7, 9):
            archive = tmp_path / f"killed-at-{visits}.db"
            crawl_killed_after(visits, server, archive)
            crawl([target], CrawlOptions(archive=archive, delay=0.0))
            assert digest(archive) == digest(whole)
            assert links(archive) == links(whole)
