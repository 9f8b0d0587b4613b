"""What `make prove` shows at length, in small: the archive under kills, losses of power and full disks.

The proofs fork, and stop and kill what they forked: each runs in a process of its own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROOFS = Path(__file__).resolve().parents[1] / "prove"
sys.path.insert(0, str(PROOFS))

from crash_images import SECTOR, Disk, Loss  # noqa: E402 - the proofs stand beside the tests
from recording_vfs import (  # noqa: E402
    Created,
    Deleted,
    NamesSynced,
    NoLibraryError,
    Synced,
    Truncated,
    Written,
    library,
)

UNMOUNTABLE = 77


def prove(name: str, to: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, str(PROOFS / name), "--to", str(to), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=540)
    assert done.returncode in {0, UNMOUNTABLE}, done.stderr
    return done.returncode, json.loads(to.read_text(encoding="utf-8"))


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel who holds a lock as Linux does")
def test_kills_inside_and_outside_of_transactions_lose_nothing(tmp_path: Path) -> None:
    to = tmp_path / "kills.json"
    arguments = ("--kills", "12", "--work", "crawl", "merge", "migration", "--folder", str(tmp_path))
    _, told = prove("archive_kills.py", to, *arguments)
    assert told["done"] == 12
    assert told["inside_a_transaction"] >= 6
    assert told["acknowledged"] > 0
    assert told["seen_by_others"] > told["acknowledged"]
    _, again = prove("archive_kills.py", to, *arguments)
    assert again["work"] == told["work"], "what is proved is not done again"


def test_power_that_goes_before_a_sync_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    try:
        library()
    except NoLibraryError as error:
        pytest.skip(str(error))
    _, told = prove("power_loss.py", tmp_path / "power.json", "--captures", "60", "--sample", "6")
    assert (told["boundaries"], told["disks"]) == (6, 36)
    assert told["syncs"] > 30
    assert told["acknowledged_captures_found"] > 0


def test_a_disk_that_fills_up_ends_work_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    status, told = prove("full_disk.py", tmp_path / "disk.json", "--rounds", "3", "--work", "crawl", "backup")
    assert told["ways"] == (["limit"] if status == UNMOUNTABLE else ["little", "sudden", "limit"])
    assert told["rounds"] == 6
    assert told["full"] >= 2


def test_a_flipped_bit_is_found_or_means_nothing(tmp_path: Path) -> None:
    _, told = prove("flipped_bits.py", tmp_path / "bits.json", "--flips", "60", "--captures", "20", "--seed", "11")
    assert (told["silent"], told["crashes"], told["unnamed"]) == (0, 0, 0)
    assert told["found"] > 10
    assert told["same"] > 10


# How a disk is made that lost its power


def acts(*given: object) -> Disk:
    disk = Disk({"/d/a": b"old"})
    for act in given:
        disk.take(act)  # type: ignore[arg-type]
    return disk


def test_only_what_was_synced_is_sure_to_be_there() -> None:
    disk = acts(Written("/d/a", 0, b"new"), Synced("/d/a"), Written("/d/a", 3, b"er"), Truncated("/d/a", 4))
    assert disk.after(Loss.ALL, random.Random(0)) == {"/d/a": b"new"}
    assert disk.after(Loss.NONE, random.Random(0)) == {"/d/a": b"newe"}


def test_a_name_is_there_for_sure_when_its_directory_was_synced() -> None:
    made = (Created("/d/b"), Written("/d/b", 0, b"x"), Synced("/d/b"))
    assert acts(*made).after(Loss.ALL, random.Random(0)) == {"/d/a": b"old"}
    assert acts(*made, NamesSynced("/d")).after(Loss.ALL, random.Random(0)) == {"/d/a": b"old", "/d/b": b"x"}
    gone = acts(Deleted("/d/a"))
    assert gone.after(Loss.ALL, random.Random(0)) == {"/d/a": b"old"}
    assert gone.after(Loss.NONE, random.Random(0)) == {}


def test_later_writes_may_arrive_without_earlier_ones_and_a_write_in_part() -> None:
    disk = acts(Written("/d/a", 0, b"1" * SECTOR), Written("/d/a", SECTOR, b"2" * SECTOR))
    assert disk.after(Loss.EARLIER, random.Random(0)) == {"/d/a": b"old" + bytes(SECTOR - 3) + b"2" * SECTOR}
    long = acts(Written("/d/a", 0, b"3" * 4 * SECTOR))
    found = {disk.after(Loss.SOME, random.Random(seed))["/d/a"] for seed in range(60) for disk in [long]}
    assert len(found) > 8
    sectors = {content[at : at + SECTOR] for content in found for at in range(SECTOR, len(content), SECTOR)}
    assert sectors == {bytes(SECTOR), b"3" * SECTOR}
