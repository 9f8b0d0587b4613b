from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_nights import Nights
from timer import night

from gicrawl.archive.store import open_archive
from gicrawl.corpus.store import prepare

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

# The proof that `make prove` runs at length runs here in small.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "prove"))


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Nights]:
    """An empty archive and a pen."""
    with open_archive(tmp_path / "made.db", create=True) as archive:
        prepare(archive)
        yield Nights(archive)


@pytest.fixture
def nightly(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a night as a timer does, in an empty folder."""
    return lambda *arguments: night(*arguments, cwd=tmp_path)
