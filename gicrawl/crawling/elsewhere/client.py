"""A visitor to the machines of other archives: asks one question at a time, with the manners of a crawl.

The same turnstile, guard, robots.txt and contact as for portals; no Scrapy, because what comes back is not a page of a
portal but the answer of an index, or a page wrapped in somebody else's message.
"""

from __future__ import annotations

import ssl
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from gicrawl.archive.bodies import DecodeError, decode
from gicrawl.crawling.connection import Connection, TLSError, dial
from gicrawl.crawling.exchange import LONGEST_REST
from gicrawl.crawling.hosts import RefusedByGuard, endpoint
from gicrawl.crawling.outcomes import retry_after
from gicrawl.crawling.outgoing import request_head
from gicrawl.crawling.rules import (
    DENIED,
    MAX_REDIRECTS,
    UNREACHABLE,
    RobotsCache,
    RobotsRules,
    absent,
    read_robots,
    unreachable,
)
from gicrawl.crawling.wire import MAX_BODY, ResponseReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gicrawl.archive.records import WireMessage
    from gicrawl.crawling.hosts import Endpoint, Hosts
    from gicrawl.crawling.manners import Turnstile
    from gicrawl.crawling.wire import ResponseHead

TRIES = 4
"""Times one question is asked; these archives are often busy."""

MAX_FAILURES = 3
"""Questions in a row without an answer, each asked so many times, after which a machine is left alone."""

SILENCE = 60.0
"""Seconds a server may stay silent: an index that looks through millions of rows takes its time."""

_CONNECT_SECONDS = 30.0
_LONGER = 4.0  # each time the pause before asking again is so many times the one before
_LEAST_REST = 0.5  # seconds, where no delay is asked for
_NO_ANSWER = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    TLSError,
)
_ROBOTS_TRIES = 2
_RATE_LIMITED = 429
_SERVER_FAULT = 500
_REDIRECTS = range(300, 400)


class Unanswered(Exception):  # noqa: N818 - says what is missing, like the archive's errors
    """A question got no answer; the message says why, in one line."""


class HostDown(Unanswered):
    """The machine itself does not answer, or does not want us: asking it more today leads nowhere."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine said.

    Attributes:
        url: asked for.
        head: status and headers.
        message: as it came.
        content: the body with content-coding undone; as it came where that fails.
    """

    url: str
    head: ResponseHead
    message: WireMessage
    content: bytes

    def header(self, name: str) -> str | None:
        """A header's first value as text (Latin-1), or None."""
        value = self.head.get(name.encode("ascii"))
        return None if value is None else value.decode("latin-1")


class Client:
    """Asks machines on the network for things, one at a time.

    Args:
        hosts: resolver and guard; names the machines the user chose.
        turnstile: of the archive that is being filled, so that no other of its processes asks at the same time.
        user_agent: who asks, with a contact.
        delay: seconds between two requests to one host.
        silence: seconds a server may stay silent.
        max_body: bytes of an answer that are read.
    """

    def __init__(
        self,
        hosts: Hosts,
        turnstile: Turnstile,
        *,
        user_agent: str,
        delay: float,
        silence: float = SILENCE,
        max_body: int = MAX_BODY,
    ) -> None:
        self._hosts = hosts
        self._turnstile = turnstile
        self._user_agent = user_agent
        self._delay = delay
        self._silence = silence
        self._max_body = max_body
        self._tls = ssl.create_default_context()
        self._robots = RobotsCache()
        self._idle: dict[tuple[str, bool], Connection] = {}
        self._down: dict[str, str] = {}
        self._failures: Counter[str] = Counter()
        self.requests = 0
        """How many were sent."""

    async def close(self) -> None:
        """End the kept connections."""
        connections = list(self._idle.values())
        self._idle.clear()
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a URL, several times where the machine is busy.

        Args:
            url: http or https.
            headers: beside the usual ones, like a Range.

        Raises:
            Unanswered: no whole answer came, or it is too large.
            HostDown: the machine does not answer at all, or forbids it.
        """
        where = self._endpoint(url)
        rules = await self._rules(where)
        verdict = rules.verdict(url)
        if verdict == UNREACHABLE:
            raise HostDown(
                self._down.get(where.key)
                or f"{where.key}: its robots.txt cannot be reached, so nothing is asked for now"
            )
        if verdict == DENIED:
            raise HostDown(
                f"{where.key}: its robots.txt forbids {urlsplit(url).path}; ask its operator for another way"
            )
        return await self._ask(url, where, headers or {}, TRIES)

    def _endpoint(self, url: str) -> Endpoint:
        try:
            return endpoint(url)
        except RefusedByGuard as error:
            raise Unanswered(str(error)) from error

    async def _ask(self, url: str, where: Endpoint, headers: Mapping[str, str], tries: int) -> Answer:
        rest = max(self._delay, _LEAST_REST)
        why = "no answer"
        answer: Answer | None = None
        for attempt in range(tries):
            if where.key in self._down:
                raise HostDown(self._down[where.key])
            last = attempt == tries - 1
            async with self._turnstile.turn(where.guest_of, self._delay) as turn:
                answer, why = await self._exchange(url, where, headers)
                if answer is not None and not _is_busy(answer):
                    self._failures[where.key] = 0
                    return answer
                asked = None if answer is None else retry_after(answer.head)
                if asked is not None and asked > LONGEST_REST:
                    self._down[where.key] = f"{where.key}: asks not to be visited for {asked:.0f} s"
                    raise HostDown(self._down[where.key])
                turn.rest = 0.0 if last and asked is None else max(rest, asked or rest)
            rest *= _LONGER
        raise self._failed(where, answer, f"{why}, {tries} times")

    def _failed(self, where: Endpoint, answer: Answer | None, why: str) -> Unanswered:
        """Tell a question that gets no answer (a version that is damaged there) from a machine that gives none."""
        self._failures[where.key] += 1
        asked_to_stay_away = answer is not None and answer.head.status == _RATE_LIMITED
        if asked_to_stay_away or self._failures[where.key] >= MAX_FAILURES or why.startswith(where.key):
            self._down[where.key] = why
            return HostDown(why)
        return Unanswered(why)

    async def _exchange(self, url: str, where: Endpoint, headers: Mapping[str, str]) -> tuple[Answer | None, str]:
        """One question and its answer, or why there is none.

        Raises:
            Unanswered: asking again would not help.
        """
        head = request_head(Request(url, headers={"User-Agent": self._user_agent, "Accept": "*/*", **headers}), where)
        key = (where.key, where.tls)
        kept = self._idle.pop(key, None)
        while True:
            if kept is not None and not kept.fresh:
                kept.close()
                kept = None
            try:
                connection = kept or await self._dial(where)
            except _NO_ANSWER as error:
                return None, str(error)
            reader = ResponseReader("GET", max_body=self._max_body)
            self.requests += 1
            try:
                await connection.exchange(head, reader, self._silence)
            except TimeoutError:
                if reader.head is not None:  # it has less of this than it says: asking again brings no more
                    raise Unanswered(f"{url}: {reader.fault}") from None
                return None, f"{url}: {reader.fault}"
            except BaseException:
                connection.close()
                raise
            if kept is not None and not reader.started:
                kept = None  # the server had closed it meanwhile
                continue
            break
        if reader.reusable:
            self._idle[key] = connection
        return _answer(url, reader)

    async def _dial(self, where: Endpoint) -> Connection:
        try:
            addresses = await self._hosts.resolve(where)
            return await dial(where, addresses, self._hosts, self._tls, _CONNECT_SECONDS)
        except RefusedByGuard as error:
            raise HostDown(str(error)) from error

    # robots.txt (RFC 9309): redirects are followed, other origins' rules do not apply.

    async def _rules(self, where: Endpoint) -> RobotsRules:
        origin = f"{'https' if where.tls else 'http'}://{where.header}"
        known = self._robots.get(origin)
        if known is None:
            known = self._robots.known[origin] = await self._fetch_rules(f"{origin}/robots.txt")
            if known.delay is not None:
                self._turnstile.slow_down(where.guest_of, known.delay)
        return known

    async def _fetch_rules(self, url: str) -> RobotsRules:
        for _ in range(MAX_REDIRECTS + 1):
            where = self._endpoint(url)
            try:
                answer = await self._ask(url, where, {}, _ROBOTS_TRIES)
            except Unanswered:
                return unreachable()
            target = answer.header("location")
            if answer.head.status not in _REDIRECTS or target is None:
                return read_robots(answer.head.status, answer.content)
            url = urljoin(url, target)
        return absent()


def _answer(url: str, reader: ResponseReader) -> tuple[Answer | None, str]:
    """What was read as an answer, or why it is none.

    Raises:
        Unanswered: it is too large.
    """
    if reader.too_large:
        raise Unanswered(f"{url}: {reader.fault}")
    if reader.fault is not None or reader.head is None:
        return None, f"{url}: {reader.fault}"
    return Answer(url, reader.head, reader.message(), _decoded(reader)), f"{url}: status {reader.head.status}"


def _is_busy(answer: Answer) -> bool:
    return answer.head.status == _RATE_LIMITED or answer.head.status >= _SERVER_FAULT


def _decoded(reader: ResponseReader) -> bytes:
    assert reader.head is not None
    body = reader.message().body
    try:
        return decode(body, [coding.decode("latin-1") for coding in reader.head.tokens(b"content-encoding")])
    except DecodeError:
        return body
