"""sqlite-utils without numpy and pandas, which it imports wherever they are installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import click

_UNUSED = ("numpy", "pandas")
"""What sqlite-utils 4 takes along so that it can store their types, which gicrawl hands it nowhere: half a second of
each command with pandas installed, a fifth with numpy, which the extra `ocr` brings."""


def before_an_archive(_context: click.Context, _option: click.Parameter, path: Path) -> Path:
    """Import sqlite-utils alone; a callback of `--archive`, so for commands of ours and never in somebody's notebook.

    Both packages can be imported as ever afterwards.
    """
    kept: dict[str, Any] = {name: sys.modules.get(name) for name in _UNUSED}
    missing = [name for name, module in kept.items() if module is None]
    for name in missing:
        sys.modules[name] = None  # type: ignore[assignment] # how Python is told that a module cannot be imported
    try:
        import sqlite_utils  # noqa: F401 - for its import alone
    finally:
        for name in missing:
            del sys.modules[name]
    return path
