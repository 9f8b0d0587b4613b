"""Which records a capture becomes, byte for byte; the same capture always becomes the same.

| record | named | where |
|---|---|---|
| response, or revisit | the capture | an answer came |
| request | derived; the capture where no answer came | something was sent |
| resource | the capture | an imported file |
| metadata | derived; the capture where nothing was sent | always |

Derived ids are version 5 UUIDs (RFC 9562 §5.5) in the namespace of the capture's. The block of a response is its final
head and its body section as they came over the wire, chunked framing included; what tools would take for content (heads
of 1xx responses, trailer fields of a chunked body, bytes after the end) goes into the metadata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.records import Outcome, WarcOrigin
from gicrawl.archive.warc.http import cut_trailers
from gicrawl.archive.warc.provenance import CAPTURE_FIELD, RUN_FIELD, capture_json, run_json
from gicrawl.archive.wire import chunked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.archive.records import Capture, WireMessage
    from gicrawl.archive.stored import Run
    from gicrawl.archive.warc.provenance import Known

VERSION = b"WARC/1.1\r\n"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
FIELDS_TYPE = "application/warc-fields"

_UNSAFE = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
"""What would end a line or a value, or is no text: escaped in WARC-Target-URI. The metadata has the URL as it is."""
_CLEAN_HEAD = re.compile(rb"HTTP/\d\.\d [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n")
"""A head of which all tools agree where it ends."""


@dataclass(frozen=True, slots=True)
class Written:
    """A record as it is written, without compression.

    Attributes:
        type: WARC-Type.
        id: WARC-Record-ID without the angle brackets.
        header: version line and named fields, with the blank line.
        block: its block.
    """

    type: str
    id: str
    header: bytes
    block: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """The capture that a revisit refers to."""

    id: UUID
    url: str
    time: datetime


def urn(uuid: UUID) -> str:
    """A UUID as WARC-Record-ID, without the angle brackets."""
    return f"urn:uuid:{uuid}"


def main_record(capture: Capture) -> str:
    """Id of the record that brings what was found: what it had where it comes from, else the capture's own."""
    return capture.origin.record if isinstance(capture.origin, WarcOrigin) else urn(capture.id)


def request_id(capture: UUID) -> UUID:
    """Id of the request record beside a response."""
    return uuid5(capture, "request")


def metadata_id(capture: UUID) -> UUID:
    """Id of the metadata record beside another record."""
    return uuid5(capture, "metadata")


def target_uri(url: str) -> str:
    """A URL as it may stand in a named field: whatever could break a line is percent-encoded as UTF-8."""
    return _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "backslashreplace")), url
    )


def warc_date(time: datetime) -> str:
    """A time with microseconds, as WARC 1.1 allows."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256_field(data: bytes) -> str:
    """A digest in the form that warcio, FastWARC and Browsertrix agree on: Base16."""
    return f"sha256:{sha256(data).hexdigest()}"


def header_of(kind: str, record: str, fields: Sequence[tuple[str, str | None]], block: bytes) -> bytes:
    """Version line and named fields of a record; fields without a value are left out."""
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record}>"),
        *fields,
        ("WARC-Block-Digest", sha256_field(block)),
        ("Content-Length", str(len(block))),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in named if value is not None)
    return VERSION + lines.encode() + b"\r\n"


def has_plain_payload(message: WireMessage) -> bool:
    """Whether all tools find the same payload in a message: they disagree on chunks, and on odd heads."""
    return message.framing is None and _CLEAN_HEAD.fullmatch(message.head) is not None


def body_section(message: WireMessage) -> bytes:
    """The body of a message as it came over the wire, chunked framing included.

    Raises:
        WireError: framing and body do not belong together.
    """
    return message.body if message.framing is None else chunked(message.body, message.framing)[0]


def _readable(message: WireMessage) -> bytes:
    """The body section without trailer fields: warcio and FastWARC stumble over them (RFC 9112 §7.1.2)."""
    if message.framing is None:
        return message.body
    return chunked(message.body, cut_trailers(message.framing)[0])[0]


def records_of(known: Known, earlier: Earlier | None) -> list[Written]:
    """The records of a capture.

    Args:
        known: the capture and what is on record of it.
        earlier: for a revisit, the capture it refers to: the one whose body still holds, or the first that brought
            the same payload.

    Raises:
        WireError: a response contradicts itself.
    """
    capture = known.capture
    records: list[Written] = []
    in_block = True
    if capture.response is not None:
        in_block = earlier is None
        records.append(_response(capture, capture.response, earlier))
    elif capture.body is not None:
        records.append(_resource(capture, capture.body))
    if capture.request_head:
        records.append(_request(capture, answered=bool(records)))
    records.append(_metadata(known, first=not records, in_block=in_block))
    return records


def _common(capture: Capture) -> list[tuple[str, str | None]]:
    return [("WARC-Date", warc_date(capture.time)), ("WARC-Target-URI", target_uri(capture.final_url))]


def _response(capture: Capture, message: WireMessage, earlier: Earlier | None) -> Written:
    fields = [*_common(capture), ("WARC-IP-Address", _address(capture.ip))]
    is_http = message.head.startswith(b"HTTP/")
    kind, block = "response", message.head
    payload = sha256_field(message.body)
    if earlier is None:
        block += _readable(message)
        fields.append(("WARC-Payload-Digest", payload if has_plain_payload(message) else None))
    else:
        kind = "revisit"
        same = capture.outcome is not Outcome.NOT_MODIFIED
        fields += [
            ("WARC-Profile", IDENTICAL if same else NOT_MODIFIED),
            ("WARC-Payload-Digest", payload if same else None),
            ("WARC-Refers-To", f"<{urn(earlier.id)}>"),
            ("WARC-Refers-To-Target-URI", target_uri(earlier.url)),
            ("WARC-Refers-To-Date", warc_date(earlier.time)),
        ]
    if not message.complete:
        fields.append(("WARC-Truncated", "length" if capture.outcome is Outcome.TOO_LARGE else "disconnect"))
    fields.append(("Content-Type", "application/http;msgtype=response" if is_http else "application/octet-stream"))
    record = urn(capture.id)
    return Written(kind, record, header_of(kind, record, fields, block), block)


def _request(capture: Capture, *, answered: bool) -> Written:
    block = capture.request_head + capture.request_body
    record = urn(request_id(capture.id) if answered else capture.id)
    fields = [
        *_common(capture),
        ("WARC-IP-Address", _address(capture.ip)),
        ("WARC-Concurrent-To", f"<{main_record(capture)}>" if answered else None),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    return Written("request", record, header_of("request", record, fields, block), block)


def _resource(capture: Capture, body: bytes) -> Written:
    record = urn(capture.id)
    kind = capture.declared_type
    if kind is None or re.fullmatch(r"[!-~]+/[!-~]+", kind) is None:
        kind = "application/octet-stream"
    fields = [*_common(capture), ("WARC-Payload-Digest", sha256_field(body)), ("Content-Type", kind)]
    return Written("resource", record, header_of("resource", record, fields, body), body)


def _metadata(known: Known, *, first: bool, in_block: bool) -> Written:
    capture = known.capture
    lines = CAPTURE_FIELD + b": " + capture_json(known, in_block=in_block) + b"\r\n"
    if capture.elapsed is not None:
        lines += f"fetchTimeMs: {round(capture.elapsed * 1000)}\r\n".encode()  # the standard's own name, §6.6
    record = urn(capture.id if first else metadata_id(capture.id))
    fields = [
        *_common(capture),
        ("WARC-Concurrent-To", None if first else f"<{main_record(capture)}>"),
        ("Content-Type", FIELDS_TYPE),
    ]
    return Written("metadata", record, header_of("metadata", record, fields, lines), lines)


def conversion(capture: Capture, text: str, reader: str) -> Written:
    """The record of the text of a report; its id follows from the capture and the reader, so that it is made once."""
    block = text.encode("utf-8", "backslashreplace")
    record = urn(uuid5(capture.id, f"conversion {reader}"))
    fields = [
        *_common(capture),
        ("WARC-Refers-To", f"<{main_record(capture)}>"),
        ("Content-Type", "text/plain;charset=utf-8"),
        ("GICrawl-Reader", reader),
        ("WARC-Payload-Digest", sha256_field(block)),
    ]
    return Written("conversion", record, header_of("conversion", record, fields, block), block)


def run_record(run: Run) -> Written:
    """The metadata record about a run; it is about no URL."""
    block = RUN_FIELD + b": " + run_json(run) + b"\r\n"
    fields = [("WARC-Date", warc_date(run.started)), ("Content-Type", FIELDS_TYPE)]
    return Written("metadata", urn(run.id), header_of("metadata", urn(run.id), fields, block), block)


def warcinfo(name: str, time: datetime, version: str) -> Written:
    """The record at the start of a file; its id follows from what it says."""
    lines = [
        f"software: gicrawl/{version}",
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    ]
    block = "".join(f"{line}\r\n" for line in lines).encode()
    record = urn(uuid5(_FILES, f"{name} {warc_date(time)} {version}"))
    fields = [("WARC-Date", warc_date(time)), ("WARC-Filename", name), ("Content-Type", FIELDS_TYPE)]
    return Written("warcinfo", record, header_of("warcinfo", record, fields, block), block)


_FILES = UUID("6f0b9f2e-7c1d-5b7e-9a43-2d5c2a1e8b90")
"""Namespace of the ids of warcinfo records."""


def _address(ip: str | None) -> str | None:
    """An address without its port."""
    if ip is None or ip.count(":") > 1:
        return None if ip is None else ip.partition("]")[0].lstrip("[")
    return ip.partition(":")[0]


def makes(capture: Capture, kind: str, block: bytes) -> bool:
    """Whether a capture's own bytes make this block for a record of a type; errors as in `block_of`."""
    message = capture.response
    if kind != "response" or message is None or message.framing is not None:
        return block_of(kind, capture) == block
    head, body = message.head, body_section(message)  # compared where they stand: putting a page together takes longer
    return len(block) == len(head) + len(body) and block.startswith(head) and block.endswith(body)


def block_of(kind: str, capture: Capture) -> bytes | None:
    """The block that a capture's own bytes make for a record of a type; None where they make none.

    Raises:
        WireError: the response contradicts itself.
    """
    message = capture.response
    match kind:
        case "response" if message is not None:
            return message.head + body_section(message)
        case "revisit":
            return b"" if message is None else message.head
        case "resource":
            return capture.body
        case "request":
            return capture.request_head + capture.request_body
        case _:
            return None
