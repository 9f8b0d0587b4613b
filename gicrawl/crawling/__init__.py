"""Everything between Scrapy and the archive: wire capture, manners, request guard, middlewares, pipeline."""
