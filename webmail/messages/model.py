"""Conversations, their messages, and what a patient writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from webmail.correspondent import Contact, Correspondent
from webmail.identifiers import ContactId, ConversationId, MessageRef
from webmail.messages.invitation_boxes import InvitationBox
from webmail.shown_documents import DocumentSummary
from webmail.upload import Upload

_TECHNICAL_TYPES = frozenset(["application/xml", "text/xml", "application/ms-tnef", "application/vnd.ms-tnef"])
_TECHNICAL_ENDINGS = (".xml", ".cda", ".hl7", ".hpr", "winmail.dat")


class ReplyState(Enum):
    """What the patient may do in a conversation (A7, A8)."""

    OPEN = "open"
    ENDED = "ended"
    AUTOMATIC = "automatic"  # sent by a program: a result, a reminder, an absence; cannot be answered


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ConversationSummary:
    """A line of the list of messages: one thread with one correspondent (E53)."""

    id: ConversationId
    correspondent: Correspondent
    subject: str
    preview: str
    at: datetime
    state: ReplyState
    messages: int = 1
    unread: int = 0
    has_attachment: bool = False
    has_document: bool = False
    last_is_mine: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class MessageFile:
    """A file of a message; `section` is its IMAP part number, such as ``2`` or ``1.3``."""

    section: str
    name: str
    media_type: str
    size: int

    @property
    def is_technical(self) -> bool:
        """Whether programs read it and people do not: an IHE XDM archive, a CDA, HL7 v2, Outlook's container."""
        name = self.name.lower()
        return (
            self.media_type in _TECHNICAL_TYPES
            or name.endswith(_TECHNICAL_ENDINGS)
            or (name.startswith("ihe_xdm") and name.endswith(".zip"))
        )


class DeliveryProgress(Enum):
    """How far a message written by the patient has gone."""

    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Message:
    """One message of a conversation.

    Attributes:
        text: plain text, or the text extracted from HTML when there is no plain part.
        is_cut: whether the end of the text is missing here; `whole_text` has it.
        has_html: whether there is a page of its HTML.
        delivery: for a message of the patient; `None` marks a message that was received.
        unread: whether it was unread before this reading.
        documents: documents that were filed from it.
        withheld: whether its files are kept back until its author has presented a document of them.
        later: whether they are because its patient asked to see them later.
        doubted: whether they are, since the patient said of a document that it is not theirs.
        kept_back: how many of its files could not be read or checked, and are not shown.
        invitation: what its calendar did to the agenda.
    """

    id: MessageRef
    at: datetime
    author: str
    text: str
    is_cut: bool = False
    has_html: bool = False
    delivery: DeliveryProgress | None = None
    unread: bool = False
    attachments: tuple[MessageFile, ...] = ()
    documents: tuple[DocumentSummary, ...] = ()
    withheld: bool = False
    later: bool = False
    doubted: bool = False
    kept_back: int = 0
    invitation: InvitationBox | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Conversation:
    """One page of a conversation, oldest message first.

    Attributes:
        refusal: French sentence that says why nothing may be written although the exchange is open, or empty.
        others: further people of the last message received, whom an answer may reach, too.
        to: whom an answer reaches; it goes back with `ReplyDraft`.
        has_left: the directory has the correspondent no more.
        number: of the page, from 1 for the newest messages; `has_more` says whether there are older ones.
    """

    id: ConversationId
    correspondent: Correspondent
    subject: str
    state: ReplyState
    messages: tuple[Message, ...]
    refusal: str = ""
    others: tuple[Contact, ...] = ()
    to: str = ""
    has_left: bool = False
    number: int = 1
    has_more: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class InlineImage:
    """A picture inside an HTML message, known there by its Content-ID."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, repr=False)
class HtmlBody:
    """HTML exactly as received, and its pictures by Content-ID without angle brackets.

    Attributes:
        html: the first text of the letter.
        further: those that follow it, each a document of its own.
    """

    html: str
    images: Mapping[str, InlineImage]
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ReplyDraft:
    r"""A reply as the patient sends it: no recipient, no subject; both come from the conversation (A7).

    Attributes:
        submission: random reference of the form; the same one sent twice makes one message.
        text: without NUL; line ends are ``\n``.
        also: those of `Conversation.others` that the patient chose.
        to: `Conversation.to` of the page: a check, never a choice.
    """

    submission: str
    text: str
    uploads: tuple[Upload, ...] = ()
    also: frozenset[ContactId] = frozenset()
    to: str = ""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class NewMessageDraft:
    """A new subject as the patient sends it, to one of the contacts that the page offered (E1)."""

    submission: str
    contact: ContactId
    subject: str
    text: str
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplySent:
    """The reply is committed; it is delivered from the outbox."""

    message: MessageRef


@dataclass(frozen=True, slots=True)
class NewMessageSent:
    """The message is committed, and begins a conversation."""

    conversation: ConversationId
    message: MessageRef


@dataclass(frozen=True, slots=True)
class ReplyRefused:
    """The reply, or the new message, is refused; `reason` is one French sentence for the patient (`Reason.french`)."""

    reason: str
