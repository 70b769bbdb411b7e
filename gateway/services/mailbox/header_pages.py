"""Searching headers by pages, and making the pages that a search has missed."""

from collections.abc import Callable, Iterable

from gateway.domain import stand_ins
from gateway.domain.errors import StoreUnavailable
from gateway.domain.header_page import SPAN, HeaderPage, page_of
from gateway.domain.mailbox import FolderId, VaultId
from gateway.ports.store import Priority, Store, Tx

_READ_AT_ONCE = 256
MADE_AT_ONCE = 16
"""Pages that a search makes for those after it: about a twentieth of a second of its time."""


class HeaderPages:
    """Pages of one mailbox."""

    def __init__(self, store: Store, vault: VaultId) -> None:
        self._store = store
        self._vault = vault

    async def asked(
        self, folder: FolderId, test: Callable[[HeaderPage], Iterable[int]], highest: int
    ) -> tuple[set[int], set[int]]:
        """Ask every page up to a UID, in store threads.

        Returns:
            UIDs that `test` gives of any page, and those of all messages that are in pages.
        """
        found: set[int] = set()
        known: set[int] = set()
        for low in range(0, highest // SPAN + 1, _READ_AT_ONCE):

            def look(tx: Tx, low: int = low) -> None:
                for page in tx.mail.header_pages(self._vault, folder, low, low + _READ_AT_ONCE - 1):
                    found.update(test(page))
                    known.update(page.uids)

            await self._store.read(look)
        return found, known

    async def make(self, folder: FolderId, missing: Iterable[int], known: Iterable[int], highest: int) -> None:
        """Make some pages of messages that are in none; not the one that the folder's next messages go into.

        Whoever is `missing` from the page of a neighbour who is `known` does not go into it, and would not next time.
        It does nothing where the store takes no writes: the messages are read one by one then.
        """
        there = {uid // SPAN for uid in known}
        numbers = sorted({uid // SPAN for uid in missing} - there - {highest // SPAN})[:MADE_AT_ONCE]
        if not numbers:
            return
        pages = [await self._store.read(lambda tx, number=number: self._made(tx, folder, number)) for number in numbers]  # type: ignore[misc]  # mypy cannot infer a lambda with a default

        def keep(tx: Tx) -> None:
            for number, (uids, page) in zip(numbers, pages, strict=True):
                # What has gone since must not stay in a page.
                if page and uids == _there(tx, self._vault, folder, number):
                    tx.mail.keep_header_page(self._vault, folder, page)

        try:
            await self._store.write(keep, priority=Priority.BULK, waits_for_disk=False)
        except StoreUnavailable:
            return

    def _made(self, tx: Tx, folder: FolderId, number: int) -> tuple[list[int], HeaderPage | None]:
        blocks = tx.mail.header_blocks(self._vault, folder, number * SPAN, number * SPAN + SPAN - 1)
        sound = ((entry.uid, block) for entry, block in blocks if block != stand_ins.HEADER_BLOCK)
        return [entry.uid for entry, _ in blocks], page_of(sound)


def _there(tx: Tx, vault: VaultId, folder: FolderId, number: int) -> list[int]:
    return [entry.uid for entry in tx.mail.entries(vault, folder, number * SPAN, number * SPAN + SPAN - 1)]
