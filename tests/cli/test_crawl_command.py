import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from console import Run

from gicrawl.sample import SampleServer


def count(archive: Path, sql: str) -> int:
    with sqlite3.connect(archive) as connection:
        (number,) = connection.execute(sql).fetchone()
    connection.close()
    return int(number)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_portal_named_by_its_plain_origin_is_crawled(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    origin = portals.origin("lanxi").removeprefix("http://")
    done = gicrawl("crawl", origin, "--delay", "0", "--archive", "deep/er/a.db")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"http://{origin}/ requests=")
    assert count(tmp_path / "deep/er/a.db", "select count(*) from captures where outcome = 'ok'") > 30


def test_a_portal_that_is_down_is_named_and_the_others_are_done(
    gicrawl: Run, portals: SampleServer, tmp_path: Path
) -> None:
    registry = tmp_path / "portals.toml"
    down = closed_port()
    registry.write_text(
        portals.portals_file.read_text(encoding="utf-8")
        + f'\n[[portal]]\nid = "down"\nbody = "某县人民政府"\nlevel = "county"\n'
        f'home = "http://www.down-sample.gov.cn/"\naddress = "127.0.0.1:{down}"\n',
        encoding="utf-8",
    )
    done = gicrawl("crawl", "down", "yunping", "--portals", str(registry), "--delay", "0")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("down:")]
    assert len(said) == 1
    assert "refused the connection" in said[0]
    assert count(tmp_path / "archive/gicrawl.db", "select count(*) from captures where outcome = 'ok'") > 30


@pytest.mark.parametrize("contact", ["foo bar", "-", "me@example", "example.org"])
def test_a_contact_that_nobody_could_write_to_is_none(gicrawl: Run, tmp_path: Path, contact: str) -> None:
    done = gicrawl("crawl", "http://www.example.gov.cn/", "--contact", contact)
    assert done.returncode == 2
    assert contact in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_nothing_beyond_this_machine_is_asked_without_a_contact(gicrawl: Run, tmp_path: Path) -> None:
    done = gicrawl("crawl", "http://www.example.invalid/")
    assert done.returncode == 2
    assert "--contact" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "archive/gicrawl.db").exists()


def test_wrong_targets_are_usage_errors_in_one_line(gicrawl: Run, portals: SampleServer) -> None:
    for arguments in (
        ("crawl",),
        ("crawl", "nobody", "--portals", str(portals.portals_file)),
        ("crawl", "ftp://127.0.0.1/x"),
        ("crawl", "http://127.0.0.1:99999/"),
        ("crawl", "--region", "99", "--portals", str(portals.portals_file)),
    ):
        done = gicrawl(*arguments)
        assert done.returncode == 2, arguments
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert done.stdout == ""


def test_a_wrong_registry_names_every_entry_that_is_wrong(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('[[portal]]\nid = "a"\n[[portal]]\nid = "b"\n', encoding="utf-8")
    done = gicrawl("crawl", "--all", "--portals", "p.toml")
    assert done.returncode == 2
    assert "(a)" in done.stderr
    assert "(b)" in done.stderr
    assert len(done.stderr.splitlines()) > 2


def test_a_family_nobody_reads_is_one_line_before_anything_is_fetched(gicrawl: Run, tmp_path: Path) -> None:
    entry = {"id": "a", "home": "http://127.0.0.1:9/", "body": "甲县人民政府", "level": "county", "family": "nosuch"}
    lines = ["[[portal]]", *(f'{key} = "{value}"' for key, value in entry.items())]
    (tmp_path / "p.toml").write_text("\n".join(lines), encoding="utf-8")
    done = gicrawl("crawl", "a", "--portals", "p.toml")
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Error: a: there is no spider nosuch for it; make its family auto, or one of ")


def test_a_full_crawl_finds_the_columns_of_a_portal_anew(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    registry = tmp_path / "portals.toml"
    registry.write_text(
        '[[portal]]\nid = "moved"\nbody = "云屏市人民政府"\nlevel = "prefecture"\n'
        'home = "http://www.yunping-sample.gov.cn/"\n'
        'columns = ["http://www.yunping-sample.gov.cn/nowhere/any/more/"]\n'
        f'address = "{portals.origin("yunping").removeprefix("http://")}"\n',
        encoding="utf-8",
    )
    command = ("crawl", "moved", "--portals", str(registry), "--delay", "0")
    assert gicrawl(*command).returncode == 1
    articles = "select count(*) from captures_readable where portal = 'moved' and role = 'article' and outcome = 'ok'"
    assert count(tmp_path / "archive/gicrawl.db", articles) == 0
    done = gicrawl(*command, "--full")
    assert done.returncode == 0, done.stderr
    assert "scrapy" not in done.stderr
    assert count(tmp_path / "archive/gicrawl.db", articles) > 30


def test_a_forecast_fetches_nothing(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    before = len(portals.requests())
    done = gicrawl("crawl", "--all", "--portals", str(portals.portals_file), "--dry-run", "--delay", "3600")
    assert done.returncode == 0
    assert sorted(done.stdout.splitlines()) == [
        "www.lanxi-sample.gov.cn 2+ 2.00 h",
        "www.yunping-sample.gov.cn 2+ 2.00 h",
    ]
    assert len(portals.requests()) == before
    assert not (tmp_path / "archive/gicrawl.db").exists()


def test_a_second_crawl_while_one_runs_takes_turns_and_both_end_well(portals: SampleServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gicrawl", "crawl", portals.origin("yunping"), "--delay", "0", "--archive", "a.db"]
    both = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        _, messages = process.communicate(timeout=120)
        assert process.returncode == 0, messages
    assert count(tmp_path / "a.db", "select count(*) from runs where status = 'finished'") == 2
    assert count(tmp_path / "a.db", "select count(*) from bodies") == count(
        tmp_path / "a.db", "select count(distinct sha256) from bodies"
    )


def test_an_archive_that_is_none_is_told_in_one_line(gicrawl: Run, portals: SampleServer, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no archive at all " * 100)
    done = gicrawl("crawl", portals.origin("yunping"), "--archive", "a.db")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "a.db" in done.stderr
    assert (tmp_path / "a.db").read_bytes().startswith(b"no archive")


def test_a_page_that_leads_to_no_column_is_a_finding_told_once(gicrawl: Run, portals: SampleServer) -> None:
    for path in ("/robots.txt", "/nowhere/to/be/found.html"):
        done = gicrawl("crawl", portals.origin("yunping") + path, "--delay", "0")
        assert done.returncode == 1
        said = [line for line in done.stderr.splitlines() if path in line]
        assert len(said) == 1, done.stderr


def test_a_night_without_a_registry_is_told_to_name_one_and_no_url(gicrawl: Run, tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_text("", encoding="utf-8")
    done = gicrawl("nightly", "--portals", "portals.toml")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: no portal is registered; name a registry of yours with --portals FILE (or $GICRAWL_PORTALS)"
    ]
