"""What every folder of tests shares."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import FrameType

HANGING = 30.0
"""Seconds of CPU time after which something that must end is taken not to. No claim of speed: those stand in
benchmarks/, as ratios."""


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
