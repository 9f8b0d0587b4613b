"""Reading ahead in a thread of its own: inflating and hashing leave the interpreter to whoever takes what was read."""

from __future__ import annotations

from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")

_TOGETHER = 64
"""Items handed over at once: handing each over by itself would take longer than reading it."""
_BYTES = 2 << 20
_LISTS = 2
"""Lists that wait at most: one is being taken, these are ready, and one is being filled."""
_HEAVY = 16 << 20
"""Bytes of a list above which nothing more is read before it is taken: blocks may have hundreds of megabytes."""
_PATIENCE = 0.2  # seconds after which a reader sees that nobody listens any more
_GLANCE = 0.005


class _Ahead(Generic[Item]):
    def __init__(self, items: Iterable[Item], weigh: Callable[[Item], int]) -> None:
        self._items = items
        self._weigh = weigh
        self._ready: Queue[list[Item] | BaseException | None] = Queue(_LISTS)
        self._unwanted = Event()
        self._thread = Thread(target=self._read, name="reading", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        while (found := self._ready.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield from found

    def end(self) -> None:
        """Have the thread end, whatever is left."""
        self._unwanted.set()
        try:
            while True:
                self._ready.get_nowait()
        except Empty:
            self._thread.join()

    def _read(self) -> None:
        together: list[Item] = []
        size = 0
        try:
            for item in self._items:
                together.append(item)
                size += self._weigh(item)
                if len(together) >= _TOGETHER or size > _BYTES:
                    if not self._put(together, is_heavy=size > _HEAVY):
                        return
                    together, size = [], 0
        except Exception as error:  # noqa: BLE001  # raised again where the items are taken
            self._put(together)
            self._put(error)
        else:
            self._put(together)
            self._put(None)

    def _put(self, found: list[Item] | BaseException | None, *, is_heavy: bool = False) -> bool:
        while not self._unwanted.is_set():
            try:
                self._ready.put(found, timeout=_PATIENCE)
            except Full:
                continue
            while is_heavy and not self._ready.empty() and not self._unwanted.wait(_GLANCE):
                pass
            return True
        return False


@contextmanager
def read_ahead(items: Iterable[Item], weigh: Callable[[Item], int]) -> Iterator[Iterable[Item]]:
    """A block that has the items of an iterable, which is read in a thread of its own until the block is left.

    What reading raises is raised where the items are taken, after those that came before.

    Args:
        items: what to read; nobody else may touch what it reads from until the block is left.
        weigh: how many bytes an item holds; some megabytes are read ahead at most.
    """
    ahead = _Ahead(items, weigh)
    try:
        yield ahead
    finally:
        ahead.end()
