"""A server that writes exactly the bytes it is told to, and records what it wrote, to whom, and when."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Answer:
    """What is written: the parts one after the other with `pause` seconds before each but the first."""

    parts: tuple[bytes, ...]
    pause: float = 0.0
    before: float = 0.0  # seconds before anything is written
    close: bool = False
    reset: bool = False


@dataclass
class Visit:
    host: str
    path: str
    request: bytes
    start: float
    connection: int
    end: float = 0.0
    sent: bytearray = field(default_factory=bytearray)

    def header(self, name: str) -> str | None:
        for line in self.request.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == name.lower():
                return value
        return None


def page(body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> Answer:
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}", *headers, "", ""]
    return Answer(("\r\n".join(lines).encode("latin-1") + data,))


def raw(*parts: bytes, pause: float = 0.0, close: bool = False, reset: bool = False, before: float = 0.0) -> Answer:
    return Answer(parts, pause=pause, close=close, reset=reset, before=before)


NO_ROBOTS = page("no such file", status="404 Not Found")


class RawServer:
    """Routes are paths (or `host path`) to an answer, a list (the last for ever), or a function of the visit."""

    def __init__(self, routes: dict[str, object], ip: str = "127.0.0.1") -> None:
        self.ip = ip
        self.routes = {"/robots.txt": NO_ROBOTS, **routes}
        self.visits: list[Visit] = []
        self.port = 0
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None

    @property
    def address(self) -> str:
        return f"{self.ip}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def of(self, path: str) -> list[Visit]:
        return [visit for visit in self.visits if visit.path == path]

    def paths(self) -> list[str]:
        return [visit.path for visit in self.visits]

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._client, self.ip, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = self._connections
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(reader, writer, connection):
                    pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        visit = Visit("", path, head, time.monotonic(), connection)
        visit.host = visit.header("Host") or ""
        length = visit.header("Content-Length")
        if length:
            visit.request += await reader.readexactly(int(length))
        self.visits.append(visit)
        answer = self._answer(visit)
        visit.end = visit.start
        if answer.before:
            await asyncio.sleep(answer.before)
        for number, part in enumerate(answer.parts):
            if number and answer.pause:
                await asyncio.sleep(answer.pause)
            visit.end = time.monotonic()  # of the last part: before it is written nobody can have read it
            writer.write(part)
            visit.sent += part
            await writer.drain()
        if answer.reset:
            await asyncio.sleep(0.05)  # let what was written arrive before the reset throws it away
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        return not answer.close

    def _answer(self, visit: Visit) -> Answer:
        script = self.routes.get(f"{visit.host} {visit.path}", self.routes.get(visit.path))
        if script is None:
            return page("nothing here", status="404 Not Found")
        if isinstance(script, list):
            return script.pop(0) if len(script) > 1 else script[0]
        if callable(script):
            return script(visit)
        assert isinstance(script, Answer)
        return script
