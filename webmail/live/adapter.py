"""Counters of a space, and news of them."""

from collections.abc import AsyncGenerator
from datetime import datetime
from hashlib import blake2b

from gateway.domain.access import Actor, Audience, SpacePart
from gateway.domain.mailbox import SpecialUse
from gateway.ports.store import Tx
from gateway.services.access.permission import listed_parts
from gateway.services.happenings.notification_centre import PARTS, unread_in
from webmail.pulse import MOST_COUNTED, Pulse
from webmail.services import SpaceServices

_REPRESENTATIVES = Audience.REPRESENTATIVES
_REVISION_BYTES = 7  # 17 digits at most


class SpacePulse:
    """Implements `webmail.pulse.LiveService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._store = services.store
        self._clock = services.clock

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _pulse(tx, actor, now))

    async def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change, at once if the revision is not `since` any more."""
        with self._store.subscribe(actor.vault) as news:
            while True:
                pulse = await self.pulse(actor)
                if pulse.revision != since:
                    since = pulse.revision
                    yield pulse
                await news.wait()


def _pulse(tx: Tx, actor: Actor, now: datetime) -> Pulse:
    """Count, and digest what decides all that pages show: MODSEQs of folders, and documents.

    Of a part on which a carer has no right nothing is counted, and no change is told.
    """
    vault, who = actor.vault, actor.audience
    folders = tx.mail.folders(vault)
    inbox = next(folder for folder in folders if folder.special_use is SpecialUse.INBOX)
    parts = listed_parts(tx, actor, now, PARTS) if _REPRESENTATIVES in who else frozenset(PARTS)
    news, unread, documents, state = unread_in(tx, actor, parts), 0, 0, [f"{sorted(part.value for part in parts)}"]
    if SpacePart.MESSAGES in parts:
        unread = tx.mail.unseen(vault, inbox.id, who)
        state += [f"{folder.id} {folder.highest_modseq}" for folder in folders]
    if SpacePart.DOCUMENTS in parts:
        documents = tx.documents.unseen(vault, who, MOST_COUNTED)
        state.append(f"{tx.documents.revision(vault, who)}")
    revision = int.from_bytes(blake2b(repr((news, state)).encode(), digest_size=_REVISION_BYTES).digest(), "big")
    return Pulse(revision, unread, documents, news)
