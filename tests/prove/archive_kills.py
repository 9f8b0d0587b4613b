"""Kill whatever writes into an archive with -9, at a thousand random moments; nothing acknowledged may be missing.

    python tests/prove/archive_kills.py --to docs/proofs/archive-kills.json

Every kind of work (`archive_jobs`) is done by a process of its own, forked from this one so that a kill costs tenths of
a second, and killed at a moment that a seed chooses. Half of the kills strike inside an open write transaction,
provably: the kernel tells (F_GETLK) that this very process holds SQLite's write lock, it is stopped, it still holds it,
and only then comes the SIGKILL. Before the kill a process beside it (this one) has noted what the victim acknowledged
and what any reader could see. Afterwards, for each archive of the round:

* it opens, and `verify` finds nothing;
* everything that was acknowledged or seen is there, with the same body;
* no batch is there by half;
* the work, done again, ends with the same content as work that nobody disturbed.

In every fourth round of the crawl a second process writes the same archive, and must not be disturbed at all.
`--to` is also where it goes on when it is started again with the same seed and the same code. Linux only: it asks the
kernel who holds a lock.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import random
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

from archive_jobs import ARCHIVE, BATCH, JOBS, START_FOLDER, Job

from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SHARES = {"crawl": 30, "import files": 12, "import warc": 8, "merge": 16, "compact": 12, "migration": 12, "backup": 10}
"""Kills of each kind of work, of a hundred."""
PILED = 12
"""Crawls killed one after the other in one archive, before a new one is taken."""
TRIES = 12
TWICE = 4
"""Of five kills, the one after which whoever opens the archive next is killed, too."""

_LOCK = struct.Struct("@hhqqi4x")  # struct flock (fcntl.h) on 64-bit Linux
_WAL_WRITER = 120  # byte of -shm that a writer locks (sqlite.org/walformat.html)
_RESERVED = 0x40000001  # byte of the file itself that a writer without WAL locks (sqlite.org/fileformat2.html)


_NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_ERROR,  # being made, there is no table yet
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_PROTOCOL,  # stopped while it recovers the log: others may not read before it is done
    }
)


class ProofError(Exception):
    """What was to be proved does not hold; the message says where."""


@dataclass(slots=True)
class Series:
    """The kills of one kind of work so far.

    Attributes:
        kills: how many.
        inside: how many of them struck inside a write transaction, by the kernel's own word.
        acknowledged: captures that were acknowledged before a kill, and found after it.
        seen: captures that another process could read before a kill, and found after it.
        beside: captures a second writer acknowledged meanwhile.
        twice: kills after which whoever opened the archive next was killed as well.
        unfinished: kills after which the work was not done yet.
        tries: started again because the work ended before it was struck.
        seconds: of the whole series.
    """

    kills: int = 0
    inside: int = 0
    acknowledged: int = 0
    seen: int = 0
    beside: int = 0
    twice: int = 0
    unfinished: int = 0
    tries: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Victim:
    """A process that works, and what it has acknowledged."""

    pid: int
    pipe: int
    heard: bytes = b""
    lines: list[str] = field(default_factory=list)

    def listen(self, *, to_the_end: bool) -> list[str]:
        """What was acknowledged so far; a line cut by a kill was not."""
        while to_the_end or select.select([self.pipe], [], [], 0)[0]:
            more = os.read(self.pipe, 1 << 16)
            if not more:
                break
            self.heard += more
        *whole, self.heard = self.heard.split(b"\n")
        self.lines += [line.decode() for line in whole]
        return self.lines


@dataclass(frozen=True, slots=True)
class Blow:
    """What is known of a process that was to be killed.

    Attributes:
        struck: whether it was; else it had ended.
        lines: that it acknowledged.
        seen: of each archive, what others could read before it died.
        beside: what a second writer acknowledged.
    """

    struck: bool
    lines: list[str]
    seen: dict[str, dict[UUID, bytes]]
    beside: dict[UUID, bytes]


def start(work: Callable[[Callable[[str], None]], None], errors: Path) -> Victim:
    """Do work in a process of its own; whatever goes wrong there ends up in a file."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Victim(pid, reading)
    status = 1
    try:
        os.close(reading)
        work(lambda line: _write_all(writing, f"{line}\n".encode()))
        status = 0
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        errors.write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(status)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def finish(victim: Victim, errors: Path) -> list[str]:
    """Let a process come to its end; what it acknowledged.

    Raises:
        ProofError: it failed.
    """
    lines = victim.listen(to_the_end=True)
    os.close(victim.pipe)
    _, status = os.waitpid(victim.pid, 0)
    if status:
        told = errors.read_text(encoding="utf-8") if errors.exists() else f"status {status}"
        raise ProofError(f"work that nobody disturbed failed: {told}")
    return lines


def writer_of(place: Path) -> int | None:
    """The process that has a write transaction open on a database of this folder, as the kernel says; None for none."""
    for path in place.iterdir():
        if path.name.endswith("-shm"):
            byte = _WAL_WRITER
        elif path.name.endswith((".db", ".part")):
            byte = _RESERVED
        else:
            continue
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            asked = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
            kind, _, _, _, pid = _LOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))
        finally:
            os.close(handle)
        if kind != fcntl.F_UNLCK:
            return int(pid)
    return None


def is_running(pid: int) -> bool:
    """Whether a child has not ended yet; it is left to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def stop(pid: int) -> bool:
    """Stop a child; False where it ended first."""
    os.kill(pid, signal.SIGSTOP)
    state = os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return state is not None and state.si_code == os.CLD_STOPPED


def strike(victim: Victim, place: Path, *, at: float, inside: bool) -> dict[str, dict[UUID, bytes]] | None:
    """Kill a process at a moment.

    Args:
        victim: at work.
        place: where.
        at: seconds from now.
        inside: in the first write transaction from there on.

    Returns:
        What could be read of each archive before it died; None where it ended before it could be struck.
    """
    end = time.monotonic() + at
    while is_running(victim.pid):
        if (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.002))
            continue
        if inside and writer_of(place) != victim.pid:
            time.sleep(0.0001)
            continue
        if not stop(victim.pid):
            return None
        if inside and writer_of(place) != victim.pid:
            os.kill(victim.pid, signal.SIGCONT)
            continue
        seen = {path.name: readable(path) for path in sorted(place.glob("*.db"))}
        os.kill(victim.pid, signal.SIGKILL)
        _, status = os.waitpid(victim.pid, 0)
        if not os.WIFSIGNALED(status):
            raise ProofError(f"a stopped process ended by itself: {status}")
        return seen
    return None


def readable(path: Path) -> dict[UUID, bytes]:
    """Captures any other process can read now: id and SHA-256 of the body (empty without one)."""
    conn = sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=0, uri=True)
    try:
        rows = conn.execute(
            "SELECT c.uuid, coalesce(b.sha256, x'') FROM captures AS c LEFT JOIN bodies AS b ON b.id = c.body"
        ).fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NOT_NOW:
            raise
        return {}
    finally:
        conn.close()
    return {UUID(bytes=name): body for name, body in rows}


def acknowledged(lines: list[str]) -> dict[UUID, bytes]:
    """The captures that lines of a job tell of."""
    pairs = (pair.split(":") for line in lines if line.startswith("captures ") for pair in line.split()[1:])
    return {UUID(name): bytes.fromhex(digest) for name, digest in pairs}


class Prover:
    """The kills of one kind of work."""

    def __init__(self, job: Job, folder: Path, seed: int) -> None:
        self._job, self._seed = job, seed
        self._given = folder / job.name.replace(" ", "-")
        self._place = folder / "round"
        self._errors = folder / "errors.txt"
        shutil.rmtree(self._given, ignore_errors=True)
        (self._given / START_FOLDER).mkdir(parents=True)
        finish(start(lambda _tell: job.prepare(self._given), self._errors), self._errors)
        self._before = self._fingerprint()
        lasts = []
        for attempt in range(3):
            self._fresh()
            began = time.monotonic()
            finish(self._work(f"undisturbed {attempt}"), self._errors)
            lasts.append(time.monotonic() - began)
        self._lasts = sorted(lasts)[1]
        self._expected = self._contents()

    def _fresh(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(self._given / START_FOLDER, self._place)

    def _work(self, seed: str) -> Victim:
        return start(lambda tell: self._job.work(self._place, self._given, seed, tell), self._errors)

    def _fingerprint(self) -> dict[str, str]:
        """Of what is only read."""
        files = sorted(path for path in self._given.glob("*.*") if not path.name.endswith(("-shm", "-wal")))
        return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}

    def _contents(self) -> dict[str, str]:
        found = {}
        for path in sorted(self._place.glob("*.db")):
            with open_archive(path) as archive:
                found[path.name] = content_digest(archive)
        return found

    def kill(self, number: int, series: Series) -> None:
        """One more kill, and everything that must hold after it."""
        chosen = random.Random(f"{self._seed} {self._job.name} {number}")
        if self._job.repeatable or number % PILED == 0 or not self._place.exists():
            self._fresh()
        inside = number % 2 == 0
        blows = [self._blow(number, chosen, series, inside=inside)]
        if number % 5 == TWICE:  # whoever opens it next is killed as well, maybe while SQLite recovers its log
            at = chosen.uniform(0, self._lasts / 4)
            blows.append(self._once(f"{self._seed} {number} twice", at, number, inside=False))
            series.twice += blows[-1].struck
        self._check(number, blows, series)
        series.kills += 1
        series.inside += inside

    def _blow(self, number: int, chosen: random.Random, series: Series, *, inside: bool) -> Blow:
        """Work that is killed, however often it has to be begun for that."""
        at = chosen.uniform(0, self._lasts)
        for attempt in range(TRIES):
            if attempt:
                series.tries += 1
                at *= 0.7
                if self._job.repeatable:
                    self._fresh()
            blow = self._once(f"{self._seed} {number} {attempt}", at, number, inside=inside)
            if blow.struck:
                return blow
        raise ProofError(f"{self._job.name} {number}: it always ended before it could be struck")

    def _once(self, seed: str, at: float, number: int, *, inside: bool) -> Blow:
        other = None
        if not self._job.repeatable and number % 4 == 1:
            other = self._work(f"{seed} beside")
        victim = self._work(seed)
        seen = strike(victim, self._place, at=at, inside=inside)
        beside = {} if other is None else acknowledged(finish(other, self._errors))
        lines = victim.listen(to_the_end=True)
        os.close(victim.pipe)
        if seen is None:
            _, status = os.waitpid(victim.pid, 0)
            if status:
                raise ProofError(f"{self._job.name} {number}: {self._errors.read_text(encoding='utf-8')}")
        return Blow(seen is not None, lines, seen or {}, beside)

    def _check(self, number: int, blows: list[Blow], series: Series) -> None:
        where = f"{self._job.name} {number}"
        lines = [line for blow in blows for line in blow.lines]
        told = acknowledged(lines)
        beside = {name: body for blow in blows for name, body in blow.beside.items()}
        for path in sorted(self._place.glob("*.db")):
            self._is_clean(path, where)
            must = {name: body for blow in blows for name, body in blow.seen.get(path.name, {}).items()}
            series.seen += len(must)
            if path.name == ARCHIVE:
                must |= told | beside
            self._is_kept(path, must, where)
        series.acknowledged += len(told)
        series.beside += len(beside)
        for name in {line.split()[1] for line in lines if line.startswith("backup ")}:
            if not (self._place / name).exists():
                raise ProofError(f"{where}: an acknowledged backup is not there: {name}")
        if self._job.repeatable:
            series.unfinished += self._contents() != self._expected
            self._again(where)
        if self._fingerprint() != self._before:
            raise ProofError(f"{where}: what is only read has changed")

    def _is_kept(self, path: Path, must: dict[UUID, bytes], where: str) -> None:
        kept = readable(path)
        if lost := [name for name, body in must.items() if kept.get(name) != body]:
            raise ProofError(f"{where}: {len(lost)} of {len(must)} captures are gone or changed, {lost[0]} first")
        if not self._job.repeatable and len(kept) % BATCH:
            raise ProofError(f"{where}: a batch is there by half, {len(kept)} captures")

    def _again(self, where: str) -> None:
        """Do the work once more, to its end."""
        finish(self._work(f"{where} again"), self._errors)
        if self._contents() != self._expected:
            raise ProofError(f"{where}: done again, it holds something else than undisturbed")
        for path in sorted(self._place.glob("*.db")):
            self._is_clean(path, f"{where}, done again")
        if left := sorted(path.name for path in self._place.iterdir() if path.name.startswith(".")):
            raise ProofError(f"{where}: done again, it leaves {left[0]}")

    def _is_clean(self, path: Path, where: str) -> None:
        with open_archive(path, create=True) as archive:  # a new one may have been killed before anything was in it
            findings = list(verify(archive))
        if findings:
            raise ProofError(f"{where}: {path.name} does not verify: {findings[0].message} ({len(findings)} findings)")


def code_digest() -> str:
    """SHA-256 over the code under proof: figures of another one are not continued."""
    digest = sha256()
    for room in ("archive", "corpus"):
        for path in sorted((ROOT / "gicrawl" / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def commit() -> str:
    """Of the checkout; with `-dirty` where something in it was changed."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--match="]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def shares(kills: int, work: list[str]) -> Iterator[tuple[Job, int]]:
    """How many kills each kind of work gets; the first takes what rounding leaves."""
    whole = sum(SHARES[name] for name in work)
    wanted = {name: kills * SHARES[name] // whole for name in work}
    wanted[work[0]] += kills - sum(wanted.values())
    yield from ((job, wanted[job.name]) for job in JOBS if job.name in wanted)


class Figures:
    """What is proved so far, in the file it is published in."""

    def __init__(self, to: Path, seed: int, kills: int, work: list[str]) -> None:
        self._to = to
        asked: dict[str, Any] = {"seed": seed, "kills": kills, "of": work, "code": code_digest()}
        found = json.loads(to.read_text(encoding="utf-8")) if to.exists() else {}
        same = all(found.get(name) == value for name, value in asked.items())
        self._told = {"date": datetime.now(UTC).date().isoformat(), "commit": commit(), **asked}
        self.work = {name: Series(**told) for name, told in found.get("work", {}).items()} if same else {}

    def save(self) -> dict[str, Any]:
        """Write them down, all of them or nothing."""
        sums = {
            name: sum(getattr(series, name) for series in self.work.values())
            for name in ("kills", "inside", "acknowledged", "seen", "beside", "twice", "unfinished")
        }
        told = {
            **self._told,
            "done": sums["kills"],
            "inside_a_transaction": sums["inside"],
            "acknowledged": sums["acknowledged"],
            "seen_by_others": sums["seen"],
            "acknowledged_by_a_second_writer": sums["beside"],
            "killed_again_at_once": sums["twice"],
            "killed_before_the_work_was_done": sums["unfinished"],
            "work": {
                name: {**asdict(series), "seconds": round(series.seconds, 1)} for name, series in self.work.items()
            },
        }
        temporary = self._to.with_suffix(".new")
        temporary.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        temporary.replace(self._to)
        return told


def prove(folder: Path, figures: Figures, *, seed: int, kills: int, work: list[str]) -> dict[str, Any]:
    """All kills that are still to do.

    Raises:
        ProofError: something did not hold.
    """
    for job, wanted in shares(kills, work):
        series = figures.work.setdefault(job.name, Series())
        if series.kills >= wanted:
            continue
        prover = Prover(job, folder, seed)
        while series.kills < wanted:
            began = time.monotonic()
            prover.kill(series.kills, series)
            series.seconds += time.monotonic() - began
            if series.kills % 10 == 0 or series.kills == wanted:
                figures.save()
                sys.stderr.write(f"{job.name}: {series.kills} of {wanted}, {series.inside} inside\n")
    return figures.save()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000, help="all kinds of work together")
    parser.add_argument("--work", nargs="+", choices=list(SHARES), default=list(SHARES), help="kinds of work to kill")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--folder", type=Path, help="for the archives; a temporary one by default")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "archive-kills.json", help="figures")
    options = parser.parse_args()
    options.to.parent.mkdir(parents=True, exist_ok=True)
    figures = Figures(options.to, options.seed, options.kills, options.work)
    with tempfile.TemporaryDirectory(prefix="archive-kills-", dir=options.folder) as folder:
        try:
            told = prove(Path(folder), figures, seed=options.seed, kills=options.kills, work=options.work)
        except ProofError as error:
            sys.stderr.write(f"not proved: {error}\n")
            if options.folder is not None:
                shutil.copytree(folder, options.folder / "failed", dirs_exist_ok=True)
            return 1
    brief = {name: value for name, value in told.items() if name != "work"}
    sys.stdout.write(json.dumps(brief, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
