"""What a document may take, and how the operating system is told."""

from __future__ import annotations

import math
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PATIENCE: Final = 3
"""Times its processor time that a document may take by the clock: other work on the machine is not its fault, but one
that only waits uses no processor at all."""

LEAST_MEMORY: Final = 256 << 20
"""Bytes below which not even the parser itself fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one document may take.

    Attributes:
        seconds: processor time, kept by the kernel to the next whole second; `PATIENCE` times that by the clock. The
            largest report seen takes a hundredth of the default; sixty pages of pictures take most of it.
        memory: bytes of the process, the parser itself (some hundred megabytes) included, and of the programs it
            starts; at least `LEAST_MEMORY`. What a copy of a larger process brought along is not counted.
    """

    seconds: float = 120.0
    memory: int = 2 << 30

    @property
    def clock(self) -> float:
        """Seconds by the clock."""
        return self.seconds * PATIENCE


@dataclass(frozen=True, slots=True)
class Stop:
    """What stopped a document.

    Attributes:
        code: `parser_timeout`, `parser_over_memory` or `parser_crashed`.
        fields: what fills the message of that problem.
        seconds: how long it was tried, by the clock.
    """

    code: str
    fields: tuple[tuple[str, str], ...]
    seconds: float = 0.0


def confine(bounds: Bounds) -> int:
    """Bound the memory of this process, and keep it from leaving its memory on the disk when it is stopped.

    RLIMIT_DATA and not RLIMIT_AS: what is only mapped (models for pictures, libraries) costs nobody memory. macOS does
    not keep it; there a document is bounded by time alone.

    Returns:
        The bound in bytes. A copy of a process that already holds more than a parser does (`LEAST_MEMORY`) gets as
        much on top: it would otherwise say of the smallest document that it takes too much.
    """
    bound = bounds.memory + max(0, _data_of_this_process() - LEAST_MEMORY)
    _lower(resource.RLIMIT_DATA, bound)
    _lower(resource.RLIMIT_CORE, 0)
    return bound


def begin(bounds: Bounds) -> None:
    """Give this process the processor time of one more document; the kernel ends it after that, even inside C code."""
    _lower(resource.RLIMIT_CPU, math.ceil(time.process_time() + bounds.seconds))


def _lower(what: int, most: int) -> None:
    """Set the soft limit; the hard one stays, for what was lowered for one document is raised for the next."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _data_of_this_process() -> int:
    """What RLIMIT_DATA counts, in bytes; 0 where the system does not tell, which does not keep that limit either."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])
    except FileNotFoundError:
        return 0
    return pages * resource.getpagesize()


def memory_of(process: int) -> int | None:
    """Resident bytes of a process and all it started; None where the system does not tell or it has ended."""
    folder = Path("/proc", str(process))
    try:
        pages = int((folder / "statm").read_bytes().split()[1])
        children = [child for task in (folder / "task").iterdir() for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return None
    held = (memory_of(int(child)) for child in children)
    return pages * resource.getpagesize() + sum(size for size in held if size is not None)
