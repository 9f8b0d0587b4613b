"""Data files: the words and rules that stand beside the code as TOML."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_data(package: str, name: str) -> dict[str, Any]:
    """What a data file says; whoever asks often keeps what was made of it.

    Args:
        package: in whose folder it stands.
        name: of the file.
    """
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
