"""Counters of a space, and news of them."""

from collections.abc import AsyncGenerator
from hashlib import blake2b

from gateway.domain.access import Actor
from gateway.domain.mailbox import SpecialUse
from gateway.ports.store import Tx
from gateway.services.happenings.notification_centre import unread_in
from webmail.pulse import MOST_COUNTED, Pulse
from webmail.services import SpaceServices

_REVISION_BYTES = 7  # 17 digits at most


class SpacePulse:
    """Implements `webmail.pulse.LiveService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._store = services.store

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state."""
        return await self._store.read(lambda tx: _pulse(tx, actor))

    async def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change, at once if the revision is not `since` any more."""
        with self._store.subscribe(actor.vault) as news:
            while True:
                pulse = await self._store.read(lambda tx: _pulse(tx, actor))
                if pulse.revision != since:
                    since = pulse.revision
                    yield pulse
                await news.wait()


def _pulse(tx: Tx, actor: Actor) -> Pulse:
    """Count, and digest what decides all that pages show: MODSEQs of folders, and documents."""
    vault, who = actor.vault, actor.audience
    folders = tx.mail.folders(vault)
    inbox = next(folder for folder in folders if folder.special_use is SpecialUse.INBOX)
    news = unread_in(tx, actor)
    state = news, tx.documents.revision(vault, who), *((folder.id, folder.highest_modseq) for folder in folders)
    revision = int.from_bytes(blake2b(repr(state).encode(), digest_size=_REVISION_BYTES).digest(), "big")
    return Pulse(revision, tx.mail.unseen(vault, inbox.id, who), tx.documents.unseen(vault, who, MOST_COUNTED), news)
