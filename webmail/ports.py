"""The ports of the web space: what its pages call, in patients' words.

Every method takes the `Viewer`: an identifier that belongs to another space raises `NotFound`, exactly as one
that does not exist (answered 404). Another `PliError` is answered 503, anything else 500.
Time limits are set by the pages; a method may be cancelled at any await.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

from webmail.model import (
    CodeSent,
    Contact,
    Conversation,
    ConversationId,
    ConversationSummary,
    Document,
    DocumentCategory,
    DocumentId,
    DocumentList,
    File,
    Home,
    HtmlBody,
    MessageId,
    NewMessageDraft,
    NewMessageSent,
    Page,
    Pulse,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
    Session,
    SignedIn,
    SignInRefusal,
    Viewer,
)


class SignInService(Protocol):
    """Check a patient's password, then a single-use code (A1)."""

    async def sign_in(self, identifier: str, password: str, source: str) -> CodeSent | SignInRefusal:
        """Check the password and send a code; `source` is the client's network address, for rate limits."""
        ...

    async def verify_code(self, pending: str, code: str, source: str) -> SignedIn | SignInRefusal:
        """Spend the code of an attempt; right once only."""
        ...


class SessionStore(Protocol):
    """Keep sessions by the SHA-256 digest of their token (32 bytes).

    The web decides what has expired; a store may drop whatever was last seen more than a day ago.
    """

    async def put(self, digest: bytes, session: Session) -> None:
        """Store a session, or replace it (`seen_at` moves)."""
        ...

    async def get(self, digest: bytes) -> Session | None:
        """Give the session of that digest."""
        ...

    async def delete(self, digest: bytes) -> None:
        """Forget a session; nothing happens when there is none."""
        ...


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

    async def attachment(self, viewer: Viewer, message: MessageId, section: str) -> File:
        """Open an attachment."""
        ...

    async def html_body(self, viewer: Viewer, message: MessageId) -> HtmlBody:
        """Give the HTML body as received; `NotFound` when there is none."""
        ...


class DocumentService(Protocol):
    """Read the documents of a space."""

    async def documents(self, viewer: Viewer, category: DocumentCategory | None, page: int) -> DocumentList:
        """List documents by their own date, of one category or of all."""
        ...

    async def document(self, viewer: Viewer, document: DocumentId) -> Document:
        """Read a document; the same transaction marks it seen and writes the trace."""
        ...

    async def document_file(self, viewer: Viewer, document: DocumentId, which: str) -> File:
        """Open a file of a document; the same transaction writes the trace."""
        ...


class SpaceService(Protocol):
    """What concerns the whole space."""

    async def pulse(self, viewer: Viewer) -> Pulse:
        """Give the present state; called by every page, so it reads counters, not lists."""
        ...

    async def home(self, viewer: Viewer) -> Home:
        """Give what the first page shows; reading it marks nothing as read."""
        ...

    def changes(self, viewer: Viewer, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse after each change later than revision `since`, at once if there is one already.

        Changes may be coalesced. The iterator holds a subscription: it is closed with ``aclose``.
        """
        ...


class PatientSpaceService(SignInService, MessageService, DocumentService, SpaceService, Protocol):
    """All that the web space calls, sessions apart."""
