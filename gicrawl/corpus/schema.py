"""Tables of the corpus, in the same SQLite file as the archive: what the parser made of what was fetched.

Migration set `corpus` (sqlite-utils). Everything is append-only: a better parser adds parses beside the older ones.
Rows refer to captures by UUID and to bodies by SHA-256, never by the archive's inner row numbers, so that archives
can be united. Three tables are bookkeeping and may change: `document_captures` (which captures show a document, made
again from all captures when more come in), `superseded` (documents registered while a file attached to them was still
to come; nothing counts them) and `registered` (how far this file has been looked through). So may the columns that say
by which captures a document is first seen, since an archive that is united with this one may have seen it earlier;
and what was read of a body goes when the body is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("corpus")

_TABLES = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    report_id BLOB NOT NULL CHECK (length(report_id) = 32),
    url TEXT NOT NULL,
    body BLOB NOT NULL CHECK (length(body) = 32),
    content BLOB NOT NULL CHECK (length(content) = 32),
    context TEXT NOT NULL CHECK (json_valid(context)),
    capture BLOB NOT NULL CHECK (length(capture) = 16),
    seen BLOB NOT NULL CHECK (length(seen) = 16)
);
CREATE INDEX documents_by_report ON documents (report_id);

CREATE TABLE document_bodies (
    document INTEGER NOT NULL REFERENCES documents (id),
    position INTEGER NOT NULL CHECK (position > 0),
    body BLOB NOT NULL CHECK (length(body) = 32),
    capture BLOB NOT NULL CHECK (length(capture) = 16),
    PRIMARY KEY (document, position)
) WITHOUT ROWID;

CREATE TABLE document_captures (
    capture BLOB NOT NULL CHECK (length(capture) = 16),
    document INTEGER NOT NULL REFERENCES documents (id),
    PRIMARY KEY (capture, document)
) WITHOUT ROWID;
CREATE INDEX document_captures_by_document ON document_captures (document);

CREATE TABLE superseded (
    document INTEGER PRIMARY KEY REFERENCES documents (id)
);

CREATE TABLE registered (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    captures INTEGER NOT NULL,
    links INTEGER NOT NULL
);

CREATE TABLE parses (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (id),
    parser TEXT NOT NULL,
    content BLOB NOT NULL CHECK (length(content) = 32),
    reader TEXT NOT NULL,
    made TEXT NOT NULL,
    seconds REAL NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('report', 'not_a_report', 'failed')),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    media_type TEXT NOT NULL,
    title TEXT,
    issuer_name TEXT,
    issuer_printed TEXT,
    issuer_region_code TEXT,
    issuer_level TEXT,
    issuer_kind TEXT,
    scope TEXT NOT NULL,
    year INTEGER,
    period_start TEXT,
    period_end TEXT,
    period_printed TEXT,
    script TEXT,
    published TEXT,
    published_source TEXT,
    forms TEXT NOT NULL CHECK (json_valid(forms)),
    UNIQUE (document, parser, content)
);
CREATE INDEX parses_by_reader ON parses (reader, parser);

CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    parsers TEXT NOT NULL UNIQUE CHECK (json_valid(parsers)),
    made TEXT NOT NULL
);

CREATE TABLE cell_keys (
    id INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL,
    row_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    UNIQUE (table_name, row_name, column_name)
);

CREATE TABLE cells (
    parse INTEGER NOT NULL REFERENCES parses (id),
    cell_key INTEGER NOT NULL REFERENCES cell_keys (id),
    value,
    state TEXT NOT NULL,
    raw TEXT,
    unit TEXT,
    confidence REAL NOT NULL,
    flags TEXT,
    candidates TEXT,
    evidence TEXT NOT NULL,
    PRIMARY KEY (parse, cell_key),
    CHECK ((value IS NOT NULL) = (state = 'number'))
) WITHOUT ROWID;

CREATE TABLE facts (
    parse INTEGER NOT NULL REFERENCES parses (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value NOT NULL,
    unit TEXT,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (parse, position)
) WITHOUT ROWID;

CREATE TABLE checks (
    parse INTEGER NOT NULL REFERENCES parses (id),
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pass', 'fail', 'not_assessable')),
    severity TEXT NOT NULL,
    table_name TEXT,
    row_name TEXT,
    column_name TEXT,
    left_side,
    right_side,
    holds_if_blank_is_zero INTEGER,
    cells TEXT,
    PRIMARY KEY (parse, position)
) WITHOUT ROWID;

CREATE TABLE grids (
    parse INTEGER NOT NULL REFERENCES parses (id),
    position INTEGER NOT NULL,
    caption TEXT,
    rows TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (parse, position)
) WITHOUT ROWID;

CREATE TABLE problems (
    parse INTEGER NOT NULL REFERENCES parses (id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    fields TEXT,
    PRIMARY KEY (parse, position)
) WITHOUT ROWID;
"""

APPEND_ONLY = (
    "documents",
    "document_bodies",
    "parses",
    "generations",
    "cell_keys",
)
"""Tables whose rows are never deleted, and changed only as the triggers below say."""

DETAILS = ("cells", "facts", "checks", "grids", "problems")
"""What a parse says; never changed, and deleted only where the bytes it was read from were erased."""

_FIXED = {
    "documents": "id, digest, report_id, url, content, context",
    "document_bodies": "document, position",
    "parses": (
        "id, document, parser, content, reader, status, sha256, media_type, title, issuer_name, issuer_printed, "
        "issuer_region_code, issuer_level, issuer_kind, scope, year, period_start, period_end, period_printed, script, "
        "published, published_source, forms"
    ),
    "generations": "id, parsers",
    "cell_keys": "id, table_name, row_name, column_name",
}
"""Columns that never change. The others of `parses` and `generations` may only become those of an earlier making."""

_EARLIER = {"parses": "(NEW.made, NEW.seconds) < (OLD.made, OLD.seconds)", "generations": "NEW.made < OLD.made"}

ERASED_PARSES = """
SELECT parses.id FROM parses JOIN documents ON documents.id = parses.document
WHERE documents.body IN (SELECT sha256 FROM tombstones) OR documents.id IN (
    SELECT document FROM document_bodies WHERE body IN (SELECT sha256 FROM tombstones)
)
"""
"""Parses of bodies that were erased, or of documents that one of them belongs to."""

_VIEWS = """
CREATE VIEW parses_readable AS
SELECT parses.id AS parse, lower(hex(documents.report_id)) AS report_id, lower(hex(documents.digest)) AS version,
    documents.url, lower(hex(documents.body)) AS sha256, parses.parser, parses.reader, parses.made, parses.status,
    parses.issuer_name, parses.year, parses.title, parses.published, parses.forms
FROM parses JOIN documents ON documents.id = parses.document;

CREATE VIEW cells_readable AS
SELECT cells.parse, parses.parser, lower(hex(documents.report_id)) AS report_id, documents.url, parses.issuer_name,
    parses.year, cell_keys.table_name AS "table", cell_keys.row_name AS "row", cell_keys.column_name AS "column",
    cells.value, cells.state, cells.raw, cells.unit, cells.confidence, cells.flags, cells.evidence
FROM cells
JOIN cell_keys ON cell_keys.id = cells.cell_key
JOIN parses ON parses.id = cells.parse
JOIN documents ON documents.id = parses.document;

CREATE VIEW checks_readable AS
SELECT checks.parse, parses.parser, lower(hex(documents.report_id)) AS report_id, documents.url, parses.issuer_name,
    parses.year, checks.rule, checks.status, checks.severity, checks.table_name AS "table", checks.row_name AS "row",
    checks.column_name AS "column", checks.left_side, checks.right_side, checks.holds_if_blank_is_zero
FROM checks
JOIN parses ON parses.id = checks.parse
JOIN documents ON documents.id = parses.document;
"""


def _statements(script: str) -> list[str]:
    """Split a script without triggers; `executescript` would commit the migration's transaction half way."""
    return [statement for statement in (part.strip() for part in script.split(";")) if statement]


def _refuse(db: Database, table: str, action: str, name: str, condition: str = "1") -> None:
    db.conn.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {action} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: parses are added beside older ones'); END"
    )


@migrations()
def m001_parses(db: Database) -> None:
    """Documents and their parses, cells, facts, checks, grids and problems."""
    for statement in _statements(_TABLES):
        db.conn.execute(statement)
    for table, columns in _FIXED.items():
        _refuse(db, table, f"UPDATE OF {columns}", "no_update")
    for table, condition in _EARLIER.items():
        free = "made, seconds" if table == "parses" else "made"
        _refuse(db, table, f"UPDATE OF {free}", "only_earlier", f"NOT {condition}")
    for table in APPEND_ONLY:
        _refuse(db, table, "DELETE", "no_delete")
    for table in DETAILS:
        _refuse(db, table, "UPDATE", "no_update")
        _refuse(db, table, "DELETE", "no_delete", f"OLD.parse NOT IN ({ERASED_PARSES})")
    for statement in _statements(_VIEWS):
        db.conn.execute(statement)


NAMES = frozenset({m001_parses.__name__})
"""Every migration we know."""
