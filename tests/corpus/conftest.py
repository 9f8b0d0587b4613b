from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from corpus_fakes import Filler

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def filler(tmp_path: Path) -> Filler:
    return Filler(tmp_path / "gicrawl.db")
