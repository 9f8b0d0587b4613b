# ruff: noqa: S608  # all SQL here is put together from names of our own
"""Tables of what was done to the archive itself: events, what is hidden and what was erased, and by whom.

Part of migration m001 (`gicrawl.archive.schema`). What each column means stands in docs/archive.md.
"""

from __future__ import annotations

ERASED = "erased"
"""Codec of a body whose bytes were erased; its row keeps digest, size and type, so that captures still name it."""

TABLES = (
    """
    CREATE TABLE events (
      id INTEGER PRIMARY KEY,
      uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
      type TEXT NOT NULL,
      time INTEGER NOT NULL,
      agent TEXT NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('success', 'failure')),
      objects TEXT NOT NULL CHECK (json_valid(objects)),
      detail TEXT NOT NULL CHECK (json_valid(detail))
    ) STRICT
    """,
    """
    CREATE TABLE withholdings (
      id INTEGER PRIMARY KEY,
      uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
      act TEXT NOT NULL CHECK (act IN ('withhold', 'release')),
      kind TEXT NOT NULL CHECK (kind IN ('body', 'report')),
      subject BLOB NOT NULL CHECK (length(subject) = 32),
      time INTEGER NOT NULL,
      who TEXT NOT NULL,
      why TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX withholdings_subject ON withholdings (subject, kind)",
    """
    CREATE TABLE tombstones (
      id INTEGER PRIMARY KEY,
      uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      size INTEGER NOT NULL,
      time INTEGER NOT NULL,
      who TEXT NOT NULL,
      why TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX tombstones_sha256 ON tombstones (sha256)",
    """
    CREATE TABLE merged_runs (
      run INTEGER PRIMARY KEY REFERENCES runs (id)
    ) STRICT
    """,
)

HIDDEN = """
    SELECT kind, subject, time, who, why, 'withheld' AS how FROM withholdings AS w
    WHERE act = 'withhold' AND NOT EXISTS (
      SELECT 1 FROM withholdings AS later
      WHERE (later.subject, later.kind) = (w.subject, w.kind) AND (later.time, later.uuid) > (w.time, w.uuid)
    )
    UNION ALL
    SELECT 'body', sha256, time, who, why, 'erased' FROM tombstones
    """
"""What is shown to nobody: the last word on it is to withhold it, or its bytes were erased, here or elsewhere."""

APPEND_ONLY = ("events", "withholdings", "tombstones", "merged_runs")

IS_ERASED = (
    f"(NEW.codec = '{ERASED}' AND length(NEW.data) = 0 AND NEW.dictionary IS NULL "
    "AND EXISTS (SELECT 1 FROM tombstones WHERE sha256 = NEW.sha256))"
)
"""The one exception to "bodies are never changed": bytes may go where a tombstone says who erased them and why."""

DICTIONARIES_NEVER_LEAVE = """
    CREATE TRIGGER dictionaries_never_leave BEFORE DELETE ON dictionaries
    WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE sha256 = OLD.sha256)
      OR EXISTS (SELECT 1 FROM bodies WHERE dictionary = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'the archive is append-only: dictionaries are never changed or deleted'); END
    """
"""A dictionary is a page: where that page is erased, so is the dictionary, once nothing needs it any more."""


def views(uuid: str, time: str, subject: str, sha256: str) -> tuple[str, ...]:
    """The views people read; the arguments are how a UUID, a time and the two digests are printed."""
    return (
        f"""
        CREATE VIEW events_readable AS
        SELECT {uuid} AS event, type, {time} AS time, agent, outcome, objects, detail FROM events
        """,
        f"""
        CREATE VIEW withholdings_readable AS
        SELECT {uuid} AS withholding, act, kind, {subject} AS subject, {time} AS time, who, why FROM withholdings
        """,
        f"""
        CREATE VIEW hidden_readable AS
        SELECT kind, {subject} AS subject, {time} AS time, who, why, how FROM ({HIDDEN})
        """,
        f"""
        CREATE VIEW tombstones_readable AS
        SELECT {uuid} AS tombstone, {sha256} AS body, size, {time} AS time, who, why FROM tombstones
        """,
    )


def never_change(table: str, columns: tuple[str, ...], refusal: str) -> str:
    """A trigger that refuses to change these columns; others may change as other triggers say."""
    return (
        f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


_REFUSAL = "the archive is append-only: captures are never changed or deleted"
_CAPTURE = (
    *("id", "uuid", "time", "url", "requested_url", "hop", "outcome", "error", "status", "circumstances"),
    *("request_line", "request_head", "request_body", "interim", "head", "head_date", "framing", "surplus"),
    *("complete", "body", "etag", "last_modified", "referrer", "link_text", "revisit_of", "elapsed"),
)
CAPTURES = (
    never_change("captures", _CAPTURE, _REFUSAL),
    f"""
    CREATE TRIGGER captures_keep_their_run BEFORE UPDATE OF run ON captures
    WHEN NOT EXISTS (SELECT 1 FROM origins WHERE capture = OLD.id) OR NOT EXISTS (
      SELECT 1 FROM runs AS new JOIN runs AS old ON old.id = OLD.run
      WHERE new.id = NEW.run AND (new.started, new.uuid) < (old.started, old.uuid)
    )
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
    f"CREATE TRIGGER captures_never_leave BEFORE DELETE ON captures BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
"""What two machines import of the same folder are the same captures; united, they are of the run that was first."""
