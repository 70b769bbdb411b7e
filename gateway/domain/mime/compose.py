"""Messages that Pli writes: replies of patients, notices, forwarded originals.

Equal input gives equal bytes: date, message identifier and everything else come from the caller.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.errors import InvalidValue
from gateway.domain.mime.dates import format_date
from gateway.domain.mime.entities import Entity, attachment_entity, message_entity, multipart_entity, text_entity
from gateway.domain.mime.fields import address_field, id_field, text_field, token_field
from gateway.domain.mime.mailboxes import Mailbox

# Fields that `compose` writes itself; as an extra field each would be a second one.
_OWN_FIELDS = frozenset({
    "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
})  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingAttachment:
    """A file to send; ``message/rfc822`` is sent as a nested message."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ComposedMessage:
    """What a message to write says.

    Attributes:
        message_id: with its angle brackets.
        date: aware.
        headers: further fields, unstructured (``X-MSS-NIL``, ``Auto-Submitted``).
    """

    from_: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    attachments: tuple[OutgoingAttachment, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def compose(message: ComposedMessage) -> bytes:
    """Write a message: CRLF, ASCII, lines of at most 78 characters where that can be.

    Raises:
        InvalidValue: when an address, an identifier, a field name or a media type does not fit its grammar.
    """
    entity = text_entity(message.text)
    if message.attachments:
        entity = multipart_entity("mixed", [entity, *map(_attached, message.attachments)], message.message_id)
    return assemble(message, entity)


def assemble(message: ComposedMessage, entity: Entity) -> bytes:
    """Write the fields of `message` over a body that is ready; its text and attachments are not used."""
    fields = [
        address_field("From", [message.from_]),
        address_field("To", message.to),
        address_field("Cc", message.cc) if message.cc else b"",
        text_field("Subject", message.subject),
        token_field("Date", format_date(message.date)),
        id_field("Message-ID", [message.message_id]),
        id_field("In-Reply-To", [message.in_reply_to]) if message.in_reply_to else b"",
        id_field("References", message.references) if message.references else b"",
    ]
    for name, value in message.headers:
        if name.lower() in _OWN_FIELDS or name.lower().startswith("content-"):
            raise InvalidValue("a field that the message has already")
        fields.append(text_field(name, value))
    return b"".join([*fields, token_field("MIME-Version", "1.0"), entity.to_bytes()])


def _attached(attachment: OutgoingAttachment) -> Entity:
    if attachment.media_type.lower() == "message/rfc822":
        return message_entity(attachment.content)
    return attachment_entity(attachment.filename, attachment.media_type, attachment.content)
