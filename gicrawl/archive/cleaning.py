"""A second digest of pages, over what they say: a changed visitors' counter is not a changed report.

Left out are scripts, styles, comments and every attribute (tokens live there), lists of links, and in short lines
dates, times, visitors' counters and hexadecimal tokens. Kept are all other lines, empty table cells as such, the texts
of links to files, and addresses of pictures without their query: a report may be three pictures. Of a page that is
mostly links (a report column) the links count too.

The rule is made of text replacement only, none of them slower than the page is long, and of no library's idea of HTML:
a digest must come out the same in ten years. Whoever changes anything here raises `RULE`, and digests are made anew
beside the old ones; two are comparable only where their rules are equal. Equal cleaned digests say "the same report"
with good reason, not with proof: the digest over the bytes decides what is stored, this one only what is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

from gicrawl.archive.bodies import HTML, DecodeError, decode
from gicrawl.archive.errors import ArchiveError
from gicrawl.archive.seals import seal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gicrawl.archive.store import Archive

RULE = "1"
"""Version of this rule."""

_CHARSET = re.compile(rb"""<meta[^<>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}

_HIDDEN = re.compile(r"<(/?)(script|style|noscript|iframe|select|textarea)\b", re.IGNORECASE)
_INLINE = re.compile(r"</?(?:span|font|strong|b|u|i|em|SPAN|FONT|STRONG|B|U|I|EM)\b[^<>]*>")
"""Most tags of a page pasted from Word: gone before each of the others is looked at."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)?([^<>]*)>")
_HREF = re.compile(r"\bhref\b", re.IGNORECASE)
_SRC = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'<>\s?#]+)", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|7z|jpe?g|png|gif|tiff?)\b", re.IGNORECASE)
_BLOCKS = frozenset(
    """p div li ul ol dl dt dd table tr tbody thead tfoot br hr h1 h2 h3 h4 h5 h6 section article header footer nav
    aside form center blockquote pre body html head title option figure fieldset main caption meta link
    input""".split()  # noqa: SIM905  # a list of words is read as one
)
_EMPTY_CELL = re.compile(r"\x1f[^\S\x1e\x1f]*\x1e")  # \s has the marks themselves in it
_LINKED = re.compile(r"\x02([^\x02\x03]{0,300})\x03")

_DATE = re.compile(
    r"(?:[12]\d{3}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?|\d{1,2}\s?[-/月]\s?\d{1,2}\s?日?)(?![\d.%])"
    r"|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|(?:星期|周)[一二三四五六日天]"
)
_COUNTER = re.compile(
    r"(?:^|(?<=[\s|｜(（\[【]))(?:本文|页面|文章|本站|累计|总)?(?:浏览|访问|点击|阅读|阅览|查看|人气)(?:次数|人数|人次|量|数|率)?\s?[:：]?"
    r"\s?[\[［(（]?\s?(\d[\d,]*)?\s?[\]］)）]?\s?(?:人?次|人|遍)?(?=$|[\s|｜)）\]】【\[])|您是第\s?\d*\s?位\w{0,6}"
)
_TOKEN = re.compile(r"\b[0-9a-fA-F]{24,}\b")
_NUMBER = re.compile(r"[\d,]+")
_TOLD = re.compile(r"[\w□]")
_WORDS = re.compile(r"[^\W\d_]")
_SHORT = 100
"""Characters up to which a line without a full stop may be one of the frame's."""

_ONE = """
SELECT c.sha256, d.rule, coalesce(d.sniffed_type, b.sniffed_type) FROM bodies AS b
LEFT JOIN digests AS c ON c.body = b.id AND c.kind = 'cleaned' AND c.rule = ?
LEFT JOIN digests AS d ON d.body = b.id AND d.kind = 'decoded'
WHERE b.sha256 = ?
"""
_MISSING = """
SELECT b.id, b.sha256, d.rule FROM bodies AS b LEFT JOIN digests AS d ON d.body = b.id AND d.kind = 'decoded'
WHERE coalesce(d.sniffed_type, b.sniffed_type) = 'text/html'
AND b.codec <> 'erased' AND b.id > ?
AND NOT EXISTS (SELECT 1 FROM digests AS c WHERE c.body = b.id AND c.kind = 'cleaned' AND c.rule = ?)
ORDER BY b.id LIMIT ?
"""
_INSERT = """
INSERT INTO digests (body, kind, rule, sha256, size, sniffed_type, seal) VALUES (?, 'cleaned', ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a page says: SHA-256 and size of its cleaned content, UTF-8."""

    sha256: bytes
    size: int


def cleaned(page: bytes) -> Cleaned:
    """The cleaned digest of an HTML page (content-coding undone)."""
    content = clean(page)
    return Cleaned(sha256(content).digest(), len(content))


def clean(page: bytes) -> bytes:
    """What a page says, a line a block, UTF-8."""
    kept: list[str] = []
    linked: list[str] = []
    awaits_number = False
    for line in _lines(_text(page)):
        rest = _LINKED.sub("", line) if "\x02" in line else line
        if rest != line and not _WORDS.search(_DATE.sub("", rest)):
            linked.append(_unmarked(line))
            continue
        told = _without_passing(_unmarked(line))
        if awaits_number and _NUMBER.fullmatch(told):
            told = ""
        awaits_number = bool(_COUNTER.search(line)) and not re.search(r"\d", line)
        if _TOLD.search(told):
            kept.append(told)
    if sum(map(len, kept)) < sum(map(len, linked)):
        kept += linked
    return "\n".join(kept).encode("utf-8", "surrogatepass")


def cleaned_digests(archive: Archive, bodies: Collection[bytes]) -> dict[bytes, bytes]:
    """The cleaned digests of bodies by this rule, kept ones from the archive, others made now and not kept.

    Args:
        archive: an open archive.
        bodies: SHA-256 of bodies.

    Returns:
        Cleaned digest by body; nothing for a body that is no HTML, cannot be decoded or is damaged.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    found: dict[bytes, bytes] = {}
    for body in bodies:
        with archive.explaining("reading digests"):
            row = archive.db.conn.execute(_ONE, [RULE, body]).fetchone()
        if row is None:
            continue
        known, coding, kind = row
        if known is not None:
            found[body] = known
        elif kind == HTML and (made := _of_body(archive, body, coding)) is not None:
            found[body] = made.sha256
    return found


def make_cleaned(archive: Archive, progress: Callable[[], None] | None = None) -> int:
    """Keep the cleaned digest of every page that has none by this rule; returns how many were made.

    Committed in batches; interrupted, it goes on where it was. Bodies that cannot be read are left out: `verify`
    speaks of them.

    Raises:
        ArchiveError: the archive cannot be read or written.
    """
    made = 0
    for batch in _missing(archive):
        rows = []
        for row, body, coding in batch:
            if (one := _of_body(archive, body, coding)) is not None:
                told = (RULE, one.sha256, one.size, HTML)
                rows.append((row, *told, seal(body, "cleaned", *told)))
            if progress is not None:
                progress()
        with archive.transaction("keeping cleaned digests") as conn:
            conn.executemany(_INSERT, rows)
        made += len(rows)
    return made


def _missing(archive: Archive) -> Iterator[list[tuple[int, bytes, str | None]]]:
    last = 0
    while True:
        with archive.explaining("looking for pages without a cleaned digest"):
            rows = archive.db.conn.execute(_MISSING, [last, RULE, _BATCH]).fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _of_body(archive: Archive, body: bytes, coding: str | None) -> Cleaned | None:
    try:
        page = archive.body(body)
        return cleaned(page if coding is None else decode(page, coding.split(", ")))
    except (DecodeError, ArchiveError):
        return None


def _text(page: bytes) -> str:
    """The page's characters: by its mark, by what it declares, as UTF-8, as GB18030; never an error."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        return page.decode("utf-16", "replace")
    declared = _CHARSET.search(page[:4096])
    name = "" if declared is None else declared[1].decode("ascii", "replace")
    first = _CODECS.get(name.lower())
    if first is None:
        try:
            return page.decode("utf-8-sig")
        except UnicodeDecodeError:
            first = "gb18030"
    return page.decode(first, "replace")


def _lines(text: str) -> Iterator[str]:
    """Lines of a page's text: one a block; links stand between STX and ETX, an empty cell is a line of its own."""
    for mark in _MARKS:
        text = text.replace(mark, "")
    first, *others = text.split("<!--")
    text = first + "".join(comment.partition("-->")[2] for comment in others)
    text = _visible(text)
    text = _TAG.sub(_tag, _INLINE.sub("", text))
    if "&" in text:
        text = unescape(text)
    text = _EMPTY_CELL.sub("\n□\n", text).replace("\x1f", "\n").replace("\x1e", "\n")
    text = _LINKED.sub(_one_line, text)
    for line in text.split("\n"):
        if line := " ".join(line.split()):
            yield line


_MARKS = "\x02\x03\x1e\x1f\u200b\ufeff"
"""Our own marks, and blanks that no expression counts as such."""


def _visible(text: str) -> str:
    """The text outside elements whose inside nobody reads; one that is never closed hides the rest, as in browsers."""
    shown: list[str] = []
    inside: str | None = None
    done = 0
    for found in _HIDDEN.finditer(text):
        closes, name = bool(found[1]), found[2].lower()
        if inside is None and not closes:
            shown.append(text[done : found.start()])
            inside = name
        elif inside == name and closes:
            end = text.find(">", found.end())
            done = len(text) if end < 0 else end + 1
            inside = None
    if inside is None:
        shown.append(text[done:])
    return " ".join(shown)


def _tag(found: re.Match[str]) -> str:
    """What stands for a tag: a line end, a mark, or nothing."""
    closes, name, rest = found.groups()
    if name is None:
        return ""
    name = name.lower()
    if name in _BLOCKS:
        return "\n"
    match name:
        case "td" | "th":
            mark = "\x1e" if closes else "\x1f"
        case "a" if closes:
            mark = "\x03"
        case "a":
            mark = "\x02" if _HREF.search(rest) and not _FILE.search(rest) else ""
        case "img" if source := _SRC.search(rest):
            mark = f" {source[1]} "
        case _:
            mark = ""
    return mark


def _one_line(found: re.Match[str]) -> str:
    return f"\x02{found[1].replace(chr(10), ' ')}\x03"


def _unmarked(line: str) -> str:
    return line.replace("\x02", "").replace("\x03", "").strip()


def _without_passing(line: str) -> str:
    """A line without what changes from visit to visit; nothing where nothing else stood in it."""
    if len(line) > _SHORT or "。" in line:
        return line
    rest = _TOKEN.sub("", _COUNTER.sub("", _DATE.sub("", line)))
    if rest == line:
        return line
    rest = " ".join(rest.split())
    return rest if _WORDS.search(rest) or _NUMBER.search(rest) or "□" in rest else ""
