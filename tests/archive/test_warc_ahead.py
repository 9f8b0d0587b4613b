"""Reading ahead: the same items in the same order, errors where they belong, and nothing left running."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gicrawl.archive.warc.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


def _readers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "reading"]


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1000])
def test_all_items_in_their_order(count: int) -> None:
    with read_ahead(range(count), lambda _: 1 << 10) as items:
        assert list(items) == list(range(count))
    assert not _readers()


def test_an_error_comes_after_what_came_before() -> None:
    def torn() -> Iterator[int]:
        yield from range(100)
        raise OSError("the disk is gone")

    found: list[int] = []
    with pytest.raises(OSError, match="the disk is gone"), read_ahead(torn(), lambda _: 1) as items:
        found.extend(items)
    assert found == list(range(100))
    assert not _readers()


def test_who_stops_listening_stops_the_reading() -> None:
    read: list[int] = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            read.append(number)
            yield number
            number += 1

    with read_ahead(endless(), lambda _: 1) as items:
        assert next(iter(items)) == 0
    assert not _readers()
    assert len(read) < 64 * 8


def test_large_items_are_not_hoarded() -> None:
    read: list[int] = []

    def large() -> Iterator[int]:
        for number in range(50):
            read.append(number)
            yield number

    with read_ahead(large(), lambda _: 100 << 20) as items:
        for number in items:
            assert len(read) - number <= 3
