"""A folder of collected files becomes captures with their own provenance, whatever else lies in it."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.about import ListError
from gicrawl.archive.history import portal_history
from gicrawl.archive.importing import Imported, content_uri, import_files, plan_files
from gicrawl.archive.records import FileOrigin, Outcome, Role, TimeSource
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gicrawl.archive.folder import Remark
    from gicrawl.archive.store import Archive
    from gicrawl.archive.stored import StoredCapture

LIMIT = 5000
WRITTEN = datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


class Collected:
    """A folder somebody collected, the list beside it, and the archive it goes into."""

    def __init__(self, archive: Archive, base: Path) -> None:
        self.archive = archive
        self.base = base
        self.folder = base / "collected"
        self.folder.mkdir()
        self.said: list[Remark] = []

    def put(self, name: str, body: bytes = b"<html>report</html>") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (WRITTEN.timestamp(),) * 2)
        return path

    def list(self, *lines: str, charset: str = "utf-8") -> Path:
        path = self.base / "list.csv"
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(charset))
        return path

    def bring(self, about: Path | None = None) -> Imported:
        self.said.clear()
        return import_files(
            self.archive, plan_files(self.folder, about, self.archive.path), most_bytes=LIMIT, tell=self.said.append
        )

    @property
    def captures(self) -> Sequence[StoredCapture]:
        return tuple(self.archive.captures())

    @property
    def places(self) -> Sequence[str]:
        return sorted(capture.origin.path for capture in self.captures if capture.origin is not None)

    @property
    def codes(self) -> Sequence[tuple[str, str]]:
        """What was told: the code, and the line or file."""
        fields = [(remark.code, dict(remark.fields)) for remark in self.said]
        return [(code, said.get("line", said.get("file", ""))) for code, said in fields]


@pytest.fixture
def collected(archive: Archive, tmp_path: Path) -> Collected:
    return Collected(archive, tmp_path)


# Captures


def test_a_file_is_kept_as_it_was_and_nothing_is_made_up(collected: Collected) -> None:
    collected.put("2019/某县 年报.html", b"<p>printed</p>")
    done = collected.bring()
    assert (done.new, done.known, done.refused) == (1, 0, 0)
    (capture,) = collected.captures
    assert capture.origin == FileOrigin(
        path="2019/某县 年报.html", modified=WRITTEN, time_source=TimeSource.MODIFIED, about=()
    )
    assert (capture.outcome, capture.role, capture.time, capture.run) == (Outcome.OK, Role.ARTICLE, WRITTEN, done.run)
    assert (capture.method, capture.status, capture.http_version, capture.head) == (None, None, None, b"")
    assert (capture.request_head, collected.archive.request(capture.id), collected.archive.wire(capture.id)) == (
        b"",
        b"",
        b"",
    )
    assert collected.archive.response(capture.id) is None
    assert collected.archive.content(capture) == b"<p>printed</p>"
    assert capture.sniffed_type == "text/html"
    assert capture.final_url == f"nih:sha-256;{sha256(b'<p>printed</p>').hexdigest()}#2019/某县%20年报.html"
    (run,) = collected.archive.runs()
    assert (run.kind, run.status, run.summary) == ("import", "finished", {"new": 1, "known": 0, "refused": 0})
    assert list(verify(collected.archive)) == []


def test_what_the_list_tells_is_kept_with_the_capture(collected: Collected) -> None:
    collected.put("a.html")
    url = "http://www.linshui.gov.cn/nb/t1.html"
    about = collected.list(
        "URL,file,captured,title,portal,media_type,charset,note,Colour",
        f"{url},a.html,2020-02-03 09:05:00,年报,linshui,text/html,gbk,from a disk,red",
    )
    assert collected.bring(about).new == 1
    (capture,) = collected.captures
    assert capture.final_url == capture.requested_url == url
    assert capture.time == datetime(2020, 2, 3, 1, 5, tzinfo=UTC)  # no zone: China's time
    assert (capture.portal, capture.declared_type, capture.declared_charset) == ("linshui", "text/html", "gbk")
    assert capture.link_text == "年报"
    assert capture.origin is not None
    assert capture.origin.time_source is TimeSource.STATED
    assert dict(capture.origin.about) == {
        "url": url,
        "file": "a.html",
        "captured": "2020-02-03 09:05:00",
        "title": "年报",
        "portal": "linshui",
        "media_type": "text/html",
        "charset": "gbk",
        "note": "from a disk",
        "colour": "red",
    }
    assert [(remark.code, dict(remark.fields)["columns"], remark.warning) for remark in collected.said] == [
        ("import_list_columns", "colour", True)
    ]


def test_the_readable_view_says_where_an_import_is_from_and_that_others_are_live(
    collected: Collected, path: Path
) -> None:
    collected.put("a.html")
    collected.bring()
    with sqlite3.connect(path) as outside:
        row = outside.execute("SELECT origin, place, modified, time_source, method FROM captures_readable").fetchone()
    outside.close()
    assert row == ("file", "a.html", "2019-05-06T07:08:09.000000Z", "modified", None)


def test_an_import_is_no_visit_and_nothing_to_ask_for_again(collected: Collected) -> None:
    collected.put("a.html")
    url = "http://www.linshui.gov.cn/nb/t1.html"
    collected.bring(collected.list("file,url,portal", f"a.html,{url},linshui"))
    assert collected.archive.known("linshui", tuple(Role)) == []
    assert collected.archive.latest(url) is None
    history = portal_history(collected.archive, "linshui")
    assert (history.pages, history.visits) == ((), ())


def test_an_imported_capture_whose_origin_is_gone_is_found(collected: Collected) -> None:
    collected.put("a.html")
    collected.bring()
    collected.archive.db.conn.execute("DROP TRIGGER origins_never_leave")
    collected.archive.db.conn.execute("DELETE FROM origins")
    (finding,) = verify(collected.archive)
    assert finding.code == "capture"


# Once and only once


def test_a_second_import_adds_nothing_even_if_files_were_copied_meanwhile(collected: Collected) -> None:
    for name in ("a.html", "b/c.pdf"):
        collected.put(name, name.encode())
    collected.bring()
    before = collected.archive.path.read_bytes()
    os.utime(collected.folder / "a.html")
    done = collected.bring()
    assert (done.new, done.known, done.refused, done.run) == (0, 2, 0, None)
    assert len(collected.archive.runs()) == 1
    assert collected.archive.path.read_bytes() == before


def test_two_machines_name_everything_the_same(collected: Collected, tmp_path: Path) -> None:
    collected.put("a.html", b"1")
    collected.put("b.html", b"2")
    collected.bring()
    elsewhere = tmp_path / "other" / "place"
    elsewhere.parent.mkdir()
    collected.folder.rename(elsewhere)
    with open_archive(tmp_path / "second.db", create=True) as second:
        import_files(second, plan_files(elsewhere, None, second.path), most_bytes=LIMIT, tell=lambda _: None)
        assert {c.id for c in second.captures()} == {c.id for c in collected.captures}
        assert content_digest(second) == content_digest(collected.archive)


def test_an_import_that_was_killed_between_a_page_and_its_file_ties_them_together_later(collected: Collected) -> None:
    collected.put("page.html")
    collected.put("table.pdf", b"%PDF-")
    lines = ("page.html,http://a.gov.cn/1.html,", "table.pdf,http://a.gov.cn/1.pdf,page.html")
    collected.bring(collected.list("file,url,attachment_of", *lines))
    whole = collected.archive.db.conn.execute("SELECT * FROM links_readable").fetchall()
    collected.archive.db.conn.execute("DROP TRIGGER links_never_leave")
    collected.archive.db.conn.execute("DELETE FROM links")
    assert collected.bring(collected.list("file,url,attachment_of", *lines)).new == 0
    assert collected.archive.db.conn.execute("SELECT * FROM links_readable").fetchall() == whole != []


def test_a_file_that_another_import_brought_a_moment_ago_is_not_brought_twice(collected: Collected, path: Path) -> None:
    collected.put("a.html")
    collected.put("b.html", b"2")
    with open_archive(path) as other:

        def meanwhile(done: int, _: int) -> None:  # both have looked, neither has written
            if done == 1:
                import_files(other, plan_files(collected.folder, None, path), most_bytes=LIMIT, tell=lambda _: None)

        plan = plan_files(collected.folder, None, path)
        import_files(collected.archive, plan, most_bytes=LIMIT, tell=lambda _: None, advance=meanwhile)
    assert collected.places == ["a.html", "b.html"]
    assert list(verify(collected.archive)) == []


def test_a_line_that_was_corrected_makes_a_new_capture_beside_the_old(collected: Collected) -> None:
    collected.put("a.html")
    collected.bring(collected.list("file,url", "a.html,http://a.gov.cn/1.html"))
    assert collected.bring(collected.list("file,url", "a.html,http://a.gov.cn/2.html")).new == 1
    assert {c.final_url for c in collected.captures} == {"http://a.gov.cn/1.html", "http://a.gov.cn/2.html"}


# Attachments


def test_attached_files_are_tied_to_their_page_in_the_order_of_the_list(collected: Collected) -> None:
    for name, body in (("z.html", b"<p>"), ("1.pdf", b"%PDF-1"), ("2.png", PNG), ("0.docx", b"word")):
        collected.put(name, body)
    lines = ("2.png,,z.html,一", "1.pdf,http://a.gov.cn/1.pdf,z.html,", "0.docx,,z.html,附件")
    assert collected.bring(collected.list("file,url,attachment_of,link_text", *lines)).new == 4
    by_place = {capture.origin.path: capture for capture in collected.captures if capture.origin is not None}
    roles = {name: capture.role for name, capture in by_place.items()}
    assert roles == {
        "z.html": Role.ARTICLE,
        "1.pdf": Role.ATTACHMENT,
        "2.png": Role.IMAGE,
        "0.docx": Role.ATTACHMENT,
    }
    assert {c.referrer for name, c in by_place.items() if name != "z.html"} == {by_place["z.html"].id}
    links = collected.archive.db.conn.execute(
        "SELECT page, position, url, text, role FROM links_readable ORDER BY position"
    )
    page = str(by_place["z.html"].id)
    assert links.fetchall() == [
        (page, 0, by_place["2.png"].final_url, "一", "image"),
        (page, 1, "http://a.gov.cn/1.pdf", "", "attachment"),
        (page, 2, by_place["0.docx"].final_url, "附件", "attachment"),
    ]


def test_what_is_attached_to_a_file_that_was_left_out_is_left_out_too(collected: Collected) -> None:
    collected.put("empty.html", b"")
    collected.put("a.pdf")
    collected.put("b.pdf")
    collected.put("c.pdf")
    lines = ("a.pdf,empty.html,", "b.pdf,nowhere.html,", "c.pdf,c.pdf,", "empty.html,,x")
    done = collected.bring(collected.list("file,attachment_of,note", *lines))
    assert (done.new, done.refused) == (0, 4)
    assert collected.codes == [
        ("import_line_no_main", "3"),
        ("import_line_no_main", "4"),
        ("import_empty", "empty.html"),
        ("import_main_missing", "a.pdf"),
    ]
    assert collected.places == []


def test_attachments_have_no_attachments_and_wait_for_no_broken_line(collected: Collected) -> None:
    for name in ("a.html", "b.pdf", "c.pdf", "d.html", "e.pdf"):
        collected.put(name, name.encode())
    lines = ("a.html,,", "b.pdf,a.html,", "c.pdf,b.pdf,", "e.pdf,d.html,", "d.html,,long ago")
    assert collected.bring(collected.list("file,attachment_of,captured", *lines)).new == 2
    assert collected.places == ["a.html", "b.pdf"]
    assert sorted(collected.codes) == [
        ("import_line_no_main", "4"),
        ("import_line_no_main", "5"),
        ("import_line_time", "6"),
    ]


# Folders


def test_what_is_no_document_is_told_in_one_remark_each_and_the_rest_goes_on(
    collected: Collected, tmp_path: Path
) -> None:
    collected.put("good.html")
    collected.put("empty.html", b"")
    collected.put("large.pdf", bytes(LIMIT + 1))
    collected.put("just.pdf", bytes(LIMIT))
    collected.put("sub/inner.html", b"inner")
    os.mkfifo(collected.folder / "pipe")
    (tmp_path / "secret.txt").write_text("not yours", encoding="utf-8")
    (collected.folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (collected.folder / "sub" / "up").symlink_to("..")
    (collected.folder / "broken.html").symlink_to("nowhere.html")
    (collected.folder / "round.html").symlink_to("round.html")
    (collected.folder / "alias.html").symlink_to("sub/inner.html")
    done = collected.bring()
    assert collected.places == ["alias.html", "good.html", "just.pdf", "sub/inner.html"]
    assert done.refused == len(collected.said) == 7
    assert {name: code for code, name in collected.codes} == {
        "pipe": "import_no_file",
        "out.txt": "import_link_outside",
        "sub/up": "import_link_folder",
        "broken.html": "import_unreadable",
        "round.html": "import_unreadable",
        "empty.html": "import_empty",
        "large.pdf": "import_too_large",
    }
    assert b"not yours" not in b"".join(collected.archive.content(capture) for capture in collected.captures)


def test_hidden_files_the_list_and_the_archive_itself_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    (tmp_path / "a.html").write_text("x", encoding="utf-8")
    (tmp_path / "list.csv").write_text("file\na.html\n", encoding="utf-8")
    with open_archive(tmp_path / "archive" / "a.db", create=True) as archive:
        done = import_files(
            archive, plan_files(tmp_path, tmp_path / "list.csv", archive.path), most_bytes=10**6, tell=pytest.fail
        )
        assert (done.new, done.refused) == (1, 0)
        assert [c.origin and c.origin.path for c in archive.captures()] == ["a.html"]


def test_names_no_charset_has_are_kept_and_folders_may_be_deep(collected: Collected) -> None:
    deep = os.fsencode(collected.folder)
    for _ in range(60):
        deep += b"/deeper"
    os.makedirs(deep)  # noqa: PTH103 - bytes
    for name in (b"\xff\xfe.html", b"a#b%c?.html"):
        with open(os.path.join(deep, name), "wb") as file:  # noqa: PTH118, PTH123 - bytes
            file.write(name)
    assert collected.bring().new == 2
    assert collected.said == []
    urls = sorted(capture.final_url.rpartition("/")[2] for capture in collected.captures)
    assert urls == ["%FF%FE.html", "a%23b%25c?.html"]
    assert collected.bring().known == 2


def test_the_same_name_in_another_folder_is_another_document_and_the_same_bytes_are_one() -> None:
    one, two = sha256(b"1").digest(), sha256(b"2").digest()
    assert content_uri(one, "a.pdf").partition("#")[0] != content_uri(two, "a.pdf").partition("#")[0]
    assert content_uri(one, "a.pdf").partition("#")[0] == content_uri(one, "b/c.pdf").partition("#")[0]


# Lists


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_spreadsheets_of_any_habit_are_read(collected: Collected, charset: str, delimiter: str) -> None:
    collected.put("2020/年报.html")
    line = delimiter.join(("2020\\年报.html", '"文,字;\t""好"""', "2021/1/30 9:05", ""))
    about = collected.list(delimiter.join(("File", " link_text", "captured", "")), line, delimiter * 3, charset=charset)
    assert collected.bring(about).new == 1
    (capture,) = collected.captures
    assert capture.link_text == '文,字;\t"好"'
    assert capture.time == datetime(2021, 1, 30, 1, 5, tzinfo=UTC)
    assert [remark.code for remark in collected.said] == (["import_list_gbk"] if charset == "gb18030" else [])


BROKEN = {
    "a.html,http://a.gov.cn/1.html": "import_line_fields",
    "a.html,http://a.gov.cn/1.html,2020-01-01,,surplus": "import_line_fields",
    "none.html,,,": "import_line_no_file",
    "../secret.txt,,,": "import_line_no_file",
    "/etc/hostname,,,": "import_line_no_file",
    ",http://a.gov.cn/1.html,,": "import_line_no_file",
    "a.html,www.a.gov.cn/1.html,,": "import_line_url",
    "a.html,http://[a.gov.cn/,,": "import_line_url",
    "a.html,http://a.gov.cn/1 2.html,,": "import_line_url",
    "a.html,file:///etc/hostname,,": "import_line_url",
    "a.html,,2020-13-01,": "import_line_time",
    "a.html,,yesterday,": "import_line_time",
    "a.html,,2020/2/30,": "import_line_time",
    "a.html,,0001-01-01T00:00:00+08:00,": "import_line_time",
    "a.html,,2999-01-01,": "import_line_future",
    "a.html,,,gone.html": "import_line_no_main",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_line_is_told_by_its_number_and_its_file_is_held_back(collected: Collected, line: str) -> None:
    collected.put("a.html")
    collected.put("b.html", b"b")
    done = collected.bring(collected.list("file,url,captured,attachment_of", '"b.html","","2020-01-01",""', "", line))
    assert collected.codes == [(BROKEN[line], "4")]
    assert done.refused == 1
    assert collected.places == (["b.html"] if line.startswith("a.html") else ["a.html", "b.html"])


def test_a_corrected_list_brings_what_was_held_back_and_nothing_twice(collected: Collected) -> None:
    collected.put("a.html")
    collected.put("b.html", b"b")
    collected.bring(collected.list("file,captured", "a.html,soon", "b.html,2020-01-01"))
    done = collected.bring(collected.list("file,captured", "a.html,2020-01-02", "b.html,2020-01-01"))
    assert (done.new, done.known, done.refused) == (1, 1, 0)


def test_a_file_named_twice_goes_by_the_first_line(collected: Collected) -> None:
    collected.put("a.html")
    collected.bring(collected.list("file,url", "a.html,http://a.gov.cn/1", "./a.html,http://a.gov.cn/2"))
    assert collected.codes == [("import_line_twice", "3")]
    assert [capture.final_url for capture in collected.captures] == ["http://a.gov.cn/1"]


def test_a_line_in_no_charset_is_told_and_the_others_count(collected: Collected, tmp_path: Path) -> None:
    for name in ("a.html", "b.html", "c.html"):
        collected.put(name, name.encode())
    about = tmp_path / "list.csv"
    about.write_bytes("file,title\na.html,年报\nb.html,".encode() + b"\xff\xfe\xff" + "\nc.html,年报年报\n".encode())
    assert collected.bring(about).new == 2
    assert collected.codes == [("import_line_charset", "3")]
    assert collected.places == ["a.html", "c.html"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("name,url\na.html,\n", "no column `file`"),
        ("file,url,URL\na.html,,\n", "`url` stands twice"),
        ('file,title\na.html,"never closed\nb.html,x\n', "line 2"),
        ('file,title\na.html,x\nb.html,"closed" too soon\n', "line 3"),
    ],
)
def test_a_list_that_cannot_be_taken_apart_ends_the_import_before_it_begins(
    collected: Collected, tmp_path: Path, text: str, told: str
) -> None:
    collected.put("a.html")
    about = tmp_path / "list.csv"
    about.write_text(text, encoding="utf-8")
    with pytest.raises(ListError, match=told) as raised:
        collected.bring(about)
    assert "\n" not in str(raised.value)
    assert (collected.captures, collected.archive.runs()) == ((), [])
