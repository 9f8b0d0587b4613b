"""Faults switched on: each is on the wire as it is named, and every one says what must become of it."""

from __future__ import annotations

import asyncio
import io
import random
from typing import TYPE_CHECKING, Any

import pytest

from gicrawl.sample.http import Request, answer
from gicrawl.sample.ills import COUNT, afflict, build_ill
from gicrawl.sample.manifest import describe
from gicrawl.sample.server import ExchangeLog, start_servers
from gicrawl.sample.site import DAMAGED, REPORT
from gicrawl.sample.strangers import ListStranger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gicrawl.sample.site import Portal


class Healthy(ListStranger):
    id, place, family, odd, issuers = "healthy", "寅坊县", "list", 0.0, (0, 1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def portal() -> Portal:
    built = Healthy(random.Random(3)).build()
    afflict([built], COUNT)
    return built


def test_every_fault_is_dealt_out_and_costs_a_report_only_where_it_must(portal: Portal) -> None:
    assert len({ill.name for ill in portal.ills}) == len(portal.ills) == COUNT
    by_path = {placed.path: placed.entry.kind for placed in portal.placed}
    for ill in portal.ills:
        assert ill.path is not None
        assert (by_path[ill.path] == REPORT) == (ill.expected == ("report",)), ill.name
    assert sum(kind == DAMAGED for kind in by_path.values()) == sum(ill.expected != ("report",) for ill in portal.ills)
    on_lists = {placed.path: placed.entry.kind for _, rows in portal.list_pages for placed in rows}
    assert on_lists == by_path
    told: Any = describe([portal], seed=3, documents=False)["portals"]
    assert {ill["name"] for ill in told[0]["ills"]} == {ill.name for ill in portal.ills}
    assert len(told[0]["damaged"]) == sum(kind == DAMAGED for kind in by_path.values())


def test_lengths_lie_as_they_should_and_an_empty_body_says_so(portal: Portal) -> None:
    paths = {ill.name: ill.path for ill in portal.ills}
    request = Request(b"", "GET", "/", "HTTP/1.1", {}, b"")
    for name, more in (("overlong", 5_000), ("underlong", -60), ("loop", 0)):
        page = portal.pages[paths[name] or ""]
        made = answer(portal, page, request)
        head, sent = made.pieces[0], sum(map(len, made.pieces[1:]))
        assert f"Content-Length: {sent + more}\r\n".encode() in head
        assert made.complete == (more == 0)


def served(portals: list[Portal], visit: Callable[[dict[str, int]], Awaitable[None]]) -> None:
    """Serve portals while somebody visits them, by their ports."""

    async def both() -> None:
        servers = await start_servers(portals, ExchangeLog(io.StringIO()))
        await visit({server.portal.id: server.port for server in servers})
        for server in servers:
            await server.stop()

    asyncio.run(asyncio.wait_for(both(), 60))


async def get(port: int, path: str) -> bytes:
    """Everything that comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.close()


def test_articles_are_ill_on_the_wire(portal: Portal) -> None:
    paths = {ill.name: ill.path or "" for ill in portal.ills}

    async def visit(ports: dict[str, int]) -> None:
        port = ports["healthy"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(get(port, paths["silent"]), 0.3)
        with pytest.raises(ConnectionResetError):
            await get(port, paths["reset"])
        again = [await get(port, paths["throttled_once"]) for _ in range(2)]
        assert [one[9:12] for one in again] == [b"429", b"200"]
        assert b"Retry-After: 1\r\n" in again[0]

    served([portal], visit)


def test_portals_are_ill_on_the_wire() -> None:
    async def visit(ports: dict[str, int]) -> None:
        head = [(await get(ports["ill-cookies"], "/")).partition(b"\r\n\r\n")[0] for _ in range(3)]
        assert len({line for one in head for line in one.split(b"\r\n") if line.startswith(b"Set-Cookie")}) >= 6
        told = [(await get(ports["ill-challenge"], path))[9:12] for path in ("/robots.txt", "/", "/x")]
        assert told[0] != b"521"
        assert told[1:] == [b"521", b"521"]
        answers = [await get(ports["ill-dies"], "/") for _ in range(18)]
        assert all(answers)
        with pytest.raises(ConnectionError):
            await get(ports["ill-dies"], "/")

    served(build_ill(6, ("cookies", "challenge", "dies")), visit)


def test_a_list_without_an_end_goes_on_with_other_rows() -> None:
    (endless,) = build_ill(6, ("endless",))
    assert endless.reply is not None
    stem = endless.list_pages[0][0].rpartition(".")[0]
    seen = set()
    for number in range(len(endless.list_pages), len(endless.list_pages) + 5):
        page = endless.reply(Request(b"", "GET", f"{stem}_{number}.html", "HTTP/1.1", {}, b""))
        assert page is not None
        assert f"{stem}_{number + 1}.html".encode() in page.body
        seen.add(page.body)
    assert len(seen) == 5
