"""The demo on documents of one's own: the five this project was made from, where they lie beside it."""

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
from whole import Done, articles_kept, gicrawl

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the shared documents are not at {SEEDS}"),
]


def test_documents_of_ones_own_are_crawled_archived_parsed_and_exported(tmp_path: Path) -> None:
    demo = gicrawl("demo", "--documents", SEEDS, "--keep", tmp_path / "demo", cwd=tmp_path)
    the_demo_ends_well_and_names_each_document(demo)
    each_document_is_archived_byte_for_byte(tmp_path)
    the_commands_the_demo_names_next_work(demo, tmp_path)
    each_document_is_parsed_and_exported(tmp_path)


def digests() -> dict[str, bytes]:
    return {path.name: hashlib.sha256(path.read_bytes()).digest() for path in sorted(SEEDS.iterdir())}


def the_demo_ends_well_and_names_each_document(demo: Done) -> None:
    assert demo.status == 0, demo.err + demo.out
    assert len(digests()) == 5
    for name in digests():
        assert sum(line.lstrip().startswith(name) for line in demo.out.splitlines()) == 1, demo.out


def each_document_is_archived_byte_for_byte(folder: Path) -> None:
    kept = set().union(*articles_kept(folder / "demo" / "gicrawl.db").values())
    assert set(digests().values()) <= kept
    verified = gicrawl("verify", "--archive", folder / "demo" / "gicrawl.db")
    assert (verified.status, verified.out) == (0, "")


def the_commands_the_demo_names_next_work(demo: Done, folder: Path) -> None:
    commands = re.findall(r"^ {2}gicrawl (.+)$", demo.out, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["status", "check", "export"]
    statuses = [gicrawl(*command.split(), cwd=folder).status for command in commands]
    assert statuses[0] == statuses[2] == 0
    assert statuses[1] in {0, 1}  # an identity that fails in a document is a finding


def each_document_is_parsed_and_exported(folder: Path) -> None:
    archive = folder / "demo" / "gicrawl.db"
    for form in ("csv", "jsonl"):
        done = gicrawl("export", "--archive", archive, "--format", form, "--to", folder / form)
        assert done.status == 0, done.err
    # A server may encode what it sends; the exported SHA-256 is that of the body as received. So: by URL.
    documents = {url for url, kept in articles_kept(archive).items() if kept <= set(digests().values())}
    assert len(documents) == 5
    with (folder / "csv" / "parses.csv").open(encoding="utf-8", newline="") as stream:
        parses = {row["url"]: row["status"] for row in csv.DictReader(stream) if row["url"] in documents}
    assert set(parses) == documents
    assert set(parses.values()) <= {"report", "not_a_report"}
    lines = (folder / "jsonl" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    reports = {json.loads(line)["url"] for line in lines}
    assert reports == {url for url, status in parses.items() if status == "report"}
    assert len(reports) >= 4
