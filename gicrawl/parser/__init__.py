"""A document (bytes and context) in, a Report out. Pure: no network, clock, database, randomness or Scrapy."""
