"""A crew's items: each done in its turn, whatever becomes of the others and of the processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gicrawl.bounds.crew import Crew, CrewLost
from gicrawl.bounds.limits import Bounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.bounds.limits import Stop

SMALL = Bounds(seconds=1.0, memory=300 << 20)
SHORT = Bounds(seconds=0.5, memory=300 << 20)
"""For what only waits: the clock is what ends it."""
DONE_IN = 60.0


@dataclass
class Doing:
    """Does what an item says."""

    marks: str = ""

    def ready(self) -> None:
        if self.marks == "broken":
            os._exit(3)

    def prepare(self, items: Sequence[str]) -> None:
        if "hang together" in items:
            time.sleep(3600)

    def work(self, item: str) -> str:  # noqa: C901 - a word each
        word, _, more = item.partition(" ")
        if word == "spin":
            while True:
                pass
        if word == "sleep":
            time.sleep(float(more))
        if word == "hoard":
            kept = []
            while True:
                kept.append(b"x" * (8 << 20))
        if word == "kill":
            os.kill(os.getpid(), int(more))
        if word == "once" and not Path(more).exists():
            Path(more).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "grow":
            grown.append(bytearray(os.urandom(1 << 20)) * 20)
        if word == "raise":
            raise LookupError(more)
        if word == "large":
            return "x" * int(more)
        return f"done {item}"

    def stopped(self, item: str, stop: Stop) -> str:
        if "again" in item:
            self.work(item)
        return f"{stop.code} {dict(stop.fields)} {item}"

    def lost(self, item: str, stop: Stop) -> str:
        return f"lost {stop.code} {item}"


grown: list[bytearray] = []


def run(
    items: Sequence[str], *, workers: int = 1, chunk: int = 4, bounds: Bounds = SMALL, forked: bool = True
) -> list[str]:
    began = time.monotonic()
    done = list(Crew(craft=Doing(), workers=workers, chunk=chunk, bounds=bounds, forked=forked).run(items))
    assert time.monotonic() - began < DONE_IN
    assert not multiprocessing.active_children()
    return done


def ordinary(count: int) -> list[str]:
    return [f"item {number}" for number in range(count)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    items = [*ordinary(30), "sleep 0.3", *ordinary(30)]
    assert run(items, workers=workers) == [f"done {item}" for item in items]


def test_results_larger_than_any_pipe_arrive() -> None:
    assert [len(one) for one in run(["large 5000000", "large 1", "large 3000000"] * 3)] == [5_000_000, 1, 3_000_000] * 3


def test_orders_larger_than_any_pipe_arrive() -> None:
    items = [f"{n}{'x' * 500_000}" for n in range(12)]
    assert run(items, workers=2) == [f"done {item}" for item in items]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("spin", "parser_timeout {'seconds': '1'} spin"),
        ("sleep 60", "parser_timeout {'seconds': '0.5'} sleep 60"),
        ("hoard", "parser_over_memory {'megabytes': '300'} hoard"),
        ("kill 9", "parser_crashed {'exit': '-9'} kill 9"),
        ("kill 11", "parser_crashed {'exit': '-11'} kill 11"),
        ("spin again", "lost parser_timeout spin again"),
        ("hang together", "done hang together"),
    ],
)
def test_what_goes_over_its_bounds_is_said_and_the_others_are_done(item: str, said: str) -> None:
    before, after = ordinary(5), ordinary(6)
    waits = item in {"sleep 60", "hang together"}
    done = run([*before, item, *after], workers=2, chunk=2 if waits else 4, bounds=SHORT if waits else SMALL)
    assert done == [*(f"done {one}" for one in before), said, *(f"done {one}" for one in after)]


def test_workers_that_are_no_copies_keep_the_same_bounds() -> None:
    bounds = Bounds(seconds=20.0, memory=SMALL.memory)  # on a busy machine hoarding takes more than a second
    said = run(["hoard", "item"], bounds=bounds, forked=False)
    assert said == ["parser_over_memory {'megabytes': '300'} hoard", "done item"]


def test_who_was_killed_by_somebody_else_is_tried_again(tmp_path: Path) -> None:
    assert run(["item", f"once {tmp_path / 'mark'}", "item"]) == [
        "done item",
        f"done once {tmp_path / 'mark'}",
        "done item",
    ]


def test_an_item_does_not_pay_for_the_memory_of_those_before_it() -> None:
    items = [f"grow {number}" for number in range(24)]  # 480 MB together, 20 each
    assert run(items, bounds=Bounds(seconds=20.0, memory=300 << 20)) == [f"done {item}" for item in items]


_LARGE_PARENT = """
import sys
sys.path.insert(0, {here!r})
held = bytearray(340 << 20)
from test_crew import SMALL, Doing
from gicrawl.bounds.crew import Crew
for one in Crew(craft=Doing(), bounds=SMALL, forked=True).run(["a", "large 5000000", "hoard", "b"]):
    print(one[:60])
"""


def test_a_document_does_not_pay_for_the_memory_of_the_process_it_was_forked_from() -> None:
    command = [sys.executable, "-c", _LARGE_PARENT.format(here=str(Path(__file__).parent))]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DONE_IN).stdout
    assert said.splitlines() == ["done a", "x" * 60, "parser_over_memory {'megabytes': '300'} hoard", "done b"]


def test_processor_time_counts_for_each_item_and_not_for_all() -> None:
    items = [f"sleep {0.4}"] * 5 + ordinary(3)
    assert run(items) == [f"done {item}" for item in items]


def test_an_error_of_the_craft_reaches_whoever_asked() -> None:
    with pytest.raises(LookupError, match="no such thing"):
        run(["item", "raise no such thing"])
    assert not multiprocessing.active_children()


def test_workers_that_cannot_begin_end_the_run_in_one_line() -> None:
    with pytest.raises(CrewLost, match="before they begin"):
        list(Crew(craft=Doing("broken"), bounds=SMALL, forked=True).run(["item"]))


def test_a_run_given_up_half_way_leaves_nobody_behind() -> None:
    crew = Crew(craft=Doing(), workers=2, chunk=1, bounds=SMALL, forked=True)
    with closing(crew.run(["item", "sleep 60", "sleep 60"])) as results:
        assert next(results) == "done item"
    assert not multiprocessing.active_children()


_PARENT = """
import sys
sys.path.insert(0, {here!r})
from test_crew import Doing
from gicrawl.bounds.crew import Crew
from gicrawl.bounds.limits import Bounds
for one in Crew(craft=Doing(), workers=2, chunk=1, bounds=Bounds(seconds=60), forked=True).run(
    ["a", "spin", "sleep 90"]
):
    print(one, flush=True)
"""


def test_workers_end_with_a_parent_that_is_killed() -> None:
    command = [sys.executable, "-c", _PARENT.format(here=str(Path(__file__).parent))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "done a\n"
        parent.kill()
        parent.wait()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                os.killpg(parent.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
    pytest.fail("a worker outlived its parent")
