"""The parser's version, derived and never typed.

A parse depends on our code, the forms and other data beside it, the regions, the libraries its reader uses and the
Unicode tables. All of them go into the version, reader by reader: a new PDF library re-parses PDFs, not pages.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

from gicrawl.parser.readers import JOINT, NONE, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.resources.abc import Traversable

SHARED_LIBRARIES = ("OpenCC", "dateparser")
"""Distributions whose version every parse depends on."""

_SUFFIXES = (".py", ".toml", ".csv", ".json")
_DIGITS = 8


@cache
def parser_version(reader: str) -> str:
    """Version of the parser as far as documents of one reader are concerned, e.g. `0.1.0+3f2a9c1d`.

    Args:
        reader: a reader's name, `none`, or several joined by `+` for a document of several files.

    Raises:
        KeyError: there is no such reader.
    """
    names = reader.split(JOINT)
    digest = hashlib.sha256()
    for name, content in _sources(names):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    if NONE in names:  # what nobody reads is parsed again when somebody might
        for name in sorted(readers()):
            digest.update(f"{name} {sorted(readers()[name].MEDIA_TYPES)}\0".encode())
    own = (library for name in names if name != NONE for library in readers()[name].LIBRARIES)
    for library in sorted({*SHARED_LIBRARIES, *own}):
        digest.update(f"{library} {_installed(library)}\0".encode())
    for program, number in _outside(names):
        digest.update(f"{program} {number}\0".encode())
    digest.update(f"unicode {unicodedata.unidata_version} python {sys.version_info[:2]}".encode())
    return f"{metadata.version('gicrawl')}+{digest.hexdigest()[:_DIGITS]}"


def _installed(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"  # an extra that is not installed: its presence is part of the version


def _outside(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Programs beside Python that these readers ask, and their versions."""
    for name in names:
        versions: Callable[[], tuple[tuple[str, str], ...]] | None = getattr(readers().get(name), "versions", None)
        if versions is not None:
            yield from versions()


def _shared_by(name: str) -> tuple[str, ...]:
    """First parts of the names of modules that this reader shares with some others and not with all."""
    shared: tuple[str, ...] = getattr(readers().get(name), "SHARES", ())
    return shared


def _sources(names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Every file the result depends on, but not the other readers, nor what only these share."""
    needed = {*names, *(shared for name in names for shared in _shared_by(name))}
    others = {*readers(), *(shared for name in readers() for shared in _shared_by(name))} - needed
    for package in ("gicrawl.parser", "gicrawl.regions"):
        for path, file in _walk(resources.files(package), package):
            folder, _, name = path.rpartition("/")
            stem = name.partition(".")[0]
            if folder.endswith("parser/readers") and any(
                stem == other or stem.startswith(f"{other}_") for other in others
            ):
                continue
            yield path, file.read_bytes()


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _walk(entry, f"{path.replace('.', '/')}/{entry.name}")
        elif entry.name.endswith(_SUFFIXES):
            yield f"{path.replace('.', '/')}/{entry.name}", entry
