"""`gicrawl history` as a user starts it, on reports that were imported with their addresses."""

import json
from pathlib import Path

import pytest
from console import Run
from made_reports import OFFICE, imported, made

URL = "http://www.yunping.example/nb/t20230112.html"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a report that was collected twice."""
    base = tmp_path_factory.mktemp("collected")
    folder = base / "files"
    folder.mkdir()
    page = made().html
    (folder / "a.html").write_bytes(page)
    (folder / "b.html").write_bytes(page.replace(b"<body>", b"<body><p>visits: 7</p>"))
    about = base / "about.csv"
    about.write_text(f"file,url,captured\na.html,{URL},2023-01-20\nb.html,{URL},2024-03-05\n", encoding="utf-8")
    return imported(folder, about)


def test_imported_versions_are_versions(filled: Run) -> None:
    done = filled("history", URL, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    (address,) = told["addresses"]
    assert address["state"] == "unvisited"
    assert [version["first"]["time"][:4] for version in address["versions"]] == ["2023", "2024"]
    assert [event["what"] for event in address["events"]] == ["first_seen", "changed"]
    assert told["reports"][0]["issuer"] == OFFICE.name


def test_text_names_the_captures(filled: Run) -> None:
    told = json.loads(filled("history", OFFICE.name, "2022", "--format", "json").stdout)
    done = filled("history", OFFICE.name, "2022")
    assert done.returncode == 0
    for event in told["addresses"][0]["events"]:
        assert f"{event['seen']['time']}  " in done.stdout
        assert f"[{event['seen']['capture']}]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("http://elsewhere.example/a.html",), 1, "nothing was ever seen"),
        ((OFFICE.name, "2019"), 1, "gicrawl explain"),
        ((OFFICE.name,), 1, "give the year too"),
        (("朝阳区", "2021"), 1, "several fit"),
        ((OFFICE.name, "22"), 2, "four digits"),
        ((URL, "--portals", "none.toml"), 2, "none.toml"),
    ],
)
def test_what_has_no_history_says_so_in_one_line(
    filled: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = filled("history", *arguments)
    assert done.returncode == status
    assert said in done.stderr


def test_without_an_archive(gicrawl: Run, tmp_path: Path) -> None:
    done = gicrawl("history", URL)
    assert done.returncode == 3
    assert "gicrawl crawl" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_withheld_report_has_no_history_to_show(filled: Run) -> None:
    assert filled("withhold", URL, "--who", "me", "--why", "a name in it").returncode == 0
    done = filled("history", URL, "--format", "json", "--lang", "en")
    assert done.returncode == 1
    assert json.loads(done.stdout)["addresses"] == []
    assert "withheld" in done.stderr
    assert filled("withhold", URL, "--who", "me", "--why", "settled", "--undo").returncode == 0
    assert json.loads(filled("history", URL, "--format", "json").stdout)["addresses"] != []
