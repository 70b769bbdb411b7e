"""What the pages show: values, no behaviour, no HTML. The ports that give them are in `webmail.ports`.

Texts are as the documents and messages hold them; the pages escape, shorten, translate codes and hide
technical prefixes (STD §1.4) themselves. Every instant is an aware UTC `datetime`. An identifier is opaque,
made of ``A–Z a–z 0–9 . _ -`` (at most 80 characters): it goes into the addresses of pages.
"""

from gateway.domain.document import DocumentCategory
from webmail.model.documents import (
    Document,
    DocumentFile,
    DocumentList,
    DocumentSummary,
    Result,
    ResultGroup,
)
from webmail.model.ids import AccountId, ContactId, ConversationId, DocumentId, MessageId, SpaceId
from webmail.model.listing import File, Page
from webmail.model.messages import (
    Attachment,
    Conversation,
    ConversationSummary,
    Delivery,
    ExchangeState,
    HtmlBody,
    InlineImage,
    Message,
    NewMessageDraft,
    NewMessageSent,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
    Upload,
)
from webmail.model.people import (
    CodeSent,
    Contact,
    Correspondent,
    CorrespondentKind,
    Session,
    SignedIn,
    SignInRefusal,
    Viewer,
)
from webmail.model.space import Home, Pulse

__all__ = [
    "AccountId", "Attachment", "CodeSent", "Contact", "ContactId", "Conversation", "ConversationId",
    "ConversationSummary", "Correspondent", "CorrespondentKind", "Delivery", "Document", "DocumentCategory",
    "DocumentFile", "DocumentId", "DocumentList", "DocumentSummary", "ExchangeState", "File", "Home", "HtmlBody",
    "InlineImage", "Message", "MessageId", "NewMessageDraft", "NewMessageSent", "Page", "Pulse", "ReplyDraft",
    "ReplyRefused", "ReplySent", "Result", "ResultGroup", "Session", "SignInRefusal", "SignedIn", "SpaceId", "Upload",
    "Viewer",
]
