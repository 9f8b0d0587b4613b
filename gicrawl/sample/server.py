"""The servers: one loopback port a portal, every request and every byte written down.

Raw streams and no HTTP library, so that what is on the wire is exactly what stands in the record.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from base64 import b64encode
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TextIO

from gicrawl.sample.changes import Changes
from gicrawl.sample.http import Answer, BadRequestError, Request, answer, read_head
from gicrawl.sample.site import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.sample.site import Portal

LONGEST_HEAD = 64 * 1024
_LOOK = 0.25  # seconds between two looks at whether somebody who waits is still there


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    Attributes:
        number: counts all requests of all portals.
        portal, port: where it came in.
        connection: counts the connections of a portal.
        method, target, host: of the request; empty where it could not be read.
        request, response: bytes, base64.
        status: status code sent.
        began: when its first byte was there, seconds since the epoch.
        received: when it was complete.
        answered: when the last byte of the answer had been handed to the system.
        complete: False where the answer was torn on purpose.
        aborted: the other side went away before the last byte.
    """

    number: int
    portal: str
    port: int
    connection: int
    method: str
    target: str
    host: str
    request: str
    response: str
    status: int
    began: float
    received: float
    answered: float
    complete: bool
    aborted: bool


class PortalServer:
    """Serves one portal."""

    def __init__(self, portal: Portal, log: ExchangeLog, latency: float) -> None:
        self.portal = portal
        self.changes = Changes(portal)
        self.port = 0
        self._log = log
        self._latency = latency
        self._connections = self._answers = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen on this port of 127.0.0.1, or on a free one for 0.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def change(self, what: str, path: str) -> dict[str, str]:
        """Change what is served: see `gicrawl.sample.changes`.

        Raises:
            ChangeError: it cannot be done.
            OSError: somebody else has taken the port while we were down.
        """
        was_down = self.changes.down
        done = self.changes.do(what, path)
        if self.changes.down and not was_down:
            await self.stop()
        elif was_down and not self.changes.down:
            await self.start(self.port)
        return done

    async def stop(self) -> None:
        """Stop listening and drop what is open."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        if self._serving:  # whoever is made to wait sees only after a while that it is over
            await asyncio.wait(self._serving, timeout=4 * _LOOK)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = self._connections
        # With no buffer of our own `drain` returns only when the system has taken the last byte.
        writer.transport.set_write_buffer_limits(high=0)
        self._open.add(writer)
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None  # a connection is served by a task of its own
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while await self._exchange(reader, writer, connection):
                pass
        except ConnectionError:
            pass  # the visitor left between two requests; what was asked before stands in the record
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Read one request and answer it; False when the connection is over."""
        first = await reader.read(1)
        if not first:
            return False
        began = time.time()
        request: Request | None = None
        raw = first
        try:
            raw += await reader.readuntil(b"\r\n\r\n")
            method, target, version, headers = read_head(raw[:-4])
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            raw += body
            request = Request(raw, method, target, version, headers, body)
        except asyncio.IncompleteReadError as error:
            raw += error.partial
        except (asyncio.LimitOverrunError, BadRequestError, ValueError):
            pass  # answered with 400 below: whatever it was, it is in the record
        received = time.time()
        reply = self._answer(request)
        pause = reply.pause + self.portal.pace + self._latency
        aborted = bool(pause) and await _left(reader, pause)
        try:
            for piece in reply.pieces:
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            aborted = True
        if reply.reset:
            _reset(writer)
        self._answers += 1
        self._log.add(
            portal=self.portal.id,
            port=self.port,
            connection=connection,
            request=request,
            raw=raw,
            reply=reply,
            times=(began, received, time.time()),
            aborted=aborted,
        )
        if self._answers == self.portal.dies_after and self._server is not None:
            self._server.close()
        return not (reply.close or aborted or self._answers == self.portal.dies_after)

    def _answer(self, request: Request | None) -> Answer:
        if request is None:
            return answer(self.portal, Page(body=b"", status=400, close=True), None)
        page = None
        if self.portal.answer is not None:
            page = self.portal.answer(request.method, request.path, request.parameters)
        if page is None and self.portal.reply is not None:
            page = self.portal.reply(request)
        if page is None and request.method in {"GET", "HEAD"}:
            pages = self.portal.pages
            before = self.portal.first.get(request.path)
            page = before.pop(0) if before else pages.get(request.place) or pages.get(request.path)
        page = self.changes.served(request.path, page)
        return answer(self.portal, page or self.portal.not_found, request)


async def _left(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Wait; whether the visitor went away meanwhile."""
    end = time.monotonic() + seconds
    while (remaining := end - time.monotonic()) > 0:
        await asyncio.sleep(min(remaining, _LOOK))
        if reader.at_eof() or reader.exception() is not None:
            return True
    return False


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side is told of a reset (RST) and not of an end."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class ExchangeLog:
    """Writes exchanges as JSON lines as they happen: the record outlives a server that is killed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = 0

    def add(
        self,
        *,
        portal: str,
        port: int,
        connection: int,
        request: Request | None,
        raw: bytes,
        reply: Answer,
        times: tuple[float, float, float],
        aborted: bool,
    ) -> None:
        """Write one exchange down."""
        self._number += 1
        exchange = Exchange(
            number=self._number,
            portal=portal,
            port=port,
            connection=connection,
            method="" if request is None else request.method,
            target="" if request is None else request.target,
            host="" if request is None else request.headers.get("host", ""),
            request=b64encode(raw).decode("ascii"),
            response=b64encode(b"".join(reply.pieces)).decode("ascii"),
            status=reply.status,
            began=times[0],
            received=times[1],
            answered=times[2],
            complete=reply.complete,
            aborted=aborted,
        )
        self._stream.write(json.dumps(asdict(exchange), ensure_ascii=False) + "\n")
        self._stream.flush()


async def start_servers(
    portals: Sequence[Portal], log: ExchangeLog, *, ports: Sequence[int] = (), latency: float = 0.0
) -> list[PortalServer]:
    """Start a server for each portal.

    Args:
        portals: what to serve.
        log: where exchanges are written down.
        ports: ports in the order of the portals; free ones are chosen where this is empty.
        latency: seconds to think before each answer.

    Raises:
        OSError: a port is taken.
    """
    servers = []
    for index, portal in enumerate(portals):
        server = PortalServer(portal, log, latency)
        await server.start(ports[index] if ports else 0)
        servers.append(server)
    return servers
