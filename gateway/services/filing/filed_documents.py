"""What is filed of a document that was read: its files, its row, and the part of the transaction that files it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain import readable
from gateway.domain.access import NOT_YET, Audience
from gateway.domain.audit import AuditEvent
from gateway.domain.document import DocumentCategory, DocumentNote, ReadDocument
from gateway.domain.dossier import JOINED, ORIGINAL, PRESENTATION, READABLE, DocumentFile, FiledDocument
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import BlobKey, MessageId, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.step_payloads import NotifyApart, NotifyOfDocument, NotifyPatient
from gateway.domain.withholdings import (
    HOLD,
    MOST_MESSAGES,
    WARNED_BEFORE,
    DocumentDoubt,
    DocumentHold,
    DoubtState,
)
from gateway.policy.visibility import withheld_from
from gateway.ports.store import Tx
from gateway.services.filing.blood_groups import note_blood_group, stated_blood_group
from gateway.services.filing.brought_entries import keep_brought
from gateway.services.filing.files_beside import files_beside
from gateway.services.filing.own_delays import OwnDelay, delay_of_message, note_delay, own_delay
from gateway.services.random_numbers import random_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How documents came into a vault, whatever brought them.

    Attributes:
        mid: the message that bears them; None for a deposit.
        sender: address of whoever sent them; `sender_name` names them where no message does.
        issuer: the organisation that sent them and may replace them; empty when that is the sender alone (A20).
        actor: whom the trace names.
        recipient: address that they were sent to.
        subject, message_id: of that message.
        hold: how long what is presented first may be withheld from the patient (A27).
        floor: until when the patient does not read what answers their request to a doctor (F90); None for at once.
        later: until when they put off the document that is filed, by that floor or by their own choice.
    """

    vault: VaultId
    mid: MessageId | None
    sender: str
    issuer: str
    actor: str
    at: datetime
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    hold: timedelta = HOLD
    floor: datetime | None = None
    later: OwnDelay | None = None
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document whose files are written, ready for the transaction that refers to them once they are synchronised.

    `blood_group` is what it states of its patient's blood, empty for nothing.
    """

    filed: FiledDocument
    read: ReadDocument
    keys: tuple[BlobKey, ...]
    blood_group: str = ""


@dataclass(frozen=True, slots=True)
class FileOctets:
    """One file of a document: its name within it, its media type, its octets."""

    which: str
    media_type: str
    data: bytes


def told_of(filed: Sequence[WrittenDocument], withheld: Audience) -> NotifyPatient | NotifyOfDocument | NotifyApart:
    """Say what the patient is told of: a document that they may read, else the message that brought it."""
    return document_notice(withheld) if filed and not withheld & NOT_YET else message_notice(withheld)


def document_notice(withheld: Audience) -> NotifyOfDocument | NotifyApart:
    """Give the notice of a document withheld from these; representatives are not told of what is not for them."""
    return NotifyApart(kind=NoticeKind.DOCUMENT) if withheld & Audience.REPRESENTATIVES else NotifyOfDocument()


def message_notice(withheld: Audience) -> NotifyPatient | NotifyApart:
    """Give the notice of a message with documents that are withheld from these."""
    return NotifyApart(kind=NoticeKind.MESSAGE) if withheld & Audience.REPRESENTATIVES else NotifyPatient()


def is_bare(document: ReadDocument) -> bool:
    """Say whether a document says nothing of its patient (A12: « identité non vérifiée »)."""
    return DocumentNote.IDENTITY_UNVERIFIED in document.entry.notes


def files_of(document: ReadDocument) -> tuple[FileOctets, ...]:
    """List the files of a document: original, presentation, its words, media, what only came beside it."""
    files = [FileOctets(ORIGINAL, document.media_type, document.original)]
    if document.presentation is not None:
        files.append(FileOctets(PRESENTATION, document.presentation_media_type, document.presentation))
    if document.readable:
        files.append(FileOctets(READABLE, readable.MEDIA_TYPE, document.readable))
    files += [FileOctets(f"media-{n}", media.media_type, media.data) for n, media in enumerate(document.media, 1)]
    files += [FileOctets(f"{JOINED}{n}", media.media_type, media.data) for n, media in enumerate(document.joined, 1)]
    return tuple(files)


def octets_of(documents: Sequence[ReadDocument]) -> int:
    """Count the octets that filing documents will write: an archive opens to many times its size."""
    return sum(len(file.data) for document in documents for file in files_of(document))


def written_document(
    read: ReadDocument, files: Sequence[FileOctets], keys: Sequence[BlobKey], origin: Origin
) -> WrittenDocument:
    """Make the row of a document; `keys` are those of its `files`, in their order."""
    group, is_card = stated_blood_group(read.results)
    # A card of the blood group is a piece that people keep with their papers (F42, F57).
    entry = replace(read.entry, category=DocumentCategory.ADMINISTRATIVE) if is_card else read.entry
    filed = FiledDocument(
        id=random_number(),
        mid=origin.mid,
        filed_at=origin.at,
        dated=origin.at,
        entry=entry,
        sha256=bytes.fromhex(read.sha256) if read.sha256 else hashlib.sha256(read.original).digest(),
        sender=origin.sender,
        issuer=origin.issuer,
        sender_name=origin.sender_name,
        identity_verified=not is_bare(read),
        result_count=read.results.count,
        has_alert=read.results.has_critical,
        files=tuple(
            DocumentFile(file.which, file.media_type, key.ref, key.size)
            for file, key in zip(files, keys, strict=True)
        ),
        hidden_from=withheld_from(read.entry.confidentiality),
        glance=read.results.glance,
    )
    return WrittenDocument(filed, read, tuple(keys), group)


def file_all(tx: Tx, origin: Origin, documents: Sequence[WrittenDocument]) -> Audience:
    """File documents, and say from whom any of them is withheld, as they come now or as they came before.

    A document that comes twice is withheld by the stricter of its marks. What comes beside and bears no mark of its
    own, a PDF or a picture, may repeat a withheld one: it is withheld like it (STD §4.5).
    """
    if not documents:
        return Audience.NOBODY
    # Asked here: the patient may have chosen otherwise while the documents were read (E16).
    space = tx.spaces.space(origin.vault)
    marked: dict[str, Audience] = {}
    for document in documents:
        name, own = document.filed.entry.unique_id, Audience.PROFESSIONALS if space.hides_documents else Audience.NOBODY
        marked[name] = marked.get(name, own) | document.filed.hidden_from
    withheld, longest = Audience.NOBODY, None
    for document in sorted(documents, key=lambda document: is_bare(document.read)):
        filed = document.filed
        hidden = marked[filed.entry.unique_id] | (withheld if is_bare(document.read) else Audience.NOBODY)
        later = own_delay(space, filed.entry.category, origin.at, origin.floor)
        if later is not None and tx.documents.filed_as(origin.vault, filed) is None:
            hidden |= Audience.LATER
        longest = max((one for one in (later, longest) if one), key=lambda one: one.until, default=None)
        put = replace(origin, later=longest if is_bare(document.read) else later)
        withheld |= file_one(tx, put, replace(document, filed=replace(filed, hidden_from=hidden)))
    return withheld


def file_one(tx: Tx, origin: Origin, document: WrittenDocument) -> Audience:
    """File a document, and say from whom it is withheld, as it came now or as it came before."""
    origin = _with_a_day(tx, origin, document)
    vault, filed = origin.vault, document.filed
    if not tx.documents.add(vault, filed, document.read.results):
        # The same document is in the dossier already; files that are there stay unreferenced and are swept.
        withheld = filed.hidden_from | tx.documents.withheld_from(vault, filed)
        known = tx.documents.filed_as(vault, filed)
        if known is not None and origin.mid not in (None, known.mid):
            _note_repeat(tx, origin, known, origin.mid)
        if known is not None and withheld & Audience.PATIENT:
            _hold(tx, origin, replace(document, filed=replace(filed, id=known.id)))
        if known is not None and withheld & Audience.LATER:
            origin = replace(origin, later=note_delay(tx, vault, known.id, origin.mid, None))
        for read, beside, key in files_beside(document.read, filed, document.keys, known):
            file_one(tx, origin, WrittenDocument(replace(beside, hidden_from=withheld), read, (key,)))
        return withheld
    tx.blobs.attach(vault, *document.keys)
    if document.read.brought and not is_bare(document.read):
        keep_brought(tx, vault, filed.id, document.read.brought, origin.at)
    objects = (f"document:{filed.id:x}",) + ((f"message:{origin.mid:x}",) if origin.mid is not None else ())
    event = AuditEvent(at=origin.at, actor=origin.actor, action="document.filed", outcome="ok", objects=objects)
    tx.audit.append(vault, event)
    if filed.hidden_from & Audience.PATIENT:
        _hold(tx, origin, document)
    if filed.hidden_from & Audience.LATER:
        note_delay(tx, vault, filed.id, origin.mid, origin.later)
    if not filed.hidden_from & NOT_YET and document.blood_group and filed.identity_verified:
        note_blood_group(tx, origin.actor, vault, filed, document.blood_group, origin.at)
    tx.changed(vault)
    return filed.hidden_from


def _with_a_day(tx: Tx, origin: Origin, document: WrittenDocument) -> Origin:
    """Have a document that is put off show on some day: that of what came with it.

    Where that day is damaged or gone it waits without one, as what came with it does; `pli verify` names both.
    """
    if not document.filed.hidden_from & Audience.LATER or origin.later is not None:
        return origin
    return replace(origin, later=delay_of_message(tx, origin.vault, origin.mid))


def _note_repeat(tx: Tx, origin: Origin, known: FiledDocument, mid: MessageId) -> None:
    """Note that a message brought a document once more: should it be doubted, its files are withheld too (E80)."""
    try:
        doubt = tx.withholdings.doubt(origin.vault, known.id)
    except SealBroken:
        return  # told of; the message is filed all the same
    doubt = doubt or DocumentDoubt(
        document=known.id, said_at=origin.at, received_at=known.filed_at, state=DoubtState.NONE, times=0
    )
    messages = tuple(dict.fromkeys((*doubt.messages, mid)))[-MOST_MESSAGES:]
    tx.withholdings.save_doubt(origin.vault, replace(doubt, messages=messages))


def _hold(tx: Tx, origin: Origin, document: WrittenDocument) -> None:
    """Note until when a document is withheld, and the messages whose files are withheld with it (A27)."""
    number, until = document.filed.id, origin.at + origin.hold
    # What came beside it is released with it, and its sender is told once.
    warned = is_bare(document.read)
    try:
        before = tx.withholdings.hold(origin.vault, number)
    except SealBroken:
        return  # told of; the message is filed all the same, and `_note_repeat` knows it
    hold = before or DocumentHold(
        document=number,
        until=until,
        next=until if warned else until - WARNED_BEFORE,
        warned=warned,
        sender=origin.sender,
        recipient=origin.recipient,
        subject=origin.subject,
        message_id=origin.message_id,
    )
    messages = hold.messages if origin.mid is None else tuple(dict.fromkeys((*hold.messages, origin.mid)))
    tx.withholdings.save_hold(origin.vault, replace(hold, messages=messages))
