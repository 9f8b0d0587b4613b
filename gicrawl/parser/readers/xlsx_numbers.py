"""How a spreadsheet shows a number: the format codes of ECMA-376 part 1, §18.8.31, as far as reports use them.

A cell holds 1234.5 and shows 1,235: what is printed is what is shown. A code that is not understood shows the number
as `General` does, with every digit it has.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

GENERAL: Final = "General"
BUILT_IN: Final = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy/m/d",
    31: 'yyyy"年"m"月"d"日"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    49: "@",
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""Codes a file need not spell out (§18.8.30, 57 and 58 as in Chinese editions)."""

_PIECE: Final = re.compile(
    r'"([^"]*)"|\\(.)|[_*](.)|\[([^\]]*)\]|([#0?][#0?,.]*|\.[#0?]+)|(y+|m+|d+|h+|s+)|(.)', re.IGNORECASE | re.DOTALL
)
_MARKS: Final = frozenset("-+/() :%￥¥$年月日，,.")
_MOST_DIGITS: Final = 15  # digits a double keeps
_LAST_DAY: Final = 2_958_466  # 9999-12-31
_LEAP_1900: Final = 60  # the day the format takes for the 29 February 1900, which never was


def shown(raw: str, code: str, *, from_1904: bool = False) -> str:
    """The text of a number as the sheet shows it.

    Args:
        raw: as stored.
        code: the format code of the cell.
        from_1904: days are counted from 1904 instead of 1900.
    """
    number = _number(raw)
    if number is None:
        return raw.strip()
    sections = _sections(code)
    section = sections[0]
    if number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif number == 0 and len(sections) > 2:  # noqa: PLR2004 - positive, negative, zero, text
        section = sections[2]
    elif number < 0 and section.strip() not in {GENERAL, "", "@"}:
        text = _formatted(-number, section, from_1904=from_1904)
        return general(number) if text is None else f"-{text}"
    text = _formatted(number, section, from_1904=from_1904)
    return general(_number(raw) or number) if text is None else text


def _number(raw: str) -> Decimal | None:
    try:
        number = Decimal(raw.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 300 else None  # noqa: PLR2004 - a double's range


def general(number: Decimal) -> str:
    """The number with every digit a spreadsheet keeps, and none that binary fractions added."""
    text = f"{float(number):.{_MOST_DIGITS}g}"
    if "e" in text:
        text = f"{Decimal(text):f}" if abs(number) < 10**20 and abs(number) > Decimal("1e-9") else text
    return text


def _sections(code: str) -> list[str]:
    """The parts for positive, negative, zero; semicolons within quotes part nothing."""
    parts, quoted, start = [], False, 0
    for at, char in enumerate(code):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            parts.append(code[start:at])
            start = at + 1
    parts.append(code[start:])
    return parts


def _formatted(number: Decimal, section: str, *, from_1904: bool) -> str | None:
    """The number by one section of a code; None where it is not understood."""
    if section.strip().lower() in {"", "@", "general"}:
        return general(number)
    pieces = list(_PIECE.finditer(section))
    slots = [slot for piece in pieces if (slot := piece.group(5))]
    if any(piece.group(6) for piece in pieces):
        return None if slots else _date(number, pieces, from_1904=from_1904)
    if len(slots) > 1:
        return None
    percent = any(piece.group(7) == "%" for piece in pieces)
    texts = [_piece(piece, number * 100 if percent else number) for piece in pieces]
    return None if None in texts else "".join(text for text in texts if text).strip()


def _piece(piece: re.Match[str], number: Decimal) -> str | None:
    """What one piece of a code shows; None where it is not understood."""
    text, escaped, _, bracket, slot, _, char = piece.groups()
    if slot is not None:
        return _digits(number, slot)
    if bracket is not None:
        return None if bracket[:1] in {"=", "<", ">"} else ""  # a condition; a colour or a language
    if char is not None and char.isascii() and not char.isspace() and char not in _MARKS:
        return None
    return text or escaped or char or ""


def _digits(number: Decimal, slot: str) -> str | None:
    whole, _, part = slot.partition(".")
    if whole.endswith(","):
        return None  # shown in thousands: what stands there is another number than is meant
    least, most = part.count("0"), len(part.replace(",", ""))
    value = Decimal(general(number)).quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    text = f"{value:,f}" if "," in whole else f"{value:f}"
    ones, _, fraction = text.partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    ones = ones.rjust(whole.count("0"), "0") if "," not in whole else ones
    if whole.count("0") == 0 and ones == "0":
        ones = ""
    return f"{ones}.{fraction}" if fraction else ones


def _date(number: Decimal, pieces: list[re.Match[str]], *, from_1904: bool) -> str | None:
    if not 0 <= number < _LAST_DAY:
        return None
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if number > _LEAP_1900 else 31)  # noqa: DTZ001 - a sheet's dates have no zone
    moment = start + timedelta(days=float(number))
    out = []
    minutes = False  # `m` after hours is minutes
    for piece in pieces:
        text, escaped, _, _, _, unit, char = piece.groups()
        if text is not None or escaped is not None:
            out.append(text if text is not None else escaped)
        elif unit:
            kind = unit[0].lower()
            value = {
                "y": f"{moment.year:04d}" if len(unit) > 2 else f"{moment.year % 100:02d}",  # noqa: PLR2004 - yy or yyyy
                "m": str(moment.minute if minutes else moment.month),
                "d": str(moment.day),
                "h": str(moment.hour),
                "s": str(moment.second),
            }[kind]
            if len(unit) > 2 and kind in "md":  # noqa: PLR2004 - names of months and days
                return None
            out.append(value.rjust(len(unit), "0") if kind != "y" else value)
            minutes = kind == "h"
        elif char is not None and char != "@":
            out.append(char)
    return "".join(out).strip()
