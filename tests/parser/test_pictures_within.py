"""Tables that are pictures within files of other kinds: read with the extra `ocr`, asked for without, denied never."""

from __future__ import annotations

import base64
import io
import json
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx_writer import RELATED, p, parts_of, tbl, tc, tr
from docx_writer import packed as docx_packed
from ofd_writer import HEAD, SPACE, OfdSheet, ofd
from pdf_writer import Sheet, pdf
from PIL import Image
from sheet_writer import packed
from test_ocr import ROOT, SCANS, run

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.output import message
from gicrawl.parser.report import Report, State, Status

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "平川县教育局2022年政府信息公开工作年度报告"
TOLD = ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"]
TABLES = ("art20_1", "art20_5")
DRAWN = p(
    '<w:r><w:drawing><pic:pic><pic:blipFill><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{RELATED}" r:embed="rId7"/></pic:blipFill></pic:pic></w:drawing></w:r>'
)
"""A paragraph that shows the picture of `word`."""


@cache
def shown() -> bytes:
    """Two small tables of a printed page."""
    with Image.open(SCANS / "1-1.png") as page:
        held = io.BytesIO()
        page.crop((120, 460, 1120, 742)).save(held, "PNG")
    return held.getvalue()


@cache
def truth() -> dict[tuple[str, str, str], float | None]:
    _, *cells = json.loads((SCANS / "1.json").read_text(encoding="utf-8"))
    return {(table, row, column): value for table, row, column, _, value in cells if table in TABLES}


@cache
def button() -> bytes:
    held = io.BytesIO()
    Image.new("L", (120, 40), 200).save(held, "PNG")
    return held.getvalue()


def word(*blocks: str, picture: bytes | None = None) -> bytes:
    """A Word file with a picture."""
    parts = parts_of("".join(blocks))
    parts["word/_rels/document.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId7" Type="{RELATED}/image" Target="media/image1.png"/></Relationships>'
    )
    parts["word/media/image1.png"] = shown() if picture is None else picture
    return docx_packed(parts)


def scanned() -> bytes:
    """An OFD file of one page, which is a picture."""
    sheet = OfdSheet()
    sheet.picture(50, 50, 550, 191)
    return laid(sheet)


def laid(sheet: OfdSheet, picture: bytes | None = None) -> bytes:
    """An OFD file of a page whose first object is the picture."""
    sheet.ops[0] = sheet.ops[0].replace('ResourceID="9"', 'ResourceID="91"')
    sheet.picture(50, 300, 550, 700)  # of a resource that is not there
    media = '<ofd:MultiMedia ID="91" Type="Image"><ofd:MediaFile>p.png</ofd:MediaFile></ofd:MultiMedia>'
    parts = {
        "Doc_0/Res.xml": f'{HEAD}<ofd:Res {SPACE} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>',
        "Doc_0/Document.xml": (
            f"{HEAD}<ofd:Document {SPACE}><ofd:CommonData><ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
            '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
        ),
        "Doc_0/Res/p.png": shown() if picture is None else picture,
    }
    return ofd(sheet, parts=parts)  # type: ignore[arg-type]


LONG = [
    TITLE,
    *TOLD,
    *(f"本机关坚持以公开为常态，主动回应社会关切，及时准确公开各类政府信息，方便群众查询{at}。" for at in range(14)),
    "六、其他需要报告的事项",
]
"""Lines of a page that says something beside its picture."""


def beside_text_pdf() -> bytes:
    """A PDF page with text and, between it, a picture of tables in two strips."""
    sheet = Sheet()
    for at, line in enumerate(LONG):
        sheet.text(50, 60 + at * 20 + (at > 1) * 200, line)
    with Image.open(io.BytesIO(shown())) as picture:
        grey = picture.convert("L")
        for top in (0, 141):
            strip = grey.crop((0, top, 1000, top + 141))
            sheet.picture((50, 100 + top / 2, 550, 170.5 + top / 2), strip.tobytes(), (1000, 141))
    return pdf(sheet)


def beside_text_ofd() -> bytes:
    """The same as an OFD file, the picture in one."""
    sheet = OfdSheet()
    sheet.picture(50, 100, 550, 241)
    for at, line in enumerate(LONG):
        sheet.text(50, 60 + at * 20 + (at > 1) * 200, line)
    return laid(sheet)


def saved() -> bytes:
    whole = MIMEMultipart("related")
    whole["From"] = "<Saved by a browser>"
    lines = "".join(f"<p>{line}</p>" for line in TOLD)
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{lines}<img src='cid:a'></body></html>"
    whole.attach(MIMEText(page, "html", "utf-8"))
    whole.attach(MIMEImage(button(), "png"))
    whole.attach(MIMEImage(shown(), "png"))
    return whole.as_bytes()


def pasted() -> bytes:
    """A page that carries the picture in itself."""
    lines = "".join(f"<p>{line}</p>" for line in TOLD)
    data = base64.b64encode(shown()).decode()
    head = f"<html><head><meta charset='utf-8'><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
    return f"{head}{lines}<img src='data:image/png;base64,{data}'></body></html>".encode()


def in_word() -> bytes:
    return word(p(TITLE), p(TOLD[0]), DRAWN, p(TOLD[1]))


FILES = {
    "docx": in_word,
    "ofd": scanned,
    "mht": saved,
    "html": pasted,
    "zip": lambda: packed({"年报.docx": word(p(TITLE), p(TOLD[0])), "图/表.png": shown()}),
}


@cache
def found_in(kind: str) -> Report:
    return read(FILES[kind]())


def read(body: bytes) -> Report:
    return parse([Source(body)])


def values(report: Report) -> dict[tuple[str, str, str], float | None]:
    return {cell.key: cell.value for cell in report.cells}


@pytest.mark.parametrize("kind", FILES)
def test_a_table_that_is_a_picture_is_read(kind: str) -> None:
    found = found_in(kind)
    assert "image" in found.reader.split("+")  # a new recogniser makes a new version of this parse
    assert found.status is Status.REPORT
    assert values(found) == truth()
    assert all(cell.confidence < 0.99 for cell in found.cells)  # no sum confirms them
    assert [problem.code for problem in found.problems if problem.code.endswith("recognised")] == ["text_recognised"]


@pytest.mark.parametrize("make", [beside_text_pdf, beside_text_ofd])
def test_a_picture_on_a_page_that_has_text_too_is_read(make: Callable[[], bytes]) -> None:
    found = read(make())
    assert values(found) == truth()
    assert found.status is Status.REPORT
    cell = found.cells[0]
    x0, y0, x1, y1 = cell.evidence["box"]
    assert cell.evidence["page"] == 1
    assert 50 <= x0 < x1 <= 550  # in points of the page, not in pixels of the picture
    assert 100 <= y0 < y1 <= 241


def test_places_name_the_picture_and_say_where_in_it() -> None:
    cell = found_in("docx").cells[0]
    assert (cell.evidence["paragraph"], cell.evidence["picture"]) == (2, "word/media/image1.png")
    x0, y0, x1, y1 = cell.evidence["box"]
    assert 0 <= x0 < x1 <= 1000
    assert 0 <= y0 < y1 <= 282
    cell = found_in("zip").cells[0]
    assert (cell.evidence["member"], cell.evidence["picture"]) == ("图/表.png", "图/表.png")


def test_pictures_are_left_alone_where_they_cannot_add_a_table() -> None:
    other = word(p("关于召开座谈会的通知"), *(p("会议议程及有关事项另行通知，请准时参加。") for _ in range(9)), DRAWN)
    small = word(p(TITLE), DRAWN, picture=button())
    for body in (other, small):
        assert "text_recognised" not in [problem.code for problem in read(body).problems]


def test_a_cell_that_holds_a_picture_is_not_called_blank() -> None:
    rows = tr("信息内容", "本年处理决定数量"), tr("行政许可", tc(DRAWN))
    (cell,) = read(word(p(TITLE), p("第二十条第（五）项"), tbl(*rows), picture=button())).cells
    assert cell.state is State.ILLEGIBLE


def test_a_file_of_pictures_that_say_nothing_has_failed() -> None:
    grey = io.BytesIO()
    Image.new("L", (600, 400), 120).save(grey, "PNG")
    found = read(word(p(TITLE), DRAWN, picture=grey.getvalue()))
    assert (found.status, [problem.code for problem in found.problems]) == (Status.FAILED, ["no_text_recognised"])
    assert "1" in message(found.problems[0])


def test_without_the_extra_each_asks_for_it(tmp_path: Path) -> None:
    here = tmp_path / "site"
    here.mkdir()
    for entry in Path(Image.__file__).parents[1].iterdir():
        if not entry.name.startswith(("rapidocr", "onnxruntime", "__editable__")):
            (here / entry.name).symlink_to(entry)
    filler = "本机关坚持以公开为常态，主动回应社会关切，及时准确公开政府信息，方便群众查询。" * 12
    given = {
        **{kind: make() for kind, make in FILES.items()},
        "png": shown(),
        "pages.zip": packed({"2.png": shown(), "10.png": shown()}),
        "told.pdf": beside_text_pdf(),
        "told.ofd": beside_text_ofd(),
        "told.docx": word(p(TITLE), p(TOLD[0]), p(filler), p(TOLD[1]), DRAWN, p(filler), p("六、其他需要报告的事项")),
    }
    for name, body in given.items():
        (tmp_path / f"a.{name}").write_bytes(body)
    said = run(
        "import json; from pathlib import Path; from gicrawl.parser import parse\n"
        "from gicrawl.parser.document import Source; from gicrawl.parser.output import message\n"
        f"for file in sorted(Path({str(tmp_path)!r}).glob('a.*')):\n"
        "    found = parse([Source(file.read_bytes())])\n"
        "    told = [message(one) for one in found.problems if one.code == 'needs_ocr']\n"
        "    claimed = {cell.state for cell in found.cells} - {'unread'}\n"
        "    print(json.dumps([file.name, found.status.value, told, len(claimed)]))",
        f"{here}:{ROOT}",
    )
    lines = [json.loads(line) for line in said.splitlines()]
    assert {name: status for name, status, _, _ in lines} == {
        **dict.fromkeys(("a.docx", "a.html", "a.mht", "a.ofd", "a.pages.zip", "a.png", "a.zip"), "failed"),
        **dict.fromkeys(("a.told.docx", "a.told.ofd", "a.told.pdf"), "report"),
    }
    assert all(len(told) == 1 and "pip install 'gicrawl[ocr]'" in told[0] for _, _, told, _ in lines)
    assert not any(cells for *_, cells in lines)


def metafile() -> bytes:
    return b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(5000)


def test_a_picture_that_nothing_here_draws_is_named_and_its_tables_not_called_absent() -> None:
    found = read(word(p(TITLE), p(TOLD[0]), DRAWN, p(TOLD[1]), picture=metafile()))
    (problem,) = [one for one in found.problems if one.code == "picture_unreadable"]
    assert "EMF" in message(problem)
    assert found.status is Status.FAILED  # beside it the file says hardly anything
    sheet = OfdSheet()
    sheet.picture(50, 50, 550, 700)
    jbig2 = laid(sheet, b"\x97JB2\r\n\x1a\n" + bytes(5000))
    assert read(jbig2).problems[0].code == "picture_unreadable"
    alone = read(metafile())
    assert (alone.status, "EMF" in message(alone.problems[0])) == (Status.FAILED, True)
