"""Valid files of every kind that is read in this process, and what chance makes of them.

A mutated file is made from its kind and a number alone, so that a finding is told by two words: `ofd 17`.
"""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
import zlib
from datetime import date
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docx_writer import chunked, docx, flat, p, parts_of, tbl, tc, tr, word_2003
from ofd_writer import OfdSheet, ofd
from pdf_writer import Sheet, pdf
from sheet_writer import Tab, grid, ods, packed, xlsx

from gicrawl.sample.issuers import Issuer
from gicrawl.sample.report import ReportSpec, generate_report

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "云坪县水利局2022年政府信息公开工作年度报告"
ROWS = [
    ["", "申请人情况", "", ""],
    ["", "自然人", "商业企业", "总计"],
    ["一、本年新收政府信息公开申请数量", "12", "0", "12"],
    ["二、上年结转政府信息公开申请数量", "", "-", "3.5"],
    ["（一）予以公开", "7", "1,234", "＋8"],
]
DATA = Path(__file__).parent / "data"
PROSE = "2022年，共收到政府信息公开申请12件，主动公开1234条。"


def _page(seed: int) -> bytes:
    office = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")
    paste = ("plain", "plain")[seed % 2]
    return generate_report(
        random.Random(seed), ReportSpec(issuer=office, year=2022, published=date(2023, 1, 12), paste=paste)
    ).html


def _drawn(sheet: Sheet) -> Sheet:
    sheet.text(100, 60, TITLE, 16)
    sheet.text(90, 100, PROSE, 10)
    cells = [(r, c, 1, 1, text) for r, row in enumerate(ROWS) for c, text in enumerate(row)]
    sheet.table([60, 260, 340, 420, 500], [120, 140, 160, 180, 200, 220], cells)
    return sheet


def _carried() -> tuple[bytes, ...]:
    """Pages whose report stands in a string."""
    whole = _page(5).decode()
    inner = whole[whole.index("<body") :]
    packed_up = json.dumps({"title": TITLE, "content": inner}).replace("</", "<\\/")
    shells = (
        f"<script>var a = {packed_up};</script>",
        f"<script type='text/xml'><record><![CDATA[{inner}]]></record></script>",
        f"<textarea>{escape(inner)}</textarea>",
        f"<!-- {inner} -->",
    )
    head = f"<html><meta charset=utf-8><title>{TITLE}</title><h1>{TITLE}</h1>"
    return (*((head + shell).encode() for shell in shells), packed_up.encode())


def _written() -> str:
    rows = [tr(*[tc(text) for text in row]) for row in ROWS[1:]]
    return p(TITLE) + p(PROSE) + tbl(tr(tc("", merge="restart"), tc("申请人情况", span=3)), *rows)


def _docx() -> bytes:
    return docx(_written())


def _word_xml() -> tuple[bytes, ...]:
    """Word files in one XML file, and such with a page in them."""
    page = chunked(_page(6), "a.htm")
    return flat(parts_of(_written())), word_2003(_written(), title=TITLE), flat(page), packed(page)


def _ods() -> bytes:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>" for row in [[TITLE], *ROWS]
    )
    return ods(
        f'<table:table table:name="a"><table:table-column table:number-columns-repeated="4"/>{rows}</table:table>'
    )


def _mhtml() -> bytes:
    whole = MIMEMultipart("related")
    whole["From"] = "<Saved by a browser>"
    whole.attach(MIMEText(_page(3).decode(), "html", "utf-8"))
    return whole.as_bytes()


def _text() -> tuple[bytes, ...]:
    flat = "\n".join(["\t".join(row) for row in [[TITLE], [PROSE], *ROWS]])
    return flat.encode(), "\n\t".join([TITLE, *(text for row in ROWS for text in row)]).encode("gb18030")


def _markdown() -> tuple[bytes, ...]:
    return ("\n".join([f"# {TITLE}", PROSE, *("| " + " | ".join(row) + " |" for row in ROWS)]).encode(),)


def _xlsx() -> tuple[bytes, ...]:
    tab = Tab(cells=grid([[TITLE], *ROWS]), merges=["A1:D1", "B2:D2"])
    tab.cells[7, 1] = ("44561", "yyyy/m/d")
    return xlsx(tab), xlsx(tab, Tab(name="b", cells=grid(ROWS), hidden_rows={1}), shared=False)


def _ofd() -> tuple[bytes, ...]:
    first, second = OfdSheet(), OfdSheet(per_char=True, grouped=True)
    _drawn(first)
    _drawn(second)
    return (ofd(first, second, title=TITLE),)


def _zip() -> tuple[bytes, ...]:
    inner = packed({"a.html": _page(4)})
    return packed({"a/报告.docx": _docx(), "b.xlsx": _xlsx()[0]}), packed({"x.zip": inner})


def _pictures() -> tuple[bytes, ...]:
    """A small table as every kind of picture, one of two pages; as small as any that is looked at."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - of the extra `ocr`: who mutates no pictures needs none

    page = Image.new("L", (320, 200), 255)
    pen = ImageDraw.Draw(page)
    for at in range(4):
        pen.line((20, 20 + 50 * at, 300, 20 + 50 * at), fill=0, width=2)
        pen.line((20 + 93 * at, 20, 20 + 93 * at, 170), fill=0, width=2)
        for row in range(3):
            if at < 3:
                pen.text((50 + 93 * at, 35 + 50 * row), str(17 * at + row), fill=0, font_size=20)
    files = []
    for kind, more in (
        ("PNG", {}),
        ("JPEG", {}),
        ("GIF", {}),
        ("TIFF", {"save_all": True, "append_images": [page], "compression": "tiff_lzw"}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
    ):
        held = io.BytesIO()
        page.save(held, kind, **more)
        files.append(held.getvalue())
    return tuple(files)


_FILES: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "html": lambda: (_page(1), _page(2)),
    "text": _text,
    "md": _markdown,
    "pdf": lambda: (pdf(_drawn(Sheet())), pdf(_drawn(Sheet()), _drawn(Sheet(turned=1)), filters=2)),
    "docx": lambda: (_docx(),),
    "word_xml": _word_xml,
    "xlsx": _xlsx,
    "xls": lambda: ((DATA / "report.xls").read_bytes(),),
    "ods": lambda: (_ods(),),
    "ofd": _ofd,
    "mhtml": lambda: (_mhtml(),),
    "zip": _zip,
    "carried": _carried,
    "image": _pictures,
}
KINDS = tuple(_FILES)


@cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """The valid files of a kind."""
    return _FILES[kind]()


_PACKED = frozenset(["docx", "xlsx", "ods", "ofd", "zip"])
_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<[^>]{1,200}>")
_WORDS = (
    *(b"0", b"-1", b"1e308", b"4294967296", b"99999999999999999999", b"NaN", b"\x00", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"<", b"&#0;", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\r\n\r\n", "１２".encode(), b"'\"", b"=" * 99),
)


def mutated(kind: str, number: int) -> bytes:
    """A file of a kind after one to four accidents."""
    chance = random.Random(f"{kind} {number}")
    files = seeds(kind)
    body = chance.choice(files)
    for _ in range(chance.choice((1, 1, 2, 4))):
        inside = kind in _PACKED and chance.random() < 0.7
        body = _repacked(body, chance) if inside else _harmed(body, files, chance)
    return body


def _repacked(body: bytes, chance: random.Random) -> bytes:
    """The archive with one member harmed and everything else as it has to be: the damage reaches the reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, struct.error, LookupError, OSError, ValueError, EOFError, RuntimeError):
        return body
    if not parts:
        return body
    at = chance.randrange(len(parts))
    name, content = parts[at]
    what = chance.randrange(6)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.append((chance.choice([name, "../" + name, name.upper(), "", name + "/"]), content))
    elif what == 2:
        parts[at] = (name, parts[chance.randrange(len(parts))][1])
    else:
        parts[at] = (name, _harmed(content, tuple(content for _, content in parts), chance))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        held = set()
        for part, held_content in parts:
            if part not in held:
                archive.writestr(zipfile.ZipInfo(part), held_content)
            held.add(part)
    return out.getvalue()


def _harmed(body: bytes, others: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Bytes after one accident."""
    if not body:
        return chance.randbytes(20)
    data = bytearray(body)
    a, b = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    span = slice(a, min(b, a + chance.choice((4, 64, 1024, 65536))))
    chance.choice(_ACCIDENTS)(data, span, chance.choice(others), chance)
    return bytes(data)


def _flip(data: bytearray, _span: slice, _other: bytes, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, span: slice, _other: bytes, _chance: random.Random) -> None:
    del data[span.start :]


def _leave_out(data: bytearray, span: slice, _other: bytes, _chance: random.Random) -> None:
    del data[span]


def _repeat(data: bytearray, span: slice, _other: bytes, chance: random.Random) -> None:
    data[span.start : span.start] = data[span] * chance.choice((1, 2, 50))


def _noise(data: bytearray, span: slice, _other: bytes, chance: random.Random) -> None:
    data[span] = chance.randbytes(len(data[span]))


def _flood(data: bytearray, span: slice, _other: bytes, chance: random.Random) -> None:
    data[span] = bytes([chance.choice((0, 255, 32, 60))]) * len(data[span])


def _splice(data: bytearray, span: slice, other: bytes, chance: random.Random) -> None:
    data[span] = other[chance.randrange(len(other) + 1) :][: len(data[span]) + 64]


def _word(data: bytearray, span: slice, _other: bytes, chance: random.Random) -> None:
    data[span.start : span.start] = chance.choice(_WORDS)


def _numbers(data: bytearray, _span: slice, _other: bytes, chance: random.Random) -> None:
    found = [match.span() for match in _NUMBER.finditer(bytes(data))]
    for start, end in sorted(chance.sample(found, min(len(found), chance.choice((1, 5)))), reverse=True):
        data[start:end] = chance.choice(_WORDS)


def _tags(data: bytearray, _span: slice, _other: bytes, chance: random.Random) -> None:
    found = [match.span() for match in _TAG.finditer(bytes(data))]
    if not found:
        return
    (start, end), (place, _) = chance.choice(found), chance.choice(found)
    tag = bytes(data[start:end]) * chance.choice((1, 1, 3, 400))
    if chance.random() < 0.5:
        del data[start:end]
    data[place:place] = tag


_ACCIDENTS = (_flip, _cut, _leave_out, _repeat, _noise, _flood, _splice, _word, _numbers, _numbers, _tags)
