"""Bodies are compressed in a thread of their own: zstd leaves the interpreter to the crawl while it works.

One thread, because each page may be what the next is compressed against: the same captures in the same order give the
same stored bytes, however fast the machine is.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, TypeAlias

from gicrawl.archive.bodies import LEVEL, sniff
from gicrawl.archive.dictionaries import HOSTS, Sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from gicrawl.archive.bodies import Earlier, Packed


class Form:
    """The stored form of a body, on its way. What `concurrent.futures` has for it takes as long as hashing a page."""

    __slots__ = ("_done", "_found")

    def __init__(self) -> None:
        self._done = Lock()
        self._done.acquire()
        self._found: Packed | BaseException | None = None

    def result(self) -> Packed:
        """The stored form, waited for.

        Raises:
            Exception: whatever went wrong while compressing.
        """
        with self._done:
            found = self._found
        assert found is not None  # `settle` lets nobody in before
        if isinstance(found, BaseException):
            raise found
        return found

    def settle(self, found: Packed | BaseException) -> None:
        """Let go those who wait."""
        self._found = found
        self._done.release()


_Job: TypeAlias = "tuple[Form, bytes, bytes, str | None, str]"


@dataclass(frozen=True, slots=True)
class Body:
    """A body that a capture names.

    Attributes:
        sha256: its name.
        size: bytes received.
        sniffed_type: media type by magic bytes.
        form: its stored form, as soon as it is compressed; None where the archive has it already.
    """

    sha256: bytes
    size: int
    sniffed_type: str
    form: Form | None


class Packer:
    """Compresses bodies behind the caller's back, in the order they come.

    Args:
        load: the newest dictionaries the archive has for a host, the newest first; called in the caller's thread.
        level: zstd's level.
    """

    def __init__(self, load: Callable[[str], list[Earlier]], level: int = LEVEL) -> None:
        self._load = load
        self._brought: dict[str, list[Earlier]] = {}
        self._hosts: OrderedDict[str, None] = OrderedDict()
        self._sites = Sites(lambda host: self._brought.pop(host, []), level)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None

    def pack(self, body: bytes, digest: bytes, host: str | None) -> Body:
        """Begin to compress a body; `host` is where it came from."""
        kind = sniff(body)
        if host is not None and Sites.wants(body, kind):
            self._bring(host)
        if self._thread is None:  # a daemon: who leaves without closing does not wait for what nobody will write
            self._thread = Thread(target=_work, args=(self._jobs, self._sites), name="packing", daemon=True)
            self._thread.start()
        form = Form()
        self._jobs.put((form, body, digest, host, kind))
        return Body(digest, len(body), kind, form)

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _bring(self, host: str) -> None:
        """Have a host's dictionaries ready when the thread meets it; it forgets hosts in the very same order."""
        if host in self._hosts:
            self._hosts.move_to_end(host)
            return
        self._brought[host] = self._load(host)
        self._hosts[host] = None
        if len(self._hosts) > HOSTS:
            self._hosts.popitem(last=False)


def _work(jobs: SimpleQueue[_Job | None], sites: Sites) -> None:
    while (job := jobs.get()) is not None:
        form, body, digest, host, kind = job
        try:
            form.settle(sites.pack(body, digest, host, kind))
        except Exception as error:  # noqa: BLE001  # told to whoever asks for the form
            form.settle(error)
        del job, form, body  # nothing of it is kept while waiting for the next
