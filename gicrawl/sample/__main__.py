"""`python -m gicrawl.sample`: serve the sample portals until told to stop, then say what was there and what was asked.

It stops on SIGTERM, on SIGINT, and when its standard input, if that is a pipe, is closed: whoever started it and died
leaves nothing behind. Until then a line on standard input changes a portal (`gicrawl.sample.changes`), and a line on
standard output says that it is done: `{"portal": "yunping", "do": "withdraw", "path": "/…"}`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.sample.changes import ChangeError
from gicrawl.sample.documents import DocumentsError, read_documents
from gicrawl.sample.ills import BROKEN, COUNT, afflict, build_ill
from gicrawl.sample.manifest import describe
from gicrawl.sample.portals import DEFAULT_SEED, UnknownFamilyError, build_families, build_portals, registry
from gicrawl.sample.server import ExchangeLog, PortalServer, start_servers
from gicrawl.sample.strange_pages import ODD
from gicrawl.sample.strangers import build_strangers

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
REQUESTS = "requests.jsonl"
WRONG_USAGE = 2
COULD_NOT = 3
_FAULTS_EACH = 2


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit status is 0, 2 (wrong usage) or 3 (a port or folder cannot be used)."""
    parser = argparse.ArgumentParser(prog="python -m gicrawl.sample", description=__doc__)
    parser.add_argument(
        "--portals-file", type=Path, required=True, help="registry of the portals, written by the server"
    )
    parser.add_argument("--report-dir", type=Path, required=True, help=f"where {MANIFEST} and {REQUESTS} are written")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="what everything is drawn from")
    parser.add_argument("--families", help="portals of these families, separated by commas, or `all` of them")
    parser.add_argument("--strangers", type=int, default=0, help="so many portals that are like none of the families'")
    parser.add_argument("--odd", type=float, default=ODD, help="share of their traits that are not the usual ones")
    parser.add_argument("--faults", action="store_true", help="switch every fault on, and add portals that are ill")
    parser.add_argument("--documents", type=Path, help="serve the files of this folder as the articles")
    parser.add_argument("--ports", default="", help="ports, separated by commas; free ones where absent")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args(arguments)
    try:
        ports = [int(port) for port in options.ports.split(",") if port]
    except ValueError:
        print(f"not a list of ports: {options.ports}; write e.g. 8001,8002", file=sys.stderr)  # noqa: T201 - a command's message
        return WRONG_USAGE
    try:
        options.report_dir.mkdir(parents=True, exist_ok=True)
        options.portals_file.parent.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_run(options, ports))
    except (DocumentsError, OSError, UnknownFamilyError) as error:
        print(f"the sample portals cannot be served: {error}", file=sys.stderr)  # noqa: T201 - a command's message
        return COULD_NOT


async def _run(options: argparse.Namespace, ports: list[int]) -> int:
    documents = None if options.documents is None else read_documents(options.documents)
    if options.strangers:
        portals = build_strangers(options.seed, options.strangers, options.odd)
    elif options.families is None:
        portals = build_portals(options.seed, documents)
    else:
        portals = build_families(options.seed, () if options.families == "all" else options.families.split(","))
    if options.faults:
        afflict(portals, max(_FAULTS_EACH, -(-COUNT // len(portals))))
        portals += build_ill(options.seed)
    if ports and len(ports) != len(portals):
        print(f"{len(ports)} ports for {len(portals)} portals: give one each", file=sys.stderr)  # noqa: T201 - a command's message
        return WRONG_USAGE
    report_dir: Path = options.report_dir
    manifest = json.dumps(describe(portals, seed=options.seed, documents=documents is not None), ensure_ascii=False)
    (report_dir / MANIFEST).write_text(manifest + "\n", encoding="utf-8")
    with (report_dir / REQUESTS).open("w", encoding="utf-8") as stream:
        stop = _stop_event()
        servers = await start_servers(portals, ExchangeLog(stream), ports=ports, latency=options.latency)
        numbers = {server.portal.id: server.port for server in servers}
        options.portals_file.write_text(
            registry(portals, numbers) + (BROKEN if options.faults else ""), encoding="utf-8"
        )
        ready = {
            "portals_file": str(options.portals_file),
            "ports": numbers,
            "homes": {portal.id: f"http://{portal.host}/" for portal in portals},
            "origins": {name: f"http://127.0.0.1:{port}/" for name, port in numbers.items()},
        }
        print("ready " + json.dumps(ready), flush=True)  # noqa: T201 - the starter waits for this line
        await _told_to_stop(stop, {server.portal.id: server for server in servers})
        for server in servers:
            await server.stop()
    return 0


def _stop_event() -> asyncio.Event:
    """Set by a signal from now on: a starter may send one as soon as it has read that we are ready."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _told_to_stop(stop: asyncio.Event, servers: Mapping[str, PortalServer]) -> None:
    loop = asyncio.get_running_loop()
    # A terminal or /dev/null (a background job of a shell) says nothing about whoever started us: only a pipe does.
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(_obey(reader, servers))]
        _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for task in waiting:
            if not task.cancelled():
                task.result()
    else:
        await stop.wait()


async def _obey(reader: asyncio.StreamReader, servers: Mapping[str, PortalServer]) -> None:
    """Do what every line says, until there are no more."""
    while line := await reader.readline():
        try:
            asked = json.loads(line)
            server = _of_portal(servers, str(asked["portal"]))
            said = "done " + json.dumps(await server.change(str(asked["do"]), str(asked.get("path", ""))))
        except (ChangeError, OSError) as error:
            said = f"failed {error}"
        except (ValueError, KeyError, TypeError) as error:
            said = f"failed {line.decode('utf-8', 'replace').strip()}: not a change ({type(error).__name__})"
        print(said, flush=True)  # noqa: T201 - whoever asked waits for this line


def _of_portal(servers: Mapping[str, PortalServer], portal: str) -> PortalServer:
    server = servers.get(portal)
    if server is None:
        raise ChangeError(f"no portal {portal}; there are {', '.join(servers)}")
    return server


if __name__ == "__main__":
    sys.exit(main())
