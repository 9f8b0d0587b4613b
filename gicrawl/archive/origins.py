"""Where imports come from, as rows of the table `origins`: what to change when there is another kind of origin."""

from __future__ import annotations

import json
from typing import Any

from gicrawl.archive.interning import writable
from gicrawl.archive.records import FileOrigin, IndexOrigin, Origin, OriginKind, TimeSource, WarcOrigin
from gicrawl.archive.stored import from_microseconds, to_microseconds

_encode = json.JSONEncoder(ensure_ascii=False).encode


def origin_row(origin: Origin) -> tuple[str | int | None, ...]:
    """The columns `kind`, `place`, `modified`, `time_source` and `about`."""
    match origin:
        case FileOrigin():
            about = json.dumps(dict(origin.about), ensure_ascii=False) if origin.about else None
            return (
                OriginKind.FILE.value,
                writable(origin.path),
                to_microseconds(origin.modified),
                origin.time_source.value,
                None if about is None else writable(about),
            )
        case WarcOrigin():
            told = {"offset": origin.offset, "within": origin.within, "record": origin.record}
            about = writable(_encode(told))
            return (OriginKind.WARC.value, writable(origin.file), None, None, about)
        case IndexOrigin():
            about = writable(json.dumps(dict(origin.told), ensure_ascii=False))
            return (origin.kind.value, writable(origin.place), None, None, about)


def origin_of(kind: str | None, place: str, modified: int | None, time_source: str | None, about: Any) -> Origin | None:  # noqa: ANN401 - SQLite's word for it
    """The origin behind those columns; None where there is no row.

    Raises:
        ValueError: the row is none we could have written.
    """
    if kind is None:
        return None
    told = {} if about is None else json.loads(about)
    if OriginKind(kind) is OriginKind.WARC:
        return WarcOrigin(file=place, offset=told["offset"], within=told["within"], record=told["record"])
    if OriginKind(kind) in {OriginKind.WAYBACK, OriginKind.COMMONCRAWL}:
        return IndexOrigin(kind=OriginKind(kind), place=place, told=tuple(told.items()))
    if modified is None or time_source is None:
        raise ValueError(f"an imported file without the time of its last change: {place}")
    return FileOrigin(
        path=place,
        modified=from_microseconds(modified),
        time_source=TimeSource(time_source),
        about=tuple(told.items()),
    )
