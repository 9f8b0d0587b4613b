"""`gicrawl check` as the officer meets it who is about to publish a report."""

from __future__ import annotations

import json
import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest
from made_reports import made

if TYPE_CHECKING:
    from pathlib import Path

    from console import Run

TEXT = (
    "云坪县2021年政府信息公开工作年度报告\n"
    "一、总体情况\n"
    "2021年，全县主动公开政府信息310条，其中机构信息100条、财政信息190条。\n"
    "收到政府信息公开申请4件。\n"
    + "栏目按月核对，过期内容归档，标题、来源、日期逐条检查。\n"
    * 12
    + "五、存在的主要问题及改进情况\n解读偏少。\n"
    "六、其他需要报告的事项\n2020年度没有收取信息处理费。\n"
)


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Last year's report, and this year's with another number carried in and fees told twice."""
    (tmp_path / "2021.html").write_bytes(made(year=2021).html)
    (tmp_path / "2022.html").write_bytes(made(slip="fees_twice", defect="wrong_total").html)
    return tmp_path


def test_a_finding_names_its_place_in_statutory_words_with_what_stands_there_in_either_language(
    gicrawl: Run, years: Path
) -> None:
    for lang, words in (("zh", ("不成立", "位置")), ("en", ("FAILS", "look at"))):
        done = gicrawl("check", "2022.html", "--lang", lang)
        assert done.returncode == 1
        total = next(line for line in done.stdout.splitlines() if "T3_ROW_TOTAL" in line)
        assert "三、收到和处理政府信息公开申请情况 / 一、本年新收政府信息公开申请数量" in total
        assert words[0] in total
        assert words[1] in done.stdout
        assert "自然人" in done.stdout
        assert {"zh": "表格第 4 行第", "en": "row 4, cell"}[lang] in done.stdout
    assert years.is_dir()


def test_a_slip_is_told_in_its_own_sentence_with_the_passage_and_its_line(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(TEXT, encoding="utf-8")
    done = gicrawl("check", "draft.txt")
    assert done.returncode == 0  # nothing of severity error
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "F_YEAR_LEFT" in line)
    assert "2020" in lines[at]
    assert "2020年度没有收取信息处理费" in lines[at + 1]
    assert lines[at + 2].strip() == f"look at: line {TEXT[: TEXT.index('2020年度')].count(chr(10)) + 1}"
    at = next(number for number, line in enumerate(lines) if "N_SUM" in line)
    assert "290" in lines[at]
    assert "310" in lines[at]


def test_json_lines_hold_every_check_and_where_to_look(gicrawl: Run, years: Path) -> None:
    done = gicrawl("check", "2022.html", "--format", "jsonl", "--to", "found.jsonl")
    assert done.stdout == ""
    checks = [json.loads(line) for line in (years / "found.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {check["status"] for check in checks} == {"pass", "fail"}
    fees = next(check for check in checks if check["id"] == "F_FEES_TWICE")
    assert fees["where"]
    assert "信息处理费" in fees["printed"]
    assert {"id", "status", "severity", "table", "row", "column", "left", "right", "cells", "message"} <= fees.keys()


def test_a_workbook_is_read_by_others_and_is_the_same_each_time(gicrawl: Run, years: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert gicrawl("check", "2022.html", "--format", "xlsx", "--to", name, "--lang", "zh").returncode == 1
    assert (years / "a.xlsx").read_bytes() == (years / "b.xlsx").read_bytes()
    head, *rows = openpyxl.load_workbook(years / "a.xlsx").active.iter_rows(values_only=True)
    assert head[:4] == ("文件", "机构", "年度", "校验项")
    assert {row[3] for row in rows} >= {"T3_ROW_TOTAL", "N_T3_NEW", "F_FEES_TWICE"}
    assert {row[4] for row in rows} <= {"错误", "警告", "提示"}
    assert ZipFile(BytesIO((years / "a.xlsx").read_bytes())).testzip() is None


def test_libreoffice_reads_the_workbook(gicrawl: Run, years: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    gicrawl("check", "2022.html", "--format", "xlsx", "--to", "found.xlsx")
    home = f"-env:UserInstallation=file://{years}/office"
    command = [office, home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "found.xlsx"]
    subprocess.run(command, cwd=years, check=True, capture_output=True, timeout=100)
    assert "T3_ROW_TOTAL" in (years / "found.csv").read_text(encoding="utf-8")


def test_last_year_s_report_is_compared_and_has_to_be_last_year_s(gicrawl: Run, years: Path) -> None:
    done = gicrawl("check", "2022.html", "--previous", "2021.html", "--format", "jsonl")
    made_of_both = {json.loads(line)["id"] for line in done.stdout.splitlines()}
    assert made_of_both >= {"X_CARRY", "X_STOCK", "F_TABLE_COPIED", "F_PROSE_COPIED"}
    alone = gicrawl("check", "2022.html", "--format", "jsonl")
    assert "X_CARRY" not in {json.loads(line)["id"] for line in alone.stdout.splitlines()}
    for arguments in (
        ("2021.html", "--previous", "2022.html"),
        ("2022.html", "2021.html", "--previous", "2021.html"),
        ("--previous", "2021.html"),
    ):
        refused = gicrawl("check", *arguments)
        assert refused.returncode == 2, arguments
        assert len([line for line in refused.stderr.splitlines() if line.startswith("Error")]) == 1
    assert years.is_dir()


def test_the_end_counts_what_was_found_and_a_missing_file_is_told_once(gicrawl: Run, years: Path) -> None:
    done = gicrawl("check", "2022.html", "--lang", "zh")
    assert done.stderr.splitlines()[-1].startswith("共校验报告 1 份；错误 ")
    missing = gicrawl("check", "nowhere.html")
    assert missing.returncode == 1
    told = missing.stderr.splitlines()
    assert len(told) == 2
    assert "nowhere.html" in told[0]
    assert told[1].startswith("reports checked: 0")
    assert years.is_dir()


def test_days_are_printed_as_days(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_text(TEXT + "2022年6月18日\n", encoding="utf-8")
    lines = gicrawl("check", "late.txt").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "D_DEADLINE" in line)
    assert "2022-06-18" in lines[at]
    assert "20220618" not in lines[at]
    assert lines[at + 2].strip() == f"look at: line {TEXT.count(chr(10)) + 1}"


def test_a_passage_a_heading_has_run_into_is_shown_without_it_and_tables_of_another_form_are_told_together(
    gicrawl: Run, years: Path
) -> None:
    early = (years / "2021.html").read_text(encoding="utf-8").replace("2021年", "2020年")
    cited = "<h1>云岭县2020年政府信息公开工作年度报告</h1><p>按照《条例》（国务院令第492号）要求编制本报告。</p>"
    (years / "early.html").write_text(early.replace("<h1", cited + "<h1", 1), encoding="utf-8")
    lines = gicrawl("check", "early.html").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "F_DECREE" in line)
    assert lines[at + 1].strip().startswith("“按照《条例》")
    assert "/p[1]" in lines[at + 2]
    assert sum("F_FORM_YEAR" in line for line in lines) == 1
