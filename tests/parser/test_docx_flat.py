"""Word files in one XML file (Flat OPC, Word 2003), and pages that stand for a part of a Word file (`altChunk`)."""

from __future__ import annotations

from base64 import b64encode

import pytest
from docx_writer import RELATED, chunked, docx, flat, p, packed, parts_of, r, related, tbl, tc, tr, word_2003
from test_docx_reports import TITLE, figures, form, numbers, wanted
from test_docx_workbooks import rows_of

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Paragraph, Source
from gicrawl.parser.readers import media_type, reader_for
from gicrawl.parser.readers.docx import read

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
BODY = p("甲") + tbl(
    tr(tc("项目", span=2)), tr(tc("组", merge="restart"), "1"), tr(tc(merge="continue"), "2"), tr("x", "")
)


def test_a_package_in_one_file_reads_as_the_package() -> None:
    body = flat(parts_of(BODY, title="甲"))
    assert (media_type(body), reader_for(body)) == ("application/vnd.ms-word2006ml", "docx")
    document, same = read(body, Context()), read(docx(BODY, title="甲"), Context())
    assert (document.blocks, document.title, document.problems) == (same.blocks, "甲", ())
    in_words = body.decode().encode("utf-16")
    assert read(in_words, Context()).blocks == same.blocks


def test_a_document_of_word_2003_reads_as_one_of_today() -> None:
    body = word_2003(BODY, title="甲")
    assert (media_type(body), reader_for(body)) == ("application/vnd.ms-wordml", "docx")
    document = read(body, Context())
    assert (document.blocks, document.title, document.problems) == (read(docx(BODY), Context()).blocks, "甲", ())


def test_a_report_in_one_file_is_read_whole() -> None:
    values = figures(form("form2021"), 7)
    body = p(TITLE) + "".join(
        p(table.section) + tbl(*[tr(*row) for row in rows_of(table, values)]) for table in form("form2021").tables
    )
    for made in (flat(parts_of(body)), word_2003(body)):
        assert numbers(parse([Source(made)])) == wanted(values)


def test_what_word_2003_wraps_and_marks() -> None:
    inserted, deleted = (
        f'<aml:annotation aml:id="1" w:type="Word.{kind}"><aml:content>{r(text)}</aml:content></aml:annotation>'
        for kind, text in (("Insertion", "8"), ("Deletion", "7"))
    )
    headed = p("甲", properties='<w:pStyle w:val="1"/>')
    body = (
        p(r("收到"), f"<st1:chmetcnv>{r('3')}</st1:chmetcnv>", deleted, inserted, r(" 件"))
        + f"<wx:sub-section>{headed}<wx:pBdrGroup>{p('乙')}</wx:pBdrGroup></wx:sub-section>"
        + p(r("丙"), "<w:r><w:footnote><w:p><w:r><w:t>9</w:t></w:r></w:p></w:footnote></w:r>")
    )
    blocks = [block for block in read(word_2003(body), Context()).blocks if isinstance(block, Paragraph)]
    assert [(block.text, block.heading) for block in blocks] == [
        ("收到38 件", False),
        ("甲", True),
        ("乙", False),
        ("丙", False),
    ]
    assert [block.evidence for block in blocks] == [{"paragraph": number} for number in range(4)]


def test_pictures_in_one_file_are_found() -> None:
    shown = p('<w:r><w:pict><v:shape><v:imagedata src="wordml://1.png"/></v:shape></w:pict></w:r>')
    coded = f'<w:docSuppData/><w:x><w:binData w:name="wordml://1.png">{b64encode(PICTURE).decode()}</w:binData></w:x>'
    (picture,) = read(word_2003(p("甲") + shown, coded), Context()).pictures
    assert (picture.body, picture.evidence["picture"]) == (PICTURE, "word/media/image1")
    parts = parts_of(
        p(f'<w:r><w:pict><v:shape><v:imagedata xmlns:r="{RELATED}" r:id="a"/></v:shape></w:pict></w:r>') + p("甲")
    )
    parts["word/_rels/document.xml.rels"] = related("a", "media/1.png", "image")
    parts["word/media/1.png"] = PICTURE * 300_000  # more than an XML parser takes for one text
    (picture,) = read(flat(parts), Context()).pictures
    assert (picture.body[:48], picture.evidence["picture"]) == (PICTURE, "word/media/1.png")


PAGE = (
    "<html><body><p>中</p><table><tr><td>规章</td><td>3</td></tr><tr><td>文件</td><td>4</td></tr></table></body></html>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("afchunk.htm", PAGE.encode()),
        ("a/page.HTML", PAGE.encode("gb18030")),
        ("x.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE.encode()),
    ],
)
def test_a_page_that_stands_for_a_part_is_read_at_its_place(name: str, content: bytes) -> None:
    for made in (packed(chunked(content, name)), flat(chunked(content, name))):
        document = read(made, Context())
        before, page, grid, after = document.blocks
        assert [getattr(block, "text", None) for block in (before, page, after)] == ["前", "中", "后"]
        assert isinstance(grid, Grid)
        assert [cell.text for cell in grid.cells] == ["规章", "3", "文件", "4"]
        assert grid.cells[1].evidence["embedded_file"] == f"word/{name}"
        assert str(grid.cells[1].evidence["path"]).endswith("/tr[1]/td[2]")
        assert document.problems == ()
        assert {"html", "mhtml"} <= set(reader_for(made).split("+"))


@pytest.mark.parametrize(("name", "content"), [("a.htm", b"%PDF-1.7 x"), ("a.docx", docx(p("中"))), ("a.rtf", b"{}")])
def test_what_else_stands_for_a_part_is_told(name: str, content: bytes) -> None:
    document = read(packed(chunked(content, name)), Context())
    assert [getattr(block, "text", None) for block in document.blocks] == ["前", "后"]
    assert [code for code, _ in document.problems] == ["docx_foreign_part"]


def test_bad_files_are_refused() -> None:
    good = flat(parts_of(BODY))
    start = b'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    kind = b'<!DOCTYPE a [<!ENTITY b "c">]>'
    deep = f"<w:p>{'<w:ins>' * 400}{r('7')}{'</w:ins>' * 400}</w:p>"
    for body in (
        good[:-200],
        start + b"/>",
        start + b'><pkg:part pkg:name="/ppt/a.xml"/></pkg:package>',
        good.replace(b"<pkg:package", kind + b"<pkg:package"),
        flat(parts_of(deep)),
        word_2003(deep),
        word_2003(p("甲")).replace(b"w:body", b"w:corps"),
    ):
        assert [code for code, _ in read(body, Context()).problems] == ["docx_damaged"], body[:300]
    many = flat({f"a/{number}.xml": "<a/>" for number in range(10_001)})
    assert [code for code, _ in read(many, Context()).problems] == ["docx_too_large"]
