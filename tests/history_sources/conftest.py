"""A web archive to import from, and gicrawl as its users start it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from console_elsewhere import Importing
from imitation_archive import Imitation, imitation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Imitation]:
    with imitation(tmp_path / "elsewhere") as kept:
        yield kept


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path)
