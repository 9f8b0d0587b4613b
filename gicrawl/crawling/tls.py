"""TLS for servers that a strict client does not talk to: old ciphers and versions, wrong or incomplete certificates.

Nothing a page says can bring this about: it is used where a registry entry declares it, on that portal's own hosts,
after strict TLS has failed, and each capture made over it says so.
"""

from __future__ import annotations

import ssl
from functools import cache

_LEGACY_SERVER = getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named from Python 3.12 on; OpenSSL's own number


@cache
def relaxed_context() -> ssl.SSLContext:
    """A context that checks no certificate and allows what OpenSSL still can: TLS 1.0, short keys, old handshakes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= _LEGACY_SERVER
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
