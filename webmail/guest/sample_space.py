"""What pages ask, answered from the invented contents; whoever reads changes nothing, and nobody can write."""

from collections import Counter
from collections.abc import AsyncGenerator, Collection
from typing import TypeVar

from gateway.domain.access import Actor, SpacePart
from gateway.domain.errors import NotFound
from gateway.ports.clock import Clock
from webmail.correspondent import Contact
from webmail.file_streams import File
from webmail.guest.sample_agenda import SampleAgenda
from webmail.guest.sample_contents import PDF, sample_conversations, sample_documents
from webmail.guest.sample_people import DOCTOR
from webmail.happenings.model import NewsItem
from webmail.home.model import Home
from webmail.identifiers import ContactId, ConversationId, DocumentId, MessageRef
from webmail.messages.model import Conversation, ConversationSummary
from webmail.paged_lists import FIRST, KeyedPage, ListPlace
from webmail.preferences.model import NoticeChoice
from webmail.pulse import Pulse
from webmail.shown_documents import Document, DocumentList, DocumentSearch, DoubtedDocument, FolderLink

T = TypeVar("T")


class SampleSpace(SampleAgenda):
    """Answers the reading half of the ports of pages; the other half is not there."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def pulse(self, _: Actor) -> Pulse:
        """Count what is unread."""
        unread = sum(one.unread for one in self._lines())
        new = sum(one.summary.is_new for one in sample_documents(self._clock.now()))
        return Pulse(1, unread, new, sum(item.is_unread for item in self._news()))

    async def home(self, _: Actor, parts: Collection[SpacePart] = ()) -> Home:  # noqa: ARG002 - as the port
        """Give the first page."""
        return Home(self._lines(), tuple(one.summary for one in sample_documents(self._clock.now())))

    # Messages

    async def conversations(self, _: Actor, place: ListPlace = FIRST) -> KeyedPage[ConversationSummary]:
        """List them; there is one page."""
        return KeyedPage(() if place.key else self._lines(), is_first=not place.key)

    async def conversation(self, _: Actor, conversation: ConversationId, page: int = 1) -> Conversation:
        """Read one."""
        found = [one for one in sample_conversations(self._clock.now()) if one.id == conversation and page == 1]
        return _only(found)

    @property
    def may_begin(self) -> bool:
        """Say that new subjects are offered."""
        return True

    async def contacts(self, _: Actor) -> tuple[Contact, ...]:
        """Offer the one doctor with whom an exchange is open."""
        return (Contact(ContactId("exemple-1"), DOCTOR),)

    async def attachment(self, _: Actor, message: MessageRef, section: str) -> File:
        """Raise `NotFound`: no message has a file."""
        raise NotFound(f"no file {section} of {message}")

    async def html_page(self, _: Actor, message: MessageRef, theme: str) -> str | None:
        """Raise `NotFound`: no message has HTML."""
        raise NotFound(f"no HTML of {message} {theme}")

    async def whole_text(self, _: Actor, message: MessageRef) -> str:
        """Give the text of a message."""
        every = [one for known in sample_conversations(self._clock.now()) for one in known.messages]
        return _only([one.text for one in every if one.id == message])

    # Documents

    async def documents(self, _: Actor, search: DocumentSearch) -> DocumentList:
        """List them; there is one page."""
        every = [one.summary for one in sample_documents(self._clock.now())]
        shown = tuple(one for one in every if search.category in (None, one.category)) if not search.key else ()
        return DocumentList(items=shown, counts=Counter(one.category for one in every))

    async def document(self, _: Actor, document: DocumentId) -> Document:
        """Read one."""
        return _only([one for one in sample_documents(self._clock.now()) if one.summary.id == document])

    async def document_folders(self, _: Actor) -> tuple[FolderLink, ...]:
        """Give none."""
        return ()

    async def doubted_documents(self, _: Actor) -> tuple[DoubtedDocument, ...]:
        """Give none."""
        return ()

    async def documents_are_hidden(self, _: Actor) -> bool:
        """Say that professionals see new documents."""
        return False

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open the PDF."""
        file = _only([one for one in (await self.document(actor, document)).files if one.which == which])

        async def chunks() -> AsyncGenerator[bytes, None]:
            yield PDF

        return File(file.name, file.media_type, len(PDF), chunks())

    # What happened, and what is chosen

    async def news(self, _: Actor) -> tuple[NewsItem, ...]:
        """List what happened."""
        return self._news()

    async def notice_choices(self, _: Actor) -> tuple[NoticeChoice, ...]:
        """Give two kinds, both on."""
        return (NoticeChoice("message", True), NoticeChoice("document", True))

    def _news(self) -> tuple[NewsItem, ...]:
        messages = [
            NewsItem(
                at=one.at, title=one.correspondent.name, detail=one.subject, path=f"/messages/{one.id}", icon="mail",
                is_unread=bool(one.unread),
            )
            for one in self._lines()
            if not one.has_document
        ]  # fmt: skip
        documents = [
            NewsItem(
                at=one.summary.received_at, title=one.summary.title, detail=one.summary.author,
                path=f"/documents/{one.summary.id}", icon="document", is_unread=one.summary.is_new,
            )
            for one in sample_documents(self._clock.now())
        ]  # fmt: skip
        return tuple(sorted((*messages, *documents), key=lambda item: item.at, reverse=True))

    def _lines(self) -> tuple[ConversationSummary, ...]:
        return tuple(map(_line_of, sample_conversations(self._clock.now())))


def _only(found: list[T]) -> T:
    if not found:
        raise NotFound("the sample space has no such thing")
    return found[0]


def _line_of(conversation: Conversation) -> ConversationSummary:
    last = conversation.messages[-1]
    return ConversationSummary(
        id=conversation.id,
        correspondent=conversation.correspondent,
        subject=conversation.subject,
        preview=" ".join(last.text.split()),
        at=last.at,
        state=conversation.state,
        messages=len(conversation.messages),
        unread=sum(message.unread for message in conversation.messages),
        has_document=any(message.documents for message in conversation.messages),
        last_is_mine=last.delivery is not None,
    )
