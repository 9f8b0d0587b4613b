"""Writes the archive that stands for today's schema: `python tests/archive/released/make.py 0.1`.

Run it once when a version is released, and never again for that version: the file is what users of it have. As long as
a version is not released, its migrations may be edited, and the file is made anew.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from gicrawl.archive.records import (
    Capture,
    FileOrigin,
    Judgement,
    Link,
    Outcome,
    Role,
    TimeSource,
    Verdict,
    WireMessage,
)
from gicrawl.archive.store import Archive, open_archive
from gicrawl.archive.tombstones import Kind, Subject, erase, withhold
from gicrawl.archive.verify import content_digest
from gicrawl.corpus.reparse import reparse
from gicrawl.sample import ReportSpec, generate_report
from gicrawl.sample.issuers import Issuer

HERE = Path(__file__).parent
DIGESTS = HERE / "digests.json"
_NAMES = UUID("8c4f1d1e-5f0c-4b7c-9d5e-0d7b6e2f9a01")
_START = datetime(2026, 2, 1, 3, 4, 5, 678901, tzinfo=UTC)
_HOST = "http://www.linshui-sample.gov.cn/nb/"
_COUNTY = Issuer("邻水县水利局", "邻水县", "county", "department", "department", "县水利局")


def fill(archive: Archive) -> None:
    """Something of everything the archive can hold."""
    run = archive.start_run("crawl", {"portals": ["linshui"]}, user_agent="gicrawl/0.1", vantage="home")
    made = 0

    def capture(url: str, sent: bytes | None, role: Role = Role.ARTICLE, **more: object) -> Capture:
        nonlocal made
        made += 1
        head = b'HTTP/1.1 200 OK\r\nDate: Sun, 01 Feb 2026 03:04:05 GMT\r\nETag: "%d"\r\n\r\n' % made
        fields: dict[str, object] = {"outcome": Outcome.OK, "status": 200, "method": "GET", "portal": "linshui", **more}
        return Capture(
            id=uuid5(_NAMES, str(made)),
            run=run,
            time=_START + timedelta(seconds=made),
            requested_url=url,
            final_url=url,
            hop=0,
            role=role,
            response=None if sent is None else WireMessage(b"", head, sent, None, b"", complete=True),
            **fields,  # type: ignore[arg-type]
        )

    with archive.writer() as writer:
        column = capture(_HOST, b"<html>list", Role.LIST)
        writer.add(column)
        for year in range(2019, 2025):
            spec = ReportSpec(issuer=_COUNTY, year=year, published=date(year + 1, 1, 12), paste="plain")
            page = generate_report(random.Random(year), spec).html
            one = capture(f"{_HOST}{year}.html", page, referrer=column.id, link_text=f"{year}年年报")
            writer.add(one)
            writer.judge(Verdict(capture=one.id, judgement=Judgement.CONTENT, signature=None, rule="1"))
            writer.link(
                Link(page=column.id, url=one.final_url, text="年报", title=None, date="2026-01-20", position=year)
            )
            writer.add(capture(one.final_url, b"", outcome=Outcome.NOT_MODIFIED, status=304, revisit_of=one.id))
        writer.add(capture(f"{_HOST}gone", None, outcome=Outcome.TLS_ERROR, status=None, error="certificate expired"))
        told = FileOrigin(path="nb/1.html", modified=_START, time_source=TimeSource.STATED, about=(("url", _HOST),))
        writer.add(capture(f"{_HOST}1.html", None, method=None, status=None, origin=told, body=b"<html>collected"))
    archive.finish_run(run, "finished", {"captures": made})


def main() -> None:
    """Write the archive of a version, and what its content digests are."""
    (name,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gicrawl.db"
        with open_archive(path, create=True) as archive:
            fill(archive)
        reparse(path, workers=1)
        with open_archive(path) as archive:
            bodies = [
                row for (row,) in archive.db.conn.execute("SELECT sha256 FROM bodies WHERE size < 100 ORDER BY 1")
            ]
            withhold(archive, [Subject(Kind.BODY, bodies[0])], who="an editor", why="to have one")
            erase(archive, bodies[1:2], who="an editor", why="to have one")
            digests = {"captures": content_digest(archive), "parses": parses(archive)}
        (HERE / f"{name}.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    known = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.exists() else {}
    DIGESTS.write_text(json.dumps(known | {name: digests}, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def parses(archive: Archive) -> list[list[object]]:
    """What was read, as far as no later parser can say it otherwise: version, title and cells of each document."""
    rows = archive.db.conn.execute(
        "SELECT lower(hex(d.digest)), p.title, p.year, (SELECT count(*) FROM cells WHERE parse = p.id), "
        "(SELECT count(*) FROM facts WHERE parse = p.id) FROM documents AS d JOIN parses AS p ON p.document = d.id "
        "ORDER BY 1, p.id"
    )
    return [list(row) for row in rows]


if __name__ == "__main__":
    main()
