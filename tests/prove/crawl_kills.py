"""Kill crawls with -9 all over their writing phase; one more run must end as if nothing had happened.

    python tests/prove/crawl_kills.py --kills 20 --apart 20 --to docs/proofs/crawl-kills.json

Two series over the bundled sample portals, each held against an undisturbed crawl of the same seed:

* piled: one archive is killed again and again, each time further on, so that every kill strikes while new bodies are
  written; then one more run;
* apart: each kill has an archive of its own, and one more run of its own.

Half of the kills hit an open write transaction, provably: another connection finds the archive locked, the process is
stopped, the archive is still locked, only then comes the SIGKILL. Interrupted, it goes on where it was when started
again with the same `--folder` and `--seed`. Exit status 0 only when all archives are the same by content.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gicrawl.sample import SampleServer

COMMAND = str(Path(sys.executable).with_name("gicrawl"))
ROOT = Path(__file__).resolve().parents[2]
DELAY = 0.05
"""Seconds between two requests to one host: the crawl lasts some six seconds and commits about once a second."""
PATIENCE = 120.0


class ProofError(Exception):
    """Something the proof rests on did not hold; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill.

    Attributes:
        number: from 0, in its series.
        at: where in the crawl it was to strike, as a share of the requests of an undisturbed crawl.
        requests: answered when it struck.
        inside: whether it struck inside an open write transaction, shown as the module says.
        committed: captures in the archive when the process was killed.
        kept: captures in the archive when it was opened again.
        seconds: from the start of the process.
    """

    number: int
    at: float
    requests: int
    inside: bool
    committed: int
    kept: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`verify --content` after a reparse: one SHA-256 over all captures, one over what was read from them."""

    captures: str
    corpus: str


class Answered:
    """Counts what a sample server has answered since this object was made; reads only what is new in its log."""

    def __init__(self, server: SampleServer) -> None:
        self._path = server.report_dir / "requests.jsonl"
        self._at = self._path.stat().st_size
        self.count = 0

    def update(self) -> int:
        """The count, brought up to date."""
        with self._path.open("rb") as stream:
            stream.seek(self._at)
            new = stream.read()
        self._at += len(new)
        self.count += new.count(b"\n")
        return self.count


def gicrawl(*arguments: str, expect: int = 0) -> str:
    """Run the console script; its standard output.

    Raises:
        ProofError: another exit status than expected.
    """
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != expect:
        raise ProofError(f"gicrawl {' '.join(arguments)} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def crawl_arguments(server: SampleServer, archive: Path) -> list[str]:
    """The crawl that is killed. Portals are named, so URLs do not depend on the ports."""
    portals = str(server.portals_file)
    return ["crawl", "--all", "--portals", portals, "--archive", str(archive), "--delay", str(DELAY)]


def content(archive: Path) -> Content:
    """What an archive holds, parsed and verified first.

    Raises:
        ProofError: it does not verify.
    """
    gicrawl("reparse", "--archive", str(archive))
    gicrawl("verify", "--archive", str(archive))
    lines = dict(line.split() for line in gicrawl("verify", "--content", "--archive", str(archive)).splitlines())
    return Content(captures=lines["captures"], corpus=lines["corpus"])


def captures_in(archive: Path) -> int:
    """How many captures are committed; 0 while there is no archive."""
    conn = sqlite3.connect(f"file:{archive}?mode=ro", uri=True, timeout=5)
    try:
        (count,) = conn.execute("SELECT count(*) FROM captures").fetchone()
    finally:
        conn.close()
    return int(count)


def stop_inside(process: subprocess.Popen[bytes], archive: Path) -> bool:
    """Stop the process while it holds a write transaction.

    Returns:
        Whether it is stopped inside one; False where it ended first.
    """
    conn = sqlite3.connect(archive, timeout=0, isolation_level=None)
    try:
        while process.poll() is None:
            if not _locked(conn):
                time.sleep(0.0003)
                continue
            os.kill(process.pid, signal.SIGSTOP)
            state = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if state is None or state.si_code != os.CLD_STOPPED:
                return False
            if _locked(conn):
                return True
            os.kill(process.pid, signal.SIGCONT)
    finally:
        conn.close()  # before the kill, so that whoever opens the archive next has to recover it
    return False


def _locked(conn: sqlite3.Connection) -> bool:
    try:
        conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return True
    conn.execute("ROLLBACK")
    return False


def kill_once(
    server: SampleServer, archive: Path, *, number: int, at: float, requests: int, inside: bool, chosen: random.Random
) -> Kill:
    """Crawl into the archive and kill the crawl.

    Args:
        server: being crawled.
        archive: new, or what an earlier kill left.
        number: of the kill.
        at: where to strike, as a share of `requests`; a crawl that ends first is tried again, to be struck earlier.
        requests: of an undisturbed crawl.
        inside: strike in the first write transaction from there on.
        chosen: of the moment within a request.

    Raises:
        ProofError: the crawl could not be struck, or the archive was not whole afterwards.
    """
    for attempt in range(5):
        target = max(1, round(requests * (at - 0.1 * attempt)))
        kill = _strike(server, archive, number=number, at=at, target=target, inside=inside, chosen=chosen)
        if kill is not None:
            if kill.kept < kill.committed:
                raise ProofError(f"kill {number}: {kill.committed - kill.kept} committed captures are gone")
            gicrawl("verify", "--archive", str(archive))
            return kill
    raise ProofError(f"kill {number}: the crawl always ended before it could be struck at {at:.3f}")


def _strike(
    server: SampleServer, archive: Path, *, number: int, at: float, target: int, inside: bool, chosen: random.Random
) -> Kill | None:
    answered = Answered(server)
    began = time.monotonic()
    command = [COMMAND, *crawl_arguments(server, archive)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while answered.update() < target:
                if process.poll() is not None:
                    return None
                if time.monotonic() - began > PATIENCE:
                    raise ProofError(f"kill {number}: fewer than {target} requests within {PATIENCE:.0f} s")
                time.sleep(0.003)
            if inside:
                if not stop_inside(process, archive):
                    return None
            else:
                time.sleep(chosen.uniform(0, 2 * DELAY))
            if process.poll() is not None:
                return None
            committed = captures_in(archive)
            count, seconds = answered.update(), time.monotonic() - began
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode != -signal.SIGKILL:
        return None
    return Kill(
        number=number,
        at=round(at, 4),
        requests=count,
        inside=inside,
        committed=committed,
        kept=captures_in(archive),
        seconds=round(seconds, 3),
    )


def moments(kills: int) -> list[tuple[float, bool]]:
    """Where in the crawl to strike, spread evenly, and whether inside a transaction: every other one."""
    return [((number + 0.5) / kills, number % 2 == 1) for number in range(kills)]


class State:
    """What is done already, in a file: a proof takes minutes, and whoever runs it may be interrupted."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"state-{seed}.json"
        commit = _commit()
        found = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        self.done: dict[str, Any] = found if found.get("commit") == commit else {"commit": commit, "seconds": 0.0}
        self.fresh = self.done is not found

    def save(self) -> None:
        """Write it down, all of it or nothing."""
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(self.done, indent=1) + "\n", encoding="utf-8")
        temporary.replace(self._path)


def prove(folder: Path, *, seed: int, kills: int, apart: int) -> dict[str, Any]:
    """Run both series, or what is left of them.

    Returns:
        The figures.

    Raises:
        ProofError: see `kill_once`.
    """
    state = State(folder, seed)
    if state.fresh:
        _remove(folder, f"{seed}-*")
    with SampleServer() as server:
        if "undisturbed" not in state.done:
            _undisturbed(server, state, folder / f"{seed}-undisturbed.db")
        if kills:
            _piled(server, state, folder / f"{seed}-piled.db", seed=seed, kills=kills)
        for number, (at, inside) in enumerate(moments(apart)):
            if number >= len(state.done["apart"]):
                _remove(folder, f"{seed}-apart-{number}.db*")
                archive = folder / f"{seed}-apart-{number}.db"
                _apart(server, state, archive, number=number, at=at, inside=inside, seed=seed)
    return _figures(state.done, seed)


def _undisturbed(server: SampleServer, state: State, archive: Path) -> None:
    _remove(archive.parent, f"{archive.name}*")
    answered = Answered(server)
    gicrawl(*crawl_arguments(server, archive))
    state.done |= {"requests": answered.update(), "undisturbed": asdict(content(archive)), "piled": [], "apart": []}
    state.save()


def _piled(server: SampleServer, state: State, archive: Path, *, seed: int, kills: int) -> None:
    """The kills of one archive that are still to do, and the run that ends it."""
    requests = state.done["requests"]
    for number, (at, inside) in enumerate(moments(kills)):
        if number < len(state.done["piled"]):
            continue
        began = time.monotonic()
        chosen = random.Random(f"{seed} piled {number}")
        kill = kill_once(server, archive, number=number, at=at, requests=requests, inside=inside, chosen=chosen)
        _note(state, "piled", asdict(kill), began)
    if "piled_content" not in state.done:
        gicrawl(*crawl_arguments(server, archive))
        state.done["piled_content"] = asdict(content(archive))
        state.save()


def _apart(
    server: SampleServer, state: State, archive: Path, *, number: int, at: float, inside: bool, seed: int
) -> None:
    """One kill of a new archive, and the run that ends it."""
    began = time.monotonic()
    requests = state.done["requests"]
    chosen = random.Random(f"{seed} apart {number}")
    kill = kill_once(server, archive, number=number, at=at, requests=requests, inside=inside, chosen=chosen)
    gicrawl(*crawl_arguments(server, archive))
    _note(state, "apart", {**asdict(kill), "content": asdict(content(archive))}, began)


def _remove(folder: Path, pattern: str) -> None:
    for old in folder.glob(pattern):
        shutil.rmtree(old) if old.is_dir() else old.unlink()


def _note(state: State, series: str, entry: dict[str, Any], began: float) -> None:
    state.done[series].append(entry)
    state.done["seconds"] += time.monotonic() - began
    state.save()
    where = "inside a transaction" if entry["inside"] else "anywhere"
    sys.stderr.write(f"{series} {entry['number']}: after {entry['requests']} requests, {where}\n")


def _figures(done: dict[str, Any], seed: int) -> dict[str, Any]:
    struck = [*done["piled"], *done["apart"]]
    same = [entry["content"] == done["undisturbed"] for entry in done["apart"]]
    if done["piled"]:
        same.append(done["piled_content"] == done["undisturbed"])
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": done["commit"],
        "seed": seed,
        "requests_undisturbed": done["requests"],
        "kills": len(struck),
        "inside_a_transaction": sum(entry["inside"] for entry in struck),
        "archives": len(same),
        "same_by_content": sum(same),
        "seconds": round(done["seconds"], 1),
        "content": done["undisturbed"],
        "piled": done["piled"],
        "apart": [{name: value for name, value in entry.items() if name != "content"} for entry in done["apart"]],
    }


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12", "--match="],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="of one archive, one after the other")
    parser.add_argument("--apart", type=int, default=20, help="of archives of their own")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--folder", type=Path, default=ROOT / "archive" / "prove-crawl-kills", help="for the archives")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "crawl-kills.json", help="figures")
    options = parser.parse_args()
    try:
        figures = prove(options.folder, seed=options.seed, kills=options.kills, apart=options.apart)
    except ProofError as error:
        sys.stderr.write(f"not proved: {error}\n")
        return 1
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    series = ("piled", "apart")
    brief = {name: value for name, value in figures.items() if name not in series}
    sys.stdout.write(json.dumps(brief, indent=1) + "\n")
    return 0 if figures["same_by_content"] == figures["archives"] else 1


if __name__ == "__main__":
    sys.exit(main())
