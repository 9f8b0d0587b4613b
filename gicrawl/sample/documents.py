"""Files given by the user, served as the articles of the sample portals in place of the generated ones."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

from gicrawl.sample.site import DOCUMENT, Entry

if TYPE_CHECKING:
    from pathlib import Path

CONTENT_TYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
"""By suffix; anything else is application/octet-stream. HTML says its own charset."""

_TITLE = re.compile(r"信息公[开開].*(报告|報告|年报|年報)|\d{4}\s*年.*(报告|報告)")
_ELEMENT = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|br|tr|td|table|li|ul|h\d)\b[^>]*>", re.IGNORECASE)
_LINES_LOOKED_AT = 40
_LONGEST_TITLE = 70


class DocumentsError(Exception):
    """The folder of documents cannot be served; the message says why in one line."""


def read_documents(folder: Path) -> list[Entry]:
    """The files of a folder as entries of a report column, by name.

    Args:
        folder: its files are served as they are, byte for byte; subfolders and hidden files are left out.

    Returns:
        One entry a file. Dates are made up, one day apart, as a file does not say when it was published.

    Raises:
        DocumentsError: no such folder, nothing in it, or a file that cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        entries = [
            Entry(
                kind=DOCUMENT,
                title=title_of(path.name, path.suffix.lower(), body := path.read_bytes()),
                published=date(2026, 1, 26) - timedelta(days=number),
                source="",
                file=(
                    path.name,
                    _address_suffix(path.suffix.lower()),
                    CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream"),
                    body,
                ),
            )
            for number, path in enumerate(files)
        ]
    except OSError as error:
        raise DocumentsError(f"cannot read the documents in {folder}: {error.strerror}") from error
    if not entries:
        raise DocumentsError(f"no files in {folder}: put the documents to serve into it")
    return entries


def title_of(name: str, suffix: str, body: bytes) -> str:
    """A link text for a file: its declared title, the first line that looks like a report's title, or its name.

    A bare name would be passed over in a column of reports, so it is listed as what the user says it is: a report.
    """
    listed = f"政府信息公开工作年度报告（{name}）"
    text = _decoded(body) if suffix in {".txt", ".md", ".html", ".htm"} else None
    if text is None:
        return listed
    declared = _ELEMENT.search(text)
    if declared is not None and suffix.startswith(".htm"):
        title = " ".join(unescape(declared.group(1)).split())
        if _is_title(title):
            return title
    if suffix.startswith(".htm"):
        text = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.IGNORECASE | re.DOTALL)
        text = re.sub(r"\s+", " ", text)
        text = unescape(re.sub(r"<[^>]*>", "", _BLOCK.sub("\n", text)))
    lines = [line.strip(" \t#*|\ufeff\u3000\r") for line in text.splitlines()]
    lines = [re.sub(r"^(标题|標題)[:：]\s*", "", line) for line in lines if line][:_LINES_LOOKED_AT]
    for line, following in zip(lines, [*lines, ""][1:], strict=True):
        candidates = [line] if _is_title(following) else [line, line + following]
        for candidate in candidates:
            if _is_title(candidate):
                return candidate
    return listed


def _address_suffix(suffix: str) -> str:
    """A suffix that may stand in an address as it is."""
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ".bin"


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and _TITLE.search(line) is not None


def _decoded(body: bytes) -> str | None:
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return None
