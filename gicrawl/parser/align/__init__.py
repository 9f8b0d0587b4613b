"""Aligning a document to the statutory forms: from blocks of text and grids to named cells.

`reshaping` puts tables upright, `tables.read_tables` does all the rest. A table whose rows are printed one below the
other goes through `rows`, part 四 through `blocks`, a list of indicators (2008-2018) through `lists`: there no two
documents have the same rows in the same order, so each row is read by its own label. `docs/parser.md` names the modules
in the order in which they run.
"""
