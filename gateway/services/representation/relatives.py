"""Everybody for whom somebody acts, and what is new for each of them, on one page (E43).

Numbers are those that a representative may see: of a part that they may not list, nothing is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.access import Action, SpacePart
from gateway.domain.account import Space
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import SpecialUse, VaultId
from gateway.domain.mandates import KeptMandate
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import representative_of
from gateway.services.access.mandate_titles import end_of, mandate_in_effect
from gateway.services.access.permission import is_permitted

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Relative:
    """Somebody for whom one acts now; `ends` is the first instant at which one may not any more."""

    space: Space
    mandate: KeptMandate
    ends: datetime | None
    unread: int
    new_documents: int


class Relatives:
    """Lists them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all_of(self, home: VaultId, face: str) -> Sequence[Relative]:
        """List everybody for whom the holder of a space acts now, in the order in which they began to."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _relatives(tx, tx.spaces.space(home), now, face))


def _relatives(tx: Tx, home: Space, now: datetime, face: str) -> list[Relative]:
    found: list[Relative] = []
    for vault in dict.fromkeys(one.vault for one in tx.mandates.held_by(home.vault)):
        try:
            space = tx.spaces.space(vault)
        except (NotFound, SealBroken):  # pli verify names it
            continue
        mandate = mandate_in_effect(tx, home.vault, space, now)
        if mandate is not None:
            found.append(_relative(tx, home, space, mandate, now, face))
    return found


def _relative(tx: Tx, home: Space, space: Space, mandate: KeptMandate, now: datetime, face: str) -> Relative:
    actor = representative_of(home, mandate.kind, space.vault, face)
    unread = documents = 0
    if is_permitted(tx, actor, Action.LIST, SpacePart.MESSAGES, now):
        unread = tx.mail.unseen(space.vault, tx.mail.folder_by_use(space.vault, SpecialUse.INBOX).id, actor.audience)
    if is_permitted(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now):
        documents = tx.documents.unseen(space.vault, actor.audience, MOST_COUNTED)
    return Relative(
        space=space, mandate=mandate, ends=end_of(mandate, space), unread=unread, new_documents=documents
    )
