# ruff: noqa: S608  # all SQL here is put together from names of our own
"""The tables, and how an archive of yesterday becomes one of today.

Inside, rows are joined by small integers, because a re-visit that found nothing new must stay cheap (under 256 bytes
with its indexes); whatever many captures have in common is a row of its own. People read the views, whose names end
in `_readable`. What each column means stands in docs/archive.md.

A migration that was ever released is never edited: write another one below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from gicrawl.archive import care_schema, m002_settling, m003_seals, seals
from gicrawl.archive.bodies import is_same, is_same_dictionary

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

APPLICATION_ID = 0x67694372  # "giCr": tells file(1) and us whose SQLite file this is (sqlite.org/fileformat.html)

migrations = Migrations("archive")

_TABLES = (
    """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
      kind TEXT NOT NULL,
      arguments TEXT NOT NULL,
      user_agent TEXT NOT NULL,
      vantage TEXT,
      version TEXT NOT NULL,
      started INTEGER NOT NULL,
      finished INTEGER,
      status TEXT,
      summary TEXT
    ) STRICT
    """,
    """
    CREATE TABLE urls (
      id INTEGER PRIMARY KEY,
      url TEXT NOT NULL UNIQUE,
      host TEXT
    ) STRICT
    """,
    """
    CREATE TABLE texts (
      id INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE circumstances (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      role TEXT NOT NULL,
      portal TEXT,
      spider TEXT,
      spider_version TEXT,
      method TEXT,
      http_version TEXT,
      robots TEXT,
      ip TEXT,
      certificate BLOB,
      tls_relaxed INTEGER NOT NULL,
      declared_type TEXT,
      declared_charset TEXT,
      used_charset TEXT,
      coding TEXT
    ) STRICT
    """,
    """
    CREATE TABLE heads (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      data BLOB NOT NULL,
      gap TEXT
    ) STRICT
    """,
    """
    CREATE TABLE dictionaries (
      id INTEGER PRIMARY KEY,
      sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
      site TEXT NOT NULL,
      data BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX dictionaries_site ON dictionaries (site)",
    """
    CREATE TABLE bodies (
      id INTEGER PRIMARY KEY,
      sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
      size INTEGER NOT NULL,
      sniffed_type TEXT NOT NULL,
      codec TEXT NOT NULL,
      level INTEGER,
      dictionary INTEGER REFERENCES dictionaries (id),
      data BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE digests (
      body INTEGER NOT NULL REFERENCES bodies (id),
      kind TEXT NOT NULL,
      rule TEXT NOT NULL,
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      size INTEGER NOT NULL,
      sniffed_type TEXT NOT NULL,
      PRIMARY KEY (body, kind, rule)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE captures (
      id INTEGER PRIMARY KEY,
      uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
      run INTEGER NOT NULL REFERENCES runs (id),
      time INTEGER NOT NULL,
      url INTEGER NOT NULL REFERENCES urls (id),
      requested_url INTEGER REFERENCES urls (id),
      hop INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      error TEXT,
      status INTEGER,
      circumstances INTEGER NOT NULL REFERENCES circumstances (id),
      request_line BLOB,
      request_head INTEGER REFERENCES heads (id),
      request_body BLOB,
      interim BLOB,
      head INTEGER REFERENCES heads (id),
      head_date BLOB,
      framing BLOB,
      surplus BLOB,
      complete INTEGER,
      body INTEGER REFERENCES bodies (id),
      etag INTEGER REFERENCES texts (id),
      last_modified INTEGER REFERENCES texts (id),
      referrer INTEGER REFERENCES captures (id),
      link_text INTEGER REFERENCES texts (id),
      revisit_of INTEGER REFERENCES captures (id),
      elapsed REAL
    ) STRICT
    """,
    """
    CREATE TABLE origins (
      capture INTEGER PRIMARY KEY REFERENCES captures (id),
      kind TEXT NOT NULL,
      place TEXT NOT NULL,
      modified INTEGER,
      time_source TEXT,
      about TEXT
    ) STRICT
    """,
    """
    CREATE TABLE warc_records (
      id INTEGER PRIMARY KEY,
      record TEXT NOT NULL UNIQUE,
      type TEXT NOT NULL,
      run INTEGER NOT NULL REFERENCES runs (id),
      capture INTEGER REFERENCES captures (id),
      header BLOB,
      block INTEGER REFERENCES bodies (id),
      file INTEGER NOT NULL REFERENCES texts (id),
      offset INTEGER NOT NULL,
      within INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX warc_records_capture ON warc_records (capture) WHERE capture IS NOT NULL",
    "CREATE INDEX captures_url ON captures (url)",
    "CREATE INDEX captures_requested ON captures (requested_url) WHERE requested_url IS NOT NULL",  # few are redirected
    "CREATE INDEX captures_circumstances ON captures (circumstances)",  # what is known of one portal
    """
    CREATE TABLE judgements (
      id INTEGER PRIMARY KEY,
      capture INTEGER NOT NULL REFERENCES captures (id),
      judgement TEXT NOT NULL,
      signature TEXT,
      rule TEXT NOT NULL,
      pages_end INTEGER
    ) STRICT
    """,
    "CREATE INDEX judgements_capture ON judgements (capture)",
    """
    CREATE TABLE links (
      id INTEGER PRIMARY KEY,
      page INTEGER NOT NULL REFERENCES captures (id),
      position INTEGER NOT NULL,
      url INTEGER NOT NULL REFERENCES urls (id),
      text INTEGER NOT NULL REFERENCES texts (id),
      title INTEGER REFERENCES texts (id),
      date TEXT,
      role TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX links_page ON links (page)",
    "CREATE INDEX links_url ON links (url)",
)

_APPEND_ONLY = (
    "urls",
    "texts",
    "circumstances",
    "heads",
    "digests",
    "origins",
    "warc_records",
    "judgements",
    "links",
)


def _uuid(column: str) -> str:
    hexed = f"lower(hex({column}))"
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({hexed}, {at}, {length})" for at, length in parts)


def _time(column: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000, 'unixepoch') || printf('.%06dZ', {column} % 1000000)"


def _hex(column: str) -> str:
    return f"lower(hex({column}))"


def _hex_or_null(column: str) -> str:
    return f"CASE WHEN {column} IS NOT NULL THEN {_hex(column)} END"


_VIEWS = (
    f"""
    CREATE VIEW runs_readable AS
    SELECT {_uuid("uuid")} AS run, kind, arguments, user_agent, vantage, version, {_time("started")} AS started,
      {_time("finished")} AS finished, status, summary
    FROM runs
    """,
    f"""
    CREATE VIEW captures_readable AS
    SELECT {_uuid("c.uuid")} AS capture, {_uuid("r.uuid")} AS run, {_time("c.time")} AS time, o.portal, o.role,
      u.url AS url, coalesce(q.url, u.url) AS requested_url, c.hop, o.method, c.outcome, c.status, c.error,
      (SELECT judgement FROM judgements WHERE capture = c.id ORDER BY id DESC LIMIT 1) AS judgement,
      {_hex_or_null("b.sha256")} AS body,
      (SELECT {_hex("d.sha256")} FROM digests AS d WHERE d.body = c.body AND d.kind = 'cleaned'
       ORDER BY d.rule DESC LIMIT 1) AS cleaned,
      b.size AS body_size, b.sniffed_type, o.declared_type, o.declared_charset,
      o.used_charset, c.complete, e.text AS etag, m.text AS last_modified, t.text AS link_text,
      (SELECT {_uuid("p.uuid")} FROM captures AS p WHERE p.id = c.referrer) AS referrer,
      (SELECT {_uuid("p.uuid")} FROM captures AS p WHERE p.id = c.revisit_of) AS revisit_of,
      o.robots, o.ip, o.http_version, {_hex_or_null("o.certificate")} AS certificate, o.tls_relaxed, o.spider,
      o.spider_version, c.elapsed, coalesce(g.kind, 'live') AS origin, g.place, {_time("g.modified")} AS modified,
      g.time_source, g.about
    FROM captures AS c
    JOIN runs AS r ON r.id = c.run
    JOIN urls AS u ON u.id = c.url
    JOIN circumstances AS o ON o.id = c.circumstances
    LEFT JOIN urls AS q ON q.id = c.requested_url
    LEFT JOIN bodies AS b ON b.id = c.body
    LEFT JOIN texts AS e ON e.id = c.etag
    LEFT JOIN texts AS m ON m.id = c.last_modified
    LEFT JOIN texts AS t ON t.id = c.link_text
    LEFT JOIN origins AS g ON g.capture = c.id
    """,
    f"""
    CREATE VIEW bodies_readable AS
    SELECT {_hex("sha256")} AS body, size, sniffed_type, codec, level, length(data) AS stored_size,
      (SELECT {_hex("d.sha256")} FROM dictionaries AS d WHERE d.id = dictionary) AS dictionary
    FROM bodies
    """,
    f"""
    CREATE VIEW judgements_readable AS
    SELECT {_uuid("c.uuid")} AS capture, u.url, j.judgement, j.signature, j.rule, j.pages_end
    FROM judgements AS j JOIN captures AS c ON c.id = j.capture JOIN urls AS u ON u.id = c.url
    """,
    f"""
    CREATE VIEW links_readable AS
    SELECT {_uuid("c.uuid")} AS page, p.url AS page_url, l.position, u.url, t.text, i.text AS title, l.date, l.role
    FROM links AS l
    JOIN captures AS c ON c.id = l.page
    JOIN urls AS p ON p.id = c.url
    JOIN urls AS u ON u.id = l.url
    JOIN texts AS t ON t.id = l.text
    LEFT JOIN texts AS i ON i.id = l.title
    """,
)


def _forbid(table: str) -> tuple[str, str]:
    refusal = f"SELECT RAISE(ABORT, 'the archive is append-only: {table} are never changed or deleted')"
    return (
        f"CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} BEGIN {refusal}; END",
        f"CREATE TRIGGER {table}_never_leave BEFORE DELETE ON {table} BEGIN {refusal}; END",
    )


_FORMS = (
    f"""
    CREATE TRIGGER bodies_never_change BEFORE UPDATE ON bodies
    WHEN (OLD.id, OLD.sha256, OLD.size, OLD.sniffed_type) IS NOT (NEW.id, NEW.sha256, NEW.size, NEW.sniffed_type)
      OR (NOT {care_schema.IS_ERASED} AND gicrawl_same_body(NEW.sha256, NEW.size, NEW.codec, NEW.data,
        (SELECT data FROM dictionaries WHERE id = NEW.dictionary)) IS NOT 1)
    BEGIN SELECT RAISE(ABORT, 'the archive is append-only: bodies are never changed or deleted'); END
    """,
    _forbid("bodies")[1],
    """
    CREATE TRIGGER dictionaries_never_change BEFORE UPDATE ON dictionaries
    WHEN (OLD.id, OLD.sha256, OLD.site) IS NOT (NEW.id, NEW.sha256, NEW.site)
      OR gicrawl_same_dictionary(NEW.sha256, NEW.data) IS NOT 1
    BEGIN SELECT RAISE(ABORT, 'the archive is append-only: dictionaries are never changed or deleted'); END
    """,
    care_schema.DICTIONARIES_NEVER_LEAVE,
)
"""How a body is compressed may change, but only to bytes that unpack to the very same body: the archive itself takes
its SHA-256 each time. The functions are ours (`register`); a tool without them cannot change anything."""

_RUNS = (
    """
    CREATE TRIGGER runs_finish_once BEFORE UPDATE ON runs
    WHEN OLD.finished IS NOT NULL OR NEW.finished IS NULL OR NEW.status IS NULL
      OR (OLD.id, OLD.uuid, OLD.kind, OLD.arguments, OLD.user_agent, OLD.version, OLD.started)
        IS NOT (NEW.id, NEW.uuid, NEW.kind, NEW.arguments, NEW.user_agent, NEW.version, NEW.started)
      OR OLD.vantage IS NOT NEW.vantage
    BEGIN SELECT RAISE(ABORT, 'the archive is append-only: a run is finished once and never changed'); END
    """,
    _forbid("runs")[1],
)


@migrations()
def m001_captures(db: Database) -> None:
    """Runs, captures, bodies, judgements and links, as of the first release."""
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    care = care_schema.TABLES + care_schema.views(_uuid("uuid"), _time("time"), _hex("subject"), _hex("sha256"))
    for statement in _TABLES + care + _VIEWS + _FORMS + _RUNS + care_schema.CAPTURES:
        db.conn.execute(statement)
    for table in _APPEND_ONLY + care_schema.APPEND_ONLY:
        for statement in _forbid(table):
            db.conn.execute(statement)


@migrations()
def m002_settling_differences(db: Database) -> None:
    """Judgements say when they were made, and imports settle by their runs."""
    captures = _VIEWS[1].replace("ORDER BY id DESC", f"ORDER BY {m002_settling.NEWEST_FIRST}")
    judgements = _VIEWS[3].replace("j.pages_end", f"j.pages_end, {_time('j.made')} AS made")
    for statement in m002_settling.statements(captures, judgements):
        db.conn.execute(statement)


@migrations()
def m003_seal_rows(db: Database) -> None:
    """Rows that have no digest of their own get a seal."""
    m003_seals.apply(db.conn)


NAMES = frozenset({m001_captures.__name__, m002_settling_differences.__name__, m003_seal_rows.__name__})
"""Every migration we know."""


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the functions by which the archive checks a body's new form; every open archive has them."""
    seals.register(conn)
    conn.create_function("gicrawl_same_body", 5, is_same, deterministic=True)
    conn.create_function("gicrawl_same_dictionary", 2, is_same_dictionary, deterministic=True)


def prepare(db: Database) -> None:
    """Bring an archive (or an empty file) to today's schema, all or nothing; call it inside a transaction."""
    migrations.apply(db)


def is_current(db: Database) -> bool:
    """Whether no migration is pending."""
    return not migrations.pending(db)


def unknown(db: Database) -> list[str]:
    """Migrations this archive has had and we have never heard of: a newer gicrawl wrote it."""
    return [migration.name for migration in migrations.applied(db) if migration.name not in NAMES]
