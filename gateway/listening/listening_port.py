"""A port that is listened on: its sockets, and who else accepts what comes to them."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.listening.sockets import port_of


class FairShare(Protocol):
    """How many connections this process has of a port, beside the others that accept there."""

    def tell(self, connections: int) -> None:
        """Say how many this process has now."""

    def end(self) -> None:
        """Say that this process accepts none any more."""

    def is_mine(self) -> bool:
        """Say whether no other has fewer, so that the next is this process's to take."""


class WholeShare:
    """The share of a process that listens alone."""

    def tell(self, connections: int) -> None:
        """Keep nothing."""

    def end(self) -> None:
        """Keep nothing."""

    def is_mine(self) -> bool:
        """Take every connection."""
        return True


WHOLE = WholeShare()


@dataclass(frozen=True, slots=True)
class ListeningPort:
    """The sockets of a port, every address of its host; they are closed by the listener that takes them."""

    sockets: Sequence[socket.socket]
    share: FairShare = WHOLE

    @property
    def number(self) -> int:
        """Give the number of the port."""
        return port_of(self.sockets)
