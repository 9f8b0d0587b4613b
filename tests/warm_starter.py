"""Imports what commands import and then becomes one command after the other, a copy of itself each: see `warm`."""

import array
import gc
import json
import os
import socket
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

HEAVY = (
    "gicrawl.archive.store",
    "gicrawl.archive.warc.reader",
    "gicrawl.corpus.diff",
    "gicrawl.corpus.explain",
    "gicrawl.corpus.history",
    "gicrawl.corpus.panel",
    "gicrawl.corpus.reparse",
    "gicrawl.corpus.status",
    "gicrawl.crawling.run",
    "gicrawl.demo",
    "gicrawl.export",
    "gicrawl.sample",
    "multiprocessing.spawn",
    "scrapy.crawler",
    "spiders",
)
"""What commands wait for. Nothing of it may read the environment, install Twisted's reactor or start a thread."""


def imported() -> None:
    """Everything in `HEAVY` and every spider, as a command does it."""
    from gicrawl.cli.lean import before_an_archive  # noqa: PLC0415 - a worker process of a command runs this module too

    before_an_archive(None, None, Path())  # type: ignore[arg-type] # as its callback: only the import counts
    for name in ("gicrawl.cli", *HEAVY):
        import_module(name)
    for spider in iter_modules(sys.modules["spiders"].__path__, "spiders."):
        import_module(spider.name)
    for name in ("gicrawl.settings", "twisted.internet.reactor"):
        assert name not in sys.modules, name


def order(asked: socket.socket) -> tuple[dict, array.array] | None:
    """The next command and its standard streams; None when nobody is there any more."""
    size, streams, _, _ = socket.recv_fds(asked, 8, 3)
    if not size:
        return None
    told = b""
    while len(told) < int.from_bytes(size, "big"):
        told += asked.recv(1 << 16)
    return json.loads(told), streams


def become(command: dict, streams: array.array) -> None:
    """In the copy: its folder, environment, streams and arguments."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(command["cwd"])
    sys.path[0] = command["cwd"]  # as `python -m gicrawl` has it
    sys.argv = ["gicrawl", *command["arguments"]]


def main() -> None:
    """Serve until the tests have ended; ends as the command does in each copy."""
    imported()
    gc.collect()
    gc.freeze()
    asked = socket.socket(fileno=int(sys.argv[1]))
    while (wanted := order(asked)) is not None:
        process = os.fork()
        if process == 0:
            asked.close()
            become(*wanted)
            from gicrawl.cli import cli  # noqa: PLC0415

            cli(prog_name="gicrawl")
        for stream in wanted[1]:
            os.close(stream)
        asked.sendall(f"{process}\n".encode())
        asked.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}\n".encode())


if __name__ == "__main__":
    main()
