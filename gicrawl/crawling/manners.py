"""The turnstile: at most one request at a time to a host, and a minimum pause after each.

Scrapy's own slots know one crawler; departments share hosts and people start two crawls at once. So a host's turn is
taken over the whole process (a lock of the event loop) and over every process that works on the same archive (a lock
file beside it). The operating system gives the file's lock back when a process dies, however it dies.

The pause runs from the end of one exchange to the start of the next: a portal that takes ten seconds to answer is not
asked again in the eleventh.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import lock_descriptor, unlock_descriptor

from gicrawl.crawling.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DEFAULT_DELAY = 2.0
"""Seconds between two requests to one host."""

_POLL = 0.02  # seconds between two looks at a lock another process holds
_TRIES = 20
_MARGIN = 0.05  # seconds on top of a pause: the server's log sees our end later than we do …
_LEAST_MARGIN = 0.01  # … a tenth of short pauses, but never less than a busy machine's clocks differ
_YIELD = 3 * _POLL  # long enough for any waiting process to look once
_RECORD = re.compile(r"(\d+\.\d+) (\d+\.\d+) (\d+)\n")


class _Visit:
    """What a lock file says: the end of the last visit, the earliest next one, and whose it was."""

    __slots__ = ("end", "not_before", "process")

    def __init__(self, end: float, not_before: float, process: int) -> None:
        self.end = end
        self.not_before = not_before
        self.process = process


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A host that nobody visits for now, in this run or another one.

    Attributes:
        until: seconds since the epoch.
        reason: why, one line.
    """

    until: float
    reason: str


class Turnstile:
    """Lets one exchange at a time through to each host, and none to a host that is left alone.

    One object serves a whole process (all crawlers on one event loop).

    Args:
        folder: where the lock files lie: `<archive>.hosts/`. Made if it is missing.
        throttle: how much slower than asked for a host is visited, or None.
    """

    def __init__(self, folder: Path, throttle: Throttle | None = None) -> None:
        self._folder = folder
        self.throttle = throttle if throttle is not None else Throttle(0.0)
        self._turns: dict[str, asyncio.Lock] = {}
        self._slower: dict[str, float] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def slow_down(self, host: str, delay: float) -> None:
        """Raises the pause of a host (Crawl-delay of its robots.txt) for this process; never lowers it.

        Other processes learn of it with each visit of ours, from the lock file; of the one that told us, here.
        """
        self._slower[host] = max(delay, self._slower.get(host, 0.0))
        descriptor = os.open(self._folder / file_name(host), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            for _ in range(_TRIES):
                if lock_descriptor(descriptor, blocking=False):
                    last = _read(descriptor)
                    if last is not None:
                        _write(descriptor, last.end, max(last.not_before, last.end + delay))
                    unlock_descriptor(descriptor)
                    break
                time.sleep(_POLL / 10)  # whoever looks whether it is his turn holds the lock for no longer
        finally:
            os.close(descriptor)

    def leave_alone(self, host: str, until: float, reason: str) -> None:
        """Puts down that a host is not to be visited before a moment, for every process and run of this archive.

        Raises:
            OSError: it cannot be written.
        """
        path = self._folder / _away(host)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"host": host, "until": until, "reason": reason}) + "\n", encoding="utf-8")
        part.replace(path)

    def left_alone(self, host: str, now: float) -> LeftAlone | None:
        """Whether a host is left alone at a moment (seconds since the epoch); what cannot be read says nothing."""
        path = f"{self._folder}/{_away(host)}"
        if not os.access(path, os.F_OK):
            return None  # asked three times for each request, and nearly always so
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            found = json.loads(Path(path).read_bytes())
            if now < float(found["until"]):
                return LeftAlone(float(found["until"]), str(found["reason"]))
        return None

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[Turn]:
        """Waits for the host's turn and holds it until the block ends.

        Args:
            host: whose turn (`Endpoint.guest_of`).
            delay: seconds since the end of the last exchange, at least; 0 turns the throttle off as well.
        """
        lock = self._turns.setdefault(host, asyncio.Lock())
        async with lock:
            path = self._folder / file_name(host)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                pause = max(delay, self._slower.get(host, 0.0), self.throttle.pause(host) if delay > 0 else 0.0)
                await self._enter(path, descriptor, pause)
                turn = Turn(pause + _margin(pause))
                try:
                    # For whoever comes after us should we be killed within the exchange.
                    _note(descriptor, self._slower.get(host, 0.0))
                    yield turn
                finally:
                    _note(descriptor, max(turn.rest, self._slower.get(host, 0.0)))
                    unlock_descriptor(descriptor)
                    if delay > 0 and turn.latency is not None:
                        self.throttle.learn(host, delay, turn.latency, well=turn.well)
            finally:
                os.close(descriptor)

    async def _enter(self, path: Path, descriptor: int, delay: float) -> None:
        waiting = path.with_suffix(".waiting")
        yielded = False
        latest: float | None = None  # when we first met a visit from the future
        while True:
            if not lock_descriptor(descriptor, blocking=False):
                waiting.write_text(str(os.getpid()), encoding="ascii")
                await asyncio.sleep(_POLL)
                continue
            try:
                last = _read(descriptor)
                now = time.time()
                if last is not None and last.end > now and latest is None:
                    latest = now
                pause = _pause(last, delay, now, now if latest is None else latest)
                if pause <= 0 and not yielded and last is not None and _other_waits(waiting, last):
                    pause, yielded = _YIELD, True  # we were here last and somebody waits: after you
                if pause <= 0:
                    return
            except BaseException:
                unlock_descriptor(descriptor)
                raise
            unlock_descriptor(descriptor)
            await asyncio.sleep(pause)


class Turn:
    """A turn being taken.

    Attributes:
        rest: seconds the host asked to be left alone after this exchange (Retry-After); the longer of it and the
            pause counts.
        pause: seconds that have to lie between two requests of this turn, if there have to be two.
        latency: seconds until the host began to answer, or until it was given up; None: nobody was asked.
        well: whether it answered, and with no error of its own.
    """

    __slots__ = ("latency", "pause", "rest", "well")

    def __init__(self, pause: float = 0.0) -> None:
        self.rest = 0.0
        self.pause = pause
        self.latency: float | None = None
        self.well = True


@lru_cache(4096)
def _away(host: str) -> str:
    return f"{file_name(host)[: -len('.lock')]}.away"


@lru_cache(4096)
def file_name(host: str) -> str:
    """Name of a host's lock file: readable, safe in any file system, and distinct for distinct hosts."""
    readable = re.sub(r"[^a-z0-9.-]", "_", host.lower())[:100]
    return f"{readable}-{hashlib.sha256(host.lower().encode()).hexdigest()[:8]}.lock"


def _pause(last: _Visit | None, delay: float, now: float, latest: float) -> float:
    """Seconds still to wait.

    Args:
        last: the last visit.
        delay: since its end.
        now: on the same clock.
        latest: the last visit cannot have ended later than this: if it says so, the clock has been set back.
    """
    if last is None:
        return 0.0
    end = min(last.end, latest)
    rest = last.not_before - last.end
    return max(end + max(delay + _margin(delay), rest + _margin(rest)) - now, 0.0)


def _margin(pause: float) -> float:
    return min(_MARGIN, max(_LEAST_MARGIN, pause / 10)) if pause > 0 else 0.0


def _other_waits(waiting: Path, last: _Visit) -> bool:
    me = os.getpid()
    if last.process != me:
        return False
    try:
        text = waiting.read_text(encoding="ascii")
        age = time.time() - waiting.stat().st_mtime
    except FileNotFoundError:
        return False
    return text != str(me) and age < _YIELD * 2


def _read(descriptor: int) -> _Visit | None:
    match = _RECORD.match(os.pread(descriptor, 100, 0).decode("ascii", "replace"))
    if match is None:  # never visited, or the process died while it wrote: nothing is known
        return None
    return _Visit(float(match[1]), float(match[2]), int(match[3]))


def _note(descriptor: int, rest: float) -> None:
    now = time.time()
    _write(descriptor, now, now + rest)


def _write(descriptor: int, end: float, not_before: float) -> None:
    record = f"{end:.6f} {not_before:.6f} {os.getpid()}\n".encode("ascii")
    os.pwrite(descriptor, record.ljust(60, b" "), 0)
