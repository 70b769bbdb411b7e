"""The attachments of a message: every leaf that is not the text a person reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from gateway.domain.mime.inline_pictures import SHOWN_PICTURES, content_id_of
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.message import ScannedMessage
from gateway.domain.mime.message_tree import Part

_BODY_TYPES = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"}
)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Attachment:
    """One attachment.

    Attributes:
        section: its number as IMAP counts.
        part: the node of the tree.
        filename: never empty; made up from section and kind where the sender gave none.
        media_type: as declared.
        kind: what it really is.
        inline: whether the text shows it in its place: a picture that the HTML names.
    """

    section: str
    part: Part
    filename: str
    media_type: str
    kind: Kind
    inline: bool


class Attached(Protocol):
    """An attachment as a scan or as a stored layout gives it."""

    @property
    def kind(self) -> Kind:
        """What it really is."""
        ...

    @property
    def inline(self) -> bool:
        """Whether the text shows it in its place."""
        ...


def is_filed(attached: Attached) -> bool:
    """Say whether filing takes an attachment up: it might be a document, or is one beside the letter.

    The one place that says so: intake leaves the work, filing reads the octets, and an opened letter leaves its
    receipt to filing, by this.
    """
    kind = attached.kind
    return kind.is_held or kind is Kind.PDF or (kind is Kind.IMAGE and not attached.inline)


def must_be_held(found: Iterable[Attached]) -> bool:
    """Say whether a message with these is held: nothing of it is shown before its identity verdict (A12)."""
    return any(attached.kind.is_held for attached in found)


def attachments(scanned: ScannedMessage) -> tuple[Attachment, ...]:
    """List the attachments in the order of the message, those of nested messages included.

    A nested message is listed itself, and then what it bears: a result that was forwarded is a result.
    """
    named = scanned.named_pictures
    return tuple(_attachment(part, named) for part in scanned.root.walk() if is_attachment(part))


def is_attachment(part: Part) -> bool:
    """Say whether a part is an attachment: a leaf that bears a name, asks to be one, or is no text to read."""
    if part.parts:
        return False
    if part.media_type not in _BODY_TYPES or part.filename or part.kind is not Kind.TEXT:
        return True
    return part.disposition is not None and part.disposition.value == "attachment"


def _attachment(part: Part, named: frozenset[str]) -> Attachment:
    extension = part.kind.extension or part.media_type.partition("/")[2]
    filename = part.filename or f"piece-jointe-{part.section}.{extension if extension.isalnum() else 'bin'}"
    return Attachment(
        section=part.section,
        part=part,
        filename=filename,
        media_type=part.media_type,
        kind=part.kind,
        inline=part.kind is Kind.IMAGE and part.media_type in SHOWN_PICTURES and content_id_of(part) in named,
    )
