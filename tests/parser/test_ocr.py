"""Pictures: what is printed in their cells is read, what is empty stays empty, and what is doubtful says so.

The pages in `scans` were printed by Chromium (`tests/prove/ocr_pages.py --pages`) and drawn at 150 dots an inch: report
1 straight, report 2 leaning by one degree. Beside them stands what is printed on them.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Document, Grid, Source
from gicrawl.parser.output import message
from gicrawl.parser.readers.image import read
from gicrawl.parser.readers.ocr_image import ink_of, leaning
from gicrawl.parser.readers.ocr_text import stroke_in
from gicrawl.parser.report import Report, State, Status
from gicrawl.parser.version import _sources

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Ends = Callable[[], AbstractContextManager[None]]

SCANS = Path(__file__).parent / "scans"
ROOT = Path(__file__).resolve().parents[2]
SURE = 0.9


def truth(number: int) -> dict[tuple[str, str, str], tuple[str, float | None]]:
    _, *cells = json.loads((SCANS / f"{number}.json").read_text(encoding="utf-8"))
    return {(table, row, column): (state, value) for table, row, column, state, value in cells}


def opened(name: str) -> Image.Image:
    with Image.open(SCANS / f"{name}.png") as picture:
        return picture.convert("L")


@cache
def straight() -> Report:
    """A page that announces the report, and the report as two pictures."""
    title, *_ = json.loads((SCANS / "1.json").read_text(encoding="utf-8"))
    notice = f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1><img></body></html>"
    return parse([Source(notice.encode()), *(Source((SCANS / f"1-{page}.png").read_bytes()) for page in (1, 2))])


@cache
def leaned() -> Report:
    """A PDF of nothing but pictures, as scanners make them."""
    first, second = (opened(f"2-{page}") for page in (1, 2))
    held = io.BytesIO()
    first.save(held, "PDF", save_all=True, append_images=[second], resolution=150, quality=90)
    return parse([Source(held.getvalue())])


def test_every_numeral_of_clean_pictures_is_right_and_every_empty_cell_empty() -> None:
    cells = {cell.key: cell for cell in straight().cells}
    read_so = {key: (cells[key].state.value, cells[key].value) for key in truth(1)}
    assert read_so == truth(1)
    assert straight().status is Status.REPORT


def test_most_of_what_is_right_is_sure_and_only_sums_make_it_quite_sure() -> None:
    cells = straight().cells
    assert sum(cell.confidence >= SURE for cell in cells) > 0.8 * len(cells)
    assert all(cell.confidence < 0.99 for cell in cells if cell.table.startswith("art20"))


def test_places_are_in_pixels_of_the_picture_they_are_in() -> None:
    sizes = {page: opened(f"1-{page}").size for page in (1, 2)}
    seen = set()
    for cell in straight().cells:
        if cell.state is State.NUMBER:
            attachment, (x0, y0, x1, y1) = cell.evidence["attachment"], cell.evidence["box"]
            width, height = sizes[attachment]
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            seen.add(attachment)
    assert seen == {1, 2}


def test_a_reader_is_told_that_numbers_were_recognised() -> None:
    for report in (straight(), leaned()):
        (told,) = [problem for problem in report.problems if problem.code == "text_recognised"]
        assert all("recognised" in message(told) or "识别" in message(told, "zh") for _ in (0,))


def test_a_leaning_scan_is_read_and_what_is_wrong_is_not_sure() -> None:
    cells = {cell.key: cell for cell in leaned().cells}
    wrong = {
        key: cells[key] for key, printed in truth(2).items() if (cells[key].state.value, cells[key].value) != printed
    }
    claimed = [cell for cell in wrong.values() if cell.state in {State.NUMBER, State.BLANK}]
    assert len(wrong) <= 2
    assert all(cell.flags or cell.confidence < SURE for cell in claimed)
    assert leaned().identity.year is not None


def test_a_table_that_goes_on_on_the_next_scanned_page_is_one() -> None:
    pages = {cell.evidence.get("page") for cell in leaned().cells if cell.table == "applications"}
    assert pages == {1, 2}


def ruled(texts: list[list[str]], *, scale: int = 1, marks: bool = False) -> Image.Image:
    """A table drawn by hand, 24 pixels of type; with `marks`, its last row holds dust, dirt and a blackened cell."""
    high, wide = 60, 160
    picture = Image.new("L", (wide * len(texts[0]) + 80, high * len(texts) + 80), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(26)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            x, y = 40 + wide * column, 40 + high * row
            draw.rectangle((x, y, x + wide, y + high), outline=0, width=2)
            draw.text((x + wide / 2, y + high / 2), text, font=font, fill=0, anchor="mm")
    if marks:
        y = 40 + high * (len(texts) - 1)
        draw.point([(60, y + 20), (100, y + 33), (150, y + 41)], fill=60)
        draw.line([(230, y + 12), (300, y + 40), (240, y + 44), (310, y + 14), (250, y + 50)], fill=90, width=5)
        draw.rectangle((370, y + 8, 510, y + 52), fill=0)
    return picture.resize((picture.width * scale, picture.height * scale))


TEXTS = [["Item", "Number", "Sum"], ["A", "0", "1045"], ["B", "-389", "0"], ["C", "", "3415.891"], ["D", "7", "1"]]


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def texts(document: Document) -> list[list[str]]:
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    found = [["?"] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        found[cell.row][cell.column] = cell.text
    return found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_every_kind_of_picture_is_read_alike_lone_zeros_too(kind: str) -> None:
    document = read(encoded(ruled(TEXTS), kind), Context())
    assert [line[1:] for line in texts(document)] == [line[1:] for line in TEXTS]
    assert not document.failed


def test_the_same_bytes_are_read_alike() -> None:
    body = encoded(ruled(TEXTS[:3]))
    assert read(body, Context()) == read(body, Context())


def test_light_print_on_a_dark_ground_is_read() -> None:
    turned = ruled(TEXTS[:3]).point(lambda grey: 255 - grey)
    assert [line[1:] for line in texts(read(encoded(turned), Context()))] == [line[1:] for line in TEXTS[:3]]


def test_dust_is_blank_and_what_is_dirty_or_blackened_is_neither_blank_nor_sure() -> None:
    document = read(encoded(ruled([*TEXTS, ["", "", ""]], marks=True)), Context())
    dust, dirt, black = texts(document)[-1]
    assert dust == ""
    assert dirt != ""
    assert document.readings[-2][1].sure < 0.98
    assert black == "\ufffd"


@pytest.mark.parametrize("angle", [0.0, 1.0, -0.4, 3.3, -7.0])
def test_the_angle_of_a_picture_is_found(angle: float) -> None:
    import numpy as np  # noqa: PLC0415 - part of the extra

    leaning_so = ruled(TEXTS).rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    assert leaning(ink_of(np.asarray(leaning_so))) == pytest.approx(-angle, abs=0.1)


def test_a_leaning_picture_has_its_places_where_they_are_printed() -> None:
    picture = ruled(TEXTS)
    upright = read(encoded(picture), Context())
    lean = read(encoded(picture.rotate(-3, resample=Image.Resampling.BICUBIC, fillcolor=255)), Context())
    assert [line[1:] for line in texts(lean)] == [line[1:] for line in TEXTS]
    (first,), (second,) = ([block for block in one.blocks if isinstance(block, Grid)] for one in (upright, lean))
    middle_x, middle_y = picture.width / 2, picture.height / 2
    for a, b in zip(first.cells, second.cells, strict=True):
        x, y = ((a.evidence["box"][at] + a.evidence["box"][at + 2]) / 2 for at in (0, 1))
        x0, y0, x1, y1 = b.evidence["box"]
        # turned clockwise by three degrees about the middle: 0.9986 and 0.0523 are their cosine and sine
        to_x = middle_x + (x - middle_x) * 0.9986 - (y - middle_y) * 0.0523
        to_y = middle_y + (x - middle_x) * 0.0523 + (y - middle_y) * 0.9986
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((to_x, to_y), abs=3)


WORDS = [["Information", "Number"], ["Licences", "1045"], ["Penalties", "389"], ["Charges", "62"]]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_lies_on_its_side_is_read_and_its_places_are_where_it_lies(turns: int) -> None:
    picture = ruled(WORDS)
    lying = picture.transpose(getattr(Image.Transpose, f"ROTATE_{90 * turns}"))
    upright, document = read(encoded(picture), Context()), read(encoded(lying), Context())
    assert texts(document) == texts(upright) == WORDS
    (first,), (second,) = ([block for block in one.blocks if isinstance(block, Grid)] for one in (upright, document))
    x0, y0, x1, y1 = first.cells[3].evidence["box"]
    width, height = picture.size
    expected = {
        1: (y0, width - x1, y1, width - x0),
        2: (width - x1, height - y1, width - x0, height - y0),
        3: (height - y1, x0, height - y0, x1),
    }
    assert second.cells[3].evidence["box"] == pytest.approx(expected[turns], abs=2)


def test_every_page_of_a_tiff_is_read() -> None:
    first, second = ruled(TEXTS[:2]), ruled(TEXTS[2:4])
    document = read(encoded(first, "TIFF", save_all=True, append_images=[second]), Context())
    pages = {cell.evidence["page"] for block in document.blocks if isinstance(block, Grid) for cell in block.cells}
    assert pages == {1, 2}


def refused(body: bytes) -> tuple[Status, list[str]]:
    report = parse([Source(body)])
    assert report.cells == ()
    assert all(message(problem, lang) for problem in report.problems for lang in ("en", "zh"))
    return report.status, [problem.code for problem in report.problems]


def test_a_picture_without_writing_has_failed_and_is_not_called_no_report() -> None:
    for picture in (
        Image.new("L", (600, 800), 255),
        Image.new("RGB", (40, 40), "red"),
        Image.effect_noise((500, 500), 90),
    ):
        assert refused(encoded(picture)) == (Status.FAILED, ["no_text_recognised"])


def test_a_torn_picture_is_damaged() -> None:
    whole = encoded(ruled(TEXTS))
    for end in (40, len(whole) // 2, len(whole) - 30):
        assert refused(whole[:end]) == (Status.FAILED, ["picture_damaged"])


def test_a_picture_that_unpacks_to_more_than_any_page_is_not_unpacked(ends: Ends) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    edge = 60_000
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", edge, edge, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(edge + 1) * 200)) + chunk(b"IEND", b"")
    with ends():
        assert refused(bomb) == (Status.FAILED, ["picture_too_large"])


def run(code: str, path: str | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": path} if path else dict(os.environ)
    flags = ["-S"] if path else []
    done = subprocess.run(
        [sys.executable, *flags, "-c", code], env=environment, capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_who_parses_no_picture_does_not_wait_for_what_reads_them() -> None:
    heavy = "{'cv2', 'numpy', 'onnxruntime', 'PIL'}"
    assert (
        run(
            "import sys; from gicrawl.parser import parse; from gicrawl.parser.document import Source\n"
            f"parse([Source('2023年年度报告'.encode())]); print(sorted({heavy} & set(sys.modules)))"
        )
        == "[]\n"
    )


def test_a_new_recogniser_makes_no_page_a_new_one() -> None:
    def modules(reader: str) -> set[str]:
        return {path.rpartition("/")[2] for path, _ in _sources([reader]) if "/readers/" in path}

    assert not [name for name in modules("html") if name.startswith(("ocr_", "image", "pdf"))]
    assert {"ocr_engine.py", "ocr_page.py", "pdf_grid.py", "image_pages.py"} <= modules("image")
    assert {"ocr_engine.py", "pdf_picture.py"} <= modules("pdf")
    assert "image_pages.py" in modules("pdf")  # pictures on pages that have text too are read by it


def _stroke(text: str, *, lean: float = 0.0) -> str:
    """What the shape of a drawn sign says."""
    picture = Image.new("L", (80, 80), 255)
    draw = ImageDraw.Draw(picture)
    if text == "/":
        draw.line((26, 58, 42, 22), fill=0, width=3)
    elif text == "-":
        draw.line((30, 40, 44, 40), fill=0, width=3)
    else:
        draw.text((26, 16), text, fill=0, font=ImageFont.load_default(40))
    if lean:
        picture = picture.transform(picture.size, Image.Transform.AFFINE, (1, lean, -40 * lean, 0, 1, 0), fillcolor=255)
    ink = (np.asarray(picture) < 128).astype(np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return stroke_in(ink, (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1), 40)


def test_strokes_for_nothing_are_told_by_their_shape_and_no_figure_is_one() -> None:
    assert (_stroke("/"), _stroke("-")) == ("/", "-")
    assert [_stroke(figure) for figure in "0123456789"] == [""] * 10
    assert [_stroke(figure, lean=0.2) for figure in "0123456789"] == [""] * 10
    assert (_stroke("11"), _stroke("."), _stroke("//")) == ("", "", "")
