"""Where one process of a gateway stands among the others: its number, the ports that all listen on, what they share.

The parent makes the place of the first and gives each child its own; a process that serves alone makes it the same way.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from gateway.config import Settings
from gateway.listening import ListeningPort, port_of
from gateway.processes.commit_watch import SharedCommitNotes
from gateway.processes.ports import take_ports, wanted_by
from gateway.shared_memory import SharedMemory, SharedTotal, Total

PORTS: Final = ("relay", "submission", "starttls", "imap", "web", "deposit", "card")
"""Names of all ports that there may be."""
_MOST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingPlace:
    """One process among those that serve.

    Attributes:
        number: of this process, from 0.
        count: how many there are.
        sockets: of each port, by its name in `PORTS`; those that the settings leave out are absent.
        memory: what all processes count together, as this one sees it.
    """

    number: int
    count: int
    sockets: Mapping[str, Sequence[socket.socket]]
    memory: SharedMemory

    @property
    def is_first(self) -> bool:
        """Say whether this process does what one alone must do: keepers, sweeping, checkpoints."""
        return self.number == 0

    @property
    def is_alone(self) -> bool:
        """Say whether no other process serves."""
        return self.count == 1

    def of(self, number: int) -> Self:
        """Give the place of another process."""
        return replace(self, number=number, memory=self.memory.of(number))

    def port(self, name: str) -> ListeningPort | None:
        """Give a port to listen on; None where the settings leave it out."""
        sockets = self.sockets.get(name)
        if not sockets:
            return None
        return ListeningPort(sockets, SharedConnections(self.memory.total(Total.ACCEPTED, PORTS.index(name))))

    @property
    def ports(self) -> dict[str, int | None]:
        """Give the number of each port; None for those that the settings leave out."""
        return {name: port_of(self.sockets[name]) if name in self.sockets else None for name in PORTS}

    @property
    def commit_notes(self) -> SharedCommitNotes:
        """Give what notes this process's turns at the lock of commits."""
        return SharedCommitNotes(self.memory)

    def share_of(self, many: int) -> int:
        """Give this process's part of something of which all together may have `many`; 1 at least."""
        return self.memory.share_of(many)

    def forget(self, number: int) -> None:
        """Clear what a process that has ended said of itself; for the parent."""
        ended = self.memory.of(number)
        SharedCommitNotes(ended).end()
        ended.clear()

    def close(self) -> None:
        """Close this process's sockets; those of others go on."""
        for sockets in self.sockets.values():
            for listening in sockets:
                listening.close()


def processes_wanted(settings: Settings) -> int:
    """Give how many processes are to serve: what the settings say, or one for each core that we may use."""
    return settings.work.processes or min(_MOST, len(os.sched_getaffinity(0)))


def take_place(settings: Settings, count: int = 1) -> ServingPlace:
    """Take the ports of the settings, and give the place of the first of `count` processes.

    Raises:
        ConfigurationError: a port is not free.
    """
    sockets = take_ports(wanted_by(settings))
    return ServingPlace(number=0, count=count, sockets=sockets, memory=SharedMemory(count))


class SharedConnections:
    """The share of one process in the connections of a port; implements `gateway.listening.FairShare`."""

    def __init__(self, accepted: SharedTotal) -> None:
        self._accepted = accepted

    def tell(self, connections: int) -> None:
        """Say how many this process has now."""
        self._accepted.own = connections + 1

    def end(self) -> None:
        """Say that this process accepts none any more."""
        self._accepted.own = 0

    def is_mine(self) -> bool:
        """Say whether no other that accepts has fewer."""
        own = self._accepted.own
        return not any(0 < other < own for other in self._accepted.of_all())
