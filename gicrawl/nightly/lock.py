"""One nightly run at a time on an archive."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is at work on an archive.

    Attributes:
        process: its number.
        host: the computer it runs on.
        since: when it began; UTC.
    """

    process: int
    host: str
    since: datetime


class AlreadyRunning(Exception):  # noqa: N818 - no error: the work is being done
    """Another nightly run of this archive is at work.

    Attributes:
        holder: who; None in the moment before it has said so.
    """

    def __init__(self, archive: Path, holder: Holder | None) -> None:
        super().__init__(f"{archive}: a nightly run is at work")
        self.holder = holder


@contextmanager
def held(archive: Path, now: datetime) -> Iterator[None]:
    """Hold the archive's lock (`X.db.nightly.lock`) while the block lasts.

    The system lets go of it however the process ends. Who holds it stands beside it in `X.db.nightly`, for people.

    Args:
        archive: its file; its folder is made where it is missing.
        now: when this run began.

    Raises:
        AlreadyRunning: another process holds it.
        OSError: the folder may not be written.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{archive}.nightly.lock", timeout=0)
    said = Path(f"{archive}.nightly")
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(archive, _holder(said)) from None
    try:
        fresh = said.with_name(f"{said.name}.{os.getpid()}")
        me = {"process": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}
        fresh.write_text(json.dumps(me) + "\n", encoding="utf-8")
        fresh.replace(said)  # whoever reads it meanwhile reads it whole
        yield
    finally:
        said.unlink(missing_ok=True)
        lock.release()


def _holder(said: Path) -> Holder | None:
    try:
        told = json.loads(said.read_text(encoding="utf-8"))
        return Holder(int(told["process"]), str(told["host"]), datetime.fromisoformat(told["since"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # it has not written it yet, or has just ended
