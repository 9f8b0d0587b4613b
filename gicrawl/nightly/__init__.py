"""The scheduled run: what is due, the crawl, the parse, the checks, and a report for people."""
