"""The sample portals as a process of their own: started, asked for what it saw, and stopped."""

from __future__ import annotations

import contextlib
import json
import select
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

START_SECONDS = 120.0
STOP_SECONDS = 30.0


class SampleError(Exception):
    """The sample portals could not be started or stopped; the message says why in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request and its answer, as `gicrawl.sample.server.Exchange` with the bytes decoded."""

    number: int
    portal: str
    port: int
    connection: int
    method: str
    target: str
    host: str
    request: bytes
    response: bytes
    status: int
    began: float
    received: float
    answered: float
    complete: bool
    aborted: bool


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """What was there and what was asked.

    Attributes:
        manifest: see `gicrawl.sample.manifest.describe`.
        requests: in the order their answers ended.
    """

    manifest: dict[str, Any]
    requests: tuple[RequestRecord, ...]

    def overlaps(self) -> list[tuple[RequestRecord, RequestRecord]]:
        """Pairs of requests that one portal had at the same time, each from its first byte to its answer's last."""
        found = []
        for portal in sorted({request.portal for request in self.requests}):
            last: RequestRecord | None = None
            for request in sorted((r for r in self.requests if r.portal == portal), key=lambda r: r.began):
                if last is not None and request.began < last.answered:
                    found.append((last, request))
                if last is None or request.answered > last.answered:
                    last = request
        return found


class SampleServer:
    """Runs the sample portals while a `with` block lasts.

    Args:
        seed: what everything is drawn from; None for the bundled portals.
        documents: folder whose files are served as the articles.
        families: a portal of each of these families; of all for `("all",)`; the two of the demo where empty.
        strangers: so many portals that are like none of the families', instead.
        faults: every fault is switched on, and portals that are ill as a whole are there too.
        odd: share of their traits that are not the usual ones.
        ports: ports in the order of the portals; free ones where absent.
        latency: seconds before each answer.

    Attributes:
        portals_file: the registry the server wrote.
        ports: portal id to port.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        documents: Path | None = None,
        families: tuple[str, ...] = (),
        strangers: int = 0,
        odd: float | None = None,
        faults: bool = False,
        ports: tuple[int, ...] = (),
        latency: float = 0.0,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gicrawl-sample-")
        self.report_dir = Path(self._folder.name) / "report"
        self.portals_file = Path(self._folder.name) / "portals.toml"
        self.ports: dict[str, int] = {}
        self._record: SampleRecord | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-m", "gicrawl.sample", "--portals-file", str(self.portals_file)]
        self._command += ["--report-dir", str(self.report_dir), "--latency", str(latency)]
        if seed is not None:
            self._command += ["--seed", str(seed)]
        if documents is not None:
            self._command += ["--documents", str(documents)]
        if families:
            self._command += ["--families", ",".join(families)]
        if strangers:
            self._command += ["--strangers", str(strangers)]
        if odd is not None:
            self._command += ["--odd", str(odd)]
        if faults:
            self._command.append("--faults")
        if ports:
            self._command += ["--ports", ",".join(map(str, ports))]

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._end()
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.stop()
        finally:
            self._end()
            self._folder.cleanup()

    def start(self) -> None:
        """Start the servers and wait until they listen.

        Raises:
            SampleError: they did not start; the message is theirs.
        """
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], START_SECONDS)[0]:
            raise SampleError(f"the sample portals did not start within {START_SECONDS:.0f} seconds")
        line = self._process.stdout.readline().decode("utf-8")
        if not line.startswith("ready "):
            _, messages = self._process.communicate(timeout=STOP_SECONDS)
            raise SampleError(_last_line(messages) or "the sample portals ended without a word")
        self.ports = json.loads(line.removeprefix("ready "))["ports"]

    def origin(self, portal: str) -> str:
        """The plain origin of a portal, e.g. http://127.0.0.1:8001 (no slash at the end)."""
        return f"http://127.0.0.1:{self.ports[portal]}"

    def change(self, portal: str, do: str, path: str = "") -> dict[str, str]:
        """Change what a portal serves from now on: see `gicrawl.sample.changes.KINDS`.

        Args:
            portal: its id.
            do: what to do; `down` and `up` need no path.
            path: of a report, as the manifest has it.

        Returns:
            What is there now: `Changes.do` says what is told of which change.

        Raises:
            SampleError: it cannot be done; the message is the server's.
        """
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise SampleError("the sample portals were not started")
        asked = json.dumps({"portal": portal, "do": do, "path": path})
        self._process.stdin.write(f"{asked}\n".encode())
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], START_SECONDS)[0]:
            raise SampleError(f"the sample portals did not {do} within {START_SECONDS:.0f} seconds")
        line = self._process.stdout.readline().decode("utf-8").strip()
        if not line.startswith("done "):
            raise SampleError(line.removeprefix("failed ") or "the sample portals ended without a word")
        done: dict[str, str] = json.loads(line.removeprefix("done "))
        return done

    def manifest(self) -> dict[str, Any]:
        """What was there before any change, while the servers run."""
        if self._record is not None:
            return self._record.manifest
        found: dict[str, Any] = json.loads((self.report_dir / "manifest.json").read_text(encoding="utf-8"))
        return found

    def requests(self) -> tuple[RequestRecord, ...]:
        """What has been asked so far; also while the servers run."""
        path = self.report_dir / "requests.jsonl"
        return _read_requests(path) if path.exists() else ()

    def wait_for_requests(self, count: int, *, seconds: float = 60.0) -> None:
        """Wait until so many requests have been answered.

        Raises:
            SampleError: not within this time.
        """
        end = time.monotonic() + seconds
        path = self.report_dir / "requests.jsonl"
        while path.read_bytes().count(b"\n") < count:
            if time.monotonic() > end:
                raise SampleError(f"fewer than {count} requests came within {seconds:.0f} seconds")
            time.sleep(0.01)

    def stop(self) -> SampleRecord:
        """Stop the servers and return what was there and what was asked; a second call returns the same.

        Raises:
            SampleError: they did not end as they should.
        """
        if self._record is not None:
            return self._record
        if self._process is None:
            raise SampleError("the sample portals were not started")
        try:
            _, messages = self._process.communicate(timeout=STOP_SECONDS)  # closes its standard input
        except subprocess.TimeoutExpired as error:
            raise SampleError(f"the sample portals did not stop within {STOP_SECONDS:.0f} seconds") from error
        if self._process.returncode != 0:
            raise SampleError(_last_line(messages) or "the sample portals ended badly")
        manifest = json.loads((self.report_dir / "manifest.json").read_text(encoding="utf-8"))
        self._record = SampleRecord(manifest, self.requests())
        return self._record

    def _end(self) -> None:
        """Make sure the process is gone and its pipes are closed, whatever happened."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):  # the pipe may be broken already
                    stream.close()


def _last_line(messages: bytes) -> str:
    """What the server said in the end; should it ever break, the error without the way there."""
    lines = messages.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _read_requests(path: Path) -> tuple[RequestRecord, ...]:
    records = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # being written just now
        fields = json.loads(line)
        fields["request"] = b64decode(fields["request"])
        fields["response"] = b64decode(fields["response"])
        records.append(RequestRecord(**fields))
    return tuple(records)
