"""Which addresses we may dial for a URL: resolver and guard.

A page must not be able to make us fetch from the machine we run on or from the network around it (a link, a redirect,
or a DNS answer that points inside). So every address is judged when it is about to be dialled, all answers of the
DNS at once, and again on the connection that stands.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}

USUAL_PORTS = frozenset({80, 443, 8080, 8443})
"""Ports a public web site is met on; any other has to be named by the user."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: carries an IPv4 address in its last four bytes

_RESOLVE_SECONDS = 30.0
_REMEMBER_SECONDS = 300.0  # what is dialled is judged every time, remembered or not


class RefusedByGuard(IgnoreRequest):
    """We may not dial what this URL leads to; the message says why and what to do."""


class AddressError(ValueError):
    """An entry of `GICRAWL_ADDRESSES` or of the named hosts cannot be read."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a URL leads.

    Attributes:
        host: as in the URL, lower case, without a final dot.
        port: as in the URL, or the scheme's own.
        tls: whether the scheme asks for it.
    """

    host: str
    port: int
    tls: bool

    @property
    def key(self) -> str:
        """`host:port`: what connections, names of the user and the log go by."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def guest_of(self) -> str:
        """What takes turns and is left alone: a host, whatever its ports and scheme; every port of this machine."""
        return self.key if is_loopback(self.host) else self.host

    @property
    def header(self) -> str:
        """Value of the Host header: the port only where it is not the scheme's own (RFC 9110 section 7.2)."""
        bare = f"[{self.host}]" if ":" in self.host else self.host
        return bare if self.port == DEFAULT_PORTS["https" if self.tls else "http"] else f"{bare}:{self.port}"


@dataclass(frozen=True, slots=True)
class Address:
    """A numeric address to dial."""

    ip: str
    port: int

    def label(self, endpoint: Endpoint) -> str:
        """For the archive: the port only where it is not the scheme's own."""
        if self.port == DEFAULT_PORTS["https" if endpoint.tls else "http"]:
            return self.ip
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


_ORIGIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[1-5]?[0-9]{1,4})?(?=[/?#]|\Z)")
"""What is there of a plain URL before its path; all that says where it leads."""


def endpoint(url: str) -> Endpoint:
    """Reads the endpoint out of a URL.

    Raises:
        RefusedByGuard: the scheme is not http or https, or there is no readable host or port.
    """
    plain = _ORIGIN.match(url)
    return _endpoint(url if plain is None else plain[0])


@lru_cache(1024)  # asked at every station of a request's way; by origin: a crawl has few of them, and no end of URLs
def _endpoint(url: str) -> Endpoint:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedByGuard(f"{url}: not a URL one can fetch ({error})") from error
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise RefusedByGuard(f"{url}: only http and https are fetched")
    if not parts.hostname:
        raise RefusedByGuard(f"{url}: no host in this URL")
    host = parts.hostname.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise RefusedByGuard(f"{url}: this host name cannot be written in DNS letters ({error})") from error
    return Endpoint(host, port or DEFAULT_PORTS[scheme], scheme == "https")


def is_loopback(host: str) -> bool:
    """Whether a host is written as a loopback address (a name never counts: anybody can point one there)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_inside(host: str) -> bool:
    """Whether a host is written as an address that is none of the public internet."""
    literal = _literal(host)
    return literal is not None and not is_public(literal)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public internet, an embedded IPv4 address included."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            embedded = ipaddress.IPv4Address(address.packed[-4:])
        if embedded is not None:
            return is_public(embedded)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Hosts:
    """Turns the host of a URL into addresses we may dial.

    Args:
        addresses: host name to loopback `ip:port`, dialled instead of asking the DNS: the names of sample portals.
        closed: nothing but those names (and named loopback addresses) exists.
        named: hosts (`host` or `host:port`) the user named: may be private, and on any port where one is given.
        contact: without one nothing beyond loopback is dialled.

    Raises:
        AddressError: an entry is not a loopback address with a port.
    """

    def __init__(
        self,
        addresses: Mapping[str, str] | None = None,
        *,
        closed: bool = False,
        named: Collection[str] = (),
        contact: str | None = None,
    ) -> None:
        self._addresses = {name.lower(): _loopback(name, text) for name, text in (addresses or {}).items()}
        self._closed = closed
        self._named = {name.lower() for name in named}
        self._ports: set[str] = set()
        self._contact = contact
        self._answers: dict[str, tuple[float, list[IPAddress]]] = {}

    def name(self, where: Endpoint) -> None:
        """Notes that the user named an endpoint: it may be private and on any port."""
        self._named.add(where.key)

    def declare(self, where: Endpoint) -> None:
        """Notes an endpoint of the registry: any port, and an address where one is written down, no name inside."""
        if _literal(where.host) is not None:
            self.name(where)
        self._ports.add(where.key)

    async def resolve(self, where: Endpoint) -> list[Address]:
        """Addresses to try in turn, all of them allowed.

        Raises:
            RefusedByGuard: one of them, or the port, is not.
            CannotResolveHostError: the DNS knows no such name, or did not answer.
        """
        mapped = self._addresses.get(where.host)
        if mapped is not None:
            return [mapped]
        literal = _literal(where.host)
        if self._closed and not (literal is not None and literal.is_loopback and self._is_named(where)):
            raise RefusedByGuard(f"{where.key}: closed to the outside, only the sample portals can be reached")
        if where.port not in USUAL_PORTS and where.key not in self._named and where.key not in self._ports:
            raise RefusedByGuard(f"{where.key}: unusual port; name {where.key} yourself if it is meant")
        answers = [literal] if literal is not None else await self._look_up(where.host)
        for answer in answers:
            self.check(where, answer)
        return [Address(str(answer), where.port) for answer in answers]

    def check(self, where: Endpoint, address: IPAddress) -> None:
        """Judges an address that is about to be dialled, or that was.

        Raises:
            RefusedByGuard: it is not public and its host was not named, or no contact is configured.
        """
        mapped = self._addresses.get(where.host)
        if mapped is not None:
            if str(address) != mapped.ip:
                raise RefusedByGuard(f"{where.key}: led to {address}, not to {mapped.ip}")
            return
        if not is_public(address) and not self._is_named(where):
            raise RefusedByGuard(f"{where.key}: leads to {address}, which is not on the public internet")
        if not address.is_loopback and not self._contact:
            raise RefusedByGuard(
                f"{where.key}: no contact address is configured, so nothing beyond this machine is fetched; "
                "set GICRAWL_CONTACT to an address where a portal's operator can reach you"
            )

    def _is_named(self, where: Endpoint) -> bool:
        return where.key in self._named or (where.port in USUAL_PORTS and where.host in self._named)

    async def _look_up(self, host: str) -> list[IPAddress]:
        expires, known = self._answers.get(host, (0.0, []))
        if expires > time.monotonic():
            return known
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_RESOLVE_SECONDS):
                answers = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise CannotResolveHostError(f"{host}: the DNS did not answer in {_RESOLVE_SECONDS:.0f} s") from error
        except (OSError, UnicodeError) as error:
            raise CannotResolveHostError(f"{host}: the DNS knows no such host ({error})") from error
        found = list(dict.fromkeys(ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers))
        self._answers[host] = (time.monotonic() + _REMEMBER_SECONDS, found)
        return found


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _loopback(name: str, text: str) -> Address:
    ip, _, port = text.rpartition(":")
    if not is_loopback(ip) or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - TCP's ports
        raise AddressError(f"address {text!r} of {name}: must be a loopback address with a port, like 127.0.0.1:8001")
    return Address(ip.strip("[]"), int(port))
