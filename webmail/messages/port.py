"""What the pages of messages ask of the services.

Every method takes the `Actor`: an identifier that belongs to another space raises `NotFound`, exactly as one
that does not exist (answered 404). Another `PliError` is answered 503, anything else 500.
Time limits are set by the pages; a method may be cancelled at any await.
"""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from webmail.correspondent import Contact
from webmail.file_streams import File
from webmail.identifiers import ConversationId, MessageRef
from webmail.messages.model import (
    Conversation,
    ConversationSummary,
    NewMessageDraft,
    NewMessageSent,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
)
from webmail.paged_lists import FIRST, KeyedPage, ListPlace


class MessageService(Protocol):
    """Read and answer messages."""

    async def conversations(self, actor: Actor, place: ListPlace = FIRST) -> KeyedPage[ConversationSummary]:
        """List conversations by their last message; a key that is none leads to the first page."""
        ...

    async def conversation(self, actor: Actor, conversation: ConversationId, page: int = 1) -> Conversation:
        """Read one page of a conversation, from 1 for the newest messages; it is marked read and traced before."""
        ...

    async def mark_all_read(self, actor: Actor) -> int:
        """Mark every message received so far as read, without opening any; gives how many were not."""
        ...

    async def reply(
        self, actor: Actor, conversation: ConversationId, draft: ReplyDraft
    ) -> ReplySent | ReplyRefused:
        """Answer the conversation's correspondent; its state is read again in the transaction."""
        ...

    @property
    def may_begin(self) -> bool:
        """Say whether the operator lets patients begin new subjects."""
        ...

    async def contacts(self, actor: Actor) -> tuple[Contact, ...] | None:
        """List whom the patient may write to with a new subject, by name; None where new subjects are not possible."""
        ...

    async def send_new(self, actor: Actor, draft: NewMessageDraft) -> NewMessageSent | ReplyRefused:
        """Begin a conversation with a contact; who may be written to is judged again in the transaction."""
        ...

    async def attachment(self, actor: Actor, message: MessageRef, section: str) -> File:
        """Open an attachment."""
        ...

    async def html_page(self, actor: Actor, message: MessageRef, theme: str) -> str | None:
        """Give the HTML body made inert, as a page in a theme; `NotFound` when there is none, None if it cannot be."""
        ...

    async def whole_text(self, actor: Actor, message: MessageRef) -> str:
        """Give all the text of a message, to be kept as a file."""
        ...


MESSAGES: web.AppKey[MessageService] = web.AppKey("messages")
"""Where handlers find it on the application."""
