"""Faults switched on: what is wrong with articles of healthy portals, and portals that are ill as a whole.

Every one says what must become of it (`Ill.expected`), in the words of the archive: an outcome (`truncated`,
`network_error`, …), a judgement (`soft_404`, `blocked`), or `report` where the fault must not cost the report.
"""

from __future__ import annotations

import gzip
import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from gicrawl.sample.faults import FAULTS
from gicrawl.sample.site import DAMAGED, REPORT, Ill, Page
from gicrawl.sample.strangers import ListStranger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gicrawl.sample.http import Request
    from gicrawl.sample.site import Placed, Portal

BROKEN = """
[[portal]]
id = "zi-fang"
body = "子坊县人民政府"
level = "county"
home = http://www.zifang-sample.gov.cn/
"""
"""An entry of a registry file with a line that cannot be read: its address has no quotes."""
NEVER = 3600.0
"""Seconds nobody waits."""
SLOW = 0.3
"""Seconds a slow portal thinks before each answer."""
_WAIT = 1  # seconds a busy portal asks for
_AFTER = 18  # answers of the portal that dies
_ENDLESS = 40  # requests that a list without an end may cost beside its articles
_OVER, _UNDER = 5_000, -60
_TOTAL = re.compile(rb"<script>\s*createPageHTML.*?</script>", re.DOTALL)


def _over(page: Page, _path: str, _portal: Portal) -> Page:
    """Content-Length promises more than there is."""
    return replace(page, transfer="length", claimed=_OVER)


def _under(page: Page, _path: str, _portal: Portal) -> Page:
    """Content-Length promises less than is sent; what is left over ends the page's frame."""
    return replace(page, transfer="length", gzip=False, claimed=_UNDER)


def _reset(page: Page, _path: str, _portal: Portal) -> Page:
    return replace(page, transfer="length", reset=True)


def _silent(page: Page, _path: str, _portal: Portal) -> Page:
    return replace(page, pause=NEVER)


def _throttled(page: Page, path: str, portal: Portal) -> Page:
    return replace(FAULTS["throttled"](page, path, portal), headers=(("Retry-After", str(_WAIT)),))


def _busy(page: Page, path: str, portal: Portal) -> Page:
    """The time to come back is a date, as RFC 9110 allows too: one that is over."""
    moment = format_datetime(datetime.now(UTC), usegmt=True)
    return replace(FAULTS["busy"](page, path, portal), headers=(("Retry-After", moment),))


def _mistaken(page: Page, _path: str, portal: Portal) -> Page:
    """The head of the answer names another charset than the page is in."""
    other = "GB2312" if portal.charset[1] == "utf-8" else "UTF-8"
    return replace(page, content_type=f"text/html;charset={other}")


_DAMAGE: tuple[tuple[str, Callable[[Page, str, Portal], Page], tuple[str, ...]], ...] = (
    ("silent", _silent, ("network_error",)),
    ("torn", FAULTS["torn"], ("truncated",)),
    ("reset", _reset, ("truncated", "network_error")),
    ("overlong", _over, ("truncated",)),
    ("garbled", FAULTS["garbled"], ("failed", "truncated", "not_a_report")),
    ("loop", FAULTS["loop"], ("redirect",)),
    ("homeward", FAULTS["homeward"], ("redirect", "soft_404", "not_a_report")),
    ("soft_404", FAULTS["soft_404"], ("soft_404", "not_a_report")),
    ("broken", FAULTS["broken"], ("http_error",)),
    ("throttled", _throttled, ("rate_limited",)),
    ("busy", _busy, ("rate_limited",)),
)
"""Faults that cost the report: name, what is served instead, what may be said."""
_HARMLESS: tuple[tuple[str, Callable[[Page, str, Portal], Page]], ...] = (
    ("misnamed", FAULTS["misnamed"]),
    ("underlong", _under),
    ("mistaken_charset", _mistaken),
)
"""Faults that must not."""
_PASSING: tuple[tuple[str, Callable[[Page, str, Portal], Page]], ...] = (
    ("throttled_once", _throttled),
    ("busy_once", _busy),
    ("broken_once", FAULTS["broken"]),
    ("reset_once", _reset),
)
"""Faults of one answer: the next one is right."""
COUNT = len(_DAMAGE) + len(_HARMLESS) + len(_PASSING)


def afflict(portals: Sequence[Portal], each: int) -> None:
    """Deal faults out to plain reports of healthy portals, so that every fault stands on some portal.

    Args:
        portals: healthy ones; their entries and pages are changed.
        each: faults for each portal; they are dealt in turn.
    """
    turn = 0
    for portal in portals:
        plain = [number for number, placed in enumerate(portal.placed) if _can_be_ill(placed)]
        for number in plain[1 :: max(1, len(plain) // each)][:each]:
            _make_ill(portal, number, turn % COUNT)
            turn += 1
        changed = {placed.path: placed for placed in portal.placed}
        portal.list_pages[:] = [(path, [changed[p.path] for p in rows]) for path, rows in portal.list_pages]


def _can_be_ill(placed: Placed) -> bool:
    """A report that is the page itself, with nothing beside it."""
    entry = placed.entry
    plain = entry.kind == REPORT and entry.form == "page" and not entry.moved and not entry.attachments
    return plain and entry.file is None


def _make_ill(portal: Portal, number: int, turn: int) -> None:
    placed = portal.placed[number]
    path = placed.path
    page = portal.pages[path]
    if turn < len(_DAMAGE):
        name, fault, expected = _DAMAGE[turn]
        portal.pages[path] = fault(page, path, portal)
        portal.placed[number] = replace(placed, entry=replace(placed.entry, kind=DAMAGED))
        portal.ills.append(Ill(name=name, path=path, expected=expected))
        return
    turn -= len(_DAMAGE)
    if turn < len(_HARMLESS):
        name, fault = _HARMLESS[turn]
        portal.pages[path] = fault(page, path, portal)
    else:
        name, fault = _PASSING[turn - len(_HARMLESS)]
        portal.first[path] = [fault(page, path, portal)]
    portal.ills.append(Ill(name=name, path=path, expected=("report",)))


class _Patient(ListStranger):
    """A small portal of the plainest kind: what is strange about it is its illness alone."""

    odd = 0.0
    issuers = (0, 1, 4)
    family = "ill"
    place = "病坊县"


def build_ill(seed: int, names: Sequence[str] = ()) -> list[Portal]:
    """Portals that are ill as a whole, one for each illness; the same seed gives the same bytes.

    Args:
        seed: they are drawn from it.
        names: of the illnesses wanted; all where this is empty.
    """
    built = []
    for number, (name, make) in enumerate(_PORTAL_ILLS.items()):
        if names and name not in names:
            continue
        own = {"id": f"ill-{name.replace('_', '-')}", "place": f"{'甲乙丙丁戊己庚辛壬癸子丑'[number]}坊县"}
        portal: Portal = type("Patient", (_Patient,), own)(random.Random(f"{seed}:{name}")).build()
        portal.ills.append(make(portal))
        built.append(portal)
    return built


def _beyond_reach(portal: Portal) -> None:
    """Nothing of the portal can be had, and nothing about it is promised."""
    kinds = {REPORT, "pictures", "attachment_missing"}
    portal.placed[:] = [
        replace(placed, entry=replace(placed.entry, kind=DAMAGED)) if placed.entry.kind in kinds else placed
        for placed in portal.placed
        if placed.entry.kind in kinds
    ]
    portal.list_pages[:] = [(path, []) for path, _ in portal.list_pages]


def _robots_html(portal: Portal) -> Ill:
    """A page in the place of robots.txt: there is none (RFC 9309 section 2.3.1.3)."""
    portal.pages["/robots.txt"] = Page(body=b"<html><body><h1>404</h1><p>Disallow: /</p></body></html>")
    return Ill(name="robots_html", expected=("report",))


def _robots_broken(portal: Portal) -> Ill:
    """An error in the place of robots.txt: everything is disallowed (RFC 9309 section 2.3.1.4)."""
    portal.pages["/robots.txt"] = Page(body=b"<h1>Internal Server Error</h1>", status=500)
    _beyond_reach(portal)
    return Ill(name="robots_broken", expected=("robots_denied",), most_requests=4)


def _challenge(portal: Portal) -> Ill:
    """A shield before the portal: whoever meets it goes away and comes back another day."""
    page = FAULTS["challenge"](portal.not_found, "/", portal)

    def reply(request: Request) -> Page | None:
        return None if request.path == "/robots.txt" else page

    portal.reply = reply
    _beyond_reach(portal)
    return Ill(name="challenge", expected=("blocked",), most_requests=4)


def _shield(portal: Portal) -> Ill:
    """A shield that comes down in the middle: what was fetched before is kept, and nothing more is asked."""
    page = FAULTS["challenge"](portal.not_found, "/", portal)
    before = portal.reply
    answered = [0]

    def reply(request: Request) -> Page | None:
        answered[0] += 1
        return page if answered[0] > _AFTER else (before(request) if before is not None else None)

    portal.reply = reply
    _beyond_reach(portal)
    return Ill(name="shield", expected=("blocked",), most_requests=_AFTER + 4)


def _slow(portal: Portal) -> Ill:
    portal.pace = SLOW
    return Ill(name="slow", expected=("report",))


def _dies(portal: Portal) -> Ill:
    portal.dies_after = _AFTER
    _beyond_reach(portal)
    return Ill(name="dies", expected=("network_error",), most_requests=_AFTER)


def _cookies(portal: Portal) -> Ill:
    portal.fresh_cookies = True
    return Ill(name="cookies", expected=("report",))


def _endless(portal: Portal) -> Ill:
    """The list says nothing of its length and always has a next page; past its end stand other news each time."""
    paths = [path for path, _ in portal.list_pages]
    stem, _, extension = paths[0].rpartition(".")

    def named(number: int) -> str:
        return f"{stem}_{number}.{extension}"

    def onward(body: bytes, number: int) -> Page:
        link = f'<div><a href="{named(number)}">下一页</a></div></body>'
        return Page(body=_TOTAL.sub(b"", body).replace(b"</body>", link.encode(portal.charset[1])))

    for number, path in enumerate(paths, 1):
        portal.pages[path] = onward(portal.pages[path].body, number)
    portal.pages[portal.column] = portal.pages[paths[0]]
    before = portal.reply

    def reply(request: Request) -> Page | None:
        told = request.path.removeprefix(f"{stem}_").removesuffix(f".{extension}")
        if request.path == named(int(told) if told.isdigit() else -1) and int(told) >= len(paths):
            row = f'<li><a href="/zwdt/{told}.html">{portal.body}召开第{told}次工作会议</a><span>2020-01-02</span></li>'
            return onward(f"<html><body><ul>{row}</ul></body></html>".encode(portal.charset[1]), int(told) + 1)
        return before(request) if before is not None else None

    portal.reply = reply
    return Ill(name="endless", expected=("report",), most_requests=3 * len(portal.placed) + _ENDLESS)


def _soft(portal: Portal) -> Ill:
    """Whatever is not there is answered with 200 and a page that says so."""
    portal.not_found = replace(portal.not_found, status=200)
    return Ill(name="soft_404s", expected=("report",))


def _homewards(portal: Portal) -> Ill:
    """Whatever is not there leads to the home page."""
    portal.not_found = Page(body=b"", status=302, location="/")
    for number, placed in enumerate(portal.placed):
        if placed.entry.kind == "missing":
            portal.placed[number] = replace(placed, entry=replace(placed.entry, kind=DAMAGED))
            portal.ills.append(Ill(name="missing_homewards", path=placed.path, expected=("redirect", "soft_404")))
    return Ill(name="homewards", expected=("report",))


def _mislabelled(portal: Portal) -> Ill:
    """All pages are GBK, say UTF-8 of themselves and gb2312 in the head of the answer."""
    for path, page in portal.pages.items():
        if page.content_type.startswith("text/html") and not page.gzip and page.body:
            body = page.body.decode(portal.charset[1]).encode("gbk", "xmlcharrefreplace")
            portal.pages[path] = replace(page, body=body, content_type="text/html;charset=gb2312")
    return Ill(name="mislabelled", expected=("report",))


def _packed(portal: Portal) -> Ill:
    """Everything is compressed, although nobody asked for it."""
    for path, page in portal.pages.items():
        if page.body and not page.gzip:
            packed = gzip.compress(page.body, 6, mtime=0)
            fields = (("Content-Encoding", "gzip"), *page.headers)
            portal.pages[path] = replace(page, body=packed, headers=fields) if not page.torn else page
    return Ill(name="packed", expected=("report",))


_PORTAL_ILLS: dict[str, Callable[[Portal], Ill]] = {
    "robots_html": _robots_html,
    "robots_broken": _robots_broken,
    "challenge": _challenge,
    "shield": _shield,
    "slow": _slow,
    "dies": _dies,
    "cookies": _cookies,
    "endless": _endless,
    "soft_404s": _soft,
    "homewards": _homewards,
    "mislabelled": _mislabelled,
    "packed": _packed,
}
