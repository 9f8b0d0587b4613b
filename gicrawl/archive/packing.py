"""Bodies are compressed in a thread of their own: zstd leaves the interpreter to the crawl while it works.

One thread, because each page may be what the next is compressed against: the same captures in the same order give the
same stored bytes, however fast the machine is.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gicrawl.archive.bodies import sniff
from gicrawl.archive.dictionaries import HOSTS, Sites

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from gicrawl.archive.bodies import Earlier, Packed


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
    form: Future[Packed] | None


class Packer:
    """Compresses bodies behind the caller's back, in the order they come.

    Args:
        load: the newest dictionaries the archive has for a host, the newest first; called in the caller's thread.
    """

    def __init__(self, load: Callable[[str], list[Earlier]]) -> None:
        self._load = load
        self._brought: dict[str, list[Earlier]] = {}
        self._hosts: OrderedDict[str, None] = OrderedDict()
        self._sites = Sites(lambda host: self._brought.pop(host, []))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packing")

    def pack(self, body: bytes, digest: bytes, host: str | None) -> Body:
        """Begin to compress a body; `host` is where it came from."""
        kind = sniff(body)
        if host is not None and Sites.wants(body, kind):
            self._bring(host)
        return Body(digest, len(body), kind, self._thread.submit(self._sites.pack, body, digest, host, kind))

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _bring(self, host: str) -> None:
        """Have a host's dictionaries ready when the thread meets it; it forgets hosts in the very same order."""
        if host in self._hosts:
            self._hosts.move_to_end(host)
            return
        self._brought[host] = self._load(host)
        self._hosts[host] = None
        if len(self._hosts) > HOSTS:
            self._hosts.popitem(last=False)
