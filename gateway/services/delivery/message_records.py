"""What is kept of a message besides its octets, made once at ingest from one scan."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.card import Card, CardAttachment
from gateway.domain.directory import MailboxKind
from gateway.domain.exchange import Correspondence
from gateway.domain.mailbox import BlobKey, Content, ContentState, MessageId, Summary, ThreadId
from gateway.domain.mime import (
    Attachment,
    ScannedMessage,
    addresses_of,
    attachments,
    envelope_wire,
    is_filed,
    layout_of,
    must_be_held,
    own_parts,
    preview,
    shown_subject,
    structure_wires,
    text_extract,
)
from gateway.ports.directory import EntryOf
from gateway.services.delivery.calendar_moves import calendar_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Everything that is stored of one message besides its octets, the same for every vault.

    Attributes:
        size: octets of the whole.
        is_clinical: whether it bears, or might bear, documents whose patient must be checked first (A12).
        is_documentary: whether it bears anything to read or to file.
    """

    size: int
    summary: Summary
    header_block: bytes
    extract: str
    card: Card
    is_clinical: bool
    is_documentary: bool
    calendar: bytes | None = None

    def content(
        self, mid: MessageId, blob: BlobKey, thread: ThreadId, state: ContentState, at: datetime, path: tuple[str, str]
    ) -> Content:
        """Give the row of one vault; `path` is the reverse path and the recipient."""
        return Content(
            mid=mid,
            blob=blob.ref,
            size=self.size,
            internal_date=at,
            state=state,
            thread=thread,
            summary=self.summary,
            header_block=self.header_block,
            extract=self.extract,
            reverse_path=path[0],
            recipient=path[1],
        )


def records_of(
    raw: bytes, scanned: ScannedMessage, entry_of: EntryOf, correspondence: Correspondence | None
) -> Records:
    """Make the records of a message; pure but for `entry_of`, which asks the directory."""
    found = attachments(scanned)
    card = _card(raw, scanned, found, entry_of, correspondence)
    bodystructure, body = structure_wires(scanned)
    summary = Summary(
        envelope=envelope_wire(scanned),
        bodystructure=bodystructure,
        body=body,
        layout=layout_of(scanned, found),
        card=card.to_json(),
    )
    return Records(
        size=scanned.size,
        summary=summary,
        header_block=raw[: scanned.header_length],
        extract=text_extract(raw, scanned),
        card=card,
        is_clinical=must_be_held(found),
        is_documentary=any(map(is_filed, found)),
        calendar=calendar_in(found, raw),
    )


def _card(
    raw: bytes,
    scanned: ScannedMessage,
    found: tuple[Attachment, ...],
    entry_of: EntryOf,
    correspondence: Correspondence | None,
) -> Card:
    author = scanned.from_[0].mail if scanned.from_ else None
    entry = entry_of(author) if author else None
    receipt = addresses_of(scanned.disposition_notification_to)
    return Card(
        sender=str(author or ""),
        # The directory's name, else the address; never the sender's claim.
        sender_name=(entry.name if entry else "") or str(author or ""),
        kind=entry.kind.value if entry else "",
        detail=entry.detail if entry else "",
        correspondent=str(correspondence.correspondent) if correspondence else "",
        correspondent_name=correspondence.name if correspondence else "",
        to=tuple(map(str, addresses_of((*scanned.to, *scanned.cc)))),
        subject=shown_subject(scanned.subject),
        preview=preview(raw, scanned),
        message_id=scanned.message_id or "",
        references=(*scanned.references, *((scanned.in_reply_to,) if scanned.in_reply_to else ())),
        receipt_to=str(receipt[0]) if receipt else "",
        text_section=_readable(scanned, "text/plain", found),
        html_section=_readable(scanned, "text/html", found),
        attachments=tuple(
            CardAttachment(
                section=item.section,
                name=item.filename,
                media_type=item.media_type,
                size=_size(item),
                kind=item.kind.value,
                content_id=(item.part.content_id or "") if item.inline else "",
            )
            for item in found
        ),
        no_reply=entry is not None and entry.kind is MailboxKind.APPLICATION and correspondence is None,
        issuer=entry.issuer if entry else "",
    )


def _readable(scanned: ScannedMessage, media_type: str, found: tuple[Attachment, ...]) -> str:
    """Find the first body of a type that is not among the attachments `found`; nested messages do not count."""
    files = {item.section for item in found}
    return next(
        (
            part.section
            for part in own_parts(scanned.root)
            if part.media_type == media_type and part.section not in files and not part.is_multipart
        ),
        "",
    )


def _size(item: Attachment) -> int:
    """Give about how many octets a person will get: base64 takes 78 characters of a line for 57."""
    encoded = item.part.body_end - item.part.body_start
    return encoded * 57 // 78 if item.part.encoding == "base64" else encoded
