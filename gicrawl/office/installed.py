"""Where LibreOffice is, and which one it is, told without starting it."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_NAMES: Final = ("soffice", "libreoffice")
_ELSEWHERE: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
)
"""Where installers put it without telling the search path."""
_READING: Final = ("merged", "msword", "sw", "writerfilter", "sc", "oox")
_PRODUCT: Final = re.compile(r"^ProductKey=LibreOffice\s+(\S+)", re.MULTILINE)
_BUILD: Final = re.compile(r"^buildid=(\S.*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Office:
    """An installed LibreOffice.

    Attributes:
        program: what is started.
        version: as people know it, e.g. `7.4`.
        build: which build of it, as it names itself.
        print: sizes of the libraries that read documents, because distributions mend a build and keep its name; with
            the others part of the version of every parse it helped with.
    """

    program: str
    version: str
    build: str
    print: str


def find_office() -> Office | None:
    """The LibreOffice of this machine; None where there is none."""
    return _look(os.environ.get("PATH", os.defpath))


@cache
def _look(path: str) -> Office | None:
    found = next((program for name in _NAMES if (program := shutil.which(name, path=path))), None)
    found = found or next((place for place in _ELSEWHERE if Path(place).is_file()), None)
    if found is None:
        return None
    folder = Path(found).resolve().parent
    # The script beside it only looks for this program and would stand between us and it.
    program = next((str(folder / name) for name in ("soffice.bin",) if (folder / name).is_file()), found)
    places = (folder, folder.parent / "Resources")
    product = next((match for place in places if (match := _line(place / "bootstraprc", _PRODUCT))), "unknown")
    build = next((match for place in places if (match := _line(place / "versionrc", _BUILD))), "unknown")
    sizes = (_size(folder / f"lib{name}lo{end}") for name in _READING for end in (".so", ".dylib", ".dll"))
    return Office(program, product, build, "-".join(size for size in sizes if size))


def _size(file: Path) -> str:
    try:
        return str(file.stat().st_size)
    except OSError:
        return ""  # most installations have some of them in one


def _line(file: Path, pattern: re.Pattern[str]) -> str | None:
    try:
        match = pattern.search(file.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return match.group(1).strip() if match else None
