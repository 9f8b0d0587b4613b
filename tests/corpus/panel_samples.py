"""Archives in which somebody looked for reports, at times and with results of our own; a report's body is JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.corpus.reparse import reparse
from gicrawl.corpus.worker import Engine
from gicrawl.parser.report import Cell, Identity, Issuer, Problem, Report, State, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gicrawl.parser.document import Context, Source

_NAMES = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
HOST = "http://www.yuanping.gov.cn"
COLUMN = f"{HOST}/nb/"
PORTAL = "yuanping"
CITY = {"issuer": "原平市人民政府", "code": "140981", "kind": "government"}
BUREAU = {"issuer": "原平市统计局", "code": "140981", "kind": "department", "scope": "body"}
NEW = "applications new_received total"
LATE = datetime(2026, 4, 2, 3, 0, tzinfo=UTC)
"""After every deadline of the reports on 2025."""


class Looking:
    """Somebody who fills an archive; ids depend on their order alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        with open_archive(path, create=True) as archive:
            self.run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)

    def ask(
        self,
        url: str,
        body: bytes | None = b"",
        *,
        role: Role = Role.ARTICLE,
        time: datetime = LATE,
        portal: str | None = PORTAL,
        outcome: Outcome = Outcome.OK,
        judgement: Judgement | None = None,
        end: bool | None = None,
        links: Sequence[tuple[str, str]] = (),
        **more: Any,  # noqa: ANN401 - fields of a capture
    ) -> UUID:
        """One exchange, what is made of it, and the links on the page as (URL, text)."""
        self.count += 1
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        response = None
        if outcome is Outcome.OK and body is not None:
            response = WireMessage(interim=b"", head=head, body=body, framing=None, surplus=b"", complete=True)
        capture = Capture(
            id=uuid5(_NAMES, str(self.count)),
            run=self.run,
            time=time,
            requested_url=url,
            final_url=url,
            hop=0,
            method="GET",
            outcome=outcome,
            role=role,
            response=response,
            portal=portal,
            **more,
        )
        with open_archive(self.path) as archive, archive.writer() as writer:
            writer.add(capture)
            if judgement is not None or end is not None:
                judged = judgement or Judgement.CONTENT
                writer.judge(Verdict(capture=capture.id, judgement=judged, signature=None, rule="1", pages_end=end))
            for position, (link, text) in enumerate(links):
                writer.link(Link(page=capture.id, url=link, text=text, title=None, date=None, position=position))
        return capture.id

    def column(self, *links: tuple[str, str], end: bool = True, **more: Any) -> UUID:  # noqa: ANN401 - see `ask`
        """The report column, read to its end."""
        return self.ask(COLUMN, b"<ul>", role=Role.LIST, end=end, links=links, **more)

    def report(self, url: str, *, said: dict[str, Any], **more: Any) -> UUID:  # noqa: ANN401 - see `ask`
        """A report."""
        return self.ask(url, json.dumps(said, ensure_ascii=False).encode(), **more)

    def read(self) -> None:
        """Parse what is there."""
        reparse(self.path, engine=ENGINE, workers=1)


def _reader(body: bytes, *_attached: bytes) -> str:
    del body
    return "fake"


def _version(reader: str) -> str:
    return {"fake": "1.0+fake"}[reader]


def _parse(sources: Sequence[Source], context: Context) -> Report:
    del context
    body = sources[0].body
    said = json.loads(body) if body.startswith(b"{") else {"status": "not_a_report"}
    issuer = None
    if "issuer" in said:
        issuer = Issuer(
            name=said["issuer"],
            printed=said["issuer"],
            region_code=said.get("code"),
            level=said.get("level", "county"),
            kind=said.get("kind"),
        )
    return Report(
        sha256=hashlib.sha256(body).hexdigest(),
        media_type="application/json",
        parser="1.0+fake",
        reader="fake",
        identity=Identity(
            status=Status(said.get("status", "report")),
            issuer=issuer,
            scope=said.get("scope", "region"),
            year=said.get("year"),
            published=said.get("published"),
        ),
        forms=tuple(sorted(said.get("forms", {"applications": "form2021"}).items())),
        cells=tuple(_cell(key, *cell) for key, cell in sorted(said.get("cells", {}).items())),
        problems=tuple(
            Problem(code, tuple(sorted(said.get("fields", {}).get(code, {}).items())))
            for code in said.get("problems", ())
        ),
    )


def _cell(key: str, state: str, value: float | None = None, unit: str | None = None) -> Cell:
    table, row, column = key.split()
    return Cell(table=table, row=row, column=column, state=State(state), value=value, raw=str(value), unit=unit)


ENGINE = Engine(parse=_parse, reader_for=_reader, version=_version)
