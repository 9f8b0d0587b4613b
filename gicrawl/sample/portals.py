"""All sample portals from one seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gicrawl.sample.hanweb import HanwebPortal
from gicrawl.sample.trs import TrsPortal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.sample.site import Entry, Portal

DEFAULT_SEED = 20190515
"""The bundled portals are the same everywhere. (The day the revised Regulations came into force.)"""


def build_portals(seed: int, documents: Sequence[Entry] | None = None) -> list[Portal]:
    """Build both portals.

    Args:
        seed: everything is drawn from it: the same seed gives the same bytes.
        documents: entries that stand in for the generated ones, dealt out to the portals in turn.
    """
    dealt = (None, None) if documents is None else (list(documents[0::2]), list(documents[1::2]))
    return [
        TrsPortal(random.Random(f"{seed}:yunping"), dealt[0]).build(),
        HanwebPortal(random.Random(f"{seed}:lanxi"), dealt[1]).build(),
    ]


def registry(portals: Sequence[Portal], ports: Mapping[str, int]) -> str:
    """The portals as a registry file in TOML, each with the loopback address its name stands for."""
    tables = [
        "\n".join(
            (
                "[[portal]]",
                f'id = "{portal.id}"',
                f'body = "{portal.body}"',
                f'level = "{portal.level}"',
                f'home = "http://{portal.host}/"',
                f'address = "127.0.0.1:{ports[portal.id]}"',
                'family = "auto"',
            )
        )
        for portal in portals
    ]
    return "# Sample portals on loopback; each name exists only while its server runs.\n\n" + "\n\n".join(tables) + "\n"
