"""What the archive knows of a capture and WARC has no field for, as JSON in a metadata record, and back.

The block of such a record is `application/warc-fields` (ISO 28500 §6.6), with the JSON on one line of ASCII as the
value of the field `gicrawl-capture` or `gicrawl-run`. What is not there is unknown, none, or the ordinary thing. The
same capture always gives the same bytes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gicrawl.archive.origins import origin_of, origin_row
from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.stored import Run, from_microseconds, to_microseconds
from gicrawl.archive.warc.http import cut_trailers, put_trailers, split_chunked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.archive.stored import StoredCapture

CAPTURE_FIELD, RUN_FIELD = b"gicrawl-capture", b"gicrawl-run"

_PLAIN = (
    "method",
    "error",
    "status",
    "http_version",
    "ip",
    "declared_type",
    "declared_charset",
    "used_charset",
    "etag",
    "last_modified",
    "portal",
    "spider",
    "spider_version",
    "link_text",
    "robots",
    "elapsed",
)
"""Columns of a capture that JSON has words for."""
_MOST = 1 << 62  # what SQLite has room for, and more than anything here can be
_TEXTS = frozenset(_PLAIN) - {"status", "elapsed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A capture with all that is on record of it.

    Attributes:
        capture: with its bytes.
        verdicts: every judgement, oldest first.
        links: found on its page, in order.
    """

    capture: Capture
    verdicts: tuple[Verdict, ...] = ()
    links: tuple[Link, ...] = ()


class ProvenanceError(ValueError):
    """A metadata record that is not as we write them; the message says where, in a few words."""


def capture_json(known: Known, *, in_block: bool) -> bytes:
    """The line about a capture.

    Args:
        known: the capture.
        in_block: whether its body stands in the block of a record of its own; a revisit's does not.
    """
    capture = known.capture
    told: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(capture, name)) is not None}
    told |= {
        "format": 1,
        "run": str(capture.run),
        "time": to_microseconds(capture.time),
        "url": capture.final_url,
        "outcome": capture.outcome.value,
        "role": capture.role.value,
    }
    unusual: dict[str, Any] = {
        "hop": capture.hop or None,
        "requested_url": None if capture.requested_url == capture.final_url else capture.requested_url,
        "certificate": None if capture.certificate is None else capture.certificate.hex(),
        "tls_relaxed": capture.tls_relaxed or None,
        "referrer": None if capture.referrer is None else str(capture.referrer),
        "revisit_of": None if capture.revisit_of is None else str(capture.revisit_of),
        "origin": None if capture.origin is None else origin_row(capture.origin),
        "request_body": len(capture.request_body) or None,
        "response": None if capture.response is None else _message_json(capture.response, in_block=in_block),
    }
    told |= {name: value for name, value in unusual.items() if value is not None}
    if known.verdicts:
        told["judgements"] = [[v.judgement.value, v.signature, v.rule, v.pages_end] for v in known.verdicts]
        told["judged"] = [to_microseconds(v.made) for v in known.verdicts if v.made is not None]
    if known.links:
        told["links"] = [[ln.position, ln.url, ln.text, ln.title, ln.date, ln.role.value] for ln in known.links]
    return _line(told)


def _message_json(message: WireMessage, *, in_block: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"head": len(message.head)}
    for name, data in (("interim", message.interim), ("surplus", message.surplus)):
        if data:
            told[name] = base64.b64encode(data).decode()
    if not message.complete:
        told["torn"] = True
    if message.framing is not None:
        told["framing"] = True if in_block else base64.b64encode(message.framing).decode()
        if in_block and (trailers := cut_trailers(message.framing)[1]):
            told["trailers"] = base64.b64encode(trailers).decode()
    return told


def run_json(run: Run) -> bytes:
    """The line about a run."""
    told: dict[str, Any] = {
        "format": 1,
        "kind": run.kind,
        "arguments": run.arguments,
        "user_agent": run.user_agent,
        "vantage": run.vantage,
        "version": run.version,
        "started": to_microseconds(run.started),
        "finished": None if run.finished is None else to_microseconds(run.finished),
        "status": run.status,
        "summary": run.summary,
    }
    return _line({name: value for name, value in told.items() if value is not None})


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def told_capture(line: bytes) -> Mapping[str, Any]:
    """The JSON about a capture, looked at so far that `restored` can rely on its types.

    Raises:
        ProvenanceError: it is not as `capture_json` writes it.
    """
    told = _object(line)
    for name in _TEXTS | {"requested_url", "certificate", "referrer", "revisit_of"}:
        if not isinstance(told.get(name, ""), str):
            raise ProvenanceError(f"{name} is no text")
    for name in ("run", "url", "outcome", "role"):
        if not isinstance(told.get(name), str):
            raise ProvenanceError(f"{name} is missing")
    for name in ("status", "hop", "request_body", "time"):
        if type(told.get(name, 0)) is not int or not 0 <= told.get(name, 0) < _MOST:
            raise ProvenanceError(f"{name} is no whole number")
    if type(told.get("elapsed", 0.0)) not in {int, float}:
        raise ProvenanceError("elapsed is no number")
    return told


def restored(
    told: Mapping[str, Any], uuid: UUID, *, request: bytes, response: bytes | None, body: bytes | None, in_block: bool
) -> Known:
    """A capture as it was, from its JSON and the blocks of its records.

    Args:
        told: see `told_capture`.
        uuid: of the capture.
        request: block of the request record; nothing without one.
        response: block of the response or revisit record.
        body: of a resource record, its block; of a revisit, the body of what it refers to.
        in_block: whether the body of the response stands in its block.

    Raises:
        ProvenanceError: the two do not go together.
    """
    try:
        split = len(request) - told.get("request_body", 0)
        origin = told.get("origin")
        message = None if response is None else _message(told["response"], response, body, in_block=in_block)
        capture = Capture(
            id=uuid,
            run=UUID(told["run"]),
            time=from_microseconds(told["time"]),
            requested_url=told.get("requested_url", told["url"]),
            final_url=told["url"],
            hop=told.get("hop", 0),
            outcome=Outcome(told["outcome"]),
            role=Role(told["role"]),
            request_head=request[:split],
            request_body=request[split:],
            response=message,
            certificate=bytes.fromhex(told["certificate"]) if "certificate" in told else None,
            tls_relaxed=told.get("tls_relaxed") is True,
            referrer=_uuid(told.get("referrer")),
            revisit_of=_uuid(told.get("revisit_of")),
            origin=None if origin is None else origin_of(*origin),
            body=body if response is None else None,
            **{name: told.get(name) for name in _PLAIN},
        )
        judged = told.get("judgements", ())
        made = told.get("judged", [told["time"] + number for number in range(len(judged))])  # 0.1 told none
        verdicts = tuple(_verdict(uuid, *one) for one in zip(judged, made, strict=True))
        links = tuple(_link(uuid, link) for link in told.get("links", ()))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ProvenanceError(f"what is said of the capture does not fit ({error})") from error
    return Known(capture=capture, verdicts=verdicts, links=links)


def _message(told: Mapping[str, Any], block: bytes, body: bytes | None, *, in_block: bool) -> WireMessage:
    framing: bytes | None = None
    at: int = _whole(told["head"])
    if in_block:
        head, wire = block[:at], block[at:]
        if told.get("framing") is True:
            wire, framing, _ = split_chunked(wire)
            if (trailers := told.get("trailers")) is not None:
                framing = put_trailers(framing, base64.b64decode(trailers, validate=True))
    else:
        head, wire = block, body or b""
        if (kept := told.get("framing")) is not None:
            framing = base64.b64decode(kept, validate=True)
    return WireMessage(
        interim=base64.b64decode(told.get("interim", ""), validate=True),
        head=head,
        body=wire,
        framing=framing,
        surplus=base64.b64decode(told.get("surplus", ""), validate=True),
        complete=told.get("torn") is not True,
    )


def told_run(line: bytes, uuid: UUID) -> Run:
    """The run behind its JSON.

    Raises:
        ProvenanceError: it is not as `run_json` writes it.
    """
    told = _object(line)
    try:
        finished = told.get("finished")
        run = Run(
            id=uuid,
            kind=told["kind"],
            arguments=told["arguments"],
            user_agent=told["user_agent"],
            vantage=told.get("vantage"),
            version=told["version"],
            started=from_microseconds(told["started"]),
            finished=None if finished is None else from_microseconds(finished),
            status=told.get("status"),
            summary=told.get("summary"),
        )
    except (TypeError, KeyError, OverflowError) as error:
        raise ProvenanceError(f"what is said of the run does not fit ({error})") from error
    texts = (run.kind, run.user_agent, run.vantage or "", run.version, run.status or "")
    if not (all(isinstance(text, str) for text in texts) and isinstance(run.arguments, dict)):
        raise ProvenanceError("what is said of the run does not fit")
    if not isinstance(run.summary, dict | None) or (run.finished is None) != (run.status is None):
        raise ProvenanceError("how the run ended does not fit")
    return run


def _verdict(capture: UUID, told: Sequence[Any], made: object) -> Verdict:
    judged, signature, rule, end = told
    if not (_is_text(signature, none=True) and _is_text(rule) and end in (None, True, False)):
        raise ProvenanceError("a judgement does not fit")
    return Verdict(
        capture=capture,
        judgement=Judgement(judged),
        signature=signature,
        rule=rule,
        pages_end=end,
        made=from_microseconds(_whole(made)),
    )


def _link(page: UUID, told: Sequence[Any]) -> Link:
    at, url, text, title, date, role = told
    if not (_is_text(url) and _is_text(text) and _is_text(title, none=True) and _is_text(date, none=True)):
        raise ProvenanceError("a link does not fit")
    return Link(page=page, position=_whole(at), url=url, text=text, title=title, date=date, role=Role(role))


def _is_text(value: object, *, none: bool = False) -> bool:
    return isinstance(value, str) or (none and value is None)


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ProvenanceError("a number does not fit")
    return value


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
        if b"\\u" in line:
            json.dumps(told, ensure_ascii=False).encode()  # lone surrogates are no text, and no table takes them
    except (ValueError, RecursionError) as error:
        raise ProvenanceError("it is no JSON") from error
    if not isinstance(told, dict) or told.get("format") != 1:
        raise ProvenanceError("a newer gicrawl wrote it: update gicrawl")
    return told


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def whole_capture(stored: StoredCapture, response: WireMessage | None, body: bytes | None) -> Capture:
    """A stored capture with its bytes, as it was given to the archive."""
    return Capture(
        id=stored.id,
        run=stored.run,
        time=stored.time,
        requested_url=stored.requested_url,
        final_url=stored.final_url,
        hop=stored.hop,
        outcome=stored.outcome,
        role=stored.role,
        request_head=stored.request_head,
        request_body=stored.request_body,
        response=response,
        certificate=stored.certificate,
        tls_relaxed=stored.tls_relaxed,
        referrer=stored.referrer,
        revisit_of=stored.revisit_of,
        origin=stored.origin,
        body=body,
        **{name: getattr(stored, name) for name in _PLAIN},
    )
