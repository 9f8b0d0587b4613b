"""Aligning a document to the statutory forms: from blocks of text and grids to named cells.

The road, one module a step:

    stream   blocks → atoms: pieces of text, and values (number, blank, …) with their place
    labels   where the labels of a form stand among the atoms, exactly or damaged
    layouts  a table without its figures: what the next five find out once for all documents that print it alike
    naming   the words around its rows: where the header ends, and what stands beside which values
    runs     values that stand together → rows of the form
    ordering rows that only their order tells, and whether it does
    placing  the values of one row → columns; what several placements allow stays ambiguous
    tables   the best form for each table, and its cells

Annexes of 2008-2018 go another way, because no two have the same rows in the same order; each row is read by its label:

    list_labels   what the words beside figures mean, over all forms at once
    list_entries  atoms → entries: a label, its unit, its values; headers
    list_values   the values of one entry → columns
    list_turned   the figures of a list that stand before their labels, behind them
    lists         which entries make a list, its cells, what is missing from it
"""
