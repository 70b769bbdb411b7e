"""What the pages of messages ask of the services.

Every method takes the `Viewer`: an identifier that belongs to another space raises `NotFound`, exactly as one
that does not exist (answered 404). Another `PliError` is answered 503, anything else 500.
Time limits are set by the pages; a method may be cancelled at any await.
"""

from typing import Protocol

from webmail.correspondent import Contact
from webmail.file_streams import File
from webmail.identifiers import ConversationId, MessageRef
from webmail.messages.model import (
    Conversation,
    ConversationSummary,
    HtmlBody,
    NewMessageDraft,
    NewMessageSent,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
)
from webmail.paged_lists import Page
from webmail.signed_in import Viewer


class MessageService(Protocol):
    """Read and answer messages."""

    async def conversations(self, viewer: Viewer, page: int) -> Page[ConversationSummary]:
        """List conversations by their last message."""
        ...

    async def conversation(self, viewer: Viewer, conversation: ConversationId, page: int = 1) -> Conversation:
        """Read one page of a conversation, from 1 for the newest messages; it is marked read and traced before."""
        ...

    async def reply(
        self, viewer: Viewer, conversation: ConversationId, draft: ReplyDraft
    ) -> ReplySent | ReplyRefused:
        """Answer the conversation's correspondent; its state is read again in the transaction."""
        ...

    async def contacts(self, viewer: Viewer) -> tuple[Contact, ...] | None:
        """List whom the patient may write to with a new subject, by name; None where new subjects are not possible."""
        ...

    async def send_new(self, viewer: Viewer, draft: NewMessageDraft) -> NewMessageSent | ReplyRefused:
        """Begin a conversation with a contact; who may be written to is judged again in the transaction."""
        ...

    async def attachment(self, viewer: Viewer, message: MessageRef, section: str) -> File:
        """Open an attachment."""
        ...

    async def html_body(self, viewer: Viewer, message: MessageRef) -> HtmlBody:
        """Give the HTML body as received; `NotFound` when there is none."""
        ...
