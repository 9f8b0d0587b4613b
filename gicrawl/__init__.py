"""Crawl, archive and parse the yearly open-government reports of Chinese government bodies."""
