"""All sample portals from one seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gicrawl.sample.assorted import AspNetPortal, DepartmentsPortal, FramePortal, NamedPagesPortal
from gicrawl.sample.beijing import BeijingPortal
from gicrawl.sample.epoint import EpointPortal
from gicrawl.sample.gkmlpt import GkmlptPortal
from gicrawl.sample.hanweb import HanwebPortal
from gicrawl.sample.hebei import HebeiPortal
from gicrawl.sample.hunan import HunanPortal
from gicrawl.sample.ilist import IListPortal
from gicrawl.sample.jpaas import JpaasPortal
from gicrawl.sample.liaoning import LiaoningPortal
from gicrawl.sample.lonsun import LonsunPortal
from gicrawl.sample.programs import HenanPortal, SichuanPortal, SzinfPortal, TianjinPortal
from gicrawl.sample.querylist import QueryListPortal
from gicrawl.sample.shanghai import ShanghaiPortal
from gicrawl.sample.trs import TrsPortal
from gicrawl.sample.truecms import TrueCmsPortal
from gicrawl.sample.ucap import UcapPortal
from gicrawl.sample.vsb import VsbPortal
from gicrawl.sample.xxgk import XxgkPortal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gicrawl.sample.family import FamilyPortal
    from gicrawl.sample.site import Entry, Portal

DEFAULT_SEED = 20190515
"""The bundled portals are the same everywhere. (The day the revised Regulations came into force.)"""


FAMILIES: tuple[type[FamilyPortal], ...] = (
    UcapPortal,
    GkmlptPortal,
    JpaasPortal,
    QueryListPortal,
    LonsunPortal,
    XxgkPortal,
    EpointPortal,
    VsbPortal,
    BeijingPortal,
    IListPortal,
    TrueCmsPortal,
    ShanghaiPortal,
    HebeiPortal,
    SichuanPortal,
    HenanPortal,
    SzinfPortal,
    TianjinPortal,
    LiaoningPortal,
    HunanPortal,
    AspNetPortal,
    NamedPagesPortal,
    FramePortal,
    DepartmentsPortal,
)
"""The families of the proving ground beside the two of the demo."""


class UnknownFamilyError(Exception):
    """There is no portal of this family; the message says of which there are."""


def family_names() -> list[str]:
    """Every family there is a portal of."""
    return ["trs", "hanweb", *(one.family for one in FAMILIES)]


def build_families(seed: int, names: Sequence[str] = ()) -> list[Portal]:
    """Build one portal of each family.

    Args:
        seed: everything is drawn from it: the same seed gives the same bytes.
        names: of the families wanted; all where this is empty.

    Raises:
        UnknownFamilyError: there is no such family.
    """
    unknown = sorted({*names} - {*family_names()})
    if unknown:
        raise UnknownFamilyError(f"no family {', '.join(unknown)}; there are {', '.join(family_names())}")
    built = [] if names and not {"trs", "hanweb"} & {*names} else build_portals(seed)
    built += [one(random.Random(f"{seed}:{one.id}")).build() for one in FAMILIES if not names or one.family in names]
    return [portal for portal in built if not names or portal.family in names]


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
