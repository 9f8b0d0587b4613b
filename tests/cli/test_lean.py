"""What a command does not wait for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_no_command_waits_for_numpy_or_pandas_that_happen_to_be_installed(tmp_path: Path) -> None:
    for name in ("numpy", "pandas"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} was imported')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from gicrawl.cli import cli\n"
        "cli(['status', '--archive', 'nowhere/x.db'], standalone_mode=False)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "was imported" not in ended.stderr
    assert "there is no archive here" in ended.stderr
