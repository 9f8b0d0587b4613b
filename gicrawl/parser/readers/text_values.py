"""What a value of a table looks like in a line of flattened text, and what a heading."""

from __future__ import annotations

import re
from typing import Final

NUMBER: Final = r"[-+－＋]?[\d０-９]+(?:[.．][\d０-９]+)?"
VALUE: Final = re.compile(rf"{NUMBER}|[-—－–/／]{{1,2}}")
HEADING: Final = re.compile(r"[一二三四五六七八九十]、.{2,40}情况\s*")
SENTENCE_END: Final = re.compile(r"[。；！？!?]")
COLUMNS: Final = 7
"""Of the table of applications, the only one that converters print in columns cut into blocks."""
