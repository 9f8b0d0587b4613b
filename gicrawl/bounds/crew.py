"""The parent's side: who works on what, who is late or takes too much, and results in the order of the items."""

from __future__ import annotations

import fcntl
import multiprocessing
import signal
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Final, Generic

from gicrawl.bounds.limits import Bounds, Stop, memory_of
from gicrawl.bounds.serving import DONE, OVER_MEMORY, PREPARED, RAISED, READY, Craft, Item, Result, serve

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

CHUNK: Final = 16
"""Items a worker is handed at a time."""
_AHEAD: Final = 2
"""Chunks in a worker's hands, so that it never waits for the parent."""
_WINDOW: Final = 8
"""Chunks for each worker that may be done before their turn: one slow item must not pile up all the others' results."""
_LOOK: Final = 0.25
"""Seconds between two looks at what workers take."""
_START: Final = 120.0
"""Seconds a fresh process may take to be ready."""
_PATIENCE: Final = 3
"""Workers in a row that may end before they are ready: the fault is then not in an item."""
_PIPE: Final = 1 << 20
"""Bytes of results that may wait for the parent, where the system lets us ask for so much."""
_ORDERS: Final = 16_000
"""Bytes of orders that may wait for a worker: what fits any system's pipe, so that handing it over never blocks."""
_SUSPECT: Final = 0.8
"""Of the memory bound: a worker that crashes above this was refused memory inside C code, which took it badly."""


class CrewLost(Exception):  # noqa: N818 - says what happened
    """Workers end before they begin."""


@dataclass(slots=True)
class _Piece(Generic[Item]):
    """An item on its way."""

    number: int
    item: Item
    tried: bool = False
    stop: Stop | None = None


@dataclass(slots=True)
class _Given(Generic[Item]):
    """A batch in a worker's hands."""

    pieces: deque[_Piece[Item]]
    preparing: bool
    size: int
    """Bytes of the order."""


@dataclass(slots=True)
class _Hand(Generic[Item]):
    """A worker, as the parent sees it."""

    process: BaseProcess
    orders: Connection
    answers: Connection
    ready: bool = False
    done: int = 0
    age: float = 0.0
    """Seconds on the item it is at; those in which the parent was elsewhere count for a second at most."""
    memory: int = 0
    bound: int = 0
    """Bytes it may come to, once it is ready."""
    verdict: Stop | None = None
    batches: deque[_Given[Item]] = field(default_factory=deque)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew(Generic[Item, Result]):
    """Workers within bounds.

    Attributes:
        craft: what they do.
        workers: how many.
        bounds: what one item may take.
        chunk: items handed over at a time.
        forked: begin as copies of this process, which costs some milliseconds where another start costs a second.
            Only for callers without threads and without open databases, which a copy would damage.
    """

    craft: Craft[Item, Result]
    workers: int = 1
    bounds: Bounds = field(default_factory=Bounds)
    chunk: int = CHUNK
    forked: bool = False

    def run(self, items: Iterable[Item]) -> Generator[Result, None, None]:
        """Results of all items, in their order.

        Raises:
            CrewLost: workers end before they begin.
            Exception: what the craft raised.
        """
        shift = _Shift(self, iter(items))
        try:
            yield from shift.results()
            shift.dismiss()
        finally:
            shift.end()  # an interrupt, or nobody wants the rest: what they are at is not waited for


class _Shift(Generic[Item, Result]):
    """One run of a crew."""

    def __init__(self, crew: Crew[Item, Result], items: Iterator[Item]) -> None:
        self._crew = crew
        self._items = enumerate(items)
        self._hands: list[_Hand[Item]] = []
        self._again: deque[tuple[list[_Piece[Item]], bool]] = deque()
        self._held: dict[int, Result] = {}
        self._turn = 0
        self._given = 0
        self._fruitless = 0
        self._looked = time.monotonic()
        forked = crew.forked and sys.platform == "linux" and threading.active_count() == 1
        self._context: Any = multiprocessing.get_context("fork" if forked else "spawn")

    def results(self) -> Iterator[Result]:
        while True:
            self._hand_out()
            busy = [hand for hand in self._hands if hand.batches]
            if not busy:
                return
            for connection in wait([hand.answers for hand in busy], _LOOK):
                self._hear(next(hand for hand in busy if hand.answers is connection))
            self._look()
            while self._turn in self._held:
                yield self._held.pop(self._turn)
                self._turn += 1

    def dismiss(self) -> None:
        """Let idle workers end by themselves, so that they clear up behind them."""
        for hand in self._hands:
            with suppress(BrokenPipeError):
                hand.orders.send(None)
        for hand in self._hands:
            hand.process.join(_START)

    def end(self) -> None:
        for hand in self._hands:
            hand.process.kill()  # says nothing to one that has ended
        for hand in self._hands:
            self._close(hand)
        self._hands.clear()

    def _close(self, hand: _Hand[Item]) -> None:
        hand.process.join()
        hand.orders.close()
        hand.answers.close()

    def _hand_out(self) -> None:
        """Give work to whoever has least, as long as there is any and its result will be wanted soon."""
        room = self._crew.workers * self._crew.chunk * _WINDOW
        while True:
            if len(self._hands) < self._crew.workers:
                hand = None
            else:
                hand = min(self._hands, key=lambda one: len(one.batches))
                if len(hand.batches) >= _AHEAD:
                    return
            if self._again:
                batch, together = self._again.popleft()
            elif self._given - self._turn < room:
                batch = [_Piece(number, item) for number, item in islice(self._items, self._crew.chunk)]
                self._given += len(batch)
                together = len(batch) > 1
            else:
                return
            if not batch:
                return
            if not self._give(self._start() if hand is None else hand, batch, together=together):
                self._again.appendleft((batch, together))
                return

    def _give(self, hand: _Hand[Item], batch: list[_Piece[Item]], *, together: bool) -> bool:
        """Hand over a batch; False where the worker is busy and so much might not fit into its pipe."""
        order = ForkingPickler.dumps(([piece.item for piece in batch], together, batch[0].stop))
        if hand.batches and len(order) + sum(given.size for given in hand.batches) > _ORDERS:
            return False
        if not hand.batches:
            hand.age = 0.0
        hand.batches.append(_Given(deque(batch), together, len(order)))
        with suppress(BrokenPipeError):  # it has ended: heard of in its turn
            hand.orders.send_bytes(order)
        return True

    def _start(self) -> _Hand[Item]:
        theirs, orders = self._context.Pipe(duplex=False)
        answers, ours = self._context.Pipe(duplex=False)
        _widen(ours)
        process = self._context.Process(
            target=serve, args=(theirs, ours, self._crew.craft, self._crew.bounds), daemon=True
        )
        hand: _Hand[Item] = _Hand(process, orders, answers)
        with undisturbed():
            process.start()
            self._hands.append(hand)
        theirs.close()
        ours.close()
        return hand

    def _hear(self, hand: _Hand[Item]) -> None:
        """Everything a worker has said by now."""
        try:
            while hand.answers.poll():
                self._told(hand, *hand.answers.recv())
        except (EOFError, ConnectionResetError):
            self._ended(hand)

    def _told(self, hand: _Hand[Item], what: int, said: Any) -> None:  # noqa: ANN401 - a result, an error or nothing
        hand.age = 0.0
        if what == READY:
            hand.ready = True
            hand.bound = said
            self._fruitless = 0
        elif what == PREPARED:
            hand.batches[0].preparing = False
        elif what == DONE:
            given = hand.batches[0]
            self._held[given.pieces.popleft().number] = said
            hand.done += 1
            if not given.pieces:
                hand.batches.popleft()
        elif what == OVER_MEMORY:
            hand.verdict = self._over_memory(hand)
        elif what == RAISED:
            raise said

    def _look(self) -> None:
        """Stop who is late or takes too much memory."""
        now = time.monotonic()
        passed = now - self._looked
        if passed < _LOOK:
            return
        self._looked = now
        bounds = self._crew.bounds
        for hand in self._hands:
            if not hand.batches or hand.verdict is not None:
                continue
            hand.age += min(passed, 1.0)
            assert hand.process.pid is not None
            hand.memory = memory_of(hand.process.pid) or hand.memory
            given = hand.batches[0]
            allowed = bounds.clock * (len(given.pieces) if given.preparing else 1) if hand.ready else _START
            if hand.ready and hand.memory > hand.bound:
                hand.verdict = self._over_memory(hand)
            elif hand.age > allowed:
                hand.verdict = self._late(hand)
            else:
                continue
            hand.process.kill()

    def _ended(self, hand: _Hand[Item]) -> None:
        """Find out why a worker ended, and have somebody else do what it has left."""
        self._hands.remove(hand)
        self._close(hand)
        if not hand.ready:
            self._fruitless += 1
            if self._fruitless >= _PATIENCE:
                raise CrewLost(
                    "the worker processes end before they begin; look for a lack of memory or of processes, "
                    "or allow them more memory"
                )
            self._again.extendleft((list(given.pieces), given.preparing) for given in reversed(hand.batches))
            return
        if not hand.batches:
            return
        given = hand.batches.popleft()
        left = list(given.pieces)
        self._again.extendleft((list(later.pieces), later.preparing) for later in reversed(hand.batches))
        if given.preparing:  # which of them it was shows when each is worked on
            self._again.extendleft(([piece], False) for piece in reversed(left))
            return
        if left[1:]:
            self._again.appendleft((left[1:], False))
        self._blame(left[0], self._stop_of(hand), fresh=hand.done == 0)

    def _stop_of(self, hand: _Hand[Item]) -> Stop:
        if hand.verdict is not None:
            return hand.verdict
        if hand.process.exitcode == -signal.SIGXCPU:
            return self._late(hand)
        if hand.memory > _SUSPECT * hand.bound:
            return self._over_memory(hand)
        return Stop("parser_crashed", (("exit", str(hand.process.exitcode)),), hand.age)

    def _blame(self, piece: _Piece[Item], stop: Stop, *, fresh: bool) -> None:
        """What becomes of an item whose worker ended.

        Time is its own. Memory may have been left by the items before it, and a process may be killed by anybody: then
        it is tried once more, in a worker that has done nothing yet.
        """
        if piece.stop is not None:
            self._held[piece.number] = self._crew.craft.lost(piece.item, piece.stop)
            return
        sure = stop.code == "parser_timeout" or piece.tried or (fresh and stop.code == "parser_over_memory")
        again = replace(piece, stop=stop) if sure else replace(piece, tried=True)
        self._give(self._start(), [again], together=False)

    def _late(self, hand: _Hand[Item]) -> Stop:
        return Stop("parser_timeout", (("seconds", f"{self._crew.bounds.seconds:g}"),), hand.age)

    def _over_memory(self, hand: _Hand[Item]) -> Stop:
        return Stop("parser_over_memory", (("megabytes", str(self._crew.bounds.memory >> 20)),), hand.age)


def _widen(pipe: Connection) -> None:
    """Let more results wait in a pipe than it holds by itself."""
    if sys.platform == "linux":
        with suppress(PermissionError):  # the user's pipes take as much as they may already
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds interrupts back while a worker is started.

    Workers are born with them blocked, and answer to none before they say so. In the parent they strike at the end of
    the block, not between a worker and whoever looks after it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
