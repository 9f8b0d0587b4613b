"""Ctrl-C and SIGTERM: heard at every moment of a crawl, and carried to crawlers that may still be starting."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType, TracebackType
    from typing import Self

    from scrapy.core.downloader import Downloader
    from scrapy.core.engine import ExecutionEngine
    from scrapy.crawler import Crawler

    from gicrawl.crawling.ending import Ending

_POLL = 0.05  # seconds between two looks whether a crawler that is to be stopped has come to listen


class Interrupts:
    """SIGINT and SIGTERM from the first line of a crawl to its last: counted, and never an exception.

    Scrapy's own handlers are there only while its loop runs, and what they ask for is lost on a crawler that is still
    starting; before and after them an exception could strike anywhere, in the middle of closing the archive too.
    Whoever called us gets their handlers back at the end.

    Attributes:
        heard: how many have come.
    """

    def __init__(self) -> None:
        self.heard = 0
        self._tell: Callable[[], object] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def told_to(self, loop: asyncio.AbstractEventLoop, stop: Stop) -> Iterator[None]:
        """Passes them on while the loop is about to run or runs, those that have come before included."""

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has just been closed: all is done
                loop.call_soon_threadsafe(stop)

        self._tell = tell
        if self.heard:
            tell()
        try:
            yield
        finally:
            self._tell = None

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.heard += 1
        if self._tell is not None:
            self._tell()


class Stop:
    """Ends all crawlers, the more decidedly the oftener it is called.

    The first lets what is under way come to its end, for a moment; the second does not wait; the third leaves
    everything as it is, should a crawler not listen. What has been fetched is kept in each case.

    Args:
        ending: of their session.
        crawlers: with the tasks they run in.
    """

    def __init__(self, ending: Ending, crawlers: Sequence[tuple[Crawler, asyncio.Task[None]]]) -> None:
        self._ending = ending
        self._crawlers = crawlers
        self._calls = 0
        self._task: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        """Called in the loop for each interrupt."""
        self._calls += 1
        if self._calls > 2:  # noqa: PLR2004 - see above
            for _, task in self._crawlers:
                task.cancel()
            return
        self._ending.ask()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._stop())

    async def _stop(self) -> None:
        await asyncio.gather(*(_stop(crawler, task) for crawler, task in self._crawlers))


async def _stop(crawler: Crawler, task: asyncio.Task[None]) -> None:
    """Ends a crawler as soon as it can be ended: one that is still starting does not listen yet."""
    while not task.done():
        engine = _engine(crawler)
        if engine is not None and engine.running:
            _let_go(engine.downloader)
            await crawler.stop_async()
        await asyncio.wait((task,), timeout=_POLL)


def _engine(crawler: Crawler) -> ExecutionEngine | None:
    """The crawler's engine, once it has one."""
    try:
        return crawler.engine
    except RuntimeError:
        return None


def _let_go(downloader: Downloader) -> None:
    """Sends on what waits for its delay in Scrapy's queues: our handler refuses it once the crawl has been ended."""
    for slot in downloader.slots.values():
        slot.delay = 0.0
        slot.close()
        downloader._process_queue(slot)  # noqa: SLF001 - nothing public moves the queue before its delay is over
