"""Putting the lines of neighbouring messages together, for those who list a folder again."""

from collections.abc import Sequence

from gateway.domain.errors import StoreUnavailable
from gateway.domain.header_page import SPAN
from gateway.domain.mailbox import FolderId, Uid, VaultId
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

    async def make(self, folder: FolderId, uids: Sequence[int], highest: int) -> None:
        """Make some pages of messages that were listed; not the one that the folder's next messages go into.

        It does nothing where the store takes no writes: the lines are read one by one then.
        """
        listed = [Uid(uid) for uid in uids if uid // SPAN != highest // SPAN]
        numbers = await self._store.read(lambda tx: tx.mail.pages_without_lines(self._vault, folder, listed))

        def make(tx: Tx, some: Sequence[int]) -> None:
            for number in some:
                tx.mail.make_line_page(self._vault, folder, number)

        try:
            for at in range(0, min(len(numbers), MADE_AT_ONCE), _OF_ONE_WRITE):
                some = numbers[at : min(at + _OF_ONE_WRITE, MADE_AT_ONCE)]
                await self._store.write(
                    lambda tx, some=some: make(tx, some), priority=Priority.BULK, waits_for_disk=False  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                )
        except StoreUnavailable:
            return
