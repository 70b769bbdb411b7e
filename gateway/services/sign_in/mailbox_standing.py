"""Whether the sign-ins of a mailbox still stand, and what is told when an operator has ended some.

A change of password, a suspension or a removal is made by a command, in another process. It is noted beside the local
directory, which every serving process follows. Whoever acts under a sign-in asks before each command; who only
waits, in IMAP IDLE, is woken here.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

from gateway.domain.address import MailAddress
from gateway.domain.errors import DirectoryUnavailable, PliError
from gateway.domain.mailbox import VaultId
from gateway.ports.directory import Standings
from gateway.ports.store import Store

LOOK_EVERY = timedelta(seconds=1)
MailboxStanding: TypeAlias = Callable[[MailAddress], int | None]
"""Says how often a mailbox's sign-ins were ended; None when nobody may sign in to it."""


def never_ended(_address: MailAddress) -> int | None:
    """Say so of a mailbox whose sign-ins nobody ends."""
    return 0


def standing_in(standings: Callable[[], Standings]) -> MailboxStanding:
    """Look a mailbox up; what cannot be looked up was never ended, and is for its password to decide."""

    def standing(address: MailAddress) -> int | None:
        try:
            return standings().get(address, 0)
        except DirectoryUnavailable:
            return 0

    return standing


class EndedSignIns:
    """Tells the subscribers of a mailbox that its sign-ins were ended."""

    def __init__(self, store: Store, standings: Callable[[], Standings]) -> None:
        self._store = store
        self._standings = standings
        self._seen: Standings | None = None
        self._opened: dict[MailAddress, VaultId] = {}

    def opened(self, address: MailAddress, vault: VaultId) -> None:
        """Note that somebody signed in here: a mailbox that is removed cannot be looked up any more."""
        self._opened[address] = vault

    async def look(self) -> None:
        """Tell of those that were ended since the last look; the first tells of none. Raises `PliError`."""
        now, before = self._standings(), self._seen
        if before is not None and now is not before:
            for address, ended in now.items():
                if before.get(address, 0) != ended:
                    await self._tell(address)
        self._seen = now

    async def run(self) -> None:
        """Look for ever."""
        while True:
            # The directory or the store has told why; nothing is forgotten.
            with suppress(PliError):
                await self.look()
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def _tell(self, address: MailAddress) -> None:
        vault = self._opened.get(address)
        if vault is not None:
            await self._store.write(lambda tx: tx.changed(vault))
