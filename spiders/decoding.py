"""The text of a page and the charset it was really written in: what headers and labels say is a hint."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,80}encoding=[\"']([\w.:-]+)", re.IGNORECASE
)
# Portals declare the small set and use the big one; Latin-1 is what servers say when nobody told them.
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
_UNDECLARED = frozenset({"iso-8859-1", "latin-1", "latin1", "iso8859-1", "windows-1252", "us-ascii", "ascii"})
_META_WINDOW = 4096  # bytes in which a page names its charset


def decode(body: bytes, content_type: bytes = b"") -> tuple[str, str]:
    """Decode a page; the text and the charset it was read with.

    Order: byte-order mark, strict UTF-8, the HTTP header, the page's own label, GB18030. gb2312 and gbk are read as
    GB18030, their superset: portals declare the former and use characters of the latter.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace"), charset
    try:
        # A torn page may end inside a character: that alone does not make it something else than UTF-8.
        return codecs.getincrementaldecoder("utf-8")("strict").decode(body, final=False), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = [
        charset for charset in (_charset(_HEADER_CHARSET, content_type), _charset(_META_CHARSET, body)) if charset
    ]
    for charset in [*declared, "gb18030"]:
        try:
            return codecs.getincrementaldecoder(charset)("strict").decode(body, final=False), charset
        except UnicodeDecodeError:
            continue
    charset = declared[0] if declared else "gb18030"
    return body.decode(charset, "replace"), charset


def _charset(pattern: re.Pattern[bytes], where: bytes) -> str | None:
    match = pattern.search(where[:_META_WINDOW])
    if match is None:
        return None
    name = next(group for group in match.groups() if group).decode("ascii").lower()
    if name in _UNDECLARED:
        return None
    try:
        return _READ_AS.get(name, codecs.lookup(name).name)
    except LookupError:
        return None
