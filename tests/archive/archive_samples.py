# ruff: noqa: ANN401  # any field of a record may be given
"""Messages and captures as a crawl would make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from gicrawl.archive.records import WireMessage

if TYPE_CHECKING:
    from gicrawl.archive.records import Capture

START = datetime(2026, 2, 1, 3, 4, 5, 678901, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\nDate: Sun, 01 Feb 2026 03:04:05 GMT\r\nContent-Length: %d\r\n\r\n"


def message(body: bytes, head: bytes | None = None, **others: Any) -> WireMessage:
    head = HEAD % len(body) if head is None else head
    fields: dict[str, Any] = {"interim": b"", "framing": None, "surplus": b"", "complete": True, **others}
    return WireMessage(head=head, body=body, **fields)


class Make(Protocol):
    def __call__(self, url: str, body: bytes = ..., **others: Any) -> Capture: ...
