# ruff: noqa: ANN401  # any field of a record may be given
"""Captures as a crawl would make them, and archives to put them in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from archive_samples import START, Make, message

from gicrawl.archive.records import Capture, Outcome, Role
from gicrawl.archive.store import Archive, open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "gicrawl.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with open_archive(path, create=True) as archive:
        yield archive


@pytest.fixture
def run(archive: Archive) -> UUID:
    return archive.start_run("crawl", {"portals": ["linshui"]}, user_agent="gicrawl-tests/1", vantage="home")


@pytest.fixture
def make(run: UUID) -> Make:
    made = 0

    def make(url: str, body: bytes = b"<html>report</html>", **others: Any) -> Capture:
        nonlocal made
        made += 1
        fields: dict[str, Any] = {
            "id": uuid4(),
            "run": run,
            "time": START + timedelta(seconds=made),
            "requested_url": url,
            "hop": 0,
            "method": "GET",
            "outcome": Outcome.OK,
            "role": Role.ARTICLE,
            "status": 200,
            "http_version": "HTTP/1.1",
            "response": message(body),
        }
        return Capture(final_url=url, **(fields | others))

    return make
