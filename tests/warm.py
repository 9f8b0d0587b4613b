"""gicrawl in a process of its own that has not to import itself first.

Four fifths of a short command is importing. `run` hands it to a copy of a process that has imported already: with
arguments, folder, environment, standard streams, exit status and end of its own. Where the start is what is tested, or
signals are, a test starts the console script itself.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGLISH = {name: value for name, value in os.environ.items() if not name.startswith(("GICRAWL_", "LC_", "LANG"))} | {
    "LANG": "C.UTF-8"
}
"""The environment of somebody who has set nothing of ours, and reads English."""


def run(
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    timeout: float = 180,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """A command that has ended; whatever happened, its user saw no traceback.

    Args:
        arguments: behind the name `gicrawl`.
        cwd: the folder it runs in; ours by default.
        stdin: what it can read.
        timeout: seconds after which it is killed.
        environment: variables beside `ENGLISH`.

    Raises:
        subprocess.TimeoutExpired: it had to be killed.
    """
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        order = {"arguments": words, "cwd": str(cwd or Path.cwd()), "environment": {**ENGLISH, **environment}}
        status = _starter().run(order, [given.fileno(), out.fileno(), err.fileno()], timeout)
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(["gicrawl", *words], status, out.read().decode(), err.read().decode())
    assert "Traceback" not in done.stderr, done.stderr
    return done


class _Starter:
    """The process that has imported, one for each process of the tests."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("warm_starter.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=ENGLISH,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._answers = self._ours.makefile("rb", buffering=0)
        self._turn = Lock()

    def run(self, order: dict[str, object], streams: list[int], timeout: float) -> int:
        with self._turn:
            told = json.dumps(order).encode()
            socket.send_fds(self._ours, [len(told).to_bytes(8, "big")], streams)
            self._ours.sendall(told)
            process = self._answer()
            if not select.select([self._ours], [], [], timeout)[0]:
                os.kill(process, signal.SIGKILL)
                self._answer()
                raise subprocess.TimeoutExpired(str(order["arguments"]), timeout)
            return self._answer()

    def _answer(self) -> int:
        line = self._answers.readline()
        assert line, "the process that starts commands has ended; its last words are on standard error"
        return int(line)

    def end(self) -> None:
        self._answers.close()
        self._ours.close()
        self._process.wait()


@cache
def _starter() -> _Starter:
    started = _Starter()
    atexit.register(started.end)
    return started
