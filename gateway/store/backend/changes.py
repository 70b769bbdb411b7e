"""News of committed changes, inside one process: a coalesced hint a vault, never the change itself."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from gateway.domain.mailbox import VaultId


class VaultNews:
    """One subscriber's view of one vault."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Return when something changed since the last return."""
        await self._event.wait()
        self._event.clear()

    def tell(self) -> None:
        """Note that something changed."""
        self._event.set()


class Changes:
    """Subscribers by vault; used from the event loop only."""

    def __init__(self) -> None:
        self._subscribers: dict[VaultId, set[VaultNews]] = {}

    @contextmanager
    def subscribe(self, vault: VaultId) -> Iterator[VaultNews]:
        """Subscribe for as long as the context lasts."""
        news = VaultNews()
        self._subscribers.setdefault(vault, set()).add(news)
        try:
            yield news
        finally:
            mine = self._subscribers[vault]
            mine.discard(news)
            if not mine:
                del self._subscribers[vault]

    def publish_to_all(self) -> None:
        """Tell every subscriber: nobody knows what was missed."""
        self.publish(list(self._subscribers))

    def publish(self, vaults: Iterable[VaultId]) -> None:
        """Tell every subscriber of each vault."""
        for vault in vaults:
            for news in self._subscribers.get(vault, ()):
                news.tell()
