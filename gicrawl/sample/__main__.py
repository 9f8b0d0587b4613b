"""`python -m gicrawl.sample`: serve the sample portals until told to stop, then say what was there and what was asked.

It stops on SIGTERM, on SIGINT, and when its standard input, if that is a pipe, is closed: whoever started it and died
leaves nothing behind.
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

from gicrawl.sample.documents import DocumentsError, read_documents
from gicrawl.sample.manifest import describe
from gicrawl.sample.portals import DEFAULT_SEED, build_portals, registry
from gicrawl.sample.server import ExchangeLog, start_servers

MANIFEST = "manifest.json"
REQUESTS = "requests.jsonl"
WRONG_USAGE = 2
COULD_NOT = 3


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit status is 0, 2 (wrong usage) or 3 (a port or folder cannot be used)."""
    parser = argparse.ArgumentParser(prog="python -m gicrawl.sample", description=__doc__)
    parser.add_argument(
        "--portals-file", type=Path, required=True, help="registry of the portals, written by the server"
    )
    parser.add_argument("--report-dir", type=Path, required=True, help=f"where {MANIFEST} and {REQUESTS} are written")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="what everything is drawn from")
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
    except (DocumentsError, OSError) as error:
        print(f"the sample portals cannot be served: {error}", file=sys.stderr)  # noqa: T201 - a command's message
        return COULD_NOT


async def _run(options: argparse.Namespace, ports: list[int]) -> int:
    documents = None if options.documents is None else read_documents(options.documents)
    portals = build_portals(options.seed, documents)
    if ports and len(ports) != len(portals):
        print(f"{len(ports)} ports for {len(portals)} portals: give one each", file=sys.stderr)  # noqa: T201 - a command's message
        return WRONG_USAGE
    report_dir: Path = options.report_dir
    with (report_dir / REQUESTS).open("w", encoding="utf-8") as stream:
        stop = _stop_event()
        servers = await start_servers(portals, ExchangeLog(stream), ports=ports, latency=options.latency)
        numbers = {server.portal.id: server.port for server in servers}
        options.portals_file.write_text(registry(portals, numbers), encoding="utf-8")
        ready = {
            "portals_file": str(options.portals_file),
            "ports": numbers,
            "homes": {portal.id: f"http://{portal.host}/" for portal in portals},
            "origins": {name: f"http://127.0.0.1:{port}/" for name, port in numbers.items()},
        }
        print("ready " + json.dumps(ready), flush=True)  # noqa: T201 - the starter waits for this line
        await _told_to_stop(stop)
        for server in servers:
            await server.stop()
    manifest = describe(portals, seed=options.seed, documents=documents is not None)
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (report_dir / MANIFEST).write_text(text, encoding="utf-8")
    return 0


def _stop_event() -> asyncio.Event:
    """Set by a signal from now on: a starter may send one as soon as it has read that we are ready."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _told_to_stop(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    # A terminal or /dev/null (a background job of a shell) says nothing about whoever started us: only a pipe does.
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(reader.read())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    else:
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
