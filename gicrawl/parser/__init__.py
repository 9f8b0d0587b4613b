"""A document (bytes and context) in, a Report out. Pure: no network, clock, database, randomness or Scrapy."""

from gicrawl.parser.parse import parse
from gicrawl.parser.readers import reader_for
from gicrawl.parser.version import parser_version

__all__ = ["parse", "parser_version", "reader_for"]
