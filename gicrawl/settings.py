"""Scrapy settings of every gicrawl crawl, `scrapy crawl` from a checkout included.

What is left out is Scrapy's default. Each value says why it is not.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

BOT_NAME = "gicrawl"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

# --- gicrawl's own settings -------------------------------------------------------------------------------------

# The archive every capture goes to.
GICRAWL_ARCHIVE = os.environ.get("GICRAWL_ARCHIVE", "archive/gicrawl.db")
# Where an operator of a portal can reach the person who crawls. Nothing beyond loopback is fetched without it.
GICRAWL_CONTACT = os.environ.get("GICRAWL_CONTACT")
# A label for the place we crawl from: portals block by address, so what a capture shows may depend on it.
GICRAWL_VANTAGE = os.environ.get("GICRAWL_VANTAGE")
# Host name -> "127.0.0.1:port" dialled instead of asking the DNS. Loopback only: sample portals.
GICRAWL_ADDRESSES: dict[str, str] = {}
# Nothing exists but those names.
GICRAWL_CLOSED = False
# Hosts (`host` or `host:port`) the user named: they may be private and on any port.
GICRAWL_NAMED_HOSTS: list[str] = []
# Send no conditional headers, fetch everything anew; a registered portal is discovered from its home page again.
GICRAWL_FULL = False
# Bounds of one run's stay at a portal, where its entry declares none; 0 for none. What they leave out is on record.
GICRAWL_MAX_PAGES = 250_000  # requests; the largest portals known have a tenth of it
GICRAWL_MAX_BYTES = 50 << 30
GICRAWL_MAX_SECONDS = 7 * 24 * 3600.0
GICRAWL_MAX_DEPTH = 250  # links: 200 pages of a column and the way there; ends calendars
# Seconds a crawl waits for a portal's visiting hours; one that opens later is left for another run.
GICRAWL_LONGEST_WAIT = 3600.0

# --- Who we are -------------------------------------------------------------------------------------------------

USER_AGENT = (
    f"gicrawl/{version('gicrawl')} ("
    + (f"+{GICRAWL_CONTACT}; " if GICRAWL_CONTACT else "")
    + "research archive of open-government reports)"
)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",  # bilingual portals redirect others to an English site without reports
}

# --- What replaces parts of Scrapy ------------------------------------------------------------------------------

# The bytes have to be ours before any library has parsed them.
DOWNLOAD_HANDLERS = {
    "http": "gicrawl.crawling.handler.WireHandler",
    "https": "gicrawl.crawling.handler.WireHandler",
    "ftp": None,  # everything else is refused
    "file": None,  # a page must never make us read this machine's files
    "data": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # allows where RFC 9309 disallows
    "gicrawl.crawling.visits.VisitsMiddleware": 50,  # what is not due needs no robots.txt either
    "gicrawl.crawling.bounds.BoundsMiddleware": 90,  # nobody is asked for the robots.txt of a place we do not go to
    "gicrawl.crawling.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # would obey proxy environment variables
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "gicrawl.crawling.redirects.CookieRedirectMiddleware": 600,  # follows a page's redirect to itself with a cookie
    "gicrawl.crawling.conditional.ConditionalMiddleware": 860,  # below decompression: archived bodies as they came
}
EXTENSIONS = {
    "gicrawl.crawling.revisits.Revisits": 100,  # known pages to which nothing leads any more
    "scrapy.extensions.throttle.AutoThrottle": None,  # the turnstile throttles
}
ITEM_PIPELINES = {"gicrawl.crawling.archiving.ArchivePipeline": 100}
DUPEFILTER_CLASS = "gicrawl.crawling.seen.SeenFilter"  # a fifth of the memory
LOG_FORMATTER = "gicrawl.crawling.reporting.CrawlLogFormatter"

# Our handler needs asyncio only; without a reactor a process can crawl more than once.
TWISTED_REACTOR_ENABLED = False
if find_spec("uvloop") is not None:
    ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # about a tenth less CPU, where it is installed

# --- Manners ----------------------------------------------------------------------------------------------------

# Seconds between the end of an exchange and the start of the next with the same host, kept by the turnstile of
# gicrawl.crawling.manners over all crawlers and processes of one archive. Scrapy's slot applies the same number from
# start to start within one crawler. That adds nothing to the turnstile's pause, which ends later, as long as
# the slot has no jitter and lets one request through at a time; and it cannot burst.
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # items go to the archive in the order found; Scrapy starts so many tasks for every page read
CONCURRENT_REQUESTS = 16  # for a portal spread over several hosts
# Scrapy's rule, kept by the turnstile (gicrawl.crawling.throttle): a slow host gets longer pauses, never shorter ones
# than these two seconds. Scrapy's own extension would move the slot's delay behind the turnstile's back.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60.0
ROBOTSTXT_OBEY = True  # read by nobody but people: ours always obeys

DOWNLOAD_TIMEOUT = 60  # seconds a server may stay silent
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # bytes; the longest scanned reports known have some 30 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True  # a torn page is archived as torn and asked for again, never shown to a spider
DOWNLOAD_VERIFY_CERTIFICATES = True

RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # said once, by our log formatter
REDIRECT_MAX_TIMES = 5  # a report is at most a move of the portal and a move of the page away
METAREFRESH_MAXDELAY = 5  # longer ones are for readers
DEPTH_LIMIT = 0  # Scrapy would drop what is deeper without a word; ours is GICRAWL_MAX_DEPTH, and on record
URLLENGTH_LIMIT = 2083

COOKIES_ENABLED = True  # some portals answer 302 to themselves until the cookie they set comes back

# --- The archive is the state -----------------------------------------------------------------------------------

HTTPCACHE_ENABLED = False  # would hide exchanges from the archive
JOBDIR = None  # loses its state on a kill; a new run goes on from the archive
FEEDS: dict[str, Any] = {}

# --- Nothing listens, nothing phones home -----------------------------------------------------------------------

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Scrapy asks tldextract whether a cookie's domain is a public suffix, and that would first fetch the list of those from
# two hosts and hold up the crawl meanwhile. The list it brings along is enough.
os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")

# Scrapy would read and parse the source of a callback again for every page: its memory of them holds no bound method.
WARN_ON_GENERATOR_RETURN_VALUE = False

LOG_LEVEL = "INFO"
