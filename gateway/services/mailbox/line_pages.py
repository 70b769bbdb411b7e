"""Putting the lines of neighbouring messages together, for those who list a folder again."""

from collections.abc import Collection
from functools import partial

from gateway.domain.errors import StoreUnavailable
from gateway.domain.header_page import SPAN
from gateway.domain.mailbox import FolderId, VaultId
from gateway.ports.store import Priority, Store, Tx

LISTED_FROM = 4 * SPAN
"""A list of so many messages at least makes pages: shorter ones cost little, and are often of what is new."""
MADE_AT_ONCE = 64
"""Pages that a list makes for those after it."""
_OF_ONE_WRITE = 16
"""About five milliseconds of the writer."""


class LinePages:
    """Pages of one mailbox."""

    def __init__(self, store: Store, vault: VaultId) -> None:
        self._store = store
        self._vault = vault

    async def make(self, folder: FolderId, numbers: Collection[int]) -> None:
        """Make some pages of messages that were listed.

        It does nothing where the store takes no writes: the lines are read one by one then.
        """
        some = sorted(numbers)[:MADE_AT_ONCE]

        def make(tx: Tx, at: int) -> None:
            for number in some[at : at + _OF_ONE_WRITE]:
                tx.mail.make_line_page(self._vault, folder, number)

        try:
            for at in range(0, len(some), _OF_ONE_WRITE):
                await self._store.write(partial(make, at=at), priority=Priority.BULK, waits_for_disk=False)
        except StoreUnavailable:
            return
