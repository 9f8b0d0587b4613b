"""What the command line says to people, in English and Chinese, by stable code.

The sentences are data (`messages.toml`): one table a code, with a template in `en` and one in `zh` that use the same
`{placeholders}`.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")


@cache
def catalog() -> Mapping[str, Mapping[str, str]]:
    """Every message: code → language → template."""
    loaded: dict[str, dict[str, str]] = tomllib.loads(
        files(__package__).joinpath("messages.toml").read_text(encoding="utf-8")
    )
    return loaded


def text(code: str, lang: str, **fields: object) -> str:
    """The sentence of a code, filled.

    Args:
        code: a key of `messages.toml`.
        lang: `zh` or `en`.
        fields: the values of the template's placeholders.

    Raises:
        KeyError: the code or a placeholder is unknown; a mistake of ours, never of a user.
    """
    return catalog()[code][lang].format_map({name: str(value) for name, value in fields.items()})


def default_language(environment: Mapping[str, str] = os.environ) -> str:
    """`zh` where the locale of messages is Chinese, else `en`.

    The first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX (Environment Variables, 8.2) says.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
