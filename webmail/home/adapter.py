"""The space as a whole: first page, counters, news."""

from collections.abc import AsyncGenerator

from gateway.domain.access import Actor
from gateway.domain.mailbox import SpecialUse
from gateway.ports.store import Store, Tx
from gateway.services.conversation.conversations import Conversations
from gateway.services.record.document_access import DocumentAccess
from webmail.documents.adapter import document_summary_of
from webmail.home.model import Home
from webmail.live.model import Pulse
from webmail.messages.adapter import conversation_summary_of

_HANDFUL = 5


class WholeSpace:
    """Implements `webmail.patient_space_port.SpaceService`."""

    def __init__(self, store: Store, conversations: Conversations, access: DocumentAccess) -> None:
        self._store = store
        self._conversations = conversations
        self._access = access

    async def pulse(self, actor: Actor) -> Pulse:
        """Give the present state."""
        return await self._store.read(lambda tx: _pulse(tx, actor))

    async def home(self, actor: Actor) -> Home:
        """Give the last conversations and documents."""
        views, _ = await self._conversations.recent(actor, 1, _HANDFUL)
        found = await self._access.listed(actor, None, 1, _HANDFUL)
        return Home(tuple(map(conversation_summary_of, views)), tuple(map(document_summary_of, found.documents)))

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
