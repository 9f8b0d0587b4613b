"""What the words beside the figures of a list of indicators mean: rows, headings, units, headers.

Lists come in any order, with rows of other forms left over in them; the same label stands twice in one (被依法纠错数 of
reviews and of suits). A label is therefore looked up in all forms at once, as a whole, and where it may be several rows
the row or heading above it decides. What is not found letter by letter may still be a damaged label, of one row only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from gicrawl.parser.data import read_data
from gicrawl.parser.forms import load_forms
from gicrawl.parser.script import ZERO_WIDTH, fold

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from gicrawl.parser.forms import Form, Table

STATISTICS: Final = "statistics"
ROW, GROUP, UNIT, NOTE, FOREIGN = "row", "group", "unit", "note", "foreign"
VALUES: Final = ("value", "annual", "cumulative")
"""Roles of headings that have figures below them; the other headings are `name`, `unit_head`, `code`, `remark`."""

_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_NUMERAL: Final = "一二三四五六七八九十"
_UNIT_NOTE: Final = re.compile(r"\(\s*(?:计量)?(?:单位)?\s*:?\s*([\u4e00-\u9fff]{1,2})\s*\)")
_NOTE: Final = re.compile(r"\([^()]*[\u4e00-\u9fff]{3}[^()]*\)")
_ORDINAL: Final = re.compile(
    rf"\(\s*(?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})\s*\)|(?<![\u4e00-\u9fff])[{_NUMERAL}]{{1,3}}\s*[、.,)]"
)
_YEAR: Final = re.compile(r"[〇零○一二三四五六七八九]{2,4}(?=年)")
_SCOPE: Final = re.compile(r"(?<=范围)\s*([1-9])")
_CUMULATIVE: Final = re.compile(r"累计(?:总)?数?$")
_ANNUAL: Final = re.compile(r"(?:19|20)\d\d\s*年度?(?:数|统计数|实际)?\s*$")
_JOINED = 6  # pieces a label may be broken into
_LONGEST_DAMAGED = 60  # Han characters
_SCRAP = 2  # Han characters that are all that is left of a heading, at the most
_CHARS_A_SLIP = 5  # so many characters of a label may hide one wrong one


@dataclass(frozen=True, slots=True)
class Sense:
    """A row that a label may be.

    Attributes:
        key: of the row.
        within: rows and headings it may stand below.
    """

    key: str
    within: frozenset[str]


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of words with its meaning.

    Attributes:
        role: `row`, `group`, `unit`, `note`, `foreign` or that of a heading.
        text: its Han characters.
        senses: of a row.
    """

    role: str
    text: str
    senses: tuple[Sense, ...] = ()


@cache
def list_tables() -> tuple[tuple[Form, Table], ...]:
    """Every list of indicators with its form."""
    return tuple((form, table) for form in load_forms() for table in form.tables if table.layout == "list")


def _simple(text: str) -> str:
    return fold(text).replace(ZERO_WIDTH, "").replace("其它", "其他")


@lru_cache(maxsize=4096)  # annexes of one province have the same labels, and a label is looked at several times
def pieces_of(text: str) -> tuple[str, ...]:
    """The Han characters of a text in the pieces that digits, blanks and signs part; ordinals and notes left out."""
    plain = _UNIT_NOTE.sub(r" \1 ", _ORDINAL.sub("|", _simple(text)))
    plain = _NOTE.sub("|", plain)
    plain = _SCOPE.sub(lambda match: _NUMERAL[int(match[1]) - 1], _YEAR.sub("|", plain))
    return tuple(_HAN.findall(plain.replace("其中", "|")))


def without_notes(text: str) -> str:
    """A text without what it says in brackets, folded; brackets that name a unit stay."""
    return _NOTE.sub("|", _simple(text))


@lru_cache(maxsize=4096)
def plain_label(text: str) -> str:
    """What a label is looked up by."""
    return "".join(pieces_of(text))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    words = read_data(__package__, "lists.toml")
    return {name: {key: value for key, value in part.items() if key != "least"} for name, part in words.items()}


@cache
def _least() -> int:
    return int(read_data(__package__, "lists.toml")["endings"]["least"])


@cache
def of_a_period() -> frozenset[str]:
    """Headings of figures on a period that need not be a year."""
    return frozenset(_words()["header"]["of_a_period"])


@cache
def _rows() -> dict[str, tuple[Sense, ...]]:
    """Every wording of every row, with the rows it may be."""
    within: dict[str, set[str]] = {}
    printed: dict[str, dict[str, None]] = {}
    for _, table in list_tables():
        for row in table.rows:
            above = within.setdefault(row.key, set())
            above.update(name if name.isascii() else plain_label(name) for name in row.within)
            for label in row.labels:
                printed.setdefault(plain_label(label), {})[row.key] = None
    endings = sorted(_words()["endings"]["same"], key=len, reverse=True)
    alike: dict[str, dict[str, None]] = {}
    for label, keys in printed.items():
        stem = next(label.removesuffix(ending) for ending in endings if label.endswith(ending))
        if len(stem) >= _least():
            for ending in endings:
                if not _begins_others(stem + ending, keys, printed):
                    alike.setdefault(stem + ending, {}).update(keys)
    return {
        label: tuple(Sense(key, frozenset(within[key])) for key in keys) for label, keys in (alike | printed).items()
    }


def _begins_others(words: str, keys: Iterable[str], printed: Mapping[str, Iterable[str]]) -> bool:
    """Whether words that are no printed label begin those of other rows: a truncated label, and nobody says of which.

    Args:
        words: the Han characters of a text.
        keys: rows that it may be by itself.
        printed: every printed label with the rows it may be.
    """
    if words in printed:
        return False
    return any(label.startswith(words) and not set(rows) <= set(keys) for label, rows in printed.items())


@cache
def _printed() -> dict[str, frozenset[str]]:
    """Every label as it is printed, with the rows it may be."""
    out: dict[str, set[str]] = {}
    for _, table in list_tables():
        for row in table.rows:
            for label in row.labels:
                out.setdefault(plain_label(label), set()).add(row.key)
    return {label: frozenset(keys) for label, keys in out.items()}


@cache
def _others() -> dict[str, str]:
    """Every other word that is known, with its role."""
    words = _words()
    found = {word: "unit_head" if role == "unit" else role for role, all_ in words["header"].items() for word in all_}
    found |= dict.fromkeys(words["header"]["of_a_period"], "annual") | {"本年累计": "cumulative"}
    found |= dict.fromkeys(words["units"]["words"], UNIT)
    for _, table in list_tables():
        found |= {plain_label(group): GROUP for group in table.groups}
    return found


@cache
def _notes() -> tuple[str, ...]:
    """What labels say in brackets, which a line break may leave without them."""
    notes = {
        "".join(_HAN.findall(note))
        for _, table in list_tables()
        for row in table.rows
        for label in row.labels
        for note in _NOTE.findall(_simple(label))
    }
    return tuple(sorted(notes))


@cache
def long_labels() -> tuple[str, ...]:
    """Labels of five characters and more as they are printed: a list holds several of them."""
    labels = {"".join(_HAN.findall(_simple(row.labels[0]))) for _, table in list_tables() for row in table.rows}
    whole = {plain_label(label) for label in labels} | {
        piece for _, table in list_tables() for row in table.rows for piece in pieces_of(row.labels[0])
    }
    return tuple(sorted(label for label in whole if len(label) >= 5))  # noqa: PLR2004 - as said above


@lru_cache(maxsize=4096)
def segment(text: str) -> tuple[Token, ...]:
    """The words of a text as tokens, the longest known ones first; a label may be broken into several pieces."""
    pieces = pieces_of(text)
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        for stop in range(min(len(pieces), at + _JOINED), at, -1):
            if (token := _known("".join(pieces[at:stop]))) is not None:
                tokens.append(token)
                at = stop
                break
        else:
            tokens += _unknown(pieces[at])
            at += 1
    return tuple(tokens)


def _known(words: str) -> Token | None:
    if senses := _rows().get(words):
        return Token(ROW, words, senses)
    if role := _others().get(words):
        return Token(role, words)
    return None


def _unknown(words: str) -> list[Token]:
    """A piece that is no label as it stands: a label or the scrap of a note with its unit stuck to it, or foreign."""
    if any(words in note for note in _notes()):
        return [Token(NOTE, words)]
    for size in (2, 1):
        rest, unit = words[:-size], words[-size:]
        if _others().get(unit) != UNIT or not rest:
            continue
        if (token := _known(rest)) is not None and token.role == ROW:
            return [token, Token(UNIT, unit)]
        if any(rest in note for note in _notes()):
            return [Token(NOTE, rest), Token(UNIT, unit)]
    return [Token(FOREIGN, words)]


@lru_cache(maxsize=1024)
def heading(text: str) -> str | None:
    """The role of the heading of a column; None where it is none that is known."""
    words = plain_label(text)
    if (role := _others().get(words)) is not None:
        return role if role not in {GROUP, UNIT} else None
    if _CUMULATIVE.search(words):
        return "cumulative"
    return "annual" if _ANNUAL.search(_simple(text)) else None


def is_unit(word: str) -> bool:
    """Whether a word is a unit and nothing else."""
    return word in _words()["units"]["words"]


def is_scrap(text: str) -> bool:
    """Whether a text that is no heading may be what is left of one."""
    words = plain_label(text)
    if len(words) <= _SCRAP:
        return True
    return any(words in word for role in ("name", "unit", *VALUES) for word in _words()["header"][role])


@lru_cache(maxsize=1024)
def damaged(texts: tuple[str, ...]) -> Token | None:
    """The row whose label one of the texts is, but for slips; None where none is, or two are as likely."""
    best: dict[str, tuple[int, Token]] = {}
    for text in texts:
        words = plain_label(text)
        if not _least() <= len(words) <= _LONGEST_DAMAGED:
            continue
        allowed = 1 + len(words) // (2 * _CHARS_A_SLIP)
        for label, senses in _rows().items():
            if len(label) < _CHARS_A_SLIP or abs(len(label) - len(words)) > allowed:
                continue
            if (slips := _distance(label, words, allowed)) <= allowed:
                key = "|".join(sense.key for sense in senses)
                if key not in best or slips < best[key][0]:
                    best[key] = (slips, Token(ROW, label, senses))
    found = sorted(best.values(), key=lambda entry: entry[0])
    if not found or (len(found) > 1 and found[1][0] == found[0][0]):
        return None
    own = {sense.key for sense in found[0][1].senses}
    if any(_begins_others(plain_label(text), own, _printed()) for text in texts[:1]):
        return None
    return found[0][1]


def resembles(words: str, label: str) -> bool:
    """Whether a text may be a badly damaged label: most characters of the shorter stand in the longer, in order."""
    short, long = sorted((words, plain_label(label)), key=len)
    at = matched = 0
    for character in short:
        hit = long.find(character, at)
        if hit >= 0:
            matched, at = matched + 1, hit + 1
    return matched * 5 >= len(short) * 3 and len(short) * 2 >= len(long)


def _distance(one: str, other: str, most: int) -> int:
    """Characters changed, lost or added between two short texts; more than `most` where they are too many."""
    if len(set(one) - set(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
        if min(row) > most:
            return most + 1
    return row[-1]


def sense_of(senses: Sequence[Sense], above: Sequence[str | None], label: str) -> str | None:
    """Which of several rows a label is; None where the rows above it do not tell.

    Args:
        senses: the rows it may be.
        label: its Han characters; of one or two (其他) only the row right above it tells.
        above: keys of the rows and headings before it, in reading order; None for one that was not understood.
    """
    if len(senses) == 1:
        return senses[0].key
    for name in reversed(above[-1:] if len(label) <= _SCRAP else above):
        if name is None:
            return None
        beside = _within().get(name, frozenset())
        found = [sense.key for sense in senses if name in sense.within or beside & sense.within]
        if found:
            return found[0] if len(found) == 1 and found[0] not in above else None
    return None


def of_the_form(senses: Sequence[Sense], own: Container[str]) -> str | None:
    """Which of the rows that a label is in several forms is meant where it may stand anywhere; None if none is alone.

    Args:
        senses: the rows it may be and that are not printed elsewhere in the list.
        own: keys of the form the list is nearest to.
    """
    if any(sense.within for sense in senses):
        return None
    found = [sense.key for sense in senses if sense.key in own]
    return found[0] if len(found) == 1 else None


@cache
def _within() -> dict[str, frozenset[str]]:
    """For each row that stands below others, which."""
    return {sense.key: sense.within for senses in _rows().values() for sense in senses if sense.within}
