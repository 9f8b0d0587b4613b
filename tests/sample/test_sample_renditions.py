"""Reports as PDF, Word file and pictures: the same words as the page, byte for byte the same again, and as told."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import zipfile
import zlib
from datetime import date
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.etree
import lxml.html
import pypdfium2
import pytest

from gicrawl.sample.content import Line
from gicrawl.sample.docx import word_file
from gicrawl.sample.issuers import Issuer
from gicrawl.sample.manifest import describe
from gicrawl.sample.pictures import icon, scanned_page
from gicrawl.sample.portals import DEFAULT_SEED, build_portals
from gicrawl.sample.report import ReportSpec, WrittenReport, generate_report, write_report
from gicrawl.sample.typeset import print_report

if TYPE_CHECKING:
    from gicrawl.sample.site import Portal

COUNTY = Issuer("云坪县人民政府", "云坪县", "county", "government", "county", "县政府办公室")
RARE = Issuer("云坪县堃山镇人民政府", "堃山镇", "township", "government", "township", "堃山镇")
SEEDS = (DEFAULT_SEED, 3, 11)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(seed: int, **changes: object) -> WrittenReport:
    values: dict[str, object] = {"issuer": COUNTY, "year": 2023, "published": date(2024, 1, 20), **changes}
    return write_report(random.Random(seed), ReportSpec(**values))  # type: ignore[arg-type]


@cache
def built(seed: int) -> tuple[list[Portal], dict[str, Any]]:
    portals = build_portals(seed)
    told: dict[str, Any] = json.loads(json.dumps(describe(portals, seed=seed, documents=False)))
    return portals, told


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def cells_of(report: WrittenReport) -> list[str]:
    """Every text a reader must find: lines and cells."""
    return [
        text
        for block in report.blocks
        for text in ([block.text] if isinstance(block, Line) else [slot.text for row in block.rows for slot in row])
        if text
    ]


def text_of_pdf(body: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(body)
    try:
        return [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()


@pytest.mark.parametrize("year", [2020, 2023])
@pytest.mark.parametrize("embedded", [True, False])
def test_every_line_and_cell_of_a_pdf_comes_back_from_pdfium(year: int, embedded: bool) -> None:  # noqa: FBT001 - a parameter of the test
    for seed, issuer in ((1, COUNTY), (2, RARE)):
        report = written(seed, year=year, issuer=issuer)
        printed = print_report(report.blocks, repeat_header=False, bars=embedded, embedded=embedded)
        pages = text_of_pdf(printed.body)
        assert len(pages) == printed.pages > 1
        for number, page in enumerate(pages, 1):
            assert page.rstrip().endswith(f"— {number} —")
        text = squeezed("".join(re.sub(r"— \d+ —\s*$", "", page) for page in pages))
        assert "\ufffd" not in text
        assert sorted(text) == sorted(squeezed("".join(cells_of(report))))  # every character, none twice
        for line in (block.text for block in report.blocks if isinstance(block, Line)):
            assert squeezed(line) in text


def test_traditional_script_and_full_width_digits_come_back_too() -> None:
    report = written(4, script="hant", fullwidth=True)
    printed = print_report(report.blocks, repeat_header=False, bars=False, embedded=True)
    text = squeezed("".join(text_of_pdf(printed.body)))
    assert "雲坪縣" in text
    assert re.search("[０-９]", text)


def test_a_table_that_runs_over_the_end_of_a_page_has_its_header_again_or_not() -> None:
    cut = 0
    for seed in range(6):
        report = written(seed)
        bare, again = (
            print_report(report.blocks, repeat_header=value, bars=False, embedded=True) for value in (False, True)
        )
        assert bare.body != again.body or not any(again.cut)
        heads = [squeezed("".join(text_of_pdf(one.body))).count("社会公益组织") for one in (bare, again)]
        assert heads[0] == 1
        assert heads[1] == 1 + again.cut[-2]  # the last table but one is that of the applications
        cut += again.cut[-2]
    assert cut >= 4


def test_the_name_of_a_group_of_rows_stands_upright() -> None:
    report = written(1)
    document = pypdfium2.PdfDocument(print_report(report.blocks, repeat_header=False, bars=False, embedded=True).body)
    upright = 0
    for number in range(len(document)):
        page = document[number].get_textpage()
        text = page.get_text_range()
        index = re.search(r"三\s+、\s+本\s+年\s+度\s+办\s+理\s+结\s+果", text)
        if index is None:
            continue
        boxes = [page.get_charbox(i) for i in range(index.start(), index.end()) if not text[i].isspace()]
        assert len({round(box[0]) for box in boxes}) == 1
        assert [box[1] for box in boxes] == sorted((box[1] for box in boxes), reverse=True)
        upright += 1
    document.close()
    assert upright == 1


def texts_of_docx(body: bytes) -> list[str]:
    """The texts of paragraphs in order, cells included."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        root = lxml.etree.fromstring(package.read("word/document.xml"))
    paragraphs = ("".join(text.text or "" for text in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return [text for text in paragraphs if text]


@pytest.mark.parametrize("year", [2020, 2023])
def test_a_word_file_is_a_zip_of_well_formed_parts_with_every_text_in_order(year: int) -> None:
    report = written(5, year=year, issuer=RARE)
    body = word_file(random.Random(1), report.blocks)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            lxml.etree.fromstring(package.read(name))
        assert package.namelist()[0] == "[Content_Types].xml"
    assert texts_of_docx(body) == cells_of(report)


def test_every_row_of_a_word_table_fills_its_grid_and_downward_spans_are_chains() -> None:
    body = word_file(random.Random(1), written(5).blocks)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        root = lxml.etree.fromstring(package.read("word/document.xml"))
    chains = 0
    for table in root.iter(f"{W}tbl"):
        width = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.iter(f"{W}tr"):
            wide = [span.get(f"{W}val") for span in row.iter(f"{W}gridSpan")]
            assert len(row.findall(f"{W}tc")) - len(wide) + sum(int(span or "") for span in wide) == width
            chains += len(row.findall(f".//{W}vMerge"))
    assert chains > 20


def test_a_picture_of_a_page_is_a_whole_png_and_an_icon_a_whole_gif() -> None:
    body = scanned_page(random.Random(1), table=True)
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    at, names, data = 8, [], b""
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        name, content = body[at + 4 : at + 8], body[at + 8 : at + 8 + size]
        assert zlib.crc32(name + content) == int.from_bytes(body[at + 8 + size : at + 12 + size], "big")
        names.append(name)
        data += content if name == b"IDAT" else b""
        at += 12 + size
    assert names == [b"IHDR", b"IDAT", b"IEND"]
    assert len(zlib.decompress(data)) == 594 * (420 + 1)
    gif = icon((1, 2, 3))
    assert gif.startswith(b"GIF89a\x10\x00\x10\x00")
    assert gif.endswith(b"\0;")


def test_the_seed_decides_every_byte_of_every_rendition() -> None:
    one, two, other = (written(seed) for seed in (1, 1, 2))
    assert one.blocks == two.blocks != other.blocks
    bodies = [
        print_report(report.blocks, repeat_header=True, bars=True, embedded=True).body for report in (one, two, other)
    ]
    assert bodies[0] == bodies[1] != bodies[2]
    files = [word_file(random.Random(3), report.blocks) for report in (one, two, other)]
    assert files[0] == files[1] != files[2]


def test_where_page_and_file_disagree_one_cell_has_no_value_and_two_candidates() -> None:
    report = written(7, defect="renditions_differ")
    ((key, (on_page, in_file)),) = report.truth.candidates
    assert on_page != in_file
    assert report.truth.figures[key].value is None
    assert report.truth.figures[key].state == "ambiguous"
    places = {(f.id, f.status, f.place) for f in report.truth.failed}
    assert places == {("T3_ROW_TOTAL", "not_assessable", key[1]), ("T3_RESULTS_SUM", "not_assessable", key[2])}
    page = re.sub(r"<[^>]*>", "", report.fragment)
    assert on_page in page
    agreed = [text for text in cells_of(written(7)) if re.fullmatch(r"\d+", text)]
    differing = [text for text in cells_of(report) if re.fullmatch(r"\d+", text)]
    assert len(agreed) == len(differing)
    with pytest.raises(ValueError, match="rendition"):
        generate_report(
            random.Random(7),
            ReportSpec(issuer=COUNTY, year=2023, published=date(2024, 1, 20), defect="renditions_differ"),
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_each_portal_has_a_report_in_every_form(seed: int) -> None:
    for portal in built(seed)[1]["portals"]:
        forms: dict[str, list[tuple[list[tuple[str, str, bool]], int]]] = {}
        for entry in (*portal["reports"], *portal["unreadable"]):
            kinds = [
                (r["kind"], r["media_type"].split("/")[1].split(".")[-1], r["present"]) for r in entry["renditions"]
            ]
            forms.setdefault(entry["form"], []).append((kinds, len(entry["read_from"])))
        html, pdf, document = ("page", "html", True), ("attachment", "pdf", True), ("attachment", "document", True)
        assert forms["page_pdf"][0] == ([html, pdf], 2)
        assert forms["notice_pdf"][0] == ([html, pdf], 1)
        assert forms["notice_docx"][0] == ([html, document], 1)
        assert forms["notice_pdf_docx"] == [([html, pdf, document], 2)]
        assert forms["notice_viewer"] == [([html, pdf], 1)]
        assert forms["notice_download"] == [([html, pdf], 1)]
        assert forms["notice_pdf_is_html"] == [([html, ("attachment", "html", True)], 1)]
        assert forms["notice_lost_pdf"] == [([html, ("attachment", "pdf", False)], 0)]
        assert forms["only_pdf"] == [([("page", "pdf", True)], 1)]
        ((pictures, read_from),) = forms["pictures"]
        assert pictures[0] == html
        assert set(pictures[1:]) == {("image", "png", True)}
        assert 2 <= len(pictures[1:]) <= 3
        assert read_from == 0
        assert ([html, ("attachment", "msword", False)], 1) in forms["page"]
        assert len(forms["page"]) >= 16
        assert {entry["kind"]: entry["needs_ocr"] for entry in portal["unreadable"]} == {
            "attachment_missing": False,
            "pictures": True,
        }


def references(portal: Portal, path: str) -> list[str]:
    """Paths of what an article's content links to, frames or shows: as a browser would resolve them."""
    page = portal.pages[path]
    root = lxml.html.fromstring(page.body.decode(portal.charset[1]))
    (content,) = root.xpath("//*[@class='article' or contains(@class, 'xl_article')]")
    found = []
    for element in content.xpath(".//a[@href] | .//iframe[@src] | .//img[@src]"):
        href = element.get("href") or element.get("src")
        parts = urlsplit(urljoin(path, unescape(href)))
        if element.tag == "iframe" and "file" in parse_qs(parts.query):
            assert parts.path in portal.pages
            parts = urlsplit(parse_qs(parts.query)["file"][0])
        if parts.path not in portal.chrome:
            found.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_the_page_leads_to_its_files_and_pictures_in_order_and_they_are_what_the_manifest_says(seed: int) -> None:
    portals, told = built(seed)
    styles = set()
    for portal, manifest in zip(portals, told["portals"], strict=True):
        for entry in (*manifest["reports"], *manifest["unreadable"]):
            first, *files = entry["renditions"]
            assert first["path"] == entry["path"]
            if entry["form"] == "only_pdf":
                assert portal.pages[first["path"]].body.startswith(b"%PDF")
                continue
            assert references(portal, entry["path"]) == [file["path"] for file in files]
            for file in files:
                assert (file["path"] in portal.pages) == file["present"]
                if file["present"]:
                    page = portal.pages[file["path"]]
                    assert hashlib.sha256(page.body).hexdigest() == file["sha256"]
                    assert page.content_type == file["content_type"]
                    styles.add((file["content_type"], page.disposition is not None, "." in file["path"][-5:]))
    assert ("application/octet-stream", True, False) in styles


def test_the_figures_stand_where_the_manifest_says_they_can_be_read() -> None:
    portals, told = built(DEFAULT_SEED)
    for portal, manifest in zip(portals, told["portals"], strict=True):
        for entry in manifest["reports"]:
            for rendition in entry["renditions"]:
                if not rendition["present"]:
                    continue
                body = portal.pages[rendition["path"]].body
                if rendition["media_type"] == "application/pdf":
                    text = "".join(text_of_pdf(body))
                elif rendition["media_type"].endswith("document"):
                    text = "".join(texts_of_docx(body))
                else:
                    charset = portal.charset[1] if rendition["kind"] == "page" else "utf-8"
                    text = re.sub(r"<[^>]*>", "", unescape(body.decode(charset)))
                holds = all(words in squeezed(text) for words in ("重复申请", "复议后起诉")) or "複議後起訴" in text
                assert holds == rendition["holds_report"]
                assert (rendition["path"] in entry["read_from"]) == holds


def test_both_ways_of_cutting_a_table_are_met_in_the_files_of_the_portals() -> None:
    heads = []
    for portal, manifest in zip(*built(DEFAULT_SEED)[:1], built(DEFAULT_SEED)[1]["portals"], strict=True):
        for entry in manifest["reports"]:
            for rendition in entry["renditions"]:
                if rendition["present"] and rendition["media_type"] == "application/pdf" and rendition["holds_report"]:
                    pages = text_of_pdf(portal.pages[rendition["path"]].body)
                    both = ["社会公益组织" in squeezed(page) for page in pages]
                    ends = ["结转下年度继续办理" in squeezed(page) for page in pages]
                    heads.append((sum(both), both.index(True) != ends.index(True)))
    assert (2, True) in heads  # cut, the header repeated
    assert (1, True) in heads  # cut, and not repeated
