"""What every folder of tests shares."""

from __future__ import annotations

import os
import pickle
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest
import warm
from filelock import FileLock

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import FrameType

Made = TypeVar("Made")

HANGING = 30.0
"""Seconds of CPU time after which something that must end is taken not to. No claim of speed: those stand in
benchmarks/, as ratios."""

PROCESSES = frozenset({"cli", "docs", "history_sources", "nightly", "replay", "system"})
"""Folders whose tests start processes, and take seconds where others take milliseconds."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a parallel run, gives each worker an equal part of what takes long, and that first.

    Workers are handed parts of one length, as the tests stand, and take over from each other all but the last two:
    these should be short.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    kinds = (
        slow,
        [item for item in others if item.path.parent.name in PROCESSES],
        [item for item in others if item.path.parent.name not in PROCESSES],
    )
    items[:] = [
        item
        for worker in range(workers)
        for kind in kinds
        for item in kind[len(kind) * worker // workers : len(kind) * (worker + 1) // workers]
    ]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a case by the name of its argument where it is binary: what is packed when tests are collected holds the
    time, and two workers that collect in different seconds would disagree on what there is to run."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return argname
    return None


@pytest.fixture
def ends() -> Callable[[], AbstractContextManager[None]]:
    """A block that fails instead of hanging: for input made to stall us."""

    @contextmanager
    def bounded() -> Iterator[None]:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            pytest.fail(f"did not end within {HANGING:.0f} seconds of CPU time")

        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, HANGING)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return bounded


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], Made]], Made]:
    """Makes something in a folder, once for all processes of a parallel test run: the others wait for the first."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, maker: Callable[[Path], Made]) -> Made:
        folder = base / name
        with FileLock(f"{folder}.lock"):
            result = folder / "result.pickle"
            if not result.exists():
                folder.mkdir(exist_ok=True)
                result.write_bytes(pickle.dumps(maker(folder)))
            made: Made = pickle.loads(result.read_bytes())  # noqa: S301 - written one line above
        return made

    return make


@pytest.fixture(scope="session")
def demo(once: Callable[[str, Callable[[Path], Made]], Made]) -> subprocess.CompletedProcess[str]:
    """The demo, run once; what it kept is in the folder `demo.args[-1]`, its archive there `gicrawl.db`."""
    return once("demo", lambda folder: warm.run(["demo", "--lang", "en", "--keep", folder / "demo"], timeout=300))
