"""Sentences that tell another year's work as the report's: what was left over when last year's report was taken up.

One sentence is told by itself where nothing else in the report speaks of the same thing: who gives both years' figures
compares them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gicrawl.parser.formal.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gicrawl.parser.formal.rules import Texts
    from gicrawl.parser.identity.lines import TextLine

_DATED: Final = re.compile(
    r"(?:\(?[一二三四五六七八九十\d]{1,2}[)、.,])?(?P<y>20\d{2})年(?:度)?,?(?=[\u4e00-\u9fff])(?!至|以来|起|底|末|前|后|[-—])"
)
_OPENING: Final = 6  # characters that hold the first two of the year of a sentence that begins with one
_TOPICS: Final = ("proactive", "requests", "charges", "reviews")
"""Patterns of the rule, each of what a report says once for its year."""


def told_of_another_year(texts: Texts, year: int) -> tuple[int, str] | None:
    """The first sentence that tells the year before, or the year to come, as if it were the report's.

    Args:
        texts: the files of the report.
        year: of the report.

    Returns:
        The year it names and the sentence, squeezed; None where there is none.
    """
    if f"{year - 1}年" not in texts.text and f"{year + 1}年" not in texts.text:
        return None
    patterns = load_rules()["F_YEAR_LEFT"].patterns
    sentences = [sentence for one in texts.lines for sentence in _sentences(one)]
    compared, this = patterns["compared"], f"{year}年"
    dated = [
        (int(match["y"]), sentence)
        for sentence in sentences
        if "20" in sentence[:_OPENING] and (match := _DATED.match(sentence)) is not None and this not in sentence
    ]
    strange = [
        (named, sentence)
        for named, sentence in dated
        if named in {year - 1, year + 1} and compared.search(patterns["carried"].sub("", sentence)) is None
    ]
    for named, sentence in strange:
        if patterns["caption"].fullmatch(sentence) and not any(
            sentence.replace(str(named), str(year), 1) == other for other in sentences
        ):
            return named, sentence
        if patterns["work"].search(sentence) and _opens(sentences, sentence, named, year):
            return named, sentence
        if named < year and any(_alone(patterns[topic], sentence, sentences, named) for topic in _TOPICS):
            return named, sentence
    return _planned(patterns["ahead"], sentences, year)


def _planned(ahead: re.Pattern[str], sentences: Sequence[str], year: int) -> tuple[int, str] | None:
    """The plan for the report's own year, where there is none for the next: it is that of the report before."""
    plans = {int(match["y"]): sentence for sentence in sentences if (match := ahead.match(sentence))}
    return (year - 1, plans[year]) if year in plans and year + 1 not in plans else None


def _sentences(lines: Sequence[TextLine]) -> Iterator[str]:
    for line in lines:
        yield from (sentence for sentence in line.squeezed.split("。") if sentence)


def _opens(sentences: Sequence[str], opening: str, named: int, year: int) -> bool:
    """Whether a sentence opens what is told of the year: no other one names this year at its beginning.

    Of the year to come only plans are told otherwise, and they stand behind the figures.
    """
    patterns = load_rules()["F_YEAR_LEFT"].patterns
    at = sentences.index(opening)
    for other in sentences:
        match = _DATED.match(other)
        if (match is not None and int(match["y"]) == year and patterns["work"].search(other)) or patterns["this"].match(
            other
        ):
            return False
    if named < year:
        return True
    return patterns["planned"].search(opening) is None and any(
        patterns[topic].search(other) for topic in _TOPICS[:2] for other in sentences[at + 1 : at + 4]
    )


def _alone(topic: re.Pattern[str], sentence: str, sentences: Sequence[str], named: int) -> bool:
    """Whether a sentence is the only one on its topic, but for those of the same year."""
    return topic.search(sentence) is not None and not any(
        topic.search(other) for other in sentences if other != sentence and not other.startswith(str(named))
    )
