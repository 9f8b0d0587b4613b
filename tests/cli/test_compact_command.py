from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from click.testing import CliRunner

from gicrawl.archive.records import Capture, Outcome, Role, WireMessage
from gicrawl.archive.store import open_archive
from gicrawl.cli import cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "gicrawl.db"
    with open_archive(path, create=True) as archive:
        run = archive.start_run("crawl", {}, user_agent="x", vantage=None)
        with archive.writer() as writer:
            for number in range(50):
                url = f"http://www.linshui.gov.cn/{number}"
                body = b"<html><body>" + b"<p class='x'>report</p>" * 90 + b"<b>%d</b>" % number
                message = WireMessage(
                    interim=b"", head=b"HTTP/1.1 200 OK\r\n\r\n", body=body, framing=None, surplus=b"", complete=True
                )
                writer.add(
                    Capture(
                        id=uuid4(),
                        run=run,
                        time=datetime(2026, 2, 1, tzinfo=UTC),
                        requested_url=url,
                        final_url=url,
                        hop=0,
                        method="GET",
                        outcome=Outcome.OK,
                        role=Role.ARTICLE,
                        status=200,
                        response=message,
                    )
                )
    return path


def test_before_and_after_are_data_and_the_room_it_needs_a_message(path: Path) -> None:
    size = path.stat().st_size
    done = CliRunner().invoke(cli, ["compact", "--archive", str(path), "--lang", "en"])
    assert done.exit_code == 0, done.output
    told = dict(line.split() for line in done.stdout.splitlines())
    assert int(told["before"]) == size
    assert int(told["after"]) == path.stat().st_size
    assert (told["bodies"], set(told)) == ("50", {"before", "after", "bodies", "repacked"})
    assert "bytes free in" in done.stderr
    again = CliRunner().invoke(cli, ["compact", "--archive", str(path), "--no-shrink"])
    assert "bodies 0" in again.stdout
    assert "free" not in again.stderr


def test_damage_is_a_finding(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("DROP TRIGGER bodies_never_change")
    conn.execute("UPDATE bodies SET data = x'00' WHERE id = 3")
    (name,) = conn.execute("SELECT lower(hex(sha256)) FROM bodies WHERE id = 3").fetchone()
    conn.close()
    done = CliRunner().invoke(cli, ["compact", "--archive", str(path), "--lang", "en"])
    assert done.exit_code == 1
    assert f"damaged {name}" in done.stdout
    assert "1 bodies are damaged" in done.stderr


def test_without_an_archive_there_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["compact", "--archive", str(tmp_path / "none.db")])
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1
