"""AutoThrottle: a host that answers slowly is asked more slowly, and never faster than agreed.

Scrapy's own moves the delay of a slot of one crawler, from start to start and below nobody's minimum but its own. Ours
adds to the pause of the turnstile, which all crawlers of a process share. The rule is Scrapy's: the pause goes towards
the time the host takes to answer, halfway each time down and at once up; an error never makes it shorter. What it
learned is forgotten with the process.
"""

from __future__ import annotations

MAX_PAUSE = 60.0
"""Seconds a pause may grow to by itself; what the host asks for (Crawl-delay, Retry-After) has no such bound."""


class Throttle:
    """How long the pauses of each host are because of how it answers.

    Args:
        longest: seconds; 0 for no throttle at all.
    """

    def __init__(self, longest: float = MAX_PAUSE) -> None:
        self._longest = longest
        self._pauses: dict[str, float] = {}

    def pause(self, host: str) -> float:
        """Seconds a host is given; 0.0 while nothing is known of it."""
        return self._pauses.get(host, 0.0)

    def learn(self, host: str, delay: float, latency: float, *, well: bool) -> None:
        """Takes in how an exchange went.

        Args:
            host: whose.
            delay: the pause agreed.
            latency: seconds until it began to answer, or was given up.
            well: whether it answered, and with no error of its own.
        """
        if not self._longest:
            return
        last = max(self._pauses.get(host, 0.0), delay)
        pause = max(latency, (last + latency) / 2) if well else max(last, latency)
        if pause <= delay:
            self._pauses.pop(host, None)
        else:
            self._pauses[host] = min(pause, self._longest)
