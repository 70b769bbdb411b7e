"""That something changed, never what."""

from contextlib import AbstractContextManager
from typing import Protocol

from gateway.domain.mailbox import VaultId


class Subscription(Protocol):
    """Coalesced news of one vault."""

    async def wait(self) -> None:
        """Return when something changed since the last return; at once if it already did."""
        ...


class News(Protocol):
    """Who wants to hear of which vault, in this process and in all others on the same database."""

    def subscribe(self, vault: VaultId) -> AbstractContextManager[Subscription]:
        """Subscribe before reading the snapshot that the changes apply to."""
        ...

    def publish(self, vaults: set[VaultId]) -> None:
        """Tell every subscriber of each vault, after the commit; more than once is no error, never is."""
        ...
