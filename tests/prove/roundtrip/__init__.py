"""The round trip: invented reports whose every cell is known, printed, damaged, and read back.

Nothing here knows how the parser works: labels come from the notices (`gicrawl.sample.forms`, `lists.toml`), and the
printers and damages follow what was seen in real documents.
"""
