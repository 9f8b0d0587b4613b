"""One connection to a server: request bytes out, response bytes into a `ResponseReader`, and nothing in between.

An asyncio protocol rather than streams: it knows at once when an idle connection is closed or speaks unasked, so that
a kept connection never mixes messages, and the bytes are copied once.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import ssl
import time
from typing import TYPE_CHECKING, cast

from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.crawling.hosts import Address, Endpoint, Hosts
    from gicrawl.crawling.wire import ResponseReader

MAX_IDLE = 10.0
"""Seconds a kept connection may lie idle before it is not trusted any more; servers close after 5 to 75."""

PATIENCE = 10
"""An exchange ends after this many times the time a server may stay silent, so that a dripping one ends too."""

_MAX_ADDRESSES = 4  # tried in turn where a name has several


class TLSError(DownloadFailedError):
    """No trustworthy TLS with this server."""


class Connection(asyncio.Protocol):
    """A connection that stands, used for one exchange at a time.

    Attributes:
        address: dialled.
        certificate: SHA-256 of the server's certificate in DER, or None without TLS.
        used: whether an exchange has already gone over it.
        relaxed: whether its TLS is of the relaxed kind.
        answered: `time.monotonic` of the first bytes of the newest answer, or None while there are none.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.certificate: bytes | None = None
        self.used = False
        self.relaxed = False
        self.answered: float | None = None
        self._transport: asyncio.Transport | None = None
        self._reader: ResponseReader | None = None
        self._done: asyncio.Future[None] | None = None
        self._progress = 0.0
        self._open = False
        self._gone = asyncio.Event()

    @property
    def fresh(self) -> bool:
        """Whether it may carry a request: open, silent since the last answer, and not idle for long."""
        return self._open and time.monotonic() - self._progress < MAX_IDLE

    @property
    def peer(self) -> str:
        """Numeric address at the other end."""
        assert self._transport is not None
        return str(self._transport.get_extra_info("peername")[0]).partition("%")[0]

    def close(self) -> None:
        """Ends the connection at once."""
        self._open = False
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Returns when the operating system has the socket back."""
        await self._gone.wait()

    async def exchange(self, request: bytes, reader: ResponseReader, silence: float) -> None:
        """Sends a request and feeds the reader until it has finished, whatever happens.

        Args:
            request: head and body.
            reader: takes the answer; it says afterwards what is wrong with it.
            silence: seconds the server may let pass without sending anything.

        Raises:
            TimeoutError: the server stayed silent, or dripped on for `PATIENCE` times as long.
        """
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._reader, self._done = reader, loop.create_future()
        self._progress = start = time.monotonic()
        self.used = True
        self.answered = None
        try:
            if self._open:
                self._transport.write(request)
            else:
                reader.eof()
            while not reader.finished:
                now = time.monotonic()
                left = min(self._progress + silence, start + silence * PATIENCE) - now
                if left <= 0:
                    because = (
                        "the server fell silent" if now - self._progress >= silence else "the server took too long"
                    )
                    reader.eof(because=because)
                    self.close()
                    raise TimeoutError
                await asyncio.wait((self._done,), timeout=left)
        finally:
            self._reader = self._done = None
            self._progress = time.monotonic()
            if not reader.reusable:
                self.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without inheriting from it
        self._open = True
        self._progress = time.monotonic()
        tls = transport.get_extra_info("ssl_object")
        if tls is not None:
            self.certificate = hashlib.sha256(tls.getpeercert(binary_form=True)).digest()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        if self._reader is None:  # speaks unasked: whatever it is, it is no answer to our next request
            self.close()
            return
        self._progress = time.monotonic()
        if self.answered is None:
            self.answered = self._progress
        self._reader.feed(data)
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._open = False
        self._gone.set()
        if self._reader is not None:
            self._reader.eof(because=None if exc is None else f"the connection broke ({_words(exc)})")
            self._wake()

    def _wake(self) -> None:
        if self._reader is not None and self._reader.finished and self._done is not None and not self._done.done():
            self._done.set_result(None)


async def dial(
    where: Endpoint, addresses: Sequence[Address], hosts: Hosts, context: ssl.SSLContext, seconds: float
) -> Connection:
    """Connects to the first address that answers.

    Args:
        where: the endpoint meant.
        addresses: allowed ones, from `Hosts.resolve`.
        hosts: judges the address at the other end once more.
        context: how TLS is done where the endpoint asks for it.
        seconds: for each address, TLS included.

    Raises:
        RefusedByGuard: the other end is not what was dialled.
        TLSError, DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError: why the last one failed.
    """
    loop = asyncio.get_running_loop()
    failure: Exception = DownloadFailedError(f"{where.key}: no address")
    for address in addresses[:_MAX_ADDRESSES]:
        connection = Connection(address)
        at = address.label(where)
        try:
            async with asyncio.timeout(seconds):
                await loop.create_connection(
                    lambda made=connection: made,
                    address.ip,
                    address.port,
                    ssl=context if where.tls else None,
                    server_hostname=where.host if where.tls else None,
                )
            hosts.check(where, ipaddress.ip_address(connection.peer))
        except TimeoutError:
            failure = DownloadTimeoutError(f"{where.key}: no connection to {at} within {seconds:g} s")
        except ssl.SSLError as error:
            failure = TLSError(f"{where.key}: no trustworthy TLS with {at} ({_words(error)})")
        except ConnectionRefusedError:
            failure = DownloadConnectionRefusedError(f"{where.key}: {at} refused the connection")
        except OSError as error:
            kind = TLSError if where.tls and isinstance(error, ConnectionError) else DownloadFailedError
            failure = kind(f"{where.key}: no connection to {at} ({_words(error)})")
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failure


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
