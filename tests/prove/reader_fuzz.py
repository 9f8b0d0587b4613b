"""Long run of mutated files: every one is read, or refused in one sentence, within bounds of time and memory.

    python tests/prove/reader_fuzz.py --numbers 0-5000 [--kinds ofd,xlsx] [--workers 2]
    python tests/prove/reader_fuzz.py --numbers 0-300 --reach

A file is told by its kind and number (`mutations.mutated`). They are parsed in processes of their own that are given
only so much memory and time; what ends such a process, or takes too long, is written down by name. Counts are kept in
a journal, a line for five hundred files, so that a run that was stopped goes on where it was; a journal made by another
commit is not continued. Exit 0 when nothing was found.

With `--reach` (and `pip install --group prove`) it is counted which lines and branches of each module of the readers
these files reach; the shares are printed, and put beside the figures there are.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
READERS = ROOT / "gicrawl" / "parser" / "readers"
sys.path.insert(0, str(ROOT / "tests" / "parser"))

from mutations import KINDS, mutated  # noqa: E402 - the mutations stand beside the tests

from gicrawl.parser import parse  # noqa: E402
from gicrawl.parser.document import Source  # noqa: E402
from gicrawl.parser.output import to_json  # noqa: E402
from gicrawl.parser.report import Status  # noqa: E402

BLOCK = 500
MEMORY = 2 << 30
"""Address space of a process; PDFium alone maps some hundred megabytes of it."""
SECONDS = 20.0
"""Processor time for one file: far more than any takes, far less than a hang."""
PATIENCE = 200.0
"""Seconds by the clock without an answer: other work on the machine is not the file's fault."""


def _serve() -> None:
    """Parse what standard input names, one answer a line."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    for line in sys.stdin:
        kind, _, number = line.strip().partition(" ")
        sys.stdout.write(json.dumps(_judged(kind, int(number))) + "\n")
        sys.stdout.flush()


def _judged(kind: str, number: int) -> dict[str, Any]:
    body = mutated(kind, number)
    began = time.process_time()
    found, crash = None, None
    try:
        found = parse([Source(body)])
        json.dumps(to_json(found, source="x"))
    except Exception as error:  # noqa: BLE001 - any crash is a finding, the run goes on
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        place = "" if at is None else f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}"
        crash = f"{type(error).__name__} {place} {str(error)[:100]}"
    seconds = time.process_time() - began
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if found is None:
        return {"outcome": "crash", "what": crash, "seconds": seconds, "resident": resident}
    outcome = str(found.status)
    codes = [problem.code for problem in found.problems]
    what = None
    # An archive may hold several files that each have something of their own.
    if found.status is Status.FAILED and (not codes or (len(codes) > 1 and kind != "zip") or found.cells):
        outcome, what = "unclear", f"{codes} and {len(found.cells)} cells"
    elif seconds > SECONDS:
        outcome, what = "slow", f"{seconds:.1f} s"
    return {
        "outcome": outcome,
        "what": what,
        "code": codes[0] if codes else None,
        "seconds": seconds,
        "resident": resident,
    }


class _Worker:
    """A process that parses, started again whenever a file ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, kind: str, number: int) -> dict[str, Any]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__, "--serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "PATH": ""},  # without LibreOffice: what looks like its files is refused
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{kind} {number}\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if ready else ""
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        outcome = "hang" if not ready else f"ended with {process.wait()}"
        self.close()
        return {"outcome": "hang" if not ready else "died", "what": outcome, "seconds": 0.0, "resident": 0.0}

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _block(kind: str, first: int, last: int) -> dict[str, Any]:
    worker = _Worker()
    outcomes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    findings, slowest, resident = [], 0.0, 0.0
    try:
        for number in range(first, last):
            answer = worker.ask(kind, number)
            outcomes[answer["outcome"]] += 1
            if answer["outcome"] == "failed":
                codes[answer["code"]] += 1
            if answer["what"]:
                findings.append(f"{kind} {number}: {answer['outcome']}: {answer['what']}")
            slowest, resident = max(slowest, answer["seconds"]), max(resident, answer["resident"])
    finally:
        worker.close()
    return {
        "kind": kind,
        "first": first,
        "outcomes": dict(outcomes),
        "codes": dict(codes),
        "findings": findings,
        "slowest": round(slowest, 2),
        "resident": round(resident),
    }


def _summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        own = [line for line in lines if line["kind"] == kind]
        if not own:
            continue
        outcomes: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        for line in own:
            outcomes.update(line["outcomes"])
            codes.update(line["codes"])
        kinds[kind] = {
            "files": sum(outcomes.values()),
            "outcomes": dict(sorted(outcomes.items())),
            "refused_as": dict(codes.most_common()),
            "slowest_processor_seconds": max(line["slowest"] for line in own),
            "resident_mb": max(line["resident"] for line in own),
            "findings": [finding for line in own for finding in line["findings"]][:40],
        }
    return kinds


def _reach(kinds: Sequence[str], numbers: range) -> dict[str, float]:
    """The share of the lines and branches of each module of the readers that mutated files reach."""
    asked = "".join(f"{kind} {number}\n" for number in numbers for kind in kinds)
    command = [sys.executable, "-m", "coverage"]
    with TemporaryDirectory() as folder:
        data = f"--data-file={Path(folder) / 'data'}"
        subprocess.run(
            [*command, "run", "--branch", data, f"--include={READERS}/*", __file__, "--serve"],
            input=asked,
            stdout=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        report = subprocess.run([*command, "json", data, "-q", "-o", "-"], capture_output=True, text=True, check=True)
    files = json.loads(report.stdout)["files"]
    return {Path(name).stem: round(found["summary"]["percent_covered"] / 100, 3) for name, found in files.items()}


def main() -> None:
    """Run what the journal lacks and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--numbers", default="0-1000", help="which files of every kind, e.g. 0-5000")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--reach", action="store_true", help="measure what the files reach of the readers")
    parser.add_argument("--journal", type=Path, default=ROOT / ".reader-fuzz.jsonl")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "reader-fuzz.json")
    args = parser.parse_args()
    if args.serve:
        _serve()
        return
    start, end = (int(text) for text in args.numbers.split("-"))
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    if args.reach:
        reached = {
            "commit": commit,
            "numbers": args.numbers,
            "modules": _reach(args.kinds.split(","), range(start, end)),
        }
        print("\n".join(f"{share:6.1%} {name}" for name, share in reached["modules"].items()))  # noqa: T201
        figures = json.loads(args.to.read_text(encoding="utf-8")) | {"reach": reached}
        args.to.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    lines: list[dict[str, Any]] = []
    if args.journal.exists():
        lines = [json.loads(line) for line in args.journal.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if line["commit"] == commit]
    done = {(line["kind"], line["first"]) for line in lines}
    blocks = [
        (kind, first, min(first + BLOCK, end))
        for first in range(start, end, BLOCK)
        for kind in args.kinds.split(",")
        if (kind, first) not in done
    ]
    with ThreadPoolExecutor(args.workers) as pool, args.journal.open("a", encoding="utf-8") as journal:
        for line in pool.map(lambda block: _block(*block), blocks):
            line["commit"] = commit
            lines.append(line)
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
            journal.flush()
            for finding in line["findings"]:
                print(finding, flush=True)  # noqa: T201 - a developer's script
    summary = {
        "what": "files mutated from valid ones; each is read, or refused in one sentence",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "numbers": f"0-{max((line['first'] for line in lines), default=0) + BLOCK}",
        "bounds": {"address_space_mb": MEMORY >> 20, "processor_seconds": SECONDS},
        "kinds": _summary(lines),
    }
    args.to.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if any(line["findings"] for line in lines):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
