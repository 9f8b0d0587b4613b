"""LibreOffice as a converter: the one door from the parser to a program outside of Python.

What comes out depends on the bytes, the target and the version of LibreOffice alone: it runs without a window, with a
profile of its own, without macros, network and links, in a fixed language, within bounds of time and memory.
"""

from gicrawl.office.convert import Converter, Failure, Job, converter
from gicrawl.office.installed import Office, find_office

__all__ = ["Converter", "Failure", "Job", "Office", "converter", "find_office"]
