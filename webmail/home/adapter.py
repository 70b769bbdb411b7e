"""The first page, over the conversations and the documents of a space."""

from collections.abc import Collection

from gateway.domain.access import Actor, SpacePart
from gateway.services.profile.first_visit import FirstVisit
from webmail.document_views import document_summary_of
from webmail.home.model import Home
from webmail.messages.adapter import conversation_summary_of
from webmail.services import SpaceServices

_HANDFUL = 5


class HomePage:
    """Implements `webmail.home.port.HomeService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._conversations = services.conversations
        self._access = services.documents
        self._visit = FirstVisit(services.store, services.clock)

    async def home(self, actor: Actor, parts: Collection[SpacePart] = tuple(SpacePart)) -> Home:
        """Give the last conversations and documents."""
        views, _ = await self._conversations.recent(actor, size=_HANDFUL) if SpacePart.MESSAGES in parts else ((), 0)
        documents = await self._access.newest(actor, _HANDFUL) if SpacePart.DOCUMENTS in parts else ()
        return Home(
            tuple(map(conversation_summary_of, views)),
            tuple(map(document_summary_of, documents)),
            await self._visit.is_due(actor) if SpacePart.PROFILE in parts else False,
        )
