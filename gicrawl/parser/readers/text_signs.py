r"""Line ends and blanks of a text that a program wrote in other signs, as texts taken out of data are.

`\n` and `\t` in letters, `<br>`, U+2028, vertical tabs; `&nbsp;` for blanks; `> ` before every line of a quoted text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from gicrawl.parser.offsets import Shortened, replaced

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTERS: Final = re.compile(r"\\(?:r\\n|[nrt\"])")
_BREAKS: Final = re.compile(r"<br\s*/?>[ \t]*(?:\r\n|\n|\r)?", re.IGNORECASE)
_SEPARATORS: Final = re.compile("\u2028|\u2029|\x85|\x0b")
_QUOTED: Final = re.compile(r"^> ?", re.MULTILINE)
_BLANK: Final = r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0);"
_BLANKS: Final = re.compile(rf"(?P<indent>(?<![^\n\r\t|])(?:{_BLANK})+(?=[^\s&|]))|{_BLANK}", re.IGNORECASE)
_MEANING: Final = {'\\"': '"', "\\t": "\t"}
_SEVERAL: Final = 20
"""Line ends in other signs that are no accident: a report has more than a hundred lines."""
_RARE: Final = 10
"""So many times rarer a file's own line ends are where others stand for them: a `<br>` may part the lines of a cell."""
_MOST: Final = 0.9  # of the lines that are quoted


def in_usual_signs(text: str) -> Shortened:
    """The text with line ends and blanks as texts have them; as it is where it has its own.

    Args:
        text: of a file, decoded.
    """
    found = _signs(text)
    if found is None:
        return Shortened(text, ())
    pattern, meaning = found
    return replaced(text, pattern.finditer(text), meaning)


def _signs(text: str) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]] | None:
    """The signs that stand for others in a text, and what each of them means."""
    ends = text.count("\n") or text.count("\r")
    if "\\n" in text and text.count("\\n") >= max(_SEVERAL, _RARE * ends):
        return _LETTERS, lambda sign: _MEANING.get(sign[0], "\n")
    if "<" in text and _are_ends(_BREAKS.findall(text), ends):
        return _BREAKS, lambda _: "\n"
    if not text.isascii() and len(_SEPARATORS.findall(text)) >= max(_SEVERAL, _RARE * ends):
        return _SEPARATORS, lambda _: "\n"
    if text.startswith(">") and len(_QUOTED.findall(text)) >= max(_SEVERAL, _MOST * ends):
        return _QUOTED, lambda _: ""
    if "&" in text and "<table" not in text.lower() and _BLANKS.search(text):
        return _BLANKS, lambda sign: "" if sign["indent"] else unescape(sign[0])
    return None


def _are_ends(breaks: list[str], ends: int) -> bool:
    """Whether the breaks of a text are its line ends: it has no others, or one behind each of them."""
    behind = sum(mark.endswith(("\n", "\r")) for mark in breaks)
    return len(breaks) >= _SEVERAL and (
        len(breaks) >= _RARE * ends or (behind == len(breaks) and _MOST * ends <= behind)
    )
