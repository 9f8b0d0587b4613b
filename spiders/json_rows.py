"""Rows in an answer of JSON whose names nobody has described: found by what they hold.

A row is an object with a text that could be a title and with an address; the rows of a list are the list of such
objects that looks most like one. Names of keys only decide between several that fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.json_paths import date_of, load_answer, number_of, text_of
from spiders.script_calls import Written, filled
from spiders.vocabulary import LONGEST, TitleSays, title_says

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 8
_MOST_LOOKED_AT = 2_000
"""Values of an answer that are looked through for lists; the rows themselves are not counted."""

_TITLE = re.compile(r"title|^bt$|^name$|subject|caption|headline|biaoti|mc$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"site|chan|column|cat|type|author|source|org|dept|user|img|pic|file|keyword|sub|chnl|web", re.IGNORECASE
)
_ADDRESS = re.compile(r"url|href|link|path|^pc$|address|^lj$|uri", re.IGNORECASE)
_NO_ADDRESS = re.compile(
    r"img|pic|thumb|icon|logo|photo|cover|video|audio|mobile|wap|wx|weixin|site|domain|column|chan|cat|_docpuburl|short|"
    r"file|attach|app(?:file|url)|prev|next|base|root|qr",
    re.IGNORECASE,
)
_BEST_ADDRESS = re.compile(
    r"^(?:url|href|link|linkurl|selfurl|docpuburl|infourl|puburl|pageurl|arturl|articleurl|detailurl|pc)$",
    re.IGNORECASE,
)
_LOOKS_LIKE_ADDRESS = re.compile(
    r"^(?:https?:)?//[\w.:-]+/|^\.{0,2}/[\w.~%/?=&-]+|^[\w~%-][\w.~%/-]*(?:\.s?html?|\.jhtml|\.jsp|\.aspx?|\.pdf|\.docx?)(?:\?\S*)?$",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|svg|ico|mp4|mp3|css|js)(?:\?|$)", re.IGNORECASE)
_LETTERS = re.compile(r"[\u4e00-\u9fff]{2}")
_DATE = re.compile(r"time|date|rq$|^day|shijian", re.IGNORECASE)
_BEST_DATE = re.compile(r"pub|reltime|fabu|show|display", re.IGNORECASE)
_FILES = re.compile(r"attach|file|appendix|annex|^fj|accessor|enclosure", re.IGNORECASE)
_TOTAL = re.compile(
    r"^(?:total|total_?(?:count|num|records?|rows?|elements|hits|size)|record_?(?:count|total|s_?total)|count|all_?(?:row|count|num)s?|"
    r"row_?count|num_?found|post_?count|hits|sum|records?|_total)$",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"^(?:pages|page_?(?:count|total|sum|all|s)|total_?pages?|total_?page_?(?:count|num)|page_?num_?total|max_?page)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One row as it was found.

    Attributes:
        title: the longest of its titles.
        address: as printed.
        date: YYYY-MM-DD, or None.
        files: (address, name) of files it names.
    """

    title: str
    address: str
    date: str | None
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an answer holds.

    Attributes:
        rows: in order; empty where it is a list without rows.
        count: objects of the list, with those that are no rows.
        total: rows in all, as the answer says; None: it does not.
        pages: pages in all, likewise.
    """

    rows: tuple[Found, ...]
    count: int
    total: int | None
    pages: int | None


def listed(text: str, written: Sequence[Written] = ()) -> Listed | None:
    """Find the list of an answer; None where the answer is no JSON, or JSON without anything like one.

    Args:
        text: the answer.
        written: how the script that asked writes the addresses of rows, for those that have only an id.
    """
    answer = load_answer(text)
    if answer is None:
        return None
    best: tuple[int, list[Found], int] | None = None
    empty = False
    for records in _lists(answer, written):
        if not records:
            empty = True
            continue
        rows = [row for record in records if (row := _row(record, written)) is not None]
        if not rows:
            continue
        reports = sum(title_says(row.title[:LONGEST]) is not TitleSays.OTHER for row in rows)
        worth = reports * 100 + len(rows)
        if best is None or worth > best[0]:
            best = (worth, rows, len(records))
    if best is None and not empty:
        return None
    counts = dict(_counts(answer))
    total = next((value for key, value in counts.items() if _TOTAL.match(key)), None)
    pages = next((value for key, value in counts.items() if _PAGES.match(key)), None)
    rows, count = (best[1], best[2]) if best is not None else ([], 0)
    if total is not None and total < count:
        total = None  # of something else, or of this page alone
    return Listed(rows=tuple(rows), count=count, total=total, pages=pages)


def _inner(value: object) -> object:
    """JSON within a string is read as JSON: several interfaces write their answers so."""
    if isinstance(value, str) and value[:1] in "{[" and len(value) > 1:
        found = load_answer(value)
        return value if found is None else found
    return value


def _lists(answer: object, written: Sequence[Written]) -> Iterator[list[object]]:
    """Yield the lists of objects of an answer, the outer ones first; those within a row are not looked at."""
    queue: list[tuple[object, int]] = [(answer, 0)]
    looked = 0
    while queue and looked < _MOST_LOOKED_AT:
        value, depth = queue.pop(0)
        looked += 1
        value = _inner(value)
        if isinstance(value, list):
            objects = [one for one in map(_inner, value) if isinstance(one, dict)]
            if objects or not value:
                yield list(objects)
            if not any(_row(one, written) is not None for one in objects[:3]) and depth < _DEEPEST:
                queue += [(one, depth + 1) for one in objects[:200]]
        elif isinstance(value, dict) and depth < _DEEPEST:
            queue += [(one, depth + 1) for one in value.values() if isinstance(one, dict | list | str)]


def _fields(record: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield the fields of a row, those of objects within it too."""
    if not isinstance(record, dict):
        return
    for key, value in record.items():
        inner = _inner(value)
        if isinstance(inner, dict) and depth < 3:  # noqa: PLR2004  `source.urls.pc` is the deepest seen
            yield from _fields(inner, depth + 1)
        else:
            yield str(key), inner


def _row(record: object, written: Sequence[Written]) -> Found | None:
    titles: list[tuple[int, str, str]] = []
    addresses: list[tuple[int, str]] = []
    dates: list[tuple[int, str]] = []
    files: list[tuple[str, str]] = []
    for key, value in _fields(record):
        if isinstance(value, list):
            if _FILES.search(key):
                files += _files(value)
            continue
        if _DATE.search(key) and (date := date_of(value)) is not None:
            dates.append((1 if _BEST_DATE.search(key) else 0, date))
        if not isinstance(value, str) or not value.strip():
            continue
        shown = value.strip()
        if _LOOKS_LIKE_ADDRESS.match(shown) and not _PICTURE.search(shown):
            addresses.append((_address_worth(key), shown))
        elif len(shown) <= 2 * LONGEST and _LETTERS.search(shown) and (worth := _title_worth(key, shown)) is not None:
            titles.append((worth, text_of(shown), key))
    if not titles:
        return None
    _, title, key = max(titles, key=lambda one: (one[0], len(one[1])))
    address = max(addresses, key=lambda one: one[0])[1] if addresses else _written(record, key, written)
    if address is None:
        return None
    return Found(
        title=title,
        address=address,
        date=max(dates, key=lambda one: one[0])[1] if dates else None,
        files=tuple(files),
    )


def _written(record: object, key: str, written: Sequence[Written]) -> str | None:
    """Return the address of a row as the page's script writes it; the one that its title is written with first."""
    values = {name: str(value) for name, value in _fields(record) if isinstance(value, str | int)}
    for one in sorted(written, key=lambda one: key not in one.beside):
        address = filled(one, values)
        if address is not None:
            return address
    return None


def _title_worth(key: str, shown: str) -> int | None:
    """How likely a text is the title of its row; None: not at all."""
    says = title_says(text_of(shown)[:LONGEST])
    named = _TITLE.search(key) is not None
    if not named and says is TitleSays.OTHER:
        return None  # the names of keys differ, what titles say does not
    return 2 * int(says) + (1 if named and not _NO_TITLE.search(key) else 0)


def _address_worth(key: str) -> int:
    if _BEST_ADDRESS.match(key):
        return 3
    if _NO_ADDRESS.search(key):
        return 0
    return 2 if _ADDRESS.search(key) else 1


def _files(records: list[object]) -> Iterator[tuple[str, str]]:
    for record in map(_inner, records):
        if isinstance(record, str) and _LOOKS_LIKE_ADDRESS.match(record):
            yield record, ""
            continue
        found = dict(_fields(record))
        address = next(
            (
                value
                for key, value in found.items()
                if isinstance(value, str)
                and _LOOKS_LIKE_ADDRESS.match(value)
                and re.search(r"url|path|src|file|href|link", key, re.IGNORECASE)
            ),
            None,
        )
        if address is not None:
            name = next(
                (text_of(value) for key, value in found.items() if re.search(r"name|desc|title", key, re.IGNORECASE)),
                "",
            )
            yield address, name


def _counts(answer: object, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the numbers that stand outside the rows, the outer ones last: the nearest to the rows counts."""
    value = _inner(answer)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    for one in value.values():
        yield from _counts(one, depth + 1)
    for key, one in value.items():
        number = number_of(one)
        if number is not None:
            yield str(key), number
