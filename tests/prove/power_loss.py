"""Cut the power at every sync of a run of two hundred captures; nothing acknowledged may be missing afterwards.

    python tests/prove/power_loss.py --to docs/proofs/power-loss.json

A run in a process of its own makes an archive, writes captures in batches and acknowledges each batch, compacts the
archive, and merges another one into it: the very code that is used every day, over a VFS that writes down what SQLite
asks of the disk (`recording_vfs`). Before each sync, and at the end, the disk is made anew as it may be found when the
power went there (`crash_images`): all that was not synced lost, none of it, only the earlier writes, and several times
any of it, sector by sector, some with a torn -shm beside it. Of each of these disks:

* the archive opens, and `verify` finds nothing;
* all captures acknowledged before that moment are there with their bodies, and no batch by half;
* in every eighth the run goes on where it was, and ends with the same content as the undisturbed one;
* in every eighth the power goes once more, while SQLite recovers.

That the record is complete is shown first: played to its end it gives the very bytes of the files that the run left.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from archive_jobs import ARCHIVE, write
from archive_kills import ProofError, acknowledged, code_digest, commit, finish, readable, start
from crash_images import Disk, Loss
from recording_vfs import Act, NoLibraryError, Recorder, Synced, Told, library

from gicrawl.archive.compact import compact
from gicrawl.archive.store import open_archive
from gicrawl.archive.verify import content_digest, verify
from gicrawl.corpus.merge import merge
from gicrawl.corpus.store import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - where it is there: the disks are made up, nothing has to be waited for
BATCH = 5
EVERY = 8
LOSSES = (Loss.ALL, Loss.NONE, Loss.EARLIER, Loss.SOME, Loss.SOME, Loss.SOME)


@dataclass(frozen=True, slots=True)
class Record:
    """What a process asked of the disk.

    Attributes:
        before: files that were there, by path.
        acts: in order.
    """

    before: dict[str, bytes]
    acts: list[Act]


def files_in(place: Path) -> dict[str, bytes]:
    """What outlives a loss of power: the shared memory does not."""
    return {str(path): path.read_bytes() for path in sorted(place.iterdir()) if not path.name.endswith("-shm")}


def recorded(place: Path, work: Callable[[Callable[[str], None]], None]) -> Record:
    """Do work in a process of its own, and what it asked of the disk in a folder.

    Raises:
        ProofError: it failed, or the record does not tell all of it.
    """
    before = files_in(place)
    notes, errors = place.with_name(f"{place.name}.acts"), place.with_name(f"{place.name}.errors")

    def note(_tell: Callable[[str], None]) -> None:
        recorder = Recorder()
        work(recorder.tell)
        if recorder.broken:
            raise recorder.broken[0]
        notes.write_bytes(pickle.dumps(recorder.acts))

    finish(start(note, errors), errors)
    acts = [act for act in pickle.loads(notes.read_bytes()) if _is_in(act, place)]  # noqa: S301 - written four lines above
    disk = Disk(before)
    for act in acts:
        disk.take(act)
    if disk.after(Loss.NONE, random.Random(0)) != files_in(place):
        raise ProofError("the record of what SQLite wrote is not complete")
    return Record(before, acts)


def _is_in(act: Act, place: Path) -> bool:
    match act:
        case Told():
            return True
        case _:
            named = getattr(act, "path", None) or getattr(act, "folder", None)
            return named is not None and Path(named).is_relative_to(place)


class Prover:
    """One run, and what becomes of it."""

    def __init__(self, folder: Path, *, captures: int, seed: int) -> None:
        self._place, self._other, self._seed = folder / "run", folder / "other" / "other.db", seed
        self._errors = folder / "errors.txt"
        self._batches = captures // BATCH
        self.counts: Counter[str] = Counter()
        self._place.mkdir()
        finish(start(self._make_other, self._errors), self._errors)
        self._record = recorded(self._place, self._run)
        with open_archive(self._place / ARCHIVE) as archive:
            self._whole = content_digest(archive)

    @property
    def boundaries(self) -> list[int]:
        """Before which acts the power goes: each sync, and after the last one."""
        acts = self._record.acts
        return [*(at for at, act in enumerate(acts) if isinstance(act, Synced)), len(acts)]

    def _make_other(self, _tell: Callable[[str], None]) -> None:
        with open_archive(self._other, create=True) as archive:
            write(archive, "other", 6, lambda _line: None, size=10)
            prepare(archive)

    def _run(self, tell: Callable[[str], None]) -> None:
        with open_archive(self._place / ARCHIVE, create=True) as archive:
            prepare(archive)
            write(archive, str(self._seed), self._batches, tell, size=BATCH)
        tell("written")
        self._go_on()

    def _go_on(self) -> None:
        """What can be done again, wherever it was stopped."""
        with open_archive(self._place / ARCHIVE) as archive:
            compact(archive)
        with open_archive(self._place / ARCHIVE) as archive:
            merge(archive, [self._other])

    def prove(self, boundaries: list[int], losses: tuple[Loss, ...] = LOSSES) -> None:
        """Cut the power before each of these acts.

        Raises:
            ProofError: something did not hold.
        """
        disk, told, at = Disk(self._record.before), list[str](), 0
        for boundary in boundaries:
            for act in self._record.acts[at:boundary]:
                disk.take(act)
                if isinstance(act, Told):
                    told.append(act.line)
            at = boundary
            for number, loss in enumerate(losses):
                name = f"boundary {boundary}, {loss.value} lost, {number}"
                self._check(disk, told, loss, name)
            self.counts["boundaries"] += 1

    def _check(self, disk: Disk, told: list[str], loss: Loss, name: str) -> None:
        chosen = random.Random(f"{self._seed} {name}")
        self._put(disk.after(loss, chosen), chosen)
        self.counts["disks"] += 1
        self.counts[f"lost: {loss.value}"] += 1
        if chosen.randrange(EVERY) == 0:
            again = recorded(self._place, lambda _tell: self._open())
            second = Disk(again.before)
            for act in again.acts[: chosen.randrange(len(again.acts) + 1)]:
                second.take(act)
            self._put(second.after(Loss.SOME, chosen), chosen)
            self.counts["cut again"] += 1
        self._is_whole(told, name)
        if "written" in told and chosen.randrange(EVERY) == 0:
            finish(start(lambda _tell: self._go_on(), self._errors), self._errors)
            with open_archive(self._place / ARCHIVE) as archive:
                if content_digest(archive) != self._whole or list(verify(archive)):
                    raise ProofError(f"{name}: gone on with, it ends otherwise than the undisturbed run")
            self.counts["gone on with"] += 1

    def _open(self) -> None:
        with open_archive(self._place / ARCHIVE, create=True):
            pass

    def _put(self, found: dict[str, bytes], chosen: random.Random) -> None:
        shutil.rmtree(self._place)
        self._place.mkdir()
        for path, content in found.items():
            Path(path).write_bytes(content)
        if chosen.randrange(2):  # nobody syncs shared memory: it is there as it may be
            (self._place / f"{ARCHIVE}-shm").write_bytes(chosen.randbytes(32768))

    def _is_whole(self, told: list[str], name: str) -> None:
        must = acknowledged(told)
        path = self._place / ARCHIVE
        if must and not path.exists():
            raise ProofError(f"{name}: there is no archive any more")
        with open_archive(path, create=True) as archive:
            if findings := list(verify(archive)):
                raise ProofError(f"{name}: {findings[0].message} ({len(findings)} findings)")
        kept = readable(path)
        if lost := [one for one, body in must.items() if kept.get(one) != body]:
            raise ProofError(f"{name}: {len(lost)} of {len(must)} acknowledged captures are gone")
        if len(kept) % BATCH:
            raise ProofError(f"{name}: a batch is there by half, {len(kept)} captures")
        self.counts["acknowledged captures found"] += len(must)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=200)
    parser.add_argument("--sample", type=int, help="cut the power at so many of the syncs only, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1, help="of what is written, and what is lost")
    parser.add_argument("--folder", type=Path, help="for the disks; a temporary one in memory by default")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "power-loss.json", help="figures")
    options = parser.parse_args()
    try:
        library()
    except NoLibraryError as error:
        sys.stderr.write(f"not tried: {error}\n")
        return 77
    began, used = time.monotonic(), os.times()
    place = options.folder or (MEMORY if MEMORY.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="power-loss-", dir=place) as folder:
        try:
            prover = Prover(Path(folder), captures=options.captures, seed=options.seed)
            boundaries = prover.boundaries
            syncs = len(boundaries)
            if options.sample is not None and options.sample < syncs:
                boundaries = sorted(random.Random(options.seed).sample(boundaries, options.sample))
            prover.prove(boundaries)
        except ProofError as error:
            sys.stderr.write(f"not proved: {error}\n")
            return 1
    spent = os.times()
    told: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "code": code_digest(),
        "seed": options.seed,
        "captures": options.captures,
        "syncs": syncs,
        **{name.replace(" ", "_").replace(":", ""): count for name, count in sorted(prover.counts.items())},
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(sum(spent[:4]) - sum(used[:4]), 1),
    }
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
