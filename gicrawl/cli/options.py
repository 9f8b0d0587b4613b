"""Options that several commands share: which bodies and years a command is about, and how it visits portals."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from gicrawl.bounds.limits import LEAST_MEMORY, Bounds
from gicrawl.corpus.selection import Selection
from gicrawl.portals.bodies import KINDS, LEVELS
from gicrawl.regions.codes import region_prefix

if TYPE_CHECKING:
    from collections.abc import Callable

DELAY = 2.0
"""Seconds between two requests to one host unless the user says otherwise."""

delay_option = click.option(
    "--delay",
    type=click.FloatRange(min=0),
    default=DELAY,
    show_default=True,
    help="Seconds between two requests to one host; a registered portal that asks for more gets it.",
)

contact_option = click.option(
    "--contact",
    envvar="GICRAWL_CONTACT",
    show_envvar=True,
    help="Mail address or page where a portal's operator reaches you; sent with every request.",
)

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


def parse_years(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """`2019-2023` or `2021` as first and last year."""
    if value is None:
        return None
    found = _YEARS.fullmatch(value)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise click.BadParameter("one year (2021), or two with a hyphen, the earlier first (2019-2023)")
    return int(found[1]), int(found[2] or found[1])


def parse_region(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A division code, as it was typed."""
    if value is None:
        return None
    try:
        region_prefix(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return value


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--region`, `--level`, `--kind` and `--years`; it gets them as the keyword `selection`.

    The value is a `gicrawl.corpus.selection.Selection`; without any of the options it is an empty one, which is false.
    """

    @wraps(command)
    def selecting(
        *arguments: Any,  # noqa: ANN401 - whatever the command takes
        region: str | None,
        level: str | None,
        kind: str | None,
        years: tuple[int, int] | None,
        **more: Any,  # noqa: ANN401 - whatever the command takes
    ) -> Any:  # noqa: ANN401 - whatever the command returns
        return command(*arguments, selection=Selection(region=region, level=level, kind=kind, years=years), **more)

    for option in reversed(_OPTIONS):
        option(selecting)
    return selecting


_OPTIONS = (
    click.option(
        "--region",
        metavar="CODE",
        callback=parse_region,
        help="Only bodies of this region code and all below it: 32, 3208, 320830.",
    ),
    click.option("--level", type=click.Choice(LEVELS), help="Only bodies of this level."),
    click.option("--kind", type=click.Choice(KINDS), help="Only bodies of this kind."),
    click.option("--years", metavar="A-B", callback=parse_years, help="Only reports of these years: 2021, 2019-2023."),
)


def bounds_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--time-limit` and `--memory-limit`; it gets them as the keyword `bounds`."""

    @wraps(command)
    def bounded(
        *arguments: Any,  # noqa: ANN401 - whatever the command takes
        time_limit: float,
        memory_limit: int,
        **more: Any,  # noqa: ANN401 - whatever the command takes
    ) -> Any:  # noqa: ANN401 - whatever the command returns
        return command(*arguments, bounds=Bounds(seconds=time_limit, memory=memory_limit << 20), **more)

    for option in reversed(_BOUNDS):
        option(bounded)
    return bounded


_USUAL = Bounds()
_BOUNDS = (
    click.option(
        "--time-limit",
        type=click.FloatRange(min=1),
        metavar="SECONDS",
        default=_USUAL.seconds,
        show_default=True,
        envvar="GICRAWL_TIME_LIMIT",
        show_envvar=True,
        help="Processor time one document may take, and three times that by the clock.",
    ),
    click.option(
        "--memory-limit",
        type=click.IntRange(min=LEAST_MEMORY >> 20),
        metavar="MB",
        default=_USUAL.memory >> 20,
        show_default=True,
        envvar="GICRAWL_MEMORY_LIMIT",
        show_envvar=True,
        help="Memory one document may take, the parser itself included.",
    ),
)
