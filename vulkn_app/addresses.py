"""Which machines an owner's action may talk to: the public internet, and nothing that only looks like it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]

# Addresses that carry an IPv4 address inside: NAT64 (RFC 6052, RFC 8215).
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
# The standard library calls some of these global: IPv4-compatible, ORCHID, documentation, discard, site-local.
_NEVER = tuple(
    map(
        ip_network, ("::/96", "2001::/23", "2001:db8::/32", "3fff::/20", "100::/64", "fec0::/10", "5f00::/16")
    )
)
_NEVER_V4 = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "100.64.0.0/10"))
)


def is_public(text: str) -> bool:
    """Whether a connection to this literal address can only end on the public internet."""
    try:
        return _public(ip_address(text.partition("%")[0]))
    except ValueError:
        return False


def is_loopback(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


async def system_resolver(host: str, port: int) -> list[str]:
    """Every address of `host`, in the order in which they should be tried."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        if inside is not None:
            return _public(inside)
        if any(address in network for network in _NEVER):
            return False
    elif any(address in network for network in _NEVER_V4):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_unspecified
    )


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to `address` may end at."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
