"""Aligning a document to the statutory forms: from blocks of text and grids to named cells.

The road, one module a step:

    stream   blocks → atoms: pieces of text, and values (number, blank, …) with their place
    labels   where the labels of a form stand among the atoms, exactly or damaged
    runs     values that stand together → rows of the form
    placing  the values of one row → columns; what several placements allow stays ambiguous
    tables   the best form for each table, and its cells
"""
