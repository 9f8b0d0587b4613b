"""Fill the disk under whatever writes into an archive: one line, nothing lost, and on it goes when there is room.

    python tests/prove/full_disk.py --to docs/proofs/full-disk.json

The disk is a real one: a small file system (tmpfs) mounted for this process alone, filled with a file of junk. Each
round does one kind of work (`archive_jobs`), by the command a person would use, in a process of its own, and the disk
is full in one of three ways that a seed chooses:

* little: before the work begins all but some bytes are taken, fewer than it needs;
* sudden: somebody else takes all that is left at some moment of the work;
* limit: no file may grow beyond some size (RLIMIT_FSIZE), as with a quota.

Where the work was stopped by that: exit status 3, one line on standard error that names the file and says to make room;
the archive, looked at elsewhere, verifies; everything that was acknowledged or could be read before is there. Then room
is made, and the same command ends as if nothing had happened: with the content of an undisturbed run.

Exit status 77, and a word why, where no file system can be mounted: then only `limit` was tried.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from archive_jobs import ARCHIVE, JOBS, START_FOLDER, Job
from archive_kills import (
    ProofError,
    Victim,
    acknowledged,
    code_digest,
    commit,
    finish,
    is_running,
    readable,
    start,
)

import gicrawl.crawling.wire  # noqa: F401 - what the commands import when they run: once, before the forks
from gicrawl.archive.errors import ArchiveFull
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify
from gicrawl.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
DISK = 48 << 20
UNMOUNTABLE = 77
WORK = ("crawl", "import files", "import warc", "merge", "compact", "backup")
WAYS = ("little", "sudden", "limit")
PAGE = 4096


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status, its lines on standard error, and what it acknowledged."""

    status: int
    said: tuple[str, ...]
    told: dict[UUID, bytes]


def command(job: str, place: Path, given: Path) -> list[str]:
    """What a person would type."""
    archive = ["--archive", str(place / ARCHIVE), "--lang", "en"]
    match job:
        case "import files":
            return ["import", "files", str(given / "files"), *archive]
        case "import warc":
            return ["import", "warc", str(given / "in.warc"), *archive]
        case "merge":
            return ["merge", str(given / "other.db"), *archive]
        case "compact":
            return ["compact", *archive]
        case "backup":
            return ["backup", "--to", str(place / "copy.db"), "--replace", *archive]
    raise ValueError(job)


class Disk:
    """The small file system, and the junk on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._junk = folder / "junk"

    def free(self) -> int:
        """Bytes."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def leave(self, slack: int) -> None:
        """Fill it, all but some bytes."""
        with self._junk.open("ab") as junk:
            while (left := (self.free() - slack) // PAGE * PAGE) > 0:
                try:
                    os.posix_fallocate(junk.fileno(), os.fstat(junk.fileno()).st_size, left)
                except OSError:  # somebody was faster
                    continue

    def make_room(self) -> None:
        """Take the junk away."""
        self._junk.unlink(missing_ok=True)


class Prover:
    """Rounds of one kind of work."""

    def __init__(self, job: Job, folder: Path, disk: Disk, seed: int) -> None:
        self._job, self._disk, self._seed = job, disk, seed
        self._given = folder / job.name.replace(" ", "-")
        self._place = disk.folder / "work"
        self._elsewhere = folder / "elsewhere"
        self._errors, self._output = folder / "errors.txt", folder / "stderr.txt"
        self.counts: Counter[str] = Counter()
        (self._given / START_FOLDER).mkdir(parents=True)
        finish(start(lambda _tell: job.prepare(self._given), self._errors), self._errors)
        self._fresh()
        before, self._largest = disk.free(), (self._place / ARCHIVE).stat().st_size
        began = time.monotonic()
        done = self._ended(self._begin("undisturbed", None))
        self._lasts = time.monotonic() - began
        if done.status:
            raise ProofError(f"{job.name}: undisturbed it ended with {done.status}: {done.said}")
        self._needs = before - disk.free()
        if job.name == "compact":  # it becomes smaller in the end
            self._needs = 3 * self._largest
        self._needs = max(self._needs, 64 * PAGE)
        self._expected = self._digest(self._place)

    def _fresh(self) -> None:
        self._disk.make_room()
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(self._given / START_FOLDER, self._place)

    def _begin(self, seed: str, limit: int | None) -> Victim:
        self._output.unlink(missing_ok=True)
        return start(lambda tell: self._work(seed, limit, tell), self._errors)

    def _work(self, seed: str, limit: int | None, tell: Callable[[str], None]) -> None:
        """In the process of its own; ends it with the command's exit status."""
        with self._output.open("wb", buffering=0) as said:
            os.dup2(said.fileno(), 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        status = 0
        if self._job.name == "crawl":
            try:
                self._job.work(self._place, self._given, seed, tell)
            except ArchiveFull as error:
                status = self._keeps_what_it_has(error)
        else:
            try:
                cli.main(command(self._job.name, self._place, self._given), prog_name="gicrawl")
            except SystemExit as end:
                status = int(end.code or 0)
            except BaseException:  # noqa: BLE001 - what a person would see
                traceback.print_exc()
                status = 70
        sys.stderr.flush()
        os._exit(status)

    def _keeps_what_it_has(self, error: ArchiveFull) -> int:
        """A crawl has no room: as the command line says it."""
        sys.stderr.write(f"Error: {error}\n")
        return 3

    def _ended(self, victim: Victim) -> Ended:
        lines = victim.listen(to_the_end=True)
        os.close(victim.pipe)
        _, status = os.waitpid(victim.pid, 0)
        said = self._output.read_text(encoding="utf-8").splitlines() if self._output.exists() else []
        if not os.WIFEXITED(status):
            raise ProofError(f"{self._job.name}: it died of signal {os.WTERMSIG(status)}: {said}")
        if os.WEXITSTATUS(status) == 1 and self._errors.exists():
            raise ProofError(f"{self._job.name}: {self._errors.read_text(encoding='utf-8')}")
        return Ended(os.WEXITSTATUS(status), tuple(said), acknowledged(lines))

    def round(self, number: int, way: str) -> None:
        """One disk that is full."""
        chosen = random.Random(f"{self._seed} {self._job.name} {number} {way}")
        where = f"{self._job.name} {number} ({way})"
        self._fresh()
        before = readable(self._place / ARCHIVE)
        limit = None
        if way == "limit":
            limit = self._largest + chosen.randrange(self._needs)
        elif way == "little":
            self._disk.leave(chosen.randrange(-PAGE, self._needs))
        victim = self._begin(f"{number}", limit)
        if way == "sudden":
            end = time.monotonic() + chosen.uniform(0, self._lasts)
            while time.monotonic() < end and is_running(victim.pid):
                time.sleep(0.001)
            self._disk.leave(0)
        done = self._ended(victim)
        self.counts["rounds"] += 1
        self._check(done, before, where)
        self._disk.make_room()
        again = self._ended(self._begin(f"{number} again", None))
        if again.status:
            raise ProofError(f"{where}: with room again it ended with {again.status}: {again.said}")
        if self._job.repeatable and (found := self._digest(self._place)) != self._expected:
            raise ProofError(f"{where}: with room again it holds something else than undisturbed: {found}")
        if left := sorted(path.name for path in self._place.iterdir() if path.name.startswith(".")):
            raise ProofError(f"{where}: with room again it leaves {left[0]}")

    def _check(self, done: Ended, before: dict[UUID, bytes], where: str) -> None:
        """What must hold while the disk is still full."""
        if done.status == 3:
            self.counts["full"] += 1
            errors = [line for line in done.said if line.startswith("Error: ")]
            if len(errors) != 1 or done.said[-1] != errors[0]:
                raise ProofError(f"{where}: it says {done.said}")
            if str(self._disk.folder) not in errors[0] or "room" not in errors[0]:
                raise ProofError(f"{where}: it names no file, or no remedy: {errors[0]}")
            doing = errors[0].split(" while ")[-1].split(";")[0].split(" /")[0]
            self.counts[f"while {doing}"] += 1
        elif done.status:
            raise ProofError(f"{where}: it ended with {done.status}: {done.said}")
        shutil.rmtree(self._elsewhere, ignore_errors=True)
        self._elsewhere.mkdir()
        for path in self._place.iterdir():
            if path.name.endswith((".db", ".db-wal")):
                shutil.copy(path, self._elsewhere)
        for path in sorted(self._elsewhere.glob("*.db")):
            with open_archive(path) as archive:
                if findings := list(verify(archive)):
                    raise ProofError(f"{where}: {path.name}: {findings[0].message} ({len(findings)} findings)")
        kept = readable(self._elsewhere / ARCHIVE)
        must = before | done.told
        if lost := [one for one, body in must.items() if kept.get(one) != body]:
            raise ProofError(f"{where}: {len(lost)} of {len(must)} captures are gone")
        self.counts["acknowledged"] += len(done.told)
        self.counts["kept"] += len(must)

    def _digest(self, place: Path) -> dict[str, str]:
        found = {}
        for path in sorted(place.glob("*.db")):
            with open_archive(path) as archive:
                found[path.name] = content_digest(archive)
                if findings := list(verify(archive)):
                    raise ProofError(f"{path.name}: {findings[0].message}")
        return found


def prove(
    folder: Path, disk: Disk, *, rounds: int, ways: tuple[str, ...], work: list[str], seed: int
) -> dict[str, Counter[str]]:
    """So many rounds of every kind of work.

    Raises:
        ProofError: something did not hold.
    """
    told = {}
    for job in JOBS:
        if job.name not in work:
            continue
        prover = Prover(job, folder, disk, seed)
        for number in range(rounds):
            prover.round(number, ways[number % len(ways)])
        told[job.name] = prover.counts
        sys.stderr.write(f"{job.name}: {prover.counts['full']} of {rounds} disks were full\n")
    return told


def mounted() -> int | None:
    """Run this program again where it may mount; None where that cannot be done."""
    tries = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])
    for one in tries:
        with tempfile.TemporaryDirectory() as folder:
            try:
                probe = subprocess.run(
                    [*one, "mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False, timeout=20
                )
            except OSError:
                return None
        if probe.returncode == 0:
            return subprocess.run([*one, sys.executable, *sys.argv, "--mounted"], check=False).returncode
    return None


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30, help="of every kind of work")
    parser.add_argument("--work", nargs="+", choices=WORK, default=list(WORK), help="kinds of work to do")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "full-disk.json", help="figures")
    parser.add_argument("--mounted", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.mounted and (status := mounted()) is not None:
        return status
    ways = WAYS if options.mounted else ("limit",)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="full-disk-") as folder:
        small = Path(folder) / "disk"
        small.mkdir()
        if options.mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(small)], check=True)
        try:
            told = prove(
                Path(folder), Disk(small), rounds=options.rounds, ways=ways, work=options.work, seed=options.seed
            )
        except ProofError as error:
            sys.stderr.write(f"not proved: {error}\n")
            return 1
        finally:
            if options.mounted:
                subprocess.run(["umount", "--lazy", str(small)], check=True)
    figures: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "code": code_digest(),
        "seed": options.seed,
        "ways": ways,
        "rounds": sum(counts["rounds"] for counts in told.values()),
        "full": sum(counts["full"] for counts in told.values()),
        "seconds": round(time.monotonic() - began, 1),
        "work": {name: dict(sorted(counts.items())) for name, counts in told.items()},
    }
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    if not options.mounted:
        sys.stderr.write("no file system could be mounted: only RLIMIT_FSIZE was tried\n")
        return UNMOUNTABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
