"""Word files that are none, are cut short, locked or hostile: one clear problem each, failed, and soon."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest
from docx_writer import W, document_xml, docx, p, packed, parts_of, r, tbl, tc, tr

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Source
from gicrawl.parser.output import message
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.readers.docx import read
from gicrawl.parser.report import Report, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Ends = Callable[[], AbstractContextManager[None]]
    from pathlib import Path

GOOD = docx(p("某县2023年政府信息公开工作年度报告") + tbl(tr("规章", "1"), tr("规范性文件", "2")))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def parsed(body: bytes) -> Report:
    return parse([Source(body, "report.docx")])


def only_problem(body: bytes) -> tuple[str, dict[str, str]]:
    report = parsed(body)
    assert report.status is Status.FAILED
    assert (report.cells, report.grids, report.checks) == ((), (), ())
    (problem,) = report.problems
    for lang in ("en", "zh"):
        assert "\n" not in message(problem, lang)
    return problem.code, dict(problem.fields)


def with_part(name: str, content: bytes | str) -> bytes:
    return packed({**parts_of(p("甲")), name: content})


def test_every_way_of_cutting_it_short_is_damage() -> None:
    for length in range(40, len(GOOD), 37):
        code, _ = only_problem(GOOD[:length])
        assert code in {"docx_damaged", "zip_damaged"}
    assert only_problem(GOOD[: len(GOOD) - 30]) == ("docx_damaged", {"part": "ZIP"})


def test_a_part_cut_short_is_named() -> None:
    assert only_problem(with_part("word/document.xml", document_xml(p("甲"))[:-9])) == (
        "docx_damaged",
        {"part": "word/document.xml"},
    )


@pytest.mark.parametrize("content", ["", "甲", f'<w:document xmlns:w="{W}"/>', "<html><body/></html>"])
def test_a_main_part_that_is_none_is_damage(content: str) -> None:
    assert only_problem(with_part("word/document.xml", content))[0] == "docx_damaged"


def test_a_missing_main_part_is_damage() -> None:
    parts = parts_of(p("甲"))
    del parts["word/document.xml"]
    assert only_problem(packed(parts)) == ("docx_damaged", {"part": "word/document.xml"})


def test_a_damaged_styles_part_costs_only_the_headings() -> None:
    parts = parts_of(p("甲"))
    parts["word/styles.xml"] = "<w:styles"
    document = read(packed(parts), Context())
    assert not document.failed
    assert document.blocks
    assert document.problems == (("docx_part_unread", (("part", "word/styles.xml"),)),)


def test_a_zip_of_something_else_says_what_it_holds() -> None:
    body = packed({"一、报告.rar": b"Rar!\x1a\x07", "2.xls": b"", "3.txt": b"", "4.txt": b""})
    assert only_problem(body) == ("zip_without_report", {"count": "4", "names": "一、报告.rar, 2.xls, 3.txt"})


def test_names_written_on_chinese_windows_are_readable() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("NAME.doc"), b"x")
    body = out.getvalue().replace(b"NAME", "年报".encode("gb18030"))
    assert only_problem(body)[1]["names"] == "年报.doc"


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"[Content_Types].xml": "", "xl/workbook.xml": ""}, "spreadsheetml.sheet"),
        ({"[Content_Types].xml": "", "ppt/presentation.xml": ""}, "presentationml.presentation"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "opendocument.spreadsheet"),
        ({"OFD.xml": "", "Doc_0/Document.xml": ""}, "application/ofd"),
        ({"mimetype": "text\x00html"}, "application/zip"),
        ({"a.txt": "word/document.xml"}, "application/zip"),
    ],
)
def test_other_documents_in_a_zip_are_told_apart(parts: dict[str, bytes | str], kind: str) -> None:
    body = packed(parts)
    assert media_type(body).endswith(kind)
    assert parsed(body).status is Status.FAILED


def test_a_password_is_told() -> None:
    locked = OLE + "EncryptionInfo".encode("utf-16-le") + bytes(100) + "EncryptedPackage".encode("utf-16-le")
    assert only_problem(locked) == ("docx_encrypted", {})
    assert reader_for(OLE) == "none"  # the older binary format, which is another matter
    flagged = bytearray(GOOD)
    at = 0
    while (at := flagged.find(b"PK\x01\x02", at)) >= 0:  # every entry of the list of members says: encrypted
        flagged[at + 8] |= 1
        at += 4
    assert only_problem(bytes(flagged)) == ("docx_encrypted", {})


def test_entities_are_not_expanded(ends: Ends) -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = document_xml(p(r("A"))).replace("<w:document", f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><w:document', 1)
    for xml in (bomb.replace("A</w:t>", "&a11;</w:t>"), bomb.replace("<w:p>", '<w:p a="&a11;">', 1)):
        with ends():
            assert only_problem(with_part("word/document.xml", xml))[0] == "docx_damaged"


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    (secret := tmp_path / "secret.txt").write_text("秘密 42", encoding="utf-8")
    for declared in (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE x SYSTEM "{secret.as_uri()}">',
    ):
        xml = (
            document_xml(p(r("A"))).replace("<w:document", f"{declared}<w:document", 1).replace("A</w:t>", "&s;</w:t>")
        )
        assert only_problem(with_part("word/document.xml", xml))[0] == "docx_damaged"
    external = parts_of(p("甲"))
    external["_rels/.rels"] = str(external["_rels/.rels"]).replace(
        'Target="', 'TargetMode="External" Target="http://127.0.0.1:9/'
    )
    assert not read(packed(external), Context()).failed  # the usual name is taken instead


def test_a_file_that_unpacks_to_very_much_is_refused_without_unpacking_it() -> None:
    bomb = with_part("word/document.xml", b" " * 300_000_000)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        assert only_problem(bomb) == ("docx_too_large", {"limit": "32"})
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_a_list_of_very_many_members_is_refused_without_listing_them(ends: Ends) -> None:
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[0] * 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = entry * 200_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(listed), 30, 0)
    body = b"PK\x03\x04" + b"word/document.xml".ljust(26) + listed + end
    with ends():
        assert only_problem(body)[0] == "docx_too_large"


def test_depth_is_bounded() -> None:
    tables = p("甲")
    for _ in range(80):
        tables = tbl(tr(tc(tables)))
    assert [b.text for b in read(docx(tables), Context()).blocks] == ["甲"]  # type: ignore[union-attr]
    for wrapper in ("tbl", "sdt", "ins", "r"):
        deep = f"<w:{wrapper}>" * 5000 + f"</w:{wrapper}>" * 5000
        assert only_problem(docx(f"<w:p>{deep}</w:p>"))[0] == "docx_damaged"
    wrapped = r("7")
    for _ in range(240):
        wrapped = f"<w:ins>{wrapped}</w:ins>"
    assert [b.text for b in read(docx(p(wrapped)), Context()).blocks] == ["7"]  # type: ignore[union-attr]


def test_a_long_document_ends(ends: Ends) -> None:
    table = tbl(*[tr(*[tc(str(n)) for n in range(7)])] * 200)
    with ends():
        assert not read(docx((p("甲乙丙") * 100 + table) * 16), Context()).failed


def test_damage_anywhere_ends_in_a_document() -> None:
    draw = random.Random(20210926)
    parts = parts_of(p("某县2023年政府信息公开工作年度报告", "<w:r><w:tab/></w:r>") + tbl(tr(tc("规章", span=2), "1")))
    plain = str(parts["word/document.xml"]).encode()
    outcomes = set()
    for _ in range(300):
        whole = bytearray(GOOD)
        for _ in range(draw.randrange(1, 6)):
            whole[draw.randrange(4, len(whole))] = draw.randrange(256)
        part = bytearray(plain)
        for _ in range(draw.randrange(1, 4)):
            part[draw.randrange(len(part))] = draw.randrange(256)
        for body in (bytes(whole), with_part("word/document.xml", bytes(part))):
            outcomes.add(read(body, Context()).failed if reader_for(body) == "docx" else None)
    assert outcomes >= {True, False}
