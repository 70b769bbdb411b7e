"""What counts as one source on the network, wherever connections and failures are counted by address."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

_SUBSCRIBER_BITS: Final = 64
"""A subscriber has a /64 at least (RFC 6177 §2), and may take another address of it for each connection."""


def plain_address(text: str) -> str:
    """Give a peer's address as people write it: what came as IPv4 through an IPv6 socket, as IPv4 (RFC 4291 §2.5.5.2).

    The zone of a link-local address goes, as it names an interface of this machine. What is no address stays.
    """
    address = _parsed(text)
    return text if address is None else str(address)


def source_network(text: str) -> str:
    """Give the name that a peer is counted under: its IPv4 address, or the /64 of its IPv6 address.

    What is no address counts under its own text.
    """
    address = _parsed(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _SUBSCRIBER_BITS), strict=False))
    return text if address is None else str(address)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
