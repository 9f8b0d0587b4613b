"""The CDXJ index beside WARC files, in the form that pywb reads: where each version of each URL lies."""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import suppress
from heapq import merge
from itertools import islice
from typing import IO, TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

_SORTED_AT_ONCE = 100_000
_SPLIT = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^/?#@]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?")
_WWW = re.compile(r"^www\d*\.")
_PORTS = {"http": "80", "https": "443", "ftp": "21"}
_SESSION = re.compile(
    r"(?:^|&)(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[^&]+&cftoken=[^&]+)(?=&|$)",
    re.IGNORECASE,
)
_SAFE = "!\"$&'()*+,-./:;<=>@[\\]^_`{|}~"


def surt(url: str) -> str:
    """The sort key of a URL: host from the top down, then path and query, in the canonical form wayback machines use.

    Scheme, user, `www.`, the scheme's own port, fragment, session ids and a slash at the end go; letters become small,
    parameters are sorted. Two URLs with the same key are taken for the same page.
    """
    plain = re.sub("[\t\r\n]", "", url).strip()
    found = _SPLIT.match(plain)
    if found is None or not found[2]:
        return plain
    scheme, authority, path, query = (found[1] or "http").lower(), found[2], found[3], found[4]
    key = f"{_host(scheme, authority.lower())}){_path(path)}"
    asked = "" if query is None else _escaped(query).lower()
    wanted = _SESSION.sub("", asked)
    if wanted != asked:
        wanted = wanted.removeprefix("&")
    return f"{key}?{'&'.join(sorted(wanted.split('&')))}" if wanted else key


def _host(scheme: str, authority: str) -> str:
    host, port = authority, ""
    bracket = authority.rfind("]")
    colon = authority.rfind(":")
    if colon > bracket:
        host, port = authority[:colon], authority[colon + 1 :]
    if bracket >= 0:
        host = host.strip("[]")
    else:
        if not host.isascii():
            with suppress(UnicodeError):  # no name of the DNS, but still a key
                host = host.encode("idna").decode("ascii")
        host = ",".join(reversed(_WWW.sub("", host).strip(".").split(".")))
    return host if port in {"", _PORTS.get(scheme)} else f"{host}:{port}"


def _path(path: str) -> str:
    """Small letters, no empty steps, `.` and `..` gone the way they lead."""
    steps: list[str] = []
    for step in _escaped(path).lower().split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/" + "/".join(steps)


def _escaped(text: str) -> str:
    """Percent-encoded only where it has to be, however often it was encoded before."""
    data = text.encode("utf-8", "backslashreplace")
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return quote_from_bytes(data, _SAFE)


def index_line(
    url: str,
    time: datetime,
    *,
    mime: str,
    status: int | None,
    digest: str | None,
    place: tuple[str, int, int],
) -> str:
    """One line.

    Args:
        url: of the capture.
        time: of the capture, UTC.
        mime: declared media type, `unk` for none, `warc/revisit` for a revisit: pywb's words.
        status: of the response.
        digest: of the payload, as in the record; SHA-1 without its name, as pywb has it.
        place: file, and offset and length of the record in it, compressed.
    """
    told = {
        "url": url,
        "mime": mime,
        "status": None if status is None else str(status),
        "digest": None if digest is None else digest.removeprefix("sha1:"),
        "length": str(place[2]),
        "offset": str(place[1]),
        "filename": place[0],
    }
    known = {name: value for name, value in told.items() if value is not None}
    return f"{surt(url)} {time:%Y%m%d%H%M%S} {json.dumps(known)}\n"


def write_sorted(lines: Iterable[str], file: IO[bytes]) -> int:
    """Write lines in the order of their bytes, as every CDX server expects; few are held in memory at once.

    Returns:
        How many there were.
    """
    count = 0
    with tempfile.TemporaryFile() as spare:
        parts: list[tuple[int, int]] = []
        source = iter(lines)
        while chunk := sorted(line.encode("utf-8", "backslashreplace") for line in islice(source, _SORTED_AT_ONCE)):
            begin = spare.tell()
            spare.writelines(chunk)
            parts.append((begin, spare.tell()))
            count += len(chunk)
        file.writelines(merge(*(_part(spare, begin, end) for begin, end in parts)))
    return count


def _part(spare: IO[bytes], begin: int, end: int) -> Iterator[bytes]:
    """The lines of a part; parts are read by turns."""
    at = begin
    while at < end:
        spare.seek(at)
        lines = spare.readlines(1 << 16)
        for line in lines:
            if at >= end:
                return
            at += len(line)
            yield line
