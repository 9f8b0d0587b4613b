"""The one entry point: a document in, a Report out.

Pure: the same document, context and parser version give the same Report. No network, clock, database or randomness.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gicrawl.parser.align.tables import Tables, read_tables
from gicrawl.parser.checks import run_checks
from gicrawl.parser.document import Context
from gicrawl.parser.facts import read_facts
from gicrawl.parser.forms import load_forms
from gicrawl.parser.identity import identify
from gicrawl.parser.readers import NONE, media_type, reader_of, readers
from gicrawl.parser.report import Identity, Problem, Report, State, Status
from gicrawl.parser.version import parser_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document, Source

_EMPTY = "application/x-empty"


def parse(sources: Sequence[Source], context: Context | None = None) -> Report:
    """Read a report.

    Args:
        sources: the main body first, then the attached ones.
        context: what is known beside the bytes; it may settle charset and issuer, never a cell.

    Returns:
        What was read. Nothing raises for what a document holds: what is unreadable is `failed` and says why.
    """
    context = context or Context()
    main = sources[0]
    kind = media_type(main.body)
    name = reader_of(kind)
    digest = hashlib.sha256(main.body).hexdigest()
    if name == NONE:
        problem = Problem("empty_document") if kind == _EMPTY else Problem("unknown_format", (("media_type", kind),))
        identity = Identity(status=Status.FAILED)
        return Report(
            sha256=digest,
            media_type=kind,
            parser=parser_version(name),
            reader=name,
            identity=identity,
            problems=(problem,),
        )
    document = readers()[name].read(main.body, context)
    return _report(document, context, digest, name)


def _report(document: Document, context: Context, digest: str, reader: str) -> Report:
    if document.failed:
        return Report(
            sha256=digest,
            media_type=document.media_type,
            parser=parser_version(reader),
            reader=reader,
            identity=Identity(status=Status.FAILED),
            problems=tuple(Problem(code, fields) for code, fields in document.problems),
        )
    tables = read_tables(document, load_forms())
    read = any(cell.state is State.NUMBER or cell.state is State.BLANK for cell in tables.cells)
    identity = identify(document, context, read)
    if identity.status is not Status.REPORT:
        tables = Tables(grids=tables.grids)
    by_key = {cell.key: cell for cell in tables.cells}
    return Report(
        sha256=digest,
        media_type=document.media_type,
        parser=parser_version(reader),
        reader=reader,
        identity=identity,
        forms=tuple(tables.forms),
        cells=tuple(tables.cells),
        facts=read_facts(document, identity.scope, identity.year) if identity.status is Status.REPORT else (),
        checks=run_checks(by_key, dict(tables.forms)),
        grids=tuple(tables.grids),
        problems=(
            *(Problem(code, fields) for code, fields in document.problems),
            *identity.problems,
            *tables.problems,
        ),
    )
