"""The bundled sample portals: imitation government sites on loopback, with a manifest of what is there.

Whoever writes this package does not read the crawler or the parser, so that what is found against what is there is a
measurement and not an echo. It imports nothing of gicrawl but itself.
"""

from gicrawl.sample.process import SampleError, SampleRecord, SampleServer
from gicrawl.sample.report import GeneratedReport, ReportSpec, generate_report

__all__ = ["GeneratedReport", "ReportSpec", "SampleError", "SampleRecord", "SampleServer", "generate_report"]
