"""Scrapy spiders: discovery from a home page, one module a CMS family."""
