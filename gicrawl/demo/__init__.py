"""The demo: imitation portals on loopback, crawled, archived, parsed, and compared with what is known to be there."""

from gicrawl.demo.compare import Comparison, FileResult, PortalResult
from gicrawl.demo.families import FamilyResult
from gicrawl.demo.faults import FaultResult
from gicrawl.demo.run import ArchiveInTheWay, Demo, run_demo

__all__ = [
    "ArchiveInTheWay",
    "Comparison",
    "Demo",
    "FamilyResult",
    "FaultResult",
    "FileResult",
    "PortalResult",
    "run_demo",
]
