"""Data on standard output, progress on standard error."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

Item = TypeVar("Item")


def json_line(record: object) -> str:
    """One JSON object on one line, keys in their own order, Chinese as Chinese."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def emit(line: str) -> None:
    """Write a line of data: UTF-8 whatever the locale, flushed, so that a reader that has gone is noticed here.

    File names that are not valid UTF-8 come in as lone surrogates and go out as the escapes JSON has for them.
    """
    stream = sys.stdout.buffer
    stream.write(line.encode("utf-8", errors="backslashreplace") + b"\n")
    stream.flush()


def progress(items: Iterable[Item], *, length: int, label: str) -> AbstractContextManager[Iterator[Item]]:
    """The items, with a progress bar on a terminal and nothing in a pipe."""
    return click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be told (done, of how many), that draws a bar on a terminal and nothing in a pipe."""
    shown = 0
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as drawn:

        def advance(done: int, total: int) -> None:
            nonlocal shown
            drawn.length = total
            drawn.update(done - shown)
            shown = done

        yield advance
