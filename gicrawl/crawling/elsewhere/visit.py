"""Makes the client of an import from what the user said, with the rules every crawl has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gicrawl.crawling.elsewhere.client import SILENCE, Client
from gicrawl.crawling.hosts import Hosts, endpoint, is_loopback
from gicrawl.crawling.manners import Turnstile
from gicrawl.crawling.run import ContactMissing, with_contact
from gicrawl.crawling.session import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

USER_AGENT = f"gicrawl/{VERSION} (research archive of open-government reports)"


def client_for(
    archive: Path, machines: Sequence[str], *, contact: str | None, delay: float, silence: float = SILENCE
) -> tuple[Client, str]:
    """A client that may ask the machines the user named, and the name it gives.

    Args:
        archive: being filled; its processes share one turnstile.
        machines: URLs.
        contact: address or page of whoever asks.
        delay: seconds between two requests to one host.
        silence: seconds a machine may stay silent.

    Raises:
        ContactMissing: a machine lies beyond loopback and no contact is configured.
        RefusedByGuard: one is no http(s) URL.
    """
    where = [endpoint(url) for url in machines]
    if not contact:
        for one in where:
            if not is_loopback(one.host):
                raise ContactMissing(
                    f"{one.host}: no contact address is configured, so nothing beyond this machine is asked; "
                    "set GICRAWL_CONTACT (or --contact) to an address where its operator can reach you"
                )
    user_agent = with_contact(USER_AGENT, contact) if contact else USER_AGENT
    hosts = Hosts(named=[one.key for one in where], contact=contact)
    # resolved as a crawl resolves it, so that both wait at the same turnstile
    turnstile = Turnstile(Path(f"{archive.expanduser().resolve()}.hosts"))
    return Client(hosts, turnstile, user_agent=user_agent, delay=delay, silence=silence), user_agent
