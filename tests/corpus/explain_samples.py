"""A portal walked by hand: each page says what happened when it was asked for, so that any chain can be made."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from gicrawl.archive.records import Capture, Judgement, Link, Outcome, Role, Verdict, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.corpus.reparse import reparse
from gicrawl.portals.registry import load
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

if TYPE_CHECKING:
    from pathlib import Path

    from gicrawl.portals.registry import Registry

_NAMES = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
HOME = "http://www.yunping.example"
COLUMN = f"{HOME}/zfxxgk/gknb/"
OFFICE = Issuer("云坪县水利局", "云坪县", "county", "department", "department", "县水利局")
COUNTY = Issuer("云坪县人民政府", "云坪县", "county", "government", "county", "县政府")


def report(issuer: Issuer = OFFICE, year: int = 2022, **changes: object) -> bytes:
    """A report as a page."""
    spec = {"issuer": issuer, "year": year, "published": date(year + 1, 1, 12), "paste": "plain", **changes}
    return generate_report(random.Random(7), ReportSpec(**spec)).html  # type: ignore[arg-type]


def title(issuer: Issuer = OFFICE, year: int = 2022) -> str:
    return f"{issuer.name}{year}年政府信息公开工作年度报告"


class Town:
    """An archive in which one portal is visited, a capture a second; `night` begins another run a day later."""

    def __init__(self, path: Path, *, began: datetime = datetime(2026, 4, 5, 1, 2, 3, tzinfo=UTC)) -> None:
        self.path = path
        self.now = began
        self.count = 0
        with open_archive(path, create=True) as archive:
            self.run = archive.start_run("crawl", {}, user_agent="tests", vantage=None)

    def night(self) -> None:
        with open_archive(self.path) as archive:
            self.run = archive.start_run("nightly", {}, user_agent="tests", vantage=None)
        self.now += timedelta(days=1)

    def visit(
        self,
        url: str,
        body: bytes | None = None,
        *,
        role: Role = Role.ARTICLE,
        outcome: Outcome = Outcome.OK,
        status: int | None = None,
        judgement: Judgement | None = None,
        signature: str | None = None,
        end: bool | None = None,
        location: str | None = None,
        portal: str | None = "yunping",
        **more: object,
    ) -> UUID:
        self.count += 1
        self.now += timedelta(seconds=1)
        response = None
        if body is not None or location is not None:
            field = f"Location: {location}\r\n" if location is not None else ""
            head = f"HTTP/1.1 {status or 200} X\r\n{field}\r\n".encode()
            complete = outcome is not Outcome.TRUNCATED
            response = WireMessage(
                interim=b"", head=head, body=body or b"", framing=None, surplus=b"", complete=complete
            )
        known = {"requested_url": url, "hop": 0, **more}
        capture = Capture(
            id=uuid5(_NAMES, str(self.count)),
            run=self.run,
            time=self.now,
            final_url=url,
            method="GET",
            outcome=outcome,
            role=role,
            status=status if status is not None else (200 if response is not None else None),
            response=response,
            portal=portal,
            **known,  # type: ignore[arg-type]
        )
        with open_archive(self.path) as archive, archive.writer() as writer:
            writer.add(capture)
            if judgement is not None:
                verdict = Verdict(capture=capture.id, judgement=judgement, signature=signature, rule="1", pages_end=end)
                writer.judge(verdict)
        return capture.id

    def column(self, *links: tuple[str, str], end: bool = True, page: str = COLUMN, after: UUID | None = None) -> UUID:
        """A list page that was read, with links (URL, title) to articles."""
        capture = self.visit(
            page,
            b"<html>list</html>",
            role=Role.LIST,
            judgement=Judgement.CONTENT,
            signature="trs",
            end=end,
            referrer=after,
        )
        self.link(capture, *links)
        return capture

    def link(self, page: UUID, *links: tuple[str, str], role: Role = Role.ARTICLE) -> None:
        with open_archive(self.path) as archive, archive.writer() as writer:
            for position, (url, said) in enumerate(links):
                writer.link(
                    Link(page=page, url=url, text=said, title=None, date="2023-01-12", position=position, role=role)
                )

    def home(self) -> UUID:
        return self.visit(f"{HOME}/", b"<html>home</html>", role=Role.HOME, judgement=Judgement.CONTENT)

    def parse(self) -> None:
        reparse(self.path, workers=1)


def registry(tmp_path: Path, *, years: str | None = None) -> Registry:
    """A registry that has the portal, under the government's name."""
    path = tmp_path / "portals.toml"
    path.write_text(
        '[[portal]]\nid = "yunping"\nbody = "云坪县人民政府"\nlevel = "county"\nkind = "government"\n'
        f'home = "{HOME}/"\n' + (f'years = "{years}"\n' if years else ""),
        encoding="utf-8",
    )
    return load(path)
