"""The list that comes with a folder of files: what its collector knows of each of them.

A table with a header line, as spreadsheets save it: UTF-8 with or without its mark, UTF-16, or GBK; commas, tabs or
semicolons. A line that says something impossible is told with its number, and its file is held back: imported without
what the line means to say, it would stand in the archive under a wrong name for ever.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gicrawl.archive.folder import Remark

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterable, Mapping
    from pathlib import Path

COLUMNS = frozenset(
    {
        "file",
        "url",
        "captured",
        "title",
        "link_text",
        "media_type",
        "charset",
        "portal",
        "page",
        "referrer",
        "attachment_of",
        "note",
    }
)
"""Columns that mean something; others are kept and told of."""

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
_SPREADSHEET = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?")
"""What a Chinese spreadsheet makes of a date when it saves the list again: `2021/1/30 9:05`."""
_DELIMITERS = ",\t;"
_UNREAD = "\ufffd"


class ListError(Exception):
    """The list as a whole cannot be read; nothing was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the list says of a file.

    Attributes:
        line: of the list, from 1.
        captured: when it was fetched, UTC.
        attachment_of: the file it is attached to, as `listing` names it.
        verbatim: every value that is not empty, column and value.
    """

    line: int
    file: str
    url: str | None
    captured: datetime | None
    link_text: str | None
    media_type: str | None
    charset: str | None
    portal: str | None
    attachment_of: str | None
    verbatim: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class About:
    """A list as it was understood.

    Attributes:
        known: file to what is said of it, in the order of the list.
        held_back: files whose line is broken.
        remarks: a line each.
    """

    known: Mapping[str, Known]
    held_back: frozenset[str]
    remarks: tuple[Remark, ...]


NOTHING = About({}, frozenset(), ())
"""What is known without a list."""


class _BrokenError(Exception):
    """What is wrong with a line: a message's code and fields."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def read_about(path: Path, files: Iterable[str], now: datetime) -> About:
    """Read a list.

    Args:
        path: the table.
        files: what lies in the folder, as `listing` names it.
        now: the time of the import; nothing was fetched later.

    Raises:
        ListError: there is no header with a column `file`, a column stands twice, or a quote is never closed, so that
            nobody can tell what the lines after it say.
        OSError: it cannot be read.
    """
    body = path.read_bytes()
    text, charset = _decoded(body)
    reader = _reader(path, text)
    header = [name.strip().lower() for name in _next_line(reader, path) or ()]
    while header and not header[-1]:
        header.pop()
    if "file" not in header:
        raise ListError(f"{path}: the first line names no column `file`; name the columns there, `file` among them")
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise ListError(f"{path}: the column `{twice[0]}` stands twice in the first line; leave one of them")
    remarks: list[Remark] = []
    if charset == "gb18030":
        remarks.append(Remark("import_list_gbk", (("list", str(path)),), warning=True))
    if unknown := [name for name in header if name not in COLUMNS]:
        named = (("list", str(path)), ("columns", ", ".join(unknown)))
        remarks.append(Remark("import_list_columns", named, warning=True))
    return _Lines(path, header, _Names(files), now, remarks).read(reader)


class _Names:
    """Finds the file a list means: Windows' slashes and either form of accents (macOS) are the same name."""

    def __init__(self, files: Iterable[str]) -> None:
        self._exact = frozenset(files)
        self._folded = {unicodedata.normalize("NFC", name): name for name in sorted(self._exact)}

    def find(self, named: str) -> str | None:
        for candidate in (named, named.replace("\\", "/")):
            plain = posixpath.normpath(candidate)
            if plain in self._exact:
                return plain
            if (found := self._folded.get(unicodedata.normalize("NFC", plain))) is not None:
                return found
        return None


class _Lines:
    """The lines of a list, one after the other."""

    def __init__(self, path: Path, header: list[str], names: _Names, now: datetime, remarks: list[Remark]) -> None:
        self._path = path
        self._header = header
        self._names = names
        self._now = now
        self._remarks = remarks
        self._known: dict[str, Known] = {}
        self._held: set[str] = set()

    def read(self, reader: Reader) -> About:
        """All of them."""
        line = reader.line_num + 1
        while (row := _next_line(reader, self._path)) is not None:
            if any(value.strip() for value in row):
                self._take(line, row)
            line = reader.line_num + 1
        self._settle_attachments()
        return About(self._known, frozenset(self._held), tuple(self._remarks))

    def _take(self, line: int, row: list[str]) -> None:
        try:
            known = self._line(line, row)
            if (earlier := self._known.get(known.file)) is not None:
                fields = {"file": known.file, "earlier": str(earlier.line)}
                raise _BrokenError("import_line_twice", **fields)  # noqa: TRY301 - told like everything else
        except _BrokenError as error:
            self._tell(line, error)
            at = self._header.index("file")
            named = self._names.find(row[at].strip()) if at < len(row) else None
            if named is not None and named not in self._known:
                self._held.add(named)
        else:
            self._held.discard(known.file)
            self._known[known.file] = known

    def _line(self, line: int, row: list[str]) -> Known:
        while len(row) > len(self._header) and not row[-1].strip():
            row = row[:-1]
        if len(row) != len(self._header):
            raise _BrokenError("import_line_fields", fields=str(len(row)), columns=str(len(self._header)))
        if any(_UNREAD in value for value in row):
            raise _BrokenError("import_line_charset")
        said = {name: value.strip() for name, value in zip(self._header, row, strict=True) if value.strip()}
        named = said.get("file", "")
        file = self._names.find(named) if named else None
        if file is None:
            raise _BrokenError("import_line_no_file", file=named)
        return Known(
            line=line,
            file=file,
            url=_url(said.get("url")),
            captured=self._time(said.get("captured")),
            link_text=said.get("link_text") or said.get("title"),
            media_type=said.get("media_type"),
            charset=said.get("charset"),
            portal=said.get("portal"),
            attachment_of=self._main(file, said.get("attachment_of")),
            verbatim=tuple(said.items()),
        )

    def _time(self, printed: str | None) -> datetime | None:
        """A time as ISO 8601 or a spreadsheet writes it; without a zone it is China's, a day alone is its midnight."""
        if printed is None:
            return None
        try:
            if found := _SPREADSHEET.fullmatch(printed):
                time = datetime(*(0 if part is None else int(part) for part in found.groups()), tzinfo=CHINA)  # type: ignore[arg-type,misc] # the zone is no part
            else:
                time = datetime.fromisoformat(printed)
            time = time.replace(tzinfo=time.tzinfo or CHINA).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _BrokenError("import_line_time", value=printed) from None
        if time > self._now + timedelta(days=1):
            raise _BrokenError("import_line_future", value=printed)
        return time

    def _main(self, file: str, named: str | None) -> str | None:
        if named is None:
            return None
        main = self._names.find(named)
        if main is None or main == file:
            raise _BrokenError("import_line_no_main", file=named)
        return main

    def _settle_attachments(self) -> None:
        """Hold back what is attached to a file that is held back or is itself attached to another."""
        broken = [known for known in self._known.values() if self._hangs_loose(known)]
        for known in broken:
            del self._known[known.file]
            self._held.add(known.file)
            self._tell(known.line, _BrokenError("import_line_no_main", file=str(known.attachment_of)))

    def _hangs_loose(self, known: Known) -> bool:
        if known.attachment_of is None:
            return False
        main = self._known.get(known.attachment_of)
        return known.attachment_of in self._held or (main is not None and main.attachment_of is not None)

    def _tell(self, line: int, error: _BrokenError) -> None:
        fields = (("list", str(self._path)), ("line", str(line)), *error.fields.items())
        self._remarks.append(Remark(error.code, fields))


def _url(printed: str | None) -> str | None:
    if printed is None:
        return None
    try:
        parts = urlsplit(printed)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(char.isspace() for char in printed):
        raise _BrokenError("import_line_url", value=printed)
    return printed


def _decoded(body: bytes) -> tuple[str, str]:
    """The list as text, and its charset; bytes that fit none become U+FFFD in the charset that reads more of it."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), "utf-16"
    read = []
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(charset), charset
        except UnicodeDecodeError:
            text = body.decode(charset, "replace")
            read.append((text.count(_UNREAD), text, charset))
    _, text, charset = min(read)
    return text, charset


def _reader(path: Path, text: str) -> Reader:
    header = text.lstrip("\r\n").partition("\n")[0]
    if not header.strip():
        raise ListError(f"{path}: the list is empty; its first line names the columns, `file` among them")
    delimiter = max(_DELIMITERS, key=header.count)  # the first, a comma, where there is none
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _next_line(reader: Reader, path: Path) -> list[str] | None:
    began = reader.line_num + 1
    try:
        return next(reader, None)
    except csv.Error as error:
        raise ListError(
            f"{path}: line {began} cannot be taken apart ({error}), nor what follows it; close its quotes, "
            "then run the command again: nothing was imported"
        ) from error
