"""`gicrawl explain` as a user starts it, on reports that were imported with their addresses."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from console import Run
from made_reports import OFFICE, imported, made

from gicrawl.cli.explain_text import end_fields, lines
from gicrawl.corpus.explain_records import End, Explanation, Stop
from gicrawl.messages import LANGUAGES, catalog

URL = "http://www.yunping.example/nb/t20230112.html"
TOTAL = "applications/new_received/total"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one report of a known address, one of none, and something else."""
    base = tmp_path_factory.mktemp("explained")
    folder = base / "collected"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.html").write_bytes(made().html)
    (folder / "sub" / "b.html").write_bytes(made(year=2021).html)
    (folder / "notice.html").write_text(
        "<html><title>植树</title><h1>植树</h1><p>今日植树。</p></html>", encoding="utf-8"
    )
    about = base / "about.csv"
    about.write_text(f"file,url\na.html,{URL}\n", encoding="utf-8")
    return imported(folder, about)


def test_a_report_is_explained_down_to_a_cell(filled: Run) -> None:
    done = filled("explain", URL, "--cell", TOTAL)
    assert done.returncode == 0
    assert done.stderr == ""
    heads = [line.split()[0] for line in done.stdout.splitlines()]
    order = ("Asked", "Portal", "Article", "Capture", "Version", "Parse", "Reads", "Checks", "Panel", "Cell", "Ends")
    places = [heads.index(head) for head in order]
    assert places == sorted(places)
    assert "imported from a.html" in done.stdout
    printed = made().truth.figures["applications", "new_received", "total"]
    assert f"【{printed.value}】" in done.stdout


def test_json_says_the_same_and_its_end_in_words(filled: Run) -> None:
    told = json.loads(filled("explain", OFFICE.name, "2022", "--cell", TOTAL, "--format", "json").stdout)
    assert told["end"]["stop"] == "reached"
    assert told["end"]["message"]
    assert told["end"]["todo"]
    assert told["articles"][0]["url"] == URL
    assert told["panel"][0]["issuer"] == OFFICE.name
    truth = made().truth.figures["applications", "new_received", "total"]
    assert told["cells"][0]["cell"]["value"] == truth.value


def test_imported_files_are_found_by_path_and_by_name(filled: Run) -> None:
    for name in ("sub/b.html", "b.html"):
        done = filled("explain", name)
        assert done.returncode == 0
        assert "2021" in done.stdout
        assert "Portal" not in done.stdout
    assert "no yearly report" in filled("explain", "notice.html").stdout


def test_both_languages_tell_all_of_it(filled: Run) -> None:
    english = filled("explain", URL, "--lang", "en").stdout.splitlines()
    chinese = filled("explain", URL, "--lang", "zh").stdout.splitlines()
    assert len(english) == len(chinese)
    assert chinese[-2].startswith("终点")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("http://elsewhere.example/a.html",), 1, "nothing is known of"),
        (("no-such-file.html",), 1, "nothing is known of"),
        (("青圩县水利局", "2022"), 1, "no body"),
        (("水利局", "2022"), 1, OFFICE.name),
        (("朝阳区", "2021"), 1, "110105"),
        ((OFFICE.name, "2019"), 0, "www.yunping.example/ (http://www.yunping.example/) was never visited"),
    ],
)
def test_what_cannot_be_explained_says_so_and_what_to_do(
    filled: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = filled("explain", *arguments)
    assert done.returncode == status
    assert said in done.stdout
    assert done.stdout.splitlines()[-1].startswith("To do")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((OFFICE.name,), "give the year too"),
        ((OFFICE.name, "22"), "four digits"),
        ((URL, "--cell", "applications/new_recieved/total"), TOTAL),
        ((URL, "--cell", "total"), "table/row/column"),
        ((URL, "--portals", "none.toml"), "none.toml"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(filled: Run, arguments: tuple[str, ...], said: str) -> None:
    done = filled("explain", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr


def test_a_cell_that_is_not_there_is_a_finding(filled: Run) -> None:
    absent = filled("explain", URL, "--cell", "art20_9/centralized_procurement/procurement_amount")
    assert absent.returncode == 1
    assert "no such cell" in absent.stdout
    none = filled("explain", "notice.html", "--cell", TOTAL)
    assert none.returncode == 1
    assert "no cell to show" in none.stderr


def test_without_an_archive_it_says_where_one_comes_from(gicrawl: Run, tmp_path: Path) -> None:
    done = gicrawl("explain", URL)
    assert done.returncode == 3
    assert "gicrawl crawl" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_writes_nothing(filled: Run, tmp_path: Path) -> None:
    def content() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "archive" / "gicrawl.db")) as connection:
            return list(connection.iterdump())

    before = content()
    filled("explain", OFFICE.name, "2022", "--cell", TOTAL)
    assert content() == before


@pytest.mark.parametrize("stop", list(Stop))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stop_has_a_sentence_and_a_remedy(stop: Stop, lang: str) -> None:
    told = Explanation(archive="a.db", asked="x", year=None, known_as="nothing", end=End(stop=stop))
    assert f"explain_stop_{stop}" in catalog()
    said = list(lines(told, lang, bundled=""))
    assert len(said) == 3
    fields = end_fields(told, lang, bundled="")
    for code in (f"explain_stop_{stop}", f"explain_todo_{stop}"):
        assert catalog()[code][lang].format_map(fields)
