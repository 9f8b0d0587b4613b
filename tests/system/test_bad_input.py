"""Whatever a user or a portal can do wrong ends in a line with cause and remedy, and nothing done before is lost."""

import csv
import hashlib
import json
import os
import random
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from bad_documents import bad_documents, good_document
from whole import DELAY, SCRIPT, Walk, articles_kept, captures, ended, gicrawl, held_of, start

from gicrawl.archive.records import Judgement, Outcome
from gicrawl.sample import SampleServer

# Documents


def parsed(folder: Path, files: dict[str, bytes]) -> list[dict[str, Any]]:
    """What `gicrawl parse` says of these files: one object each, whatever is in them."""
    for name, body in files.items():
        (folder / name).write_bytes(body)
    done = gicrawl("parse", *files, "--lang", "en", cwd=folder)
    assert done.status == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [record["source"] for record in found] == list(files)
    return found


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    names = ("empty.html", "empty.txt", "empty.pdf", "empty")
    for found in parsed(tmp_path, dict.fromkeys(names, b"")):
        assert found["status"] in {"not_a_report", "failed"}
        assert found["cells"] == []
        assert [problem for problem in found["problems"] if problem["message"].strip()], found


def test_random_bytes_are_no_report_whatever_they_are_called(tmp_path: Path) -> None:
    suffixes = ("html", "txt", "md", "pdf", "docx", "doc")
    files = {f"{seed}.{suffix}": random.Random(seed).randbytes(20_000) for seed in range(4) for suffix in suffixes}
    for found in parsed(tmp_path, files):
        assert found["status"] in {"not_a_report", "failed"}
        assert [cell for cell in found["cells"] if cell["state"] == "number"] == []


def test_a_page_in_another_encoding_than_it_declares_is_read_all_the_same(tmp_path: Path, from_home: Walk) -> None:
    right, declared = utf8_report(from_home)
    wrong = right.replace(declared, b"gb2312")
    assert wrong != right
    expected, found = parsed(tmp_path, {"right.html": right, "wrong.html": wrong})
    assert found["status"] == "report"
    cells = [[(cell["value"], cell["state"]) for cell in record["cells"]] for record in (expected, found)]
    assert cells[0] == cells[1] != []


def utf8_report(walk: Walk) -> tuple[bytes, bytes]:
    """A report of the portal in UTF-8 as it was served, and the name of its encoding as the page spells it."""
    portal = next(portal for portal in walk.portals if portal["charset"]["real"] == "utf-8")
    path = next(
        report["path"]
        for report in portal["reports"]
        if report["delivery"]["transfer"] == "length"
        and not report["delivery"]["gzip"]
        and report["layout"] == "tables"
    )
    exchange = next(e for e in walk.record.requests if e.target == path and e.status == 200)
    body = exchange.response.partition(b"\r\n\r\n")[2]
    declared = portal["charset"]["declared"].encode()
    return body, declared if declared in body else declared.lower()


def test_a_missing_file_is_named_and_the_others_are_parsed(tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("通知", encoding="utf-8")
    done = gicrawl("parse", "here.txt", "gone.pdf", "--lang", "en", cwd=tmp_path)
    assert done.status == 1
    assert len(done.out.splitlines()) == 1
    (line,) = done.said
    assert "gone.pdf" in line


def test_what_cannot_be_read_says_why_and_costs_the_others_nothing(tmp_path: Path) -> None:
    bad = bad_documents()
    found = parsed(tmp_path, {name: body for name, (body, _) in bad.items()} | {"good.html": good_document()})
    assert {record["source"]: [problem["code"] for problem in record["problems"]] for record in found[:-1]} == {
        name: [code] for name, (_, code) in bad.items()
    }
    assert {record["status"] for record in found[:-1]} == {"failed"}
    assert all("\n" not in record["problems"][0]["message"] for record in found[:-1])
    assert found[-1]["status"] == "report"
    checked = gicrawl("check", tmp_path, "--lang", "en")
    assert checked.status == 0
    assert [line.partition(":")[0] for line in checked.said[:-1]] == [str(tmp_path / name) for name in sorted(bad)]


def test_what_cannot_be_read_is_in_the_archive_and_accounted_for(tmp_path: Path) -> None:
    bad = bad_documents()
    (tmp_path / "folder").mkdir()
    for name, (body, _) in bad.items():
        (tmp_path / "folder" / name).write_bytes(body)
    done = gicrawl("import", "files", "folder", "--archive", "a.db", "--lang", "en", cwd=tmp_path)
    assert (done.status, done.out.splitlines()) == (0, [f"new {len(bad)}", "known 0", "refused 0"])
    read = gicrawl("reparse", "--archive", "a.db", "--lang", "en", cwd=tmp_path)
    assert (read.status, read.out.splitlines()) == (0, [f"failed {len(bad)}"])
    assert " 0 broke the parser" in read.err
    stock = json.loads(gicrawl("status", "--archive", "a.db", "--format", "json", cwd=tmp_path).out)
    assert (stock["documents"], stock["failed"], stock["unparsed"], stock["reports"]) == (len(bad), len(bad), 0, 0)
    exported = gicrawl("export", "--archive", "a.db", "--format", "csv", "--to", "tables", cwd=tmp_path)
    assert exported.status == 0, exported.err
    with (tmp_path / "tables" / "problems.csv").open(encoding="utf-8", newline="") as table:
        told = {row["sha256"]: row["code"] for row in csv.DictReader(table)}
    assert told == {hashlib.sha256(body).hexdigest(): code for body, code in bad.values()}
    assert gicrawl("check", "--archive", "a.db", cwd=tmp_path).status == 0
    assert gicrawl("verify", "--archive", "a.db", cwd=tmp_path).status == 0


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read anything")
@pytest.mark.parametrize("command", [("parse", "folder/open.html", "folder/secret.html"), ("check", "folder")])
def test_a_file_without_permission_is_one_line_and_the_others_are_read(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("open.html", "secret.html"):
        (tmp_path / "folder" / name).write_bytes(good_document())
    (tmp_path / "folder" / "secret.html").chmod(0)
    own: tuple[str, ...] = (SCRIPT,)
    if os.geteuid() == 0:  # root without the right to read everything
        own = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", *own)
    done = ended(start(*command, "--lang", "en", cwd=tmp_path, command=own))
    assert done.status == 1
    (line,) = [line for line in done.said if "secret.html" in line]
    assert "Permission denied" in line
    assert "secret.html" not in done.out
    assert "open.html" in done.out


def test_bad_documents_on_a_portal_are_archived_as_they_came_and_accounted_for(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    bad = {
        "noise.pdf": random.Random(1).randbytes(5000),
        "utf16.html": "<html><body><p>某县2021年政府信息公开工作年度报告</p></body></html>".encode("utf-16"),
        "half.html": "<html><body><table><tr><td>某县2022年政府信息公开工作年度报告".encode("gb18030")[:-1],
    }
    title = "某县2021年政府信息公开工作年度报告"  # a file without a title line is linked by its name
    bad = {f"{title}-{name}": body for name, body in bad.items()}
    for name, body in bad.items():
        (folder / name).write_bytes(body)
    archive = tmp_path / "a.db"
    with SampleServer(documents=folder) as server:
        done = gicrawl("crawl", "--all", "--portals", server.portals_file, "--archive", archive, "--delay", DELAY)
        assert done.status == 0, done.err
        files = {f["file"]: f["path"] for portal in server.stop().manifest["portals"] for f in portal["files"]}
    kept: dict[str, set[bytes]] = {}
    for url, digests in articles_kept(archive).items():
        kept.setdefault("/" + url.split("/", 3)[3], set()).update(digests)
    for name, body in bad.items():
        assert kept[files[name]] == {hashlib.sha256(body).digest()}, name
    parse = gicrawl("reparse", "--archive", archive, "--lang", "en")
    assert parse.status == 0, parse.err
    assert "report " not in parse.out.replace("not_a_report ", "")
    status = gicrawl("status", "--archive", archive, "--lang", "en")
    assert status.status == 0
    assert "0 not yet parsed" in status.out
    assert gicrawl("verify", "--archive", archive).status == 0


def test_a_demo_on_an_empty_file_accounts_for_it(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "empty.html").write_bytes(b"")
    done = gicrawl("demo", "--documents", "documents", "--keep", "demo", "--lang", "en", cwd=tmp_path)
    assert done.status in {0, 1}
    assert any("empty.html" in line for line in done.out.splitlines())


# Portals


def test_a_404_served_as_200_is_no_report_and_status_names_it(from_home: Walk) -> None:
    urls = {from_home.url(p, m["path"]) for p in from_home.portals for m in p["near_misses"] if m["kind"] == "soft_404"}
    judged = {c.final_url for c in captures(from_home.archive) if c.judgement is Judgement.SOFT_404}
    assert urls == judged != set()
    done = gicrawl("status", "--archive", from_home.archive, "--format", "json")
    standing = {entry["portal"]: entry for entry in json.loads(done.out)["standing"] if entry["fate"] == "missing"}
    assert {portal: entry["urls"] for portal, entry in standing.items()} == {"yunping": 2, "lanxi": 2}


def test_a_report_whose_attachment_is_missing_is_there_all_the_same(from_home: Walk) -> None:
    without = [
        from_home.url(portal, report["path"])
        for portal in from_home.portals
        for report in portal["reports"]
        if any(attachment["missing"] for attachment in report["attachments"])
    ]
    assert without
    exported = gicrawl("check", "--archive", from_home.archive, "--format", "jsonl")
    sources = {json.loads(line)["source"] for line in exported.out.splitlines()}
    assert set(without) <= sources


def test_a_connection_that_dies_half_way_is_one_line_with_the_page_and_what_came_is_kept(from_home: Walk) -> None:
    torn = {from_home.url(p, u["path"]) for p in from_home.portals for u in p["unavailable"] if u["kind"] == "torn"}
    assert len(torn) == 2
    for crawl in from_home.crawls:
        assert crawl.status == 0
        for url in torn:
            (line,) = [line for line in crawl.said if url in line]
            assert "short of its Content-Length" in line
    kept = [c for c in captures(from_home.archive) if c.outcome is Outcome.TRUNCATED]
    assert {c.final_url for c in kept} == torn
    assert all(c.body_size for c in kept)
    assert len(kept) == 2 * 2 * 3  # portals, crawls, tries


def test_a_portal_that_is_down_costs_the_others_nothing(tmp_path: Path, from_home: Walk) -> None:
    with socket.socket() as held:  # bound and not listening: refuses connections, and nobody else gets the port
        held.bind(("127.0.0.1", 0))
        with SampleServer() as server:
            registry = server.portals_file.read_text(encoding="utf-8")
            (tmp_path / "portals.toml").write_text(
                f'{registry}\n[[portal]]\nid = "down"\nbody = "某县人民政府"\nlevel = "county"\n'
                f'home = "http://www.down-sample.gov.cn/"\naddress = "127.0.0.1:{held.getsockname()[1]}"\n',
                encoding="utf-8",
            )
            arguments = ("crawl", "down", "lanxi", "--portals", "portals.toml", "--archive", "a.db", "--delay", DELAY)
            done = gicrawl(*arguments, "--lang", "zh", cwd=tmp_path)
    assert done.status == 1
    said = [line for line in done.said if line.startswith("down")]
    assert len(said) == 1, done.err
    assert "未能抓取任何内容" in said[0]
    assert len(done.out.splitlines()) == 2
    assert held_of(tmp_path / "a.db", "lanxi") == held_of(from_home.archive, "lanxi")


def test_an_unknown_portal_is_one_line_and_nothing_is_fetched(tmp_path: Path) -> None:
    with SampleServer() as server:
        portals = server.portals_file
        done = gicrawl("crawl", "yunpin", "--portals", portals, "--archive", "a.db", "--lang", "en", cwd=tmp_path)
        assert server.stop().requests == ()
    assert done.status == 2
    (line,) = done.said
    assert "'yunpin'" in line
    assert "yunping" in line  # what to do: did you mean
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize(
    ("name", "broken", "place"),
    [
        ("p.toml", '[[portal]]\nid = "a"\nbody = "某县"\nlevel = "county\nhome = "http://www.a.gov.cn/"\n', "line 4"),
        ("p.toml", '[[portal]]\nid = "a"\nbody = "某县"\nlevel = "village"\nhome = "http://www.a.gov.cn/"\n', "level"),
        ("p.csv", "id,body,level,home\na,某县,county,http://www.a.gov.cn/\nb,某县,county\n", "home"),
        ("p.csv", "id,body,level,home\na,某县,county,www.a.gov.cn\n", "home"),
    ],
    ids=["no string", "no level", "too few fields", "no URL"],
)
def test_a_registry_with_a_broken_line_names_it(tmp_path: Path, name: str, broken: str, place: str) -> None:
    (tmp_path / name).write_text(broken, encoding="utf-8")
    done = gicrawl("crawl", "--all", "--portals", name, "--lang", "en", cwd=tmp_path)
    assert done.status == 2
    line, *of_others = done.said  # the sound entry is gone on with, and asks for a contact
    assert name in line
    assert place in line
    assert all("www.a.gov.cn" in other for other in of_others)
    assert not (tmp_path / "archive").exists()


def test_a_registry_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_bytes('[[portal]]\nid = "a"\nbody = "某县"\n'.encode("gb18030"))
    done = gicrawl("crawl", "a", "--portals", "p.toml", "--lang", "en", cwd=tmp_path)
    assert done.status == 2
    (line,) = done.said
    assert "UTF-8" in line
