"""In which form a report comes: a page, a page with a file, a notice with files, a file alone, or pictures of pages.

What is held back or only drawn cannot be read, and whoever looks for reports must say so and not that there is none.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from gicrawl.sample.docx import word_file
from gicrawl.sample.drawing import chance
from gicrawl.sample.paste import PASTES
from gicrawl.sample.pictures import scanned_page
from gicrawl.sample.report import write_report
from gicrawl.sample.site import ATTACHMENT_MISSING, PICTURES, REPORT, Attachment, Entry
from gicrawl.sample.typeset import print_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.sample.report import ReportSpec, WrittenReport

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
HTML = "text/html"
PNG = "image/png"
UNNAMED = "application/octet-stream"

PLAIN = "page"
_PAGES_DRAWN = (2, 3)


@dataclass(frozen=True, slots=True)
class Form:
    """One way of publishing.

    Attributes:
        whole: the page holds the report; otherwise it only says that there is one.
        files: the attached files in order, each as (what it is, how the page refers to it).
        kind: kind of the entry.
        repeat_header: whether a table in its PDF that runs on has its header again.
        embedded: whether the font lies in the PDF or is only named there.
    """

    whole: bool
    files: tuple[tuple[str, str], ...]
    kind: str = REPORT
    repeat_header: bool = False
    embedded: bool = True


FORMS = {
    PLAIN: Form(whole=True, files=()),
    "page_pdf": Form(whole=True, files=(("pdf", "frame"),), repeat_header=True, embedded=False),
    "notice_pdf": Form(whole=False, files=(("pdf", "link"),)),
    "notice_docx": Form(whole=False, files=(("docx", "tag"),)),
    "notice_pdf_docx": Form(whole=False, files=(("pdf", "tag"), ("docx", "tag")), repeat_header=True),
    "notice_viewer": Form(whole=False, files=(("pdf", "viewer"),), repeat_header=True),
    "notice_download": Form(whole=False, files=(("unnamed", "download"),)),
    "notice_pdf_is_html": Form(whole=False, files=(("html", "link"),)),
    "notice_lost_pdf": Form(whole=False, files=(("lost", "tag"),), kind=ATTACHMENT_MISSING),
    "only_pdf": Form(whole=False, files=(("pdf", "alone"),), embedded=False),
    "pictures": Form(whole=False, files=(), kind=PICTURES),
}
"""Every portal has one report in each of these forms; all others are plain pages."""


def publish(rng: random.Random, spec: ReportSpec, form_name: str) -> Entry:
    """A report as the entry of a column, in one of the forms.

    Args:
        rng: source of everything the spec leaves open.
        spec: what kind of report.
        form_name: key of `FORMS`.
    """
    form = FORMS[form_name]
    written = write_report(rng, spec)
    # What only the files need is drawn apart, so that a change in them leaves the rest of a portal alone.
    own = random.Random(f"{written.truth.title}:{form_name}")
    entry = Entry(
        kind=form.kind,
        title=written.truth.title,
        published=spec.published,
        source=spec.issuer.short,
        fragment=written.fragment if form.whole else _notice(rng, spec, own),
        truth=written.truth,
        form=form_name,
    )
    if form.kind == PICTURES:
        count = own.choice(_PAGES_DRAWN)
        pages = [scanned_page(own, table=number > 0) for number in range(count)]
        drawn = tuple(
            Attachment(name="", suffix="png", body=page, content_type=PNG, media_type=PNG, style="inline")
            for page in pages
        )
        return replace(entry, fragment="", attachments=drawn)
    files = tuple(_MAKERS[what](own, written, form, style) for what, style in form.files)
    if form_name == "only_pdf":
        (alone,) = files
        return replace(entry, fragment="", file=(f"{alone.name}.pdf", ".pdf", alone.content_type, alone.body))
    return replace(entry, attachments=files)


def _notice(rng: random.Random, spec: ReportSpec, own: random.Random) -> str:
    """The few words a page has where the report is in a file."""
    paste = PASTES[spec.paste](rng)
    title = f"{spec.issuer.name}{spec.year}年政府信息公开工作年度报告"
    words = own.choice(
        (
            f"现将{title}予以公布，详见附件。",
            f"根据《中华人民共和国政府信息公开条例》规定，现将{title}公布如下，详见附件。",
            f"{title}已编制完成，现予公布（见附件）。",
        )
    )
    return paste.paragraph(words)


def _pdf(own: random.Random, written: WrittenReport, form: Form, style: str) -> Attachment:
    bars = chance(own, 0.5)
    printed = print_report(written.blocks, repeat_header=form.repeat_header, bars=bars, embedded=form.embedded)
    return _attachment(written, "pdf", printed.body, PDF, style)


def _docx(own: random.Random, written: WrittenReport, _form: Form, style: str) -> Attachment:
    return _attachment(written, "docx", word_file(own, written.blocks), DOCX, style)


def _unnamed(own: random.Random, written: WrittenReport, form: Form, style: str) -> Attachment:
    """A PDF handed out by a program that says no more of it than its name."""
    return replace(_pdf(own, written, form, style), content_type=UNNAMED)


def _html(_own: random.Random, written: WrittenReport, _form: Form, style: str) -> Attachment:
    """A page that calls itself a PDF: saved under the wrong name and served as what it is."""
    title = escape(written.truth.title)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f'<body><p align="center"><b>{title}</b></p>\n{written.fragment}</body></html>\n'
    )
    made = _attachment(written, "pdf", page.encode(), HTML, style)
    return replace(made, content_type="text/html;charset=UTF-8")


def _lost(_own: random.Random, written: WrittenReport, _form: Form, style: str) -> Attachment:
    return replace(_attachment(written, "pdf", b"", PDF, style), missing=True)


_MAKERS: dict[str, Callable[[random.Random, WrittenReport, Form, str], Attachment]] = {
    "pdf": _pdf,
    "docx": _docx,
    "unnamed": _unnamed,
    "html": _html,
    "lost": _lost,
}


def _attachment(written: WrittenReport, suffix: str, body: bytes, media_type: str, style: str) -> Attachment:
    return Attachment(
        name=written.truth.title,
        suffix=suffix,
        body=body,
        content_type=media_type,
        media_type=media_type,
        style=style,
        holds_report=True,
    )
