# ruff: noqa: S608  # all SQL here is put together from names of our own
"""Migration m002: what two archives say of one thing gets an order that does not depend on which came in first.

* A judgement says when it was made, so that of two that were made on different machines the later one counts.
* An origin says which import told it, so that of what two imports tell of one capture the first one's word stands,
  as its run does; the same holds for records of WARC files.
"""

from __future__ import annotations

NEWEST_FIRST = "made DESC, rule DESC, judgement DESC, signature DESC, pages_end DESC"
"""ORDER BY of judgements on one capture: the first one counts. What was made in the same microsecond is told apart by
what it says, so that every archive that holds the same judgements agrees."""

_NEW_RUN = "SELECT 1 FROM runs AS new JOIN runs AS old ON old.id = OLD.run WHERE new.id = NEW.run"
_EARLIER = f"EXISTS ({_NEW_RUN} AND (new.started, new.uuid) < (old.started, old.uuid))"


def _refuse(table: str) -> str:
    return f"SELECT RAISE(ABORT, 'the archive is append-only: {table} are never changed or deleted')"


_JUDGEMENTS = (
    "CREATE TEMP TABLE judged AS SELECT * FROM main.judgements",
    "DROP TABLE main.judgements",
    """
    CREATE TABLE judgements (
      id INTEGER PRIMARY KEY,
      capture INTEGER NOT NULL REFERENCES captures (id),
      judgement TEXT NOT NULL,
      signature TEXT,
      rule TEXT NOT NULL,
      pages_end INTEGER,
      made INTEGER NOT NULL
    ) STRICT
    """,
    """
    INSERT INTO judgements (id, capture, judgement, signature, rule, pages_end, made)
    SELECT j.id, j.capture, j.judgement, j.signature, j.rule, j.pages_end,
      c.time + row_number() OVER (PARTITION BY j.capture ORDER BY j.id) - 1
    FROM temp.judged AS j JOIN captures AS c ON c.id = j.capture ORDER BY j.id
    """,
    "DROP TABLE temp.judged",
    "CREATE INDEX judgements_capture ON judgements (capture)",
    f"CREATE TRIGGER judgements_never_change BEFORE UPDATE ON judgements BEGIN {_refuse('judgements')}; END",
    f"CREATE TRIGGER judgements_never_leave BEFORE DELETE ON judgements BEGIN {_refuse('judgements')}; END",
)
"""What was judged before is taken for judged when it was fetched, in the order in which it was written down."""

_ORIGINS = (
    "CREATE TEMP TABLE told AS SELECT * FROM main.origins",
    "DROP TABLE main.origins",
    """
    CREATE TABLE origins (
      capture INTEGER PRIMARY KEY REFERENCES captures (id),
      run INTEGER NOT NULL REFERENCES runs (id),
      kind TEXT NOT NULL,
      place TEXT NOT NULL,
      modified INTEGER,
      time_source TEXT,
      about TEXT
    ) STRICT
    """,
    """
    INSERT INTO origins (capture, run, kind, place, modified, time_source, about)
    SELECT o.capture, c.run, o.kind, o.place, o.modified, o.time_source, o.about
    FROM temp.told AS o JOIN captures AS c ON c.id = o.capture
    """,
    "DROP TABLE temp.told",
    f"""
    CREATE TRIGGER origins_keep_the_first BEFORE UPDATE ON origins
    WHEN NEW.capture IS NOT OLD.capture OR NOT {_EARLIER}
    BEGIN {_refuse("origins")}; END
    """,
    f"CREATE TRIGGER origins_never_leave BEFORE DELETE ON origins BEGIN {_refuse('origins')}; END",
)

_RECORDS = (
    "DROP TRIGGER warc_records_never_change",
    f"""
    CREATE TRIGGER warc_records_keep_the_first BEFORE UPDATE ON warc_records
    WHEN (NEW.id, NEW.record) IS NOT (OLD.id, OLD.record) OR NOT EXISTS (
      {_NEW_RUN} AND (NEW.capture IS NULL, new.started, new.uuid) < (OLD.capture IS NULL, old.started, old.uuid)
    )
    BEGIN {_refuse("warc_records")}; END
    """,
)
"""A record of which one archive knows the capture and the other does not is what the first one says of it."""

_REFUSAL = _refuse("captures")
_FIXED = (
    *("id", "uuid", "url", "requested_url", "hop", "outcome", "error", "status", "circumstances"),
    *("request_line", "request_head", "request_body", "interim", "head", "head_date", "framing", "surplus"),
    *("complete", "body", "etag", "last_modified", "referrer", "link_text", "revisit_of", "elapsed"),
)
_CAPTURES = (
    "DROP TRIGGER captures_never_change",
    f"CREATE TRIGGER captures_never_change BEFORE UPDATE OF {', '.join(_FIXED)} ON captures BEGIN {_REFUSAL}; END",
    "DROP TRIGGER captures_keep_their_run",
    f"""
    CREATE TRIGGER captures_keep_their_run BEFORE UPDATE OF run, time ON captures
    WHEN NOT EXISTS (SELECT 1 FROM origins WHERE capture = OLD.id) OR NOT {_EARLIER}
    BEGIN {_REFUSAL}; END
    """,
)
"""The time of a file of which nobody says when it was captured is when it was last written, which differs from machine
to machine: it goes with the run."""


def statements(captures: str, judgements: str) -> tuple[str, ...]:
    """The migration.

    Args:
        captures: SQL of the view `captures_readable`.
        judgements: SQL of the view `judgements_readable`.
    """
    views = ("captures_readable", "judgements_readable")
    gone = tuple(f"DROP VIEW {view}" for view in views)
    return (*gone, *_JUDGEMENTS, *_ORIGINS, *_RECORDS, *_CAPTURES, captures, judgements)
