"""How far a client has read, as the kernel knows it: buffers of TLS and of the loop hide it (Linux)."""

import fcntl
import socket
import struct
import termios
from typing import Final

_TCP_INFO_BYTES: Final = 128
_BYTES_ACKED: Final = 120
"""Place of `tcpi_bytes_acked` in `struct tcp_info` (tcp(7), since Linux 4.1)."""


def octets_acknowledged(client: socket.socket) -> int:
    """Give how many octets the client's side has taken so far; 0 when the connection is gone."""
    try:
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    except OSError:
        return 0
    return int(struct.unpack_from("=Q", info, _BYTES_ACKED)[0])


def octets_queued(client: socket.socket) -> int:
    """Give how many octets wait in the kernel to be taken; 0 when the connection is gone."""
    try:
        # SIOCOUTQ has the number of TIOCOUTQ (tcp(7)).
        return int(struct.unpack("i", fcntl.ioctl(client.fileno(), termios.TIOCOUTQ, bytes(4)))[0])
    except (OSError, ValueError):
        return 0
