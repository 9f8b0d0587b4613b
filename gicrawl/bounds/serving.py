"""The worker's side: items come in, results go out, in the same order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from gicrawl.bounds.limits import Bounds, Stop, begin, confine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

Item = TypeVar("Item")
Result = TypeVar("Result")
_Item_contra = TypeVar("_Item_contra", contravariant=True)
_Result_co = TypeVar("_Result_co", covariant=True)

READY, PREPARED, DONE, OVER_MEMORY, RAISED = range(5)
"""What a worker says: it can begin, and within how many bytes; a batch is prepared; a result; an item takes too much;
an error for the parent."""

Order: TypeAlias = "tuple[Sequence[Item], bool, Stop | None]"
"""Items; whether to prepare them together; what stopped one of them before, where only that is to be put in words."""


class Craft(Protocol[_Item_contra, _Result_co]):
    """What a crew does; where processes cannot be forked it travels to them, so it is a dataclass of plain values."""

    def ready(self) -> None:
        """Is called once in every worker, before the first item."""

    def prepare(self, items: Sequence[_Item_contra]) -> None:
        """Is told of a batch before its items are worked on one by one."""

    def work(self, item: _Item_contra) -> _Result_co:
        """The work; what it raises ends the run, except for MemoryError."""

    def stopped(self, item: _Item_contra, stop: Stop) -> _Result_co:
        """What can be said of an item that went over its bounds; in a fresh worker, within the same bounds."""

    def lost(self, item: _Item_contra, stop: Stop) -> _Result_co:
        """The same where even that went over the bounds; in the parent, so without looking at the item's bytes."""


def serve(orders: Connection, answers: Connection, craft: Craft[Item, Result], bounds: Bounds) -> None:
    """Carry out orders until there are none, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        craft.ready()
        gc.freeze()  # what is there now stays: looking through it again and again would copy it, too, after a fork
        answers.send((READY, confine(bounds)))
        while (order := orders.recv()) is not None:
            _carry_out(order, answers, craft, bounds)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone, and nobody is left to tell
    except Exception as error:  # noqa: BLE001 - the boundary between processes: the parent raises it
        answers.send((RAISED, _portable(error)))


def _carry_out(order: Order[Item], answers: Connection, craft: Craft[Item, Result], bounds: Bounds) -> None:
    items, together, stop = order
    if together:
        begin(bounds)
        craft.prepare(items)
        answers.send((PREPARED, None))
    for item in items:
        begin(bounds)
        try:
            answers.send((DONE, craft.work(item) if stop is None else craft.stopped(item, stop)))
        except MemoryError:
            answers.send((OVER_MEMORY, None))
            os._exit(0)  # what it left behind in this process is the next document's no more


def _portable(error: Exception) -> Exception:
    """The error itself, or what it says where it cannot travel."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever its class does
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    """End this process when its parent is gone: workers of a killed parent would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
