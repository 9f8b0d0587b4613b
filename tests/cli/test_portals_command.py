import json
from pathlib import Path

import pytest
from console import Run

from gicrawl.portals.registry import load
from gicrawl.sample import SampleServer


def test_the_registry_is_listed_and_shown(gicrawl: Run, tmp_path: Path) -> None:
    done = gicrawl("portals", "list", "--region", "44", "--level", "prefecture", "--kind", "government")
    assert done.returncode == 0
    assert "maoming prefecture 440900 unverified https://www.maoming.gov.cn/ 茂名市人民政府" in done.stdout.splitlines()
    assert all(line.split()[2].startswith("44") for line in done.stdout.splitlines())
    records = [json.loads(line) for line in gicrawl("portals", "list", "--format", "jsonl").stdout.splitlines()]
    assert len(records) == len(load())
    shown = gicrawl("portals", "show", "beijing", "maoming").stdout
    (tmp_path / "mine.toml").write_text(shown, encoding="utf-8")
    assert [portal.id for portal in load(tmp_path / "mine.toml")] == ["beijing", "maoming"]
    done = gicrawl("portals", "show", "beijng")
    assert (done.returncode, done.stdout) == (2, "")
    assert "beijing" in done.stderr


def test_the_bundled_registry_passes_the_check(gicrawl: Run) -> None:
    done = gicrawl("portals", "check")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{len(load())} portals, 0 errors, 0 warnings" in done.stderr


def test_the_check_names_every_mistake_and_its_line(gicrawl: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[portal]]\nid = "a"\nbody = "米易县人民政府"\nlevel = "prefecture"\nregion_code = "510421"\n'
        'home = "http://www.a.gov.cn/"\nfamily = "trss"\nsource = "x"\n'
        '[[portal]]\nid = "b"\nbody = "乙\n',
        encoding="utf-8",
    )
    done = gicrawl("portals", "check", "--portals", str(path))
    assert done.returncode == 1
    broken, family, region = done.stdout.splitlines()
    assert broken.startswith(f"error {path}: line 11 (b): not TOML")
    assert family.startswith("error a: ")
    assert "use auto or trs" in family
    assert "is of level county" in region
    found = gicrawl("portals", "check", "--portals", str(path), "--format", "jsonl", "--lang", "zh").stdout
    assert [json.loads(line)["code"] for line in found.splitlines()] == ["broken", "family_unknown", "region_level"]


def test_a_broken_line_is_told_and_the_other_portals_are_crawled(
    gicrawl: Run, portals: SampleServer, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[portal]]\nid = "broken"\nlevel = county\n\n' + portals.portals_file.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    done = gicrawl("crawl", "lanxi", "--portals", str(path), "--delay", "0", "--max-pages", "3")
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "not TOML" in line] == [
        f"{path}: line 3 (broken): not TOML: Invalid value; mend that line"
    ]
    assert "lanxi requests=" in done.stdout
    done = gicrawl("crawl", "broken", "--portals", str(path))
    assert done.returncode == 2
    assert "line 3" in done.stderr.splitlines()[-1]


def test_a_probe_says_what_a_portal_is_and_why_and_fetches_no_report(
    gicrawl: Run, portals: SampleServer, tmp_path: Path
) -> None:
    done = gicrawl(
        "portals", "probe", "lanxi", "--portals", str(portals.portals_file), "--delay", "0", "--format", "json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["family"] == "hanweb"
    (column,) = found["columns"]
    assert column["evidence"] == "<datastore"
    assert column["whole"]
    years = {report["year"] for report in found["reports"] if report["sure"]}
    assert years >= set(range(2019, 2026))
    assert found["requests"] < 15 < len(found["reports"])
    assert found["way"][0]["url"].endswith("/")
    assert list(tmp_path.iterdir()) == []


def test_a_probe_is_bounded_and_says_so(gicrawl: Run, portals: SampleServer) -> None:
    done = gicrawl("portals", "probe", portals.origin("yunping"), "--delay", "0", "--max-pages", "4")
    assert done.returncode == 0
    assert "raise --max-pages" in done.stderr


def test_a_portal_without_reports_is_not_added(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    done = gicrawl("portals", "add", portals.origin("yunping"), "--id", "x", "--delay", "0", "--max-pages", "1")
    assert done.returncode == 1
    assert "no report column was found, so nothing was added" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_beyond_this_machine_is_probed_without_a_contact(gicrawl: Run) -> None:
    done = gicrawl("portals", "probe", "http://www.example.invalid/")
    assert done.returncode == 2
    assert "--contact" in done.stderr


def test_a_portal_is_added_after_a_look_and_can_be_crawled(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    home = portals.origin("yunping")
    asked = ("portals", "add", home, "--id", "mine", "--to", "own.toml", "--delay", "0")
    done = gicrawl(*asked)
    assert done.returncode == 2
    assert "--level" in done.stderr
    assert list(tmp_path.iterdir()) == []
    done = gicrawl(*asked, "--level", "county")
    assert (done.returncode, done.stdout) == (0, "mine\n"), done.stderr
    portal = load(tmp_path / "own.toml").get("mine")
    assert (portal.body, portal.family, portal.years) == ("云坪县人民政府", "trs", (2019, 2025))
    assert portal.columns
    assert portal.status == "unverified"  # a machine's own portals are not the web
    again = gicrawl(*asked)  # without --level: the id is looked at before anything else
    assert again.returncode == 2
    assert "mine is there already" in again.stderr
    done = gicrawl("crawl", "mine", "--portals", "own.toml", "--delay", "0", "--max-pages", "3")
    assert done.stdout.startswith("mine requests=4 "), done.stderr  # robots.txt is one of them


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("http://www.yunping.gov.cn/", "--body", "米易县人民政府", "--region", "510422"), "510421"),
        (("http://www.yunping.gov.cn/", "--body", "米易县人民政府", "--region", "51042"), "51042"),
    ],
)
def test_what_cannot_be_an_entry_is_not_added(
    gicrawl: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = gicrawl("portals", "add", *arguments, "--no-probe")
    assert done.returncode == 2
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_imported_but_for_its_wrong_lines(gicrawl: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "id,body,level,home,region_code\nmiyi,米易县人民政府,county,http://www.miyi.gov.cn/,510421\n"
        "wrong,盐边县人民政府,town,http://www.yanbian.gov.cn/,510422\n",
        encoding="utf-8",
    )
    done = gicrawl("portals", "import", "table.csv", "--to", "own.toml")
    assert (done.returncode, done.stdout) == (1, "miyi\n")
    assert "table.csv: line 3 (wrong): level: 'town'" in done.stderr
    again = gicrawl("portals", "import", "table.csv", "--to", "own.toml")
    assert (again.returncode, again.stdout) == (1, "")
    assert load(tmp_path / "own.toml").get("miyi").body == "米易县人民政府"
