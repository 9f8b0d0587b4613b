import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from console import Run
from made_reports import made

from gicrawl.cli.loose import POOL_FROM, parse_files, whole


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def numbers(parsed: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    return {(c["table"], c["row"], c["column"]): c["value"] for c in parsed["cells"] if c["state"] == "number"}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "报告.html"
    path.write_bytes(made().html)
    return path


def test_parse_prints_one_object_a_line_in_the_order_given(gicrawl: Run, report: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(random_bytes())
    done = gicrawl("parse", "empty.txt", report.name, "noise.bin")
    assert done.returncode == 0
    assert done.stderr == ""
    empty, read, noise = objects(done.stdout)
    assert [empty["source"], read["source"], noise["source"]] == ["empty.txt", report.name, "noise.bin"]
    assert (empty["status"], noise["status"]) == ("failed", "failed")
    assert empty["problems"][0]["message"]
    assert noise["problems"][0]["message"]
    assert read["status"] == "report"
    assert read["year"] == 2022
    assert read["sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    truth = {key: figure.value for key, figure in made().truth.figures.items() if figure.state == "number"}
    assert numbers(read) == truth


def random_bytes() -> bytes:
    return hashlib.shake_256(b"noise").digest(4000)


def test_parse_opens_no_archive_and_writes_nothing(gicrawl: Run, report: Path, tmp_path: Path) -> None:
    gicrawl("parse", report.name)
    gicrawl("check", report.name)
    assert [path.name for path in tmp_path.iterdir()] == [report.name]


def test_parse_reads_standard_input(gicrawl: Run, report: Path) -> None:
    piped = objects(gicrawl("parse", "-", stdin=report.read_bytes()).stdout)
    named = objects(gicrawl("parse", report.name).stdout)
    assert piped == [{**named[0], "source": "-"}]


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_parsed(
    gicrawl: Run, report: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    done = gicrawl("parse", "nowhere.html", "folder", report.name)
    assert done.returncode == 1
    assert [parsed["source"] for parsed in objects(done.stdout)] == [report.name]
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "cannot read nowhere.html",
        "cannot read folder",
    ]


def test_a_pipe_in_a_folder_to_check_is_left_out_and_not_waited_for(gicrawl: Run, report: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    report.rename(tmp_path / "folder" / "z.html")
    os.mkfifo(tmp_path / "folder" / "a.html")
    done = gicrawl("check", "folder")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("folder/a.html: a pipe")
    assert "reports checked: 1;" in done.stderr


def test_a_file_name_that_is_no_utf8_comes_out_as_json(report: Path, tmp_path: Path) -> None:
    name = b"\xb1\xa8.html"
    os.rename(os.fsencode(report), os.path.join(os.fsencode(tmp_path), name))  # noqa: PTH104, PTH118 - bytes
    done = subprocess.run(
        [os.fsencode(sys.executable), b"-m", b"gicrawl", b"parse", name], cwd=tmp_path, capture_output=True, check=True
    )
    assert os.fsencode(json.loads(done.stdout)["source"]) == name


def test_a_reader_that_has_gone_is_no_error(report: Path, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.html").write_bytes(report.read_bytes())
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {sys.executable} -m gicrawl parse *.html | head -n 1"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


def test_a_full_disk_is_told_in_one_line(report: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/bash", "-c", f"{sys.executable} -m gicrawl parse {report.name} > /dev/full"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "no space left" in done.stderr


def test_many_files_come_out_in_order_whatever_the_number_of_workers(tmp_path: Path) -> None:
    names = []
    for number in range(POOL_FROM):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"第{number}号通知\n", encoding="utf-8")
        names.append(str(path))
    alone = list(parse_files(names, workers=1, finish=whole))
    assert list(parse_files(names, workers=2, finish=whole)) == alone
    assert [parsed.source for parsed in alone] == names


def test_messages_follow_the_language_and_nothing_else_does(gicrawl: Run, report: Path) -> None:
    english = objects(gicrawl("parse", "--lang", "en", report.name).stdout)[0]
    chinese = objects(gicrawl("--lang", "zh", "parse", report.name).stdout)[0]
    local = objects(gicrawl("parse", report.name, LANG="zh_CN.UTF-8").stdout)[0]
    assert chinese == local
    assert chinese["checks"][0]["message"] != english["checks"][0]["message"]
    for parsed in (english, chinese):
        for said in (*parsed["checks"], *parsed["problems"]):
            del said["message"]
    assert chinese == english


def test_check_names_what_fails_with_both_sides_and_the_cells(gicrawl: Run, tmp_path: Path) -> None:
    wrong = made(defect="wrong_total")
    (tmp_path / "wrong.html").write_bytes(wrong.html)
    (tmp_path / "right.html").write_bytes(made().html)
    done = gicrawl("check", ".")
    assert done.returncode == 1
    right, headline, *findings = done.stdout.splitlines()
    assert right.startswith("right.html")
    assert " 0 failed" in right
    assert headline.startswith("wrong.html")
    named = [line.split()[0] for line in findings if line.startswith("  ") and line[2] != " "]
    assert named == [f.id for f in wrong.truth.failed]
    assert done.stderr.splitlines()[-1].startswith("reports checked: 2; errors: ")


def test_check_says_that_a_blank_cannot_be_assessed_and_does_not_fail(gicrawl: Run, tmp_path: Path) -> None:
    blank = made(defect="blank_cells")
    assert {f.status for f in blank.truth.failed if f.id != "F_NO_NUMBER"} == {"not_assessable"}
    (tmp_path / "blank.html").write_bytes(blank.html)
    done = gicrawl("check", "blank.html", "--format", "jsonl")
    assert done.returncode == 0
    unsettled = [c for c in objects(done.stdout) if c["status"] != "pass"]
    found = {(c["id"], c["row"] or c["column"] or c["table"]) for c in unsettled}
    assert found == {(f.id, f.place) for f in blank.truth.failed}
    assert "blank" in gicrawl("check", "blank.html").stdout
    assert "空白" in gicrawl("check", "blank.html", "--lang", "zh").stdout


def test_what_is_no_report_is_told_and_fails_nothing(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text("我县召开政府信息公开工作会议\n会议强调……\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    done = gicrawl("check", "news.txt", "empty.txt")
    assert done.returncode == 0
    assert done.stdout == ""
    assert [line.partition(":")[0] for line in done.stderr.splitlines()[:2]] == ["news.txt", "empty.txt"]


def test_wrong_usage_is_exit_2(gicrawl: Run) -> None:
    for arguments in (("parse",), ("parse", "--lang", "fr", "-"), ("nothing",), ("check", "--format", "pdf")):
        assert gicrawl(*arguments).returncode == 2
