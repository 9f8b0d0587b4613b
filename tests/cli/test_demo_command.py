import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from console import Run
from made_reports import made

from gicrawl.archive.store import open_archive
from gicrawl.corpus.views import parsed_reports
from gicrawl.demo.attached import Attached, compare_attached
from gicrawl.demo.places import path_of
from gicrawl.parser.report import Status
from gicrawl.sample.manifest import describe
from gicrawl.sample.portals import DEFAULT_SEED, build_portals

Done = subprocess.CompletedProcess[str]


def test_the_demo_finds_exactly_what_is_there(demo: Done) -> None:
    assert demo.returncode == 0, demo.stdout + demo.stderr
    found = re.findall(r"^(\w+): (\d+) of (\d+) reports found, (\d+) of (\d+) near misses", demo.stdout, re.MULTILINE)
    assert [portal for portal, *_ in found] == ["yunping", "lanxi"]
    for _, reports, there, wrongly, misses in found:
        assert reports == there
        assert int(there) >= 30
        assert wrongly == "0"
        assert int(misses) > 10
    printed = r"^cells +(\d+) of (\d+) exactly as printed, 0 missed, 0 wrong, 0 invented"
    cells = re.search(printed, demo.stdout, re.MULTILINE)
    assert cells is not None
    assert cells[1] == cells[2]


def test_the_demo_tells_what_became_of_files_and_of_what_cannot_be_read(demo: Done) -> None:
    files = re.search(
        r"^files +attachments (\d+) of (\d+) archived, (\d+) of (\d+) missing as expected; "
        r"renditions (\d+) of (\d+) tied to their report, 0 foreign$",
        demo.stdout,
        re.MULTILINE,
    )
    assert files is not None
    archived, there, told, missing, tied, renditions = map(int, files.groups())
    assert archived == there >= 24
    assert told == missing == 4
    assert tied == renditions == there
    unread = r"^unread +4 of 4 reports that cannot be read are said to be so; needs OCR 2 of 2, 0 wrongly$"
    assert re.search(unread, demo.stdout, re.MULTILINE)


def held_against(demo: Done, portals: list[dict[str, Any]]) -> Attached:
    with open_archive(Path(demo.args[-1], "gicrawl.db")) as archive:
        parses = parsed_reports(archive, statuses=tuple(Status))
        found = {(parse.row.portal, path_of(parse.row.final_url)): parse for parse in parses}
        return compare_attached(archive, portals, found)


def entry_of(portals: list[dict[str, Any]], form: str) -> dict[str, Any]:
    entries = [e for portal in portals for e in (*portal["reports"], *portal["unreadable"]) if e["form"] == form]
    found: dict[str, Any] = entries[0]
    return found


def another_digest(portals: list[dict[str, Any]]) -> None:
    entry_of(portals, "notice_pdf")["renditions"][1]["sha256"] = "0" * 64


def another_order(portals: list[dict[str, Any]]) -> None:
    files = entry_of(portals, "notice_pdf_docx")["renditions"]
    files[1], files[2] = files[2], files[1]


def one_file_less(portals: list[dict[str, Any]]) -> None:
    del entry_of(portals, "pictures")["renditions"][-1]


def gone_and_was_not(portals: list[dict[str, Any]]) -> None:
    entry_of(portals, "notice_docx")["renditions"][1]["present"] = False


def readable_and_was_not(portals: list[dict[str, Any]]) -> None:
    portals[0]["unreadable"].append({**entry_of(portals, "only_pdf"), "needs_ocr": True})


LIES: dict[Callable[[list[dict[str, Any]]], None], dict[str, int]] = {
    another_digest: {"archived": -1, "tied": -1, "foreign": 1},
    another_order: {"foreign": 2},
    one_file_less: {"there": -1, "archived": -1, "renditions": -1, "tied": -1, "foreign": 1},
    gone_and_was_not: {"there": -1, "archived": -1, "missing": 1, "renditions": -1, "tied": -1, "foreign": 1},
    readable_and_was_not: {"unreadable": 1, "needs_ocr": 1},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_manifest_that_lies_about_a_file_is_found_out(
    demo: Done, lie: Callable[[list[dict[str, Any]]], None]
) -> None:
    told = json.dumps(describe(build_portals(DEFAULT_SEED), seed=DEFAULT_SEED, documents=False))
    portals = json.loads(told)["portals"]
    before = held_against(demo, portals)
    lie(portals)
    after = held_against(demo, portals)
    names = Attached.__slots__
    changed = {name: getattr(after, name) - getattr(before, name) for name in names}
    assert {name: change for name, change in changed.items() if change} == LIES[lie]
    assert not after.exact


def test_the_demo_names_the_wrong_total_and_where_the_archive_is(demo: Done) -> None:
    assert re.search(r"^  \S+ 20\d\d: T3_ROW_TOTAL does not hold for \w+$", demo.stdout, re.MULTILINE)
    archive = Path(demo.args[-1], "gicrawl.db")
    assert str(archive) in demo.stdout
    assert archive.exists()
    assert demo.stdout.count("  gicrawl ") == 3


def test_nothing_but_the_sample_portals_was_asked(demo: Done) -> None:
    connection = sqlite3.connect(Path(demo.args[-1], "gicrawl.db"))
    asked = connection.execute("select distinct ip from captures_readable where status is not null").fetchall()
    connection.close()
    assert asked
    assert all(address.startswith("127.0.0.1") for (address,) in asked)


def test_a_demo_never_fills_an_archive_that_is_there(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/gicrawl.db").write_bytes(b"mine")
    done = gicrawl("demo", "--keep", "kept")
    assert done.returncode == 3
    assert done.stderr.splitlines() == [done.stderr.strip()]
    assert (tmp_path / "kept/gicrawl.db").read_bytes() == b"mine"


def test_the_users_own_documents_are_served_crawled_and_parsed(gicrawl: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "one.html").write_bytes(made().html)
    (folder / "two.html").write_bytes(made(year=2020, defect="wrong_total").html)
    done = gicrawl("demo", "--documents", "mine", "--keep", "kept")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line.partition(":")[0]: line for line in done.stdout.splitlines() if ": " in line}
    assert "report, archived" in lines["one.html"]
    assert "云坪县水利局, 2022" in lines["one.html"]
    assert " 0 failed" in lines["one.html"]
    assert "2020" in lines["two.html"]
    assert " 0 failed" not in lines["two.html"]


def test_a_document_nobody_can_read_is_a_finding(gicrawl: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "one.html").write_bytes(made().html)
    (folder / "云坪县2020年政府信息公开工作年度报告.pdf").write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 8)
    done = gicrawl("demo", "--documents", "mine", "--keep", "kept")
    assert done.returncode == 1
    assert re.search(r"^\S+\.pdf: failed, archived", done.stdout, re.MULTILINE)


def test_an_empty_folder_of_documents_is_told_in_one_line(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    done = gicrawl("demo", "--documents", "mine", "--keep", "kept")
    assert done.returncode == 3
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error")]) == 1
    shutil.rmtree(tmp_path / "kept")
