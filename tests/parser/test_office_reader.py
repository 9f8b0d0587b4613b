"""What only an office program opens: converted by LibreOffice and read; without one, said so."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from components import libreoffice
from sheet_writer import packed

from gicrawl.office import Converter, Failure, Job, Office, find_office
from gicrawl.parser import parse
from gicrawl.parser.document import Context, Paragraph, Source
from gicrawl.parser.readers import media_type, reader_for, readers
from gicrawl.parser.readers.office import prepare, versions
from gicrawl.parser.report import State, Status
from gicrawl.parser.version import parser_version
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import ReportSpec, generate_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.parser.report import Report

RTF = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0 SimSun;}}\f0 %s\par}"
TARGET = "docx:MS Word 2007 XML"


def rtf(text: str) -> bytes:
    return RTF % "".join(f"\\u{ord(char) - (0x10000 if ord(char) > 0x7FFF else 0)}?" for char in text).encode()


@pytest.fixture(scope="module")
def page() -> bytes:
    office = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "水利局")
    spec = ReportSpec(issuer=office, year=2022, published=date(2023, 1, 12), paste="plain")
    return generate_report(random.Random(7), spec).html


@pytest.fixture(scope="module")
def made(page: bytes, once: Callable[[str, Callable[[Path], dict[str, bytes]]], dict[str, bytes]]) -> dict[str, bytes]:
    """The same report by LibreOffice itself, in every kind it writes."""
    libreoffice()
    files = once("by-libreoffice", lambda folder: _written(page, folder))
    prepare(files.values())
    return files


def _written(page: bytes, folder: Path) -> dict[str, bytes]:
    (folder / "r.html").write_bytes(page)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    orders = (
        ("HTML (StarWriter)", "docx"),
        ("HTML (StarCalc)", "xlsx:Calc MS Excel 2007 XML"),
        ("HTML (StarCalc)", "xls:MS Excel 97"),
        ("HTML (StarCalc)", "ods"),
    )
    for source, target in orders:
        subprocess.run(
            ["soffice", profile, "--headless", f"--infilter={source}", "--convert-to", target, "r.html"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
    for target in ("doc", "rtf", "odt"):
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", target, "r.docx"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
    return {file.suffix[1:]: file.read_bytes() for file in sorted(folder.glob("r.*"))}


def values(report: Report) -> dict[tuple[str, str, str], tuple[State, object]]:
    return {cell.key: (cell.state, cell.value) for cell in report.cells}


@pytest.mark.parametrize(
    ("kind", "reader"),
    [
        ("doc", "office+docx"),
        ("rtf", "office+docx"),
        ("odt", "office+docx"),
        ("xlsx", "xlsx"),
        ("xls", "xls"),
        ("ods", "ods"),
    ],
)
def test_what_libreoffice_writes_reads_as_the_page_it_was_made_of(
    made: dict[str, bytes], page: bytes, kind: str, reader: str
) -> None:
    truth, body = parse([Source(page)]), made[kind]
    assert reader_for(body) == reader
    found = parse([Source(body)])
    assert (found.status, found.reader, found.media_type) == (Status.REPORT, reader, media_type(body))
    assert values(found) == values(truth)
    assert (found.identity.year, found.identity.issuer) == (truth.identity.year, truth.identity.issuer)
    converted = {str(cell.evidence.get("converted", "")) for cell in found.cells}
    assert all(words.startswith("docx by LibreOffice ") == (reader == "office+docx") for words in converted)


def test_a_file_gives_the_same_every_time_and_in_any_company(made: dict[str, bytes]) -> None:
    in_company = {kind: parse([Source(made[kind])]) for kind in ("doc", "rtf")}
    code = "import pickle, sys; from gicrawl.parser import parse; from gicrawl.parser.document import Source; "
    code += "sys.stdout.buffer.write(pickle.dumps(parse([Source(sys.stdin.buffer.read())])))"
    for kind, known in in_company.items():
        alone = subprocess.run([sys.executable, "-c", code], input=made[kind], capture_output=True, check=True).stdout
        assert pickle.loads(alone) == known  # noqa: S301 - written by the line above


def test_a_misnamed_word_file_in_an_archive_is_read(made: dict[str, bytes]) -> None:
    found = parse([Source(packed({"年报.wps": made["doc"]}))])
    assert (found.status, found.reader) == (Status.REPORT, "zip+office+docx")
    assert {cell.evidence["member"] for cell in found.cells} == {"年报.wps"}


@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_a_file_cut_short_is_one_problem_or_what_is_left(made: dict[str, bytes], kind: str) -> None:
    body = made[kind][: len(made[kind]) // 3]
    found = parse([Source(body)])
    if found.status is Status.FAILED:
        assert len(found.problems) == 1
        assert found.problems[0].code in {"office_failed", "unknown_format", "zip_damaged", "zip_without_report"}
    whole = values(parse([Source(made[kind])]))
    assert all(whole[key] == value for key, value in values(found).items() if value[0] is State.NUMBER)


def test_noise_that_calls_itself_rtf_is_no_text(made: dict[str, bytes]) -> None:
    del made
    noise = random.Random(4).randbytes(4000)
    found = parse([Source(b"{\\rtf1" + noise)])
    assert found.status is not Status.REPORT
    assert not found.cells


def test_nothing_a_document_refers_to_is_fetched() -> None:
    libreoffice()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        linked = f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "http://127.0.0.1:{port}/a.png" \\\\d}}}}'
        fodt = (
            '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
            'xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" '
            'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
            f'<text:section text:name="a"><text:section-source xlink:href="http://127.0.0.1:{port}/b.odt"/></text:section>'
            f'<text:p><draw:frame><draw:image xlink:href="http://127.0.0.1:{port}/c.png"/></draw:frame>甲</text:p>'
            "</office:text></office:body></office:document>"
        )
        bodies = (RTF % linked.encode(), fodt.encode())
        for body in bodies:
            assert reader_for(body) == "office+docx"
            parse([Source(body)])
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_what_a_word_processor_shows_anew_every_day_is_left_out() -> None:
    libreoffice()
    field = rb"{\field{\*\fldinst %s}{\fldrslt %s}}"
    pieces = (
        *(b"A ", field % (rb"DATE \\@ yyyy-MM-dd", b"2001-02-03"), b" B ", field % (b"TIME", b"01:02"), b" C "),
        *(field % (b"FILENAME", b"x.doc"), b" D ", field % (b"=1+1", b"2"), b" E"),
    )
    found = readers()["office"].read(RTF % b"".join(pieces), Context())
    texts = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    assert [text.split() for text in texts] == [["A", "B", "C", "D", "2", "E"]]
    assert found.problems == (("office_date_field", (("count", "3"),)),)


def test_one_bad_file_costs_the_others_of_its_kind_nothing() -> None:
    libreoffice()
    office = find_office()
    assert office is not None
    converter = Converter(office)
    try:
        word = "MS Word 97"
        bad = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
        jobs = [Job(bad, "doc", word, TARGET), *(Job(rtf(text), "rtf", "Rich Text Format", TARGET) for text in "甲乙")]
        results = converter.convert(jobs)
        assert results[0] is Failure.FAILED
        assert all(isinstance(result, bytes) and result.startswith(b"PK") for result in results[1:])
    finally:
        converter.close()


def children(of: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == of:
            found.append(int(entry.parent.name))
    return found


COPY = """#!{python}
import pathlib, shutil, sys
shutil.copy(sys.argv[-1], pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1]) / "0.docx")
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_killed_guard_is_replaced_and_its_folder_goes(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text(COPY.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    converter = Converter(Office(str(program), "0", "0", "0"))
    try:
        job = Job(b"x", "doc", None, "docx")
        assert converter.convert([job]) == [b"x"]
        folder = str(converter._folder).encode()  # that of another converter of this process must not be hit
        guard = next(pid for pid in children(os.getpid()) if folder in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(guard, signal.SIGKILL)
        assert converter.convert([job]) == [b"x"]
        assert guard not in children(os.getpid())
        assert not Path(folder.decode()).exists()
    finally:
        converter.close()


SLOW = """#!{python}
import pathlib, sys, time
pathlib.Path(sys.argv[1].partition("file://")[2]).joinpath("started").touch()
time.sleep(600)
"""
"""Stands in for a LibreOffice that hangs: what becomes of one is the guard's business, whatever the program is."""

PARENT = """
import sys
from gicrawl.office import Converter, Job, Office
Converter(Office(sys.argv[1], "0", "0", "0")).convert([Job(b"x", "doc", None, "docx")])
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_killed_parser_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text(SLOW.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(program)], env={**os.environ, "TMPDIR": str(temporary)}
    )
    try:
        until(lambda: any(temporary.glob("*/profile/started")))
        (guard,) = children(parent.pid)
        (office,) = children(guard)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until(lambda: not Path(f"/proc/{guard}").exists() and not Path(f"/proc/{office}").exists())
    until(lambda: not list(temporary.iterdir()))


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_without_libreoffice_it_is_said_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / "年报.doc"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(900))
    done = subprocess.run(
        [sys.executable, "-m", "gicrawl", "--lang", "en", "parse", str(file)],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["status"], found["media_type"]) == ("failed", "application/msword")
    assert [problem["code"] for problem in found["problems"]] == ["needs_libreoffice"]
    assert "apt install libreoffice-writer-nogui" in found["problems"][0]["message"]


def test_installing_it_makes_another_parser_of_the_kinds_it_opens_and_of_no_other() -> None:
    (told,) = versions()
    assert told[0] == "libreoffice"
    assert (told[1] == "absent") == (shutil.which("soffice") is None and find_office() is None)
    with_it, other = parser_version("office+docx"), parser_version("docx")
    code = "import sys; from gicrawl.parser.version import parser_version as v; print(v('office+docx'), v('docx'))"
    bare = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PATH": "/nowhere"}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert bare[1] == other
    assert (bare[0] != with_it) == (told[1] != "absent")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>',
            "application/vnd.ms-spreadsheetml",
        ),
        (b"{\\rtf1\\ansi x}", "application/rtf"),
        (
            packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}),
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_kinds_are_told_by_their_content(body: bytes, kind: str) -> None:
    assert media_type(body) == kind
    assert reader_for(body).startswith("office+")
