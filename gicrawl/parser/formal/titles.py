"""F_TITLE: the title has no year, or lost or doubled characters.

A file without any title may have lost it on its way here: that is a problem of reading (`title_not_found`), no slip.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.formal.rules import load_rules, made
from gicrawl.parser.script import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gicrawl.parser.formal.rules import Texts
    from gicrawl.parser.report import Check, Identity

_HEAD: Final = 40  # lines among which the title stands
_LONGEST: Final = 90  # characters of a line that may be one
_BLANK: Final = "blank_form"
_PROSE: Final = re.compile("[,;。]")


def title_checks(identity: Identity, texts: Texts) -> Iterator[Check]:
    """One check of the title as it is printed."""
    if any(problem.code == _BLANK for problem in identity.problems):
        return
    patterns = load_rules()["F_TITLE"].patterns
    head = texts.lines[0][:_HEAD] if texts.lines else ()
    lines = [line.squeezed for line in head if len(line.squeezed) <= _LONGEST]
    if identity.title is None:
        likely = next((line for line in lines if patterns["likely"].search(line) and not _PROSE.search(line)), None)
        if likely is not None:  # damaged beyond recognition
            yield made("F_TITLE", 0, 1, printed=likely)
        return
    title = squeeze(identity.title)
    if not patterns["year"].search(title):
        yield made("F_TITLE", 0, 1, printed=identity.title)
        return
    # taking characters out only makes a line shorter: most are none that could be the title
    longer = [line for line in lines if len(line) > len(title) or title in line]
    damaged = next((line for line in longer if _is_damaged(line, title, patterns)), None)
    yield made("F_TITLE", int(damaged is None), 1, printed=damaged)


def _is_damaged(line: str, title: str, patterns: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a line is the title with characters doubled or lost."""
    if title in line:
        return any(patterns[name].search(title) is not None for name in ("garbled", "doubled", "repeated"))
    if not all(map(line.__contains__, title)):
        return False
    mended = patterns["doubled"].sub(r"\1", line)
    return mended != line and title in mended
