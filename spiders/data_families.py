"""The families that are nothing but data: one class and one spider for each file in `families/`."""

from __future__ import annotations

from spiders.described import Described
from spiders.description import FOLDER, Description, read
from spiders.portal import PortalSpider


def _made(about: Description) -> tuple[type[Described], type[PortalSpider]]:
    """Make the family and its spider; both are found by being in this module."""
    stem = about.name.title().replace("_", "")
    family = type(
        stem,
        (Described,),
        {
            "__module__": __name__,
            "__doc__": f"Lists of {about.title}.",
            "name": about.name,
            "rank": about.rank,
            "article": about.article,
            "description": about,
        },
    )
    spider = type(
        f"{stem}Spider",
        (PortalSpider,),
        {"__module__": __name__, "__doc__": about.docstring(), "name": about.name, "family": family()},
    )
    return family, spider


for _path in sorted(FOLDER.glob("*.toml")):
    _family, _spider = _made(read(_path))
    globals()[_family.__name__] = _family
    globals()[_spider.__name__] = _spider
del _family, _spider, _path  # they would be found a second time under these names
