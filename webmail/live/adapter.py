"""Counters of a space, and news of them."""

from collections.abc import AsyncGenerator

from gateway.domain.access import Actor
from gateway.domain.mailbox import SpecialUse
from gateway.ports.store import Tx
from webmail.live.model import Pulse
from webmail.services import SpaceServices


class SpacePulse:
    """Implements `webmail.live.port.LiveService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._store = services.store

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state."""
        return await self._store.read(lambda tx: _pulse(tx, actor))

    async def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change later than revision `since`, at once if there is one already."""
        with self._store.subscribe(actor.vault) as news:
            while True:
                pulse = await self._store.read(lambda tx: _pulse(tx, actor))
                if pulse.revision > since:
                    since = pulse.revision
                    yield pulse
                await news.wait()


def _pulse(tx: Tx, actor: Actor) -> Pulse:
    """Count; every message shown or marked raises a MODSEQ, every document filed or seen raises the rest."""
    vault, who = actor.vault, actor.audience
    folders = tx.mail.folders(vault)
    inbox = next(folder for folder in folders if folder.special_use is SpecialUse.INBOX)
    filed, unseen = sum(tx.documents.counts(vault, who).values()), tx.documents.unseen(vault, who)
    revision = sum(folder.highest_modseq for folder in folders) + 2 * filed - unseen
    return Pulse(revision, tx.mail.status(vault, inbox.id).unseen, unseen)
