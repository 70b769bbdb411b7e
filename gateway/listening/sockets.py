"""Sockets that listen: every address of a host, on one port."""

import socket
from collections.abc import Sequence

_BACKLOG = 512
_ANY_IPV6 = "::"


def bound(host: str, port: int) -> list[socket.socket]:
    """Listen on every address of `host`, on the same port; 0 takes a free one. ``::`` takes IPv4, too.

    Raises:
        OSError: the host is no address of this machine, or the port is taken; nothing is left open then.
    """
    # The protocol is named: without it, asyncio leaves Nagle's delay on.
    found = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )
    alone = len({address[0] for *_, address in found}) == 1
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            listening = socket.socket(family, kind, protocol)
            sockets.append(listening)
            listening.setblocking(False)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                only = not (alone and address[0] == _ANY_IPV6)
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only))
            listening.bind((address[0], port, *address[2:]))
            port = port_of(sockets)
            listening.listen(_BACKLOG)
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


def port_of(sockets: Sequence[socket.socket]) -> int:
    """Give the port that they share."""
    return int(sockets[0].getsockname()[1])
