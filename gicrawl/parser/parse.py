"""The one entry point: a document in, a Report out.

Pure: the same document, context and parser version give the same Report. No network, clock, database or randomness.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from gicrawl.parser.align.reshaping import reshaped
from gicrawl.parser.align.tables import Tables
from gicrawl.parser.checks import run_checks
from gicrawl.parser.confidence import calibrated
from gicrawl.parser.document import Context
from gicrawl.parser.facts import read_facts
from gicrawl.parser.formal import Texts, formal_checks
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.lines import lines_of
from gicrawl.parser.narrative import narrative_checks
from gicrawl.parser.offsets import in_files
from gicrawl.parser.passages import placed
from gicrawl.parser.pictures.chosen import in_one, is_picture, is_unseen, is_whole, looked_into
from gicrawl.parser.pictures.recognised import tables_of
from gicrawl.parser.pictures.unseen import with_unseen
from gicrawl.parser.readers import NONE, media_type, reader_for, reader_of, readers
from gicrawl.parser.readers.html_pictures import carried_pictures, carries_pictures
from gicrawl.parser.readers.nested import unread
from gicrawl.parser.readers.one_table import opened
from gicrawl.parser.report import Cell, Check, Fact, Identity, Problem, Report, State, Status
from gicrawl.parser.several.annexes import without_annex
from gicrawl.parser.several.packed import documents_in, several_in_archive
from gicrawl.parser.several.renditions import (
    Part,
    in_part,
    is_another,
    is_silent,
    unite_facts,
    unite_identities,
    unite_tables,
)
from gicrawl.parser.several.small_twins import without_small_twins
from gicrawl.parser.several.twins import without_twins
from gicrawl.parser.several.year_parts import of_one_year
from gicrawl.parser.version import parser_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Document, Source

_PAGE = "text/html"
_STATE = Cell._fields.index("state")
_KEY = itemgetter(*map(Cell._fields.index, ("table", "row", "column")))  # `Cell.key`, for hundreds of them
_UNREAD = State.UNREAD  # a member of an enumeration is found ten times as slowly as a name


def parse(sources: Sequence[Source], context: Context | None = None) -> Report:
    """Read a report.

    Args:
        sources: the main body first, then the attached ones: the same report as PDF, what a notice announces, pictures.
        context: what is known beside the bytes; it may settle charset and issuer, never a cell.

    Returns:
        What was read. Nothing raises for what a document holds: what is unreadable is `failed` and says why.
    """
    context = context or Context()
    main, *attached = _all_parts(sources, context)
    identity, parts, apart = _identified(main, attached, context)
    parts = [_once(part, identity) for part in parts]
    tables = unite_tables(parts)
    if identity.status is not Status.REPORT:
        tables = Tables(grids=tables.grids)
    else:
        tables = with_unseen(tables, parts, sources, identity.year)
    reader = main.reader if len(sources) == 1 and main.reader else reader_for(*(source.body for source in sources))
    issuer = identity.issuer.name if identity.issuer is not None else None
    stated = (
        (part.number, read_facts(part.document, identity.scope, identity.year, issuer))
        for part in parts
        if part.document is not None and not part.undecided and identity.status is Status.REPORT
    )
    facts = unite_facts(stated)
    checks = _checks(identity, tables, parts, context, facts)
    report = Report(
        sha256=hashlib.sha256(sources[0].body).hexdigest(),
        media_type=main.media_type,
        parser=parser_version(reader),
        reader=reader,
        identity=identity,
        forms=tuple(tables.forms),
        cells=_weighed(tables.cells, checks, parts),
        facts=facts,
        checks=checks,
        grids=tuple(tables.grids),
        problems=(*_unread(parts), *apart, *identity.problems, *tables.problems),
    )
    return in_files(report, parts)


def _once(part: Part, identity: Identity) -> Part:
    """A file of which only the report's own tables are read: those of its year, of no annex, of no other body."""
    part = without_annex(of_one_year(part, identity.year))
    return without_small_twins(without_twins(part, identity), identity)


def _weighed(cells: Sequence[Cell], checks: Sequence[Check], parts: Sequence[Part]) -> tuple[Cell, ...]:
    """The cells with what the sums say for or against them; what was recognised in pictures has been asked already."""
    if any(part.document is not None and part.document.readings for part in parts):
        return tuple(cells)
    return calibrated(cells, checks)


def _checks(
    identity: Identity, tables: Tables, parts: Sequence[Part], context: Context, facts: Sequence[Fact]
) -> tuple[Check, ...]:
    """Sums, prose against them, and slips of form; what may only be unread is not called missing."""
    cells, forms = dict(zip(map(_KEY, tables.cells), tables.cells, strict=True)), dict(tables.forms)
    documents = [part.document for part in parts if part.document is not None]
    whole = len(documents) == len(parts) and not context.missing and not any(part.problems for part in parts)
    whole = whole and _UNREAD not in [cell[_STATE] for cell in tables.cells]
    lines = [lines_of(document) for document in documents]
    text = "".join([line.squeezed for one in lines for line in one])
    told = (
        *narrative_checks(text, identity, forms, cells, facts),
        *formal_checks(identity, forms, cells, Texts(documents, lines, text), whole=whole),
    )
    return (*run_checks(cells, forms), *(placed(check, documents) for check in told))


def _all_parts(sources: Sequence[Source], context: Context) -> list[Part]:
    """Read every file, pictures only where one of them may hold a table that no other file has."""
    if len(sources) == 1:
        return _parts(sources[0].body, context, 0)
    pictures = {number for number, source in enumerate(sources) if is_picture(source)}
    parts = [
        part
        for number, source in enumerate(sources)
        if number not in pictures
        for part in _parts(source.body, Context() if number else context, number)
    ]
    if not pictures or (0 not in pictures and is_whole(parts)):
        return parts
    looked_at = [(number, _part_read(sources[number].body, context)) for number in sorted(pictures)]
    legible = [(number, document) for number, document in looked_at if not document.failed]
    parts += [_part_of(document, document.media_type, number) for number, document in looked_at if document.failed]
    if legible:
        parts.append(_part_of(in_one(legible), legible[0][1].media_type, legible[0][0]))
    return sorted(parts, key=lambda part: part.number)


def _part_read(body: bytes, context: Context) -> Document:
    return readers()[reader_of(media_type(body))].read(body, context)


def _parts(body: bytes, context: Context, number: int) -> list[Part]:
    """Read one file, or each of those in an archive; the first of them that has tables comes first."""
    documents = documents_in(body, context)
    if not documents:
        return [_part(body, context, number)]
    parts = [_part_of(document, media_type(body), number) for document in documents]
    return sorted(parts, key=lambda part: (not part.has_cells, part.document is None))


def _part(body: bytes, context: Context, number: int) -> Part:
    """Read one file."""
    kind = media_type(body)
    name = reader_of(kind)
    if name == NONE:
        return Part(number=number, media_type=kind, document=None, problems=(Problem(*unread(kind)),))
    document = readers()[name].read(body, context)
    if kind != _PAGE:
        return _part_of(document, document.media_type, number)
    if carries_pictures(body):
        document = replace(document, pictures=tuple(carried_pictures(body, len(document.blocks))))
        return _part_of(document, document.media_type, number)
    return _part_of(document, document.media_type, number, name)


def _part_of(document: Document, kind: str, number: int, reader: str = "") -> Part:
    """What stands in a file that was read, by one reader alone where that is named."""
    document, tables = _aligned(document)
    if document.pictures and (seen := looked_into(document, tables)) is not document:
        document, tables = _aligned(seen)
    problems = tuple(Problem(code, fields) for code, fields in document.problems)
    if document.failed:
        return Part(number=number, media_type=kind, document=None, problems=problems)
    return Part(
        number=number,
        media_type=kind,
        document=document,
        tables=tables,
        problems=problems,
        reader=reader,
    )


def _aligned(document: Document) -> tuple[Document, Tables]:
    """A document with its tables as the forms print them, and what stands in these."""
    document = reshaped(opened(document))
    return document, Tables() if document.failed else tables_of(document)


def _identified(main: Part, attached: Sequence[Part], context: Context) -> tuple[Identity, list[Part], list[Problem]]:
    """Whose report it is, the parts that are of it, and what is to be said of those that are not or are missing."""
    ours = _identify(main, context, main, *attached)
    parts, theirs, problems = [main], [], []
    for part in attached:
        # A note in the same archive may be all that says whose the tables beside it are.
        beside = (main,) if not part.number and ours.title is None else ()
        identity = _identify(part, Context(), part, *beside)
        if is_another(part, identity, main, ours):
            if not part.number:  # in the same archive: which of them was meant is not ours to say
                return Identity(status=Status.FAILED), [main], [several_in_archive(ours, identity)]
            fields = (("attachment", str(part.number)), ("title", identity.title or ""))
            problems.append(Problem("attached_other_report", fields))
            continue
        parts.append(part)
        theirs.append(identity)
    whole = unite_identities(ours, theirs)
    if context.missing:
        problems.append(Problem("attachment_missing", (("count", str(context.missing)),)))
    unseen = any(part.document is None or is_unseen(part) for part in parts)
    if is_silent(whole) and (context.missing or unseen):
        # What the page announces could not be had or read: that is not the same as there being no report.
        whole = replace(whole, status=Status.FAILED, problems=())
    return whole, parts, problems if whole.status is not Status.NOT_A_REPORT else []


def _identify(part: Part, context: Context, *evidence: Part) -> Identity:
    """What one file is, by itself and by the tables of those that may belong to it."""
    if part.document is None:
        return Identity(status=Status.FAILED)
    cells = any(one.has_cells for one in evidence)
    labels = not cells and any(one.has_labels for one in evidence)
    return identify(part.document, context, cells, evidence_of_labels=labels)


def _unread(parts: Sequence[Part]) -> list[Problem]:
    """What readers met; pictures beside a report that is read elsewhere are its ornaments: nothing is said of them."""
    read = any(part.has_cells for part in parts)
    return [
        problem
        for part in parts
        if not (part.number and part.is_picture and read) or part.has_cells
        for problem in in_part(part.number, part.problems)
    ]
