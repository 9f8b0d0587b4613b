"""Kill nightly runs with -9 in every phase; started again they must end as if nothing had happened.

    python tests/prove/nightly_kills.py --rounds 3 --to docs/proofs/nightly-kills.json

Real processes on the bundled sample portals. In each round one archive is killed in one phase after the other, and each
time started again into the next kill:

* `crawl`: after a share of the requests of an undisturbed night;
* `register`: provably inside the transaction that registers documents: the process is stopped, another connection finds
  the archive locked and no document in it, then comes the SIGKILL;
* `worker`: a process of the parsing pool dies and the night goes on; then, with parses written and more to come, the
  whole night is killed (`parse`);
* `check`: some milliseconds after the checks began;
* `report`: while it prints its report into a pipe that takes the first lines and no more.

Then one more start, which has to report everything the killed ones did not, and a last one, which has to find nothing
to do. Interrupted, the proof goes on with the round it was in when started again with the same `--folder` and `--seed`.
Exit status 0 only when all archives are the same by content as an undisturbed one, and hold as many parses and cells.
"""

from __future__ import annotations

import argparse
import array
import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawl_kills import COMMAND, PATIENCE, ROOT, Answered, ProofError, State, _remove, gicrawl, stop_inside

from gicrawl.sample import SampleServer

if TYPE_CHECKING:
    from collections.abc import Callable

DELAY = 0.02
_ROOM = 200  # bytes left in a clogged pipe: the first line of the report, and not its end
SAID = {"parse": "parsing what is new", "check": "checking what was read"}
"""What `--verbose` prints when a phase begins."""

PHASES = ("crawl", "crawl", "register", "worker", "parse", "check", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill.

    Attributes:
        phase: see the module.
        requests: answered by then since this start.
        documents, parses: in the archive when it was opened again.
        seconds: from the start of the process.
    """

    phase: str
    requests: int
    documents: int
    parses: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an archive holds: both lines of `verify --content`, and how much was parsed."""

    captures: str
    corpus: str
    documents: int
    parses: int
    cells: int


def arguments(server: SampleServer, archive: Path) -> list[str]:
    """A night on the sample portals."""
    portals = str(server.portals_file)
    common = ["nightly", "--portals", portals, "--archive", str(archive), "--delay", str(DELAY)]
    return [*common, "--workers", "2", "--lang", "en", "--verbose"]


def night(server: SampleServer, archive: Path) -> tuple[int, str]:
    """A night that is not disturbed: requests, and its report.

    Raises:
        ProofError: it could not do its work.
    """
    answered = Answered(server)
    done = subprocess.run(
        [COMMAND, *arguments(server, archive)], capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode not in (0, 1):
        raise ProofError(f"a night ended with {done.returncode}: {done.stderr}{done.stdout}")
    return answered.update(), done.stdout


def holds(archive: Path) -> Held:
    """What an archive holds, verified first.

    Raises:
        ProofError: it does not verify, or something is left to parse.
    """
    gicrawl("verify", "--archive", str(archive))
    left = gicrawl("reparse", "--dry-run", "--archive", str(archive))
    if not left.startswith("0 "):
        raise ProofError(f"something is left to parse: {left}")
    lines = dict(line.split() for line in gicrawl("verify", "--content", "--archive", str(archive)).splitlines())
    documents, parses, cells = (count(archive, table) for table in ("documents", "parses", "cells"))
    return Held(captures=lines["captures"], corpus=lines["corpus"], documents=documents, parses=parses, cells=cells)


def count(archive: Path, table: str) -> int:
    """Rows of a table; 0 while there is none."""
    if not archive.exists():
        return 0
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True, timeout=5)) as conn:
        if not conn.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone():
            return 0
        return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - constants


class Night:
    """A night in a process, being watched.

    Attributes:
        process: it.
        answered: what the portals have answered since it began.
    """

    def __init__(self, server: SampleServer, archive: Path, *, clogged: bool = False) -> None:
        self.archive = archive
        self.answered = Answered(server)
        self._began = time.monotonic()
        self._out, self._err = Path(f"{archive}.out"), Path(f"{archive}.err")
        self._pipe: int | None = None
        with self._out.open("wb") as out, self._err.open("wb") as err:
            into = self._clogged() if clogged else out.fileno()
            self.process = subprocess.Popen([COMMAND, *arguments(server, archive)], stdout=into, stderr=err)
            if clogged:
                os.close(into)

    def _clogged(self) -> int:
        """The writing end of a pipe that is full but for some bytes: whoever prints more waits."""
        self._pipe, into = os.pipe()
        size = fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 4096)
        self._filled = size - _ROOM
        os.write(into, bytes(self._filled))
        return into

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait for something to be so.

        Raises:
            ProofError: the night ended first, or it took too long.
        """
        while not holds():
            if self.process.poll() is not None:
                raise ProofError(f"the night ended ({self.process.returncode}) before {what}: {self.errors()}")
            if time.monotonic() - self._began > PATIENCE:
                raise ProofError(f"{what}: not within {PATIENCE:.0f} s: {self.errors()}")
            time.sleep(0.002)

    def until_phase(self, phase: str) -> None:
        """Wait for a phase to begin."""
        self.until(phase, lambda: SAID[phase] in self.errors())

    def errors(self) -> str:
        """What it has said on standard error."""
        return self._err.read_text(encoding="utf-8", errors="replace")

    def is_reporting(self) -> bool:
        """Whether it has begun to print its report, which a clogged pipe does not let it end."""
        assert self._pipe is not None  # else it is not clogged
        waiting = array.array("i", [0])
        fcntl.ioctl(self._pipe, termios.FIONREAD, waiting)
        return waiting[0] > self._filled

    def close(self) -> None:
        """Let go of the pipe, if there is one."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def workers(self) -> list[int]:
        """Processes of the parsing pool."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = []
        for child in task.read_text(encoding="ascii").split():
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes()
            except FileNotFoundError:
                continue
            if b"spawn_main" in command:
                found.append(int(child))
        return found

    def kill(self, phase: str) -> Kill:
        """Kill it.

        Raises:
            ProofError: it had ended already.
        """
        self.process.kill()
        if self.process.wait() != -signal.SIGKILL:
            raise ProofError(f"the night ended before it could be killed in {phase}")
        return Kill(
            phase=phase,
            requests=self.answered.update(),
            documents=count(self.archive, "documents"),
            parses=count(self.archive, "parses"),
            seconds=round(time.monotonic() - self._began, 3),
        )


def strike(server: SampleServer, archive: Path, phase: str, *, requests: int, chosen: random.Random) -> list[Kill]:
    """Start a night and kill it in a phase.

    Args:
        server: the portals.
        archive: what earlier kills left.
        phase: one of `PHASES`.
        requests: how many are left of an undisturbed night's.
        chosen: of the moment within the phase.

    Raises:
        ProofError: the phase was not met.
    """
    begun = Night(server, archive, clogged=phase == "report")
    try:
        return [_STRIKES[phase](begun, requests, chosen)]
    finally:
        begun.close()
        if begun.process.poll() is None:
            begun.process.kill()
            begun.process.wait()


def _in_crawl(begun: Night, requests: int, chosen: random.Random) -> Kill:
    target = max(2, round(requests * chosen.uniform(0.2, 0.7)))
    begun.until(f"request {target}", lambda: begun.answered.update() >= target)
    return begun.kill("crawl")


def _in_register(begun: Night, _requests: int, _chosen: random.Random) -> Kill:
    begun.until_phase("parse")
    if not stop_inside(begun.process, begun.archive):  # type: ignore[arg-type]  # a Popen of bytes as well
        raise ProofError("the documents were registered before the night could be stopped")
    if count(begun.archive, "documents"):
        raise ProofError("this was another transaction: documents are registered already")
    return begun.kill("register")


def _worker(begun: Night, _requests: int, chosen: random.Random) -> Kill:
    begun.until_phase("parse")
    begun.until("two workers", lambda: len(begun.workers()) > 1)
    begun.until("a parse", lambda: count(begun.archive, "parses") > 0)
    os.kill(chosen.choice(begun.workers()), signal.SIGKILL)
    parses = count(begun.archive, "parses")
    begun.until("more parses after a worker's death", lambda: count(begun.archive, "parses") > parses)
    return begun.kill("worker")


def _in_parse(begun: Night, _requests: int, _chosen: random.Random) -> Kill:
    begun.until_phase("parse")
    parses = count(begun.archive, "parses")
    begun.until("a parse", lambda: count(begun.archive, "parses") > parses)
    return begun.kill("parse")


def _in_check(begun: Night, _requests: int, chosen: random.Random) -> Kill:
    begun.until_phase("check")
    time.sleep(chosen.uniform(0, 0.05))
    return begun.kill("check")


def _in_report(begun: Night, _requests: int, _chosen: random.Random) -> Kill:
    begun.until("the report", begun.is_reporting)
    return begun.kill("report")


_STRIKES = {
    "crawl": _in_crawl,
    "register": _in_register,
    "worker": _worker,
    "parse": _in_parse,
    "check": _in_check,
    "report": _in_report,
}


def one_round(
    server: SampleServer, archive: Path, *, requests: int, seed: str, phases: tuple[str, ...] = PHASES
) -> dict[str, Any]:
    """Kill one archive's nights in every phase, and end it.

    Returns:
        The kills, what the last nights did, and what the archive holds.

    Raises:
        ProofError: see `strike`.
    """
    kills: list[Kill] = []
    for number, phase in enumerate(phases):
        chosen = random.Random(f"{seed} {number}")
        left = requests - sum(kill.requests for kill in kills)
        kills += strike(server, archive, phase, requests=left, chosen=chosen)
        sys.stderr.write(f"{seed}: killed in {phase}: {kills[-1].parses} parses\n")
    asked, report = night(server, archive)
    held = holds(archive)
    again, quiet = night(server, archive)
    return {
        "kills": [asdict(kill) for kill in kills],
        "requests": sum(kill.requests for kill in kills) + asked,
        "report": figures_of(report),
        "held": asdict(held),
        "again": {"requests": again, "report": figures_of(quiet), "same": holds(archive) == held},
    }


def figures_of(report: str) -> dict[str, str]:
    """The lines of figures of a report, by their first word; how many requests the night made is another matter."""
    found = {}
    for line in report.splitlines():
        word, _, rest = line.partition(" ")
        if word in {"reports", "checks", "documents"}:
            found[word] = rest.strip()
    return found


def prove(folder: Path, *, seed: int, rounds: int) -> dict[str, Any]:
    """All rounds, or what is left of them.

    Raises:
        ProofError: see `strike`.
    """
    state = State(folder, seed)
    if state.fresh:
        _remove(folder, f"{seed}-*")
        state.done["rounds"] = []
    with SampleServer() as server:
        if "undisturbed" not in state.done:
            archive = folder / f"{seed}-undisturbed.db"
            _remove(folder, f"{archive.name}*")
            requests, report = night(server, archive)
            state.done |= {"undisturbed": asdict(holds(archive)), "requests": requests, "report": figures_of(report)}
            state.save()
        for number in range(len(state.done["rounds"]), rounds):
            archive = folder / f"{seed}-{number}.db"
            _remove(folder, f"{archive.name}*")
            began = time.monotonic()
            state.done["rounds"].append(
                one_round(server, archive, requests=state.done["requests"], seed=f"{seed} {number}")
            )
            state.done["seconds"] += time.monotonic() - began
            state.save()
    return _figures(state.done, seed)


def is_same(done: dict[str, Any], one: dict[str, Any]) -> bool:
    """Whether a round ended as the undisturbed night did, told the same, and left the next night nothing to do."""
    again = one["again"]
    quiet = all(word.startswith("0 ") for word in again["report"].values())
    told = one["report"] == done["report"]
    return one["held"] == done["undisturbed"] and told and again["same"] and again["requests"] == 0 and quiet


def _figures(done: dict[str, Any], seed: int) -> dict[str, Any]:
    kills = [kill for one in done["rounds"] for kill in one["kills"]]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": done["commit"],
        "seed": seed,
        "requests_undisturbed": done["requests"],
        "kills": len(kills),
        "kills_by_phase": {phase: sum(kill["phase"] == phase for kill in kills) for phase in dict.fromkeys(PHASES)},
        "archives": len(done["rounds"]),
        "same_by_content": sum(is_same(done, one) for one in done["rounds"]),
        "requests_of_each": [one["requests"] for one in done["rounds"]],
        "seconds": round(done["seconds"], 1),
        "held": done["undisturbed"],
        "report": done["report"],
        "rounds": [one["kills"] for one in done["rounds"]],
    }


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="archives, each killed in every phase")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "archive" / "prove-nightly-kills", help="for the archives"
    )
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "nightly-kills.json", help="figures")
    options = parser.parse_args()
    try:
        figures = prove(options.folder, seed=options.seed, rounds=options.rounds)
    except ProofError as error:
        sys.stderr.write(f"not proved: {error}\n")
        return 1
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    brief = {name: value for name, value in figures.items() if name != "rounds"}
    sys.stdout.write(json.dumps(brief, indent=1, ensure_ascii=False) + "\n")
    return 0 if figures["same_by_content"] == figures["archives"] else 1


if __name__ == "__main__":
    sys.exit(main())
