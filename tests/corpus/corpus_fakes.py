"""Tiny archives, and a parser simple enough to foresee: the body is JSON and says what the report says."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.corpus.worker import Engine
from gicrawl.parser.report import (
    Cell,
    Check,
    CheckStatus,
    Fact,
    Identity,
    Issuer,
    Problem,
    RawGrid,
    Report,
    Severity,
    State,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gicrawl.parser.document import Context, Source

_NAMES = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_BEGAN = datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC)


def page(**said: object) -> bytes:
    """A report in the fakes' own format."""
    return json.dumps({"issuer": "甘泉县人民政府", "year": 2023, "new": 10, "total": 10, **said}).encode()


class Filler:
    """Fills an archive with captures, one second apart, with ids that depend on their order alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        with open_archive(path, create=True) as archive:
            self.run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)

    def add(
        self,
        url: str,
        body: bytes | None,
        *,
        outcome: Outcome = Outcome.OK,
        role: Role = Role.ARTICLE,
        judgement: Judgement | None = None,
        links: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        complete: bool = True,
        asked_for: str | None = None,
        **more: object,
    ) -> UUID:
        """Add one capture, with what is made of it."""
        self.count += 1
        head = b"HTTP/1.1 200 OK\r\n" + b"".join(f"{k}: {v}\r\n".encode() for k, v in (headers or {}).items()) + b"\r\n"
        response = None
        if body is not None:
            response = WireMessage(interim=b"", head=head, body=body, framing=None, surplus=b"", complete=complete)
        capture = Capture(
            id=uuid5(_NAMES, str(self.count)),
            run=self.run,
            time=_BEGAN + timedelta(seconds=self.count),
            requested_url=asked_for or url,
            final_url=url,
            hop=0,
            method="GET",
            outcome=outcome,
            role=role,
            response=response,
            portal="ganquan",
            **more,  # type: ignore[arg-type]
        )
        with open_archive(self.path) as archive, archive.writer() as writer:
            writer.add(capture)
            if judgement is not None:
                writer.judge(Verdict(capture=capture.id, judgement=judgement, signature="seen", rule="1"))
            for position, link in enumerate(links):
                writer.link(Link(page=capture.id, url=link, text="年报", title=None, date=None, position=position))
        return capture.id


def reader_for(body: bytes, *_attached: bytes) -> str:
    if body == b"crash in the reader":
        os.kill(os.getpid(), signal.SIGKILL)
    return "fake" if body else "none"


def version_one(reader: str) -> str:
    return {"fake": "1.0+fake", "none": "1.0+none"}[reader]


def version_two(reader: str) -> str:
    return {"fake": "2.0+fake", "none": "1.0+none"}[reader]


def parse_one(sources: Sequence[Source], context: Context) -> Report:
    return _parse(sources, context, "1.0+fake")


def parse_two(sources: Sequence[Source], context: Context) -> Report:
    return _parse(sources, context, "2.0+fake")


def parse_slowly(sources: Sequence[Source], context: Context) -> Report:
    time.sleep(0.02)
    return _parse(sources, context, "1.0+fake")


ONE = Engine(parse=parse_one, reader_for=reader_for, version=version_one)
TWO = Engine(parse=parse_two, reader_for=reader_for, version=version_two)
SLOW = Engine(parse=parse_slowly, reader_for=reader_for, version=version_one)


def _parse(sources: Sequence[Source], context: Context, parser: str) -> Report:
    body = sources[0].body
    if body == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if body == b"hang":
        time.sleep(3600)
    if body == b"raise":
        raise LookupError("the last straw\nwas not the camel's")
    sha256 = hashlib.sha256(body).hexdigest()
    if not body.startswith(b"{"):
        return Report(
            sha256=sha256,
            media_type="text/html",
            parser=parser if body else "1.0+none",
            reader="fake" if body else "none",
            identity=Identity(status=Status.NOT_A_REPORT),
            problems=(Problem("no_table_found", (("url", context.url or ""),)),),
        )
    said = json.loads(body)
    place = {"table": "applications", "row": "new_received"}
    cells = [
        Cell(
            **place,
            column="natural_person",
            state=State.NUMBER,
            value=said["new"],
            raw=str(said["new"]),
            confidence=0.9,
        ),
        Cell(**place, column="total", state=State.NUMBER, value=said["total"], raw=str(said["total"]), confidence=0.9),
        Cell(**place, column="other", state=State.BLANK, raw="", evidence={"path": "/html/body/table", "start": 3}),
        Cell(
            **place,
            column="research",
            state=State.AMBIGUOUS,
            flags=("tie", "thin"),
            candidates=(("4", {"start": 1, "end": 2}), ("5", {"start": 3, "end": 4})),
        ),
    ]
    holds = said["new"] == said["total"]
    check = Check(
        id="T3_ROW_TOTAL",
        status=CheckStatus.PASS if holds else CheckStatus.FAIL,
        severity=Severity.ERROR,
        table="applications",
        row="new_received",
        left=said["new"],
        right=said["total"],
        cells=(("applications", "new_received", "natural_person"), ("applications", "new_received", "total")),
    )
    unsure = Check(
        id="T3_BALANCE",
        status=CheckStatus.NOT_ASSESSABLE,
        severity=Severity.ERROR,
        table="applications",
        column="other",
        holds_if_blank_is_zero=True,
    )
    return Report(
        sha256=sha256,
        media_type="application/json",
        parser=parser,
        reader="fake",
        identity=Identity(
            status=Status.REPORT,
            title=f"{said['issuer']}{said['year']}年政府信息公开工作年度报告",
            issuer=Issuer(name=said["issuer"], printed=said["issuer"], level="county", kind="government"),
            scope="region",
            year=said["year"],
        ),
        forms=(("applications", "form2021"),),
        cells=tuple(cells),
        facts=(
            Fact(key="proactive_total", value=2.5, unit="条", scope="region", kind="annual", sentence="公开2.5条。"),
        ),
        checks=(check, unsure),
        grids=(RawGrid(caption=None, rows=(("a", "b"), ("", "1"))),),
    )
