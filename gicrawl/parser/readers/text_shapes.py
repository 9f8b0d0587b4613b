"""Shapes of flattened tables that a line alone does not tell: what the lines around it say of its fields.

Each is taken only where the text itself proves it, by counts that agree or by sums; otherwise its lines stay as they
are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.readers.text_commas import parted_by_commas
from gicrawl.parser.readers.text_flows import one_by_one
from gicrawl.parser.readers.text_named import named_values
from gicrawl.parser.readers.text_tabs import cut_short, parted_by_two, several_in_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gicrawl.parser.document import Block


def shaped(lines: Sequence[tuple[int, str]]) -> dict[int, list[Block]]:
    """What lines hold that only their neighbours explain, by their number; nothing for those that others include.

    Args:
        lines: of a text, each with the offset of its first character.
    """
    found = {**one_by_one(lines), **parted_by_commas(lines), **named_values(lines), **cut_short(lines)}
    return found | several_in_one_line(lines) | parted_by_two(lines)
