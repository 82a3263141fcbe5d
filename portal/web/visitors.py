"""Where a request comes from, believed only as far as the configured proxies are.

Anybody can write X-Forwarded-For. What counts is the right-most address that is not one of our own proxies: it is
the one that the outermost of them saw.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network


def visitor_of(request: HTTPConnection, trusted_proxies: tuple[str, ...]) -> str:
    """The visitor's address as text; `trusted_proxies` are addresses or networks (CIDR)."""
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return nearest_untrusted(peer, forwarded.split(","), networks(trusted_proxies))


@lru_cache(maxsize=8)
def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks as written in settings; ValueError for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def nearest_untrusted(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """Walk from the peer leftwards through our proxies. An IPv6 visitor is its /64: a household owns a whole one."""
    hop = _address(peer)
    for claimed in reversed(forwarded):
        if hop is None or not any(hop in network for network in trusted):
            break
        further = _address(claimed.strip())
        if further is None:
            break
        hop = further
    if hop is None:
        return "unknown"
    return str(ip_network((hop, 64), strict=False)) if isinstance(hop, IPv6Address) else str(hop)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
