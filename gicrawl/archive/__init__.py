"""What was fetched: captures, bodies and runs, append-only in one SQLite file."""
