"""The console script `gicrawl`: one thin function a command; what it does lives in the rooms.

The rooms are imported inside the commands, so that `gicrawl --help` and `gicrawl parse` do not wait for Scrapy.
"""

from gicrawl.cli import (  # noqa: F401 - each registers its commands on the group
    archive,
    backup,
    check,
    compact,
    crawling,
    demo,
    diff,
    documents,
    elsewhere,
    explain,
    history,
    importing,
    merge,
    nightly,
    portals,
    portals_adding,
    withhold,
)
from gicrawl.cli.group import cli

__all__ = ["cli"]
