from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "corpus"))  # the fakes live with the room that needs them most

from corpus_fakes import Filler


@pytest.fixture
def filler(tmp_path: Path) -> Filler:
    return Filler(tmp_path / "gicrawl.db")
