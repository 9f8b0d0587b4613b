# ruff: noqa: ANN401  # any field of a record may be given
"""An archive filled by runs of our own making, at moments of our own choosing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage

if TYPE_CHECKING:
    from gicrawl.archive.store import Archive

START = datetime(2026, 2, 1, 18, 0, tzinfo=UTC)
"""Two in the morning of 2 February in Shanghai: the season of reports."""

HOME = "http://www.one.example/"
COLUMN = "http://www.one.example/nb/"
REPORT = "http://www.one.example/nb/202601/t20260120_1.html"


def nights(count: float) -> timedelta:
    return timedelta(days=count)


@dataclass
class Nights:
    """Writes runs into an archive; the run of a `with` block is finished at its end unless it is told otherwise."""

    archive: Archive
    portal: str = "one"
    _runs: dict[UUID, datetime] = field(default_factory=dict)

    def run(self, *, kind: str = "crawl", portals: tuple[str, ...] = (), ended: bool = True, **arguments: Any) -> UUID:
        targets = [{"url": HOME, "portal": portal, "family": "auto"} for portal in portals or (self.portal,)]
        told = {"targets": targets, "max_pages": None, **arguments}
        run = self.archive.start_run(kind, told, user_agent="gicrawl/test", vantage=None)
        if ended:
            self.archive.finish_run(run, "finished", {})
        return run

    def capture(
        self,
        run: UUID,
        url: str,
        time: datetime,
        role: Role,
        outcome: Outcome = Outcome.OK,
        *,
        body: bytes = b"<html>page</html>",
        judgement: Judgement | None = None,
        links: tuple[str, ...] = (),
        **others: Any,
    ) -> UUID:
        """One exchange, with its judgement and links where there are any."""
        status = {Outcome.OK: 200, Outcome.NOT_FOUND: 404, Outcome.HTTP_ERROR: 500, Outcome.REDIRECT: 302}.get(outcome)
        message = None
        if status is not None:
            shown = body if outcome is Outcome.OK else b"nothing"
            head = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(shown))
            message = WireMessage(interim=b"", head=head, body=shown, framing=None, surplus=b"", complete=True)
        fields: dict[str, Any] = {"hop": 0, "method": "GET", "portal": self.portal, "robots": "allowed", **others}
        capture = Capture(
            id=uuid4(),
            run=run,
            time=time,
            requested_url=url,
            final_url=url,
            role=role,
            outcome=outcome,
            status=status,
            response=message,
            error=None if status is not None else "no answer",
            **fields,
        )
        with self.archive.writer() as writer:
            writer.add(capture)
            if judgement is not None:
                writer.judge(Verdict(capture=capture.id, judgement=judgement, signature=None, rule="test"))
            for position, target in enumerate(links):
                writer.link(Link(page=capture.id, url=target, text="年报", title=None, date=None, position=position))
        return capture.id

    def visit(self, time: datetime, outcome: Outcome = Outcome.OK, *, ended: bool = True, **others: Any) -> UUID:
        """A run that asks for home page, column and report, all with the same outcome."""
        run = self.run(ended=ended)
        answered = outcome is Outcome.OK
        if answered:
            self.capture(run, f"{HOME}robots.txt", time, Role.ROBOTS, Outcome.NOT_FOUND)
        self.capture(run, HOME, time, Role.HOME, outcome, **others)
        links = (REPORT,) if answered else ()
        judged = Judgement.CONTENT if answered else None
        self.capture(run, COLUMN, time, Role.LIST, outcome, judgement=judged, links=links, **others)
        self.capture(run, REPORT, time, Role.ARTICLE, outcome, **others)
        return run
