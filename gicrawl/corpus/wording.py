"""Problems in words: the corpus's own, the parser's, and those of parsers of yesterday."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from gicrawl.parser.output import message

if TYPE_CHECKING:
    from gicrawl.parser.report import Problem


def problem_text(problem: Problem, lang: str = "en") -> str:
    """One sentence a user understands.

    Args:
        problem: of a stored parse.
        lang: `zh` or `en`.

    Returns:
        The message of its code. An older parser may have used a code that has no message today: then the code and
        its fields as they are, for they are all that is known.
    """
    fields = dict(problem.fields)
    own = _templates().get(problem.code)
    try:
        return own[lang].format_map(fields) if own is not None else message(problem, lang)
    except KeyError:
        told = ", ".join(f"{name}: {value}" for name, value in problem.fields)
        return f"{problem.code} ({told})" if told else problem.code


@cache
def _templates() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("problems.toml").read_text(encoding="utf-8"))
