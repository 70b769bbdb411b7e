"""The notification centre, over `gateway.services.happenings.notification_centre`."""

from datetime import datetime

from gateway.domain.access import Actor
from gateway.services.happenings.notification_centre import Happening, NotificationCentre
from webmail.happenings.model import NewsItem
from webmail.happenings.wording import WORDS
from webmail.references import reference_of
from webmail.services import SpaceServices
from webmail.wording import count, plain_subject


class NewsPages:
    """Implements `webmail.happenings.port.NewsService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._centre = NotificationCentre(services.store, services.clock)

    async def news(self, actor: Actor) -> tuple[NewsItem, ...]:
        """List the last happenings."""
        return tuple(map(news_item_of, await self._centre.recent(actor)))

    async def mark_news_read(self, actor: Actor, until: datetime) -> None:
        """Mark everything up to an instant as read."""
        await self._centre.mark_read(actor, until)


def news_item_of(one: Happening) -> NewsItem:
    """Word one entry."""
    if one.kind == "message":
        title, detail, path, icon = one.name, plain_subject(one.title), _conversation(one), "mail"
    elif one.kind == "document":
        several = len(one.documents) > 1
        title = count(len(one.documents), "nouveau document", "nouveaux documents") if several else one.title
        path = _conversation(one) if several and one.thread else f"/documents/{reference_of(one.documents[0])}"
        detail, icon = one.name, "document"
    else:
        words = WORDS[one.kind]
        title, detail, path, icon = words.title, words.detail, words.path, words.icon
    return NewsItem(at=one.at, title=title, detail=detail, path=path, icon=icon, is_unread=one.is_unread)


def _conversation(one: Happening) -> str:
    return f"/messages/{reference_of(one.thread)}" if one.thread else "/messages"
