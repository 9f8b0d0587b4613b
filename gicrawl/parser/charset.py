"""From bytes to text: which charset a page is really in.

What a portal declares is a hint and often wrong: pages declared `gb2312` hold characters that only GB 18030 has, pages
declared `gb2312` are UTF-8, servers add `ISO-8859-1` to whatever they send. Strict UTF-8 is so unlikely to succeed on
anything else that it may go first; GB 18030, a superset of GBK and GB 2312, is what Chinese pages are in otherwise.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

REPLACEMENT: Final = "\ufffd"

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LABELS: Final = {
    # Every member of the family is read as the largest one: pages declared gb2312 hold GBK and GB 18030 characters.
    **dict.fromkeys(
        ("gb2312", "gb-2312", "gb_2312-80", "gb2312-80", "csgb2312", "euc-cn", "x-euc-cn", "chinese", "hz-gb-2312"),
        "gb18030",
    ),
    **dict.fromkeys(("gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb18030", "gb18030-2000", "gb"), "gb18030"),
    **dict.fromkeys(("big5", "big-5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "unicode"), "utf-8"),
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16": "utf-16-le",
}
"""Charset labels that say something, by lower-cased name. ISO-8859-1, windows-1252 and ASCII are missing on purpose:
on a Chinese page they are the server's default and nobody's statement."""

_META: Final = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,30})""", re.IGNORECASE)
_XML: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,30})""")
_HEADER: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)""", re.IGNORECASE)
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_CONTROL_BYTES: Final = bytes([*range(9), *range(14, 27), *range(28, 32)])

_META_WITHIN: Final = 8192
"""Bytes searched for a meta charset. WHATWG says 1024; portals put a skin's comments and scripts before it."""
_SAMPLE: Final = 4096
"""Bytes looked at to tell damaged UTF-8 from another charset."""
_TOLERATED_DAMAGE: Final = 50
"""One damaged character in so many is a damaged page; more is a charset we do not know."""
_FEW_CONTROLS: Final = 200
"""One C0 control in so many characters is a slip of an editor; more is no text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was won.

    Attributes:
        text: the decoded text without a byte order mark at its start; marks further in are left where they stand,
            so that offsets hold. Empty when the charset is unknown.
        charset: Python's name of the charset used, `None` when unknown.
        problems: `(code, fields)`: `charset_damaged` with `count` and `charset`, `charset_contradiction` with
            `declared` and `used` (declared by the server or the page, and not what the bytes are), `charset_unknown`.
        bom: a byte order mark was taken off.
    """

    text: str
    charset: str | None
    problems: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    bom: bool = False


def decode(body: bytes, declared: str | None = None) -> Decoded:
    """Decode `body`: byte order mark, strict UTF-8, the server's word, the page's own word, GB 18030.

    A charset counts as right when it decodes without an error; when none does, the one with little damage. Nothing
    is guessed by statistics.

    Args:
        body: the bytes, any content-coding undone.
        declared: charset of the HTTP header, either the bare label or a whole Content-Type value.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            try:
                return _decoded(body[len(mark) :].decode(charset), charset, bom=True)
            except UnicodeDecodeError:
                # The mark may be right and the page damaged, or a template engine put it before another charset.
                found = _slow(body[len(mark) :], None if charset == "utf-8" else charset, declared)
                return Decoded(found.text, found.charset, found.problems, bom=True)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _slow(body, None, declared)
    if b"\0" in body and (wide := _wide(body)) is not None:  # of the text, every other byte is one
        return _slow(body, wide, declared)
    start = body[: 4 * _SAMPLE]  # a character has four bytes at the most, a control one
    return _decoded(text, "utf-8", clean=len(start.translate(None, _CONTROL_BYTES)) == len(start))


def _decoded(
    text: str, charset: str, *, bom: bool = False, declared: str | None = None, clean: bool = False
) -> Decoded:
    """Text that decoded strictly; it may still carry damage done before it was encoded, and may be no text at all."""
    problems: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    # asked of the encoded start first, where it is known: that takes a tenth of looking through characters
    if not clean and len(_CONTROLS.findall(text, 0, _SAMPLE)) * _FEW_CONTROLS > min(len(text), _SAMPLE):
        return Decoded("", None, (("charset_unknown", ()),), bom)
    if declared is not None and declared != charset:
        problems.append(("charset_contradiction", (("declared", declared), ("used", charset))))
    if REPLACEMENT in text:
        count = text.count(REPLACEMENT)
        if count * _TOLERATED_DAMAGE > max(len(text), _TOLERATED_DAMAGE):
            return Decoded("", None, (("charset_unknown", ()),), bom)
        problems.append(("charset_damaged", (("charset", charset), ("count", str(count)))))
    return Decoded(text, charset, tuple(problems), bom)


def _slow(body: bytes, wide: str | None, declared: str | None) -> Decoded:
    """What is not clean UTF-8."""
    if wide is not None or (wide := _wide(body)) is not None:
        return _decoded(body.decode(wide, "replace"), wide)
    if _looks_like_utf8(body):
        return _decoded(body.decode("utf-8", "replace"), "utf-8")
    labels = [label for label in (_header_label(declared), _page_label(body)) if label is not None]
    if codecs.BOM_UTF8 in body:
        # Several files pasted together; in a double-byte charset the three bytes would shift everything after them.
        body = body.replace(codecs.BOM_UTF8, b"")
    candidates = dict.fromkeys([*(c for c in labels if not c.startswith("utf")), "gb18030"])
    for charset in candidates:
        try:
            return _decoded(body.decode(charset), charset, declared=labels[0] if labels else None)
        except UnicodeDecodeError:
            continue
    texts = [(body.decode(charset, "replace"), charset) for charset in candidates]
    text, charset = min(texts, key=lambda pair: pair[0].count(REPLACEMENT))
    return _decoded(text, charset, declared=labels[0] if labels else None)


def _label(raw: str) -> str | None:
    return _LABELS.get(raw.strip().lower())


def _header_label(declared: str | None) -> str | None:
    if declared is None:
        return None
    match = _HEADER.search(declared)
    return _label(match[1] if match else declared)


def _page_label(body: bytes) -> str | None:
    match = _META.search(body, 0, _META_WITHIN) or _XML.match(body)
    label = _label(match[1].decode("ascii")) if match else None
    # A page that could be read for its meta is not in UTF-16, whatever that meta says (WHATWG says the same).
    return None if label is not None and label.startswith("utf-16") else label


def _wide(body: bytes) -> str | None:
    """UTF-16 without its mark: markup is ASCII, so every other byte is zero at the start."""
    head = body[:8]
    if len(head) == 8:  # noqa: PLR2004 - four characters
        if not any(head[1::2]) and all(head[::2]):
            return "utf-16-le"
        if not any(head[::2]) and all(head[1::2]):
            return "utf-16-be"
    return None


def _looks_like_utf8(body: bytes) -> bool:
    """Whether UTF-8 with a little damage explains the bytes: judged around the first bytes that are not ASCII."""
    match = re.search(rb"[\x80-\xff]", body)
    if match is None:
        return True
    sample = body[match.start() : match.start() + _SAMPLE]
    text = sample.decode("utf-8", "replace")
    damage = text.count(REPLACEMENT)
    # Each valid character of two to four bytes makes the text shorter than the bytes by one to three.
    saved = len(sample) - len(text)
    return saved > 4 * damage
