"""`gicrawl import files` as a user starts it, and what the other commands make of what it brought."""

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from console import Run
from made_reports import made

from gicrawl.archive.store import open_archive

URL = "http://www.yunping.gov.cn/nb/t20230112.html"


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(archive)) as connection:
        return connection.execute(sql).fetchall()


def lines(done: "subprocess.CompletedProcess[str]") -> list[str]:
    return done.stderr.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "collected"
    made.mkdir()
    return made


def test_every_file_is_accounted_for_from_import_to_export(gicrawl: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "2022").mkdir()
    (folder / "2022" / "水利局.html").write_bytes(made().html)
    (folder / "notice.txt").write_text("关于召开会议的通知", encoding="utf-8")
    (folder / "noise.pdf").write_bytes(b"%PDF-1.7\n" + Random(1).randbytes(3000))
    done = gicrawl("import", "files", "collected")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["new 3", "known 0", "refused 0"]
    assert len(lines(done)) == 1
    assert gicrawl("reparse").returncode == 0
    stock = json.loads(gicrawl("status", "--format", "json").stdout)
    counted = {key: stock[key] for key in ("captures", "reports", "near_misses", "failed", "unparsed")}
    assert counted == {"captures": 3, "reports": 1, "near_misses": 1, "failed": 1, "unparsed": 0}
    assert gicrawl("export", "--format", "csv", "--to", "tables").returncode == 0
    with (tmp_path / "tables" / "captures.csv").open(encoding="utf-8", newline="") as table:
        captures = list(csv.DictReader(table))
    assert len(captures) == 3
    assert {capture["outcome"] for capture in captures} == {"ok"}
    assert {capture["status"] for capture in captures} == {""}
    with (tmp_path / "tables" / "reports.csv").open(encoding="utf-8", newline="") as table:
        (report,) = csv.DictReader(table)
    assert (report["issuer_name"], report["year"]) == ("云坪县水利局", "2022")
    assert report["url"].endswith("#2022/水利局.html")
    assert gicrawl("verify").returncode == 0


def test_a_second_import_and_a_second_machine_change_nothing_by_content(gicrawl: Run, folder: Path) -> None:
    (folder / "a.html").write_bytes(made().html)
    (folder / "b.html").write_bytes(made(year=2021).html)
    digests = set()
    for archive in ("one.db", "one.db", "two.db"):
        assert gicrawl("import", "files", "collected", "--archive", archive).returncode == 0
        assert gicrawl("reparse", "--archive", archive).returncode == 0
        digests.add(gicrawl("verify", "--content", "--archive", archive).stdout)
        os.utime(folder / "a.html")
    assert len(digests) == 1
    done = gicrawl("import", "files", "collected", "--archive", "one.db", "--lang", "zh")
    assert done.stdout.splitlines() == ["new 0", "known 2", "refused 0"]
    assert "没有新文件" in done.stderr


def test_a_page_and_the_file_attached_to_it_are_one_report(gicrawl: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "page.html").write_text(
        "<html><body><h1>云坪县水利局2022年政府信息公开工作年度报告</h1><p>见附件。</p></body></html>",
        encoding="utf-8",
    )
    (folder / "table.html").write_bytes(made().html)
    (tmp_path / "list.csv").write_text(
        f"file,url,attachment_of,captured\ntable.html,,page.html,2023-02-01\npage.html,{URL},,2023-02-01T10:00:00Z\n",
        encoding="utf-8",
    )
    done = gicrawl("import", "files", "collected", "--about", "list.csv")
    assert done.returncode == 0, done.stderr
    assert gicrawl("reparse").returncode == 0
    stock = json.loads(gicrawl("status", "--format", "json").stdout)
    assert (stock["captures"], stock["reports"], stock["versions"], stock["unparsed"]) == (2, 1, 1, 0)
    cells = rows(tmp_path / "archive" / "gicrawl.db", "SELECT DISTINCT url, year FROM cells_readable WHERE value > 0")
    assert cells == [(URL, 2022)]


def test_an_import_and_a_later_crawl_of_the_same_address_are_versions_of_one_report(
    gicrawl: Run, folder: Path, tmp_path: Path
) -> None:
    for number, title in enumerate(("first", "second")):
        body = made().html.replace(b"</body>", f"<!-- {title} --></body>".encode())
        (folder / f"{number}.html").write_bytes(body)
    (tmp_path / "list.csv").write_text(
        f"file,url,captured\n0.html,{URL},2023-02-01\n1.html,{URL.replace('http:', 'https:')},2023-03-01\n",
        encoding="utf-8",
    )
    assert gicrawl("import", "files", "collected", "--about", "list.csv").returncode == 0
    assert gicrawl("reparse").returncode == 0
    stock = json.loads(gicrawl("status", "--format", "json").stdout)
    assert (stock["reports"], stock["versions"]) == (1, 2)


def test_whatever_else_lies_in_the_folder_is_one_line_each_and_the_rest_goes_on(
    gicrawl: Run, folder: Path, tmp_path: Path
) -> None:
    (folder / "good.txt").write_text("通知", encoding="utf-8")
    (folder / "empty.html").write_bytes(b"")
    os.mkfifo(folder / "pipe.pdf")
    with (folder / "large.pdf").open("wb") as file:
        file.truncate(100 << 20)
    (tmp_path / "private.txt").write_text("mine", encoding="utf-8")
    (folder / "out.txt").symlink_to("../private.txt")
    (folder / "loop").symlink_to(".")
    (folder / "gone.txt").symlink_to("nowhere")
    done = gicrawl("import", "files", "collected")
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["new 1", "known 0", "refused 6"]
    told = lines(done)[:-1]
    assert sorted(line.split(":")[0] for line in told) == [
        "empty.html",
        "gone.txt",
        "large.pdf",
        "loop",
        "out.txt",
        "pipe.pdf",
    ]
    assert all(";" in line or "left out" in line or "not followed" in line for line in told)
    assert "100 MB" in next(line for line in told if line.startswith("large.pdf"))
    assert gicrawl("status").returncode == 0


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read anything")
def test_files_and_folders_without_permission_are_one_line_each(folder: Path, tmp_path: Path) -> None:
    (folder / "closed").mkdir()
    for name in ("closed/inner.txt", "secret.txt", "open.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "secret.txt").chmod(0)
    (folder / "closed").chmod(0)
    command = [sys.executable, "-m", "gicrawl", "import", "files", "collected", "--archive", "a.db", "--lang", "en"]
    if os.geteuid() == 0:  # root without the right to read everything
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    (folder / "closed").chmod(0o700)
    assert done.returncode == 1, done.stderr
    told = [line.partition(" (")[0] for line in done.stderr.splitlines()[:-1]]
    assert told == ["closed: cannot be read", "secret.txt: cannot be read"]
    assert done.stdout.splitlines() == ["new 1", "known 0", "refused 2"]


def test_a_broken_line_of_the_list_is_one_line_with_its_number(gicrawl: Run, folder: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    (tmp_path / "list.csv").write_bytes(
        "file,captured,link_text\r\na.txt,soon,x\r\nb.txt,2020-01-01,年报\r\nd.txt,,\r\n".encode("gbk")
    )
    done = gicrawl("import", "files", "collected", "--about", "list.csv")
    assert done.returncode == 1
    assert [line for line in lines(done) if "line 2" in line and "soon" in line]
    assert [line for line in lines(done) if "line 4" in line and "d.txt" in line]
    assert [line for line in lines(done) if "GBK" in line]
    assert len(lines(done)) == 4
    places = rows(tmp_path / "archive" / "gicrawl.db", "SELECT place, link_text FROM captures_readable ORDER BY place")
    assert places == [("b.txt", "年报"), ("c.txt", None)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("files",),
        ("files", "nowhere"),
        ("files", "list.csv"),
        ("files", "collected", "--about", "nowhere.csv"),
        ("files", "collected", "--about", "list.csv"),
        ("nothing", "collected"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_and_makes_no_archive(
    gicrawl: Run, folder: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "list.csv").write_text('file,url\na.txt,"never closed\n', encoding="utf-8")
    done = gicrawl("import", *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert lines(done)[-1].startswith("Error: ")
    if "collected" in arguments and "list.csv" in arguments:
        assert len(lines(done)) == 1
        assert "line 2" in done.stderr
    assert not (tmp_path / "archive").exists()


@pytest.mark.slow
def test_killed_half_way_and_started_again_it_is_the_same_as_never_killed(
    gicrawl: Run, folder: Path, tmp_path: Path
) -> None:
    drawn = Random(3)
    for number in range(600):
        (folder / f"{number:04}.txt").write_bytes(drawn.randbytes(6000))
    assert gicrawl("import", "files", "collected", "--archive", "whole.db").returncode == 0
    command = [sys.executable, "-m", "gicrawl", "import", "files", "collected", "--archive", "killed.db"]
    kept = 0
    killed = 0
    for wanted in (1, 200, 400):
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and kept < wanted:
            time.sleep(0.001)
            kept = count(tmp_path / "killed.db")
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert count(tmp_path / "killed.db") >= kept
    assert killed
    done = gicrawl("import", "files", "collected", "--archive", "killed.db")
    assert done.returncode == 0, done.stderr
    assert gicrawl("verify", "--archive", "killed.db").returncode == 0
    content = [gicrawl("verify", "--content", "--archive", name).stdout for name in ("whole.db", "killed.db")]
    assert content[0] == content[1] != ""
    with open_archive(tmp_path / "whole.db") as whole, open_archive(tmp_path / "killed.db") as again:
        assert [c.id for c in whole.captures()] == [c.id for c in again.captures()]


def count(archive: Path) -> int:
    """Committed captures; none while the archive is still being made."""
    if not archive.exists():
        return 0
    try:
        return int(rows(archive, "SELECT count(*) FROM captures")[0][0])
    except sqlite3.OperationalError:
        return 0


def test_interrupted_it_says_so_keeps_what_it_has_and_goes_on(gicrawl: Run, folder: Path, tmp_path: Path) -> None:
    drawn = Random(4)
    for number in range(600):
        (folder / f"{number:04}.txt").write_bytes(drawn.randbytes(6000))
    command = [sys.executable, "-m", "gicrawl", "import", "files", "collected", "--lang", "en"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    archive = tmp_path / "archive" / "gicrawl.db"
    while process.poll() is None and not count(archive):
        time.sleep(0.001)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "interrupted" in told
    assert "Traceback" not in told
    assert 0 < count(archive) < 600
    assert rows(archive, "SELECT status FROM runs") == [("interrupted",)]
    assert gicrawl("import", "files", "collected").returncode == 0
    assert count(archive) == 600
