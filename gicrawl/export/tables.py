"""The tables of open data: one definition for every format.

Rows are sorted by public ids (never row numbers), so that the same archive gives the same bytes. Each row of what was
parsed says which parser made it. docs/tables.md tells the same to people; a test holds them together.
"""

from __future__ import annotations

from gicrawl.export.columns import Column, Kind, Record, Table, Wanted
from gicrawl.export.tables_bodies import BODY_TABLES
from gicrawl.export.tables_documents import DOCUMENT_TABLES

__all__ = ["TABLES", "Column", "Kind", "Record", "Table", "Wanted"]

TABLES = (*DOCUMENT_TABLES, *BODY_TABLES)
"""Every table, in the order of the files."""
