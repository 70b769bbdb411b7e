"""Messages of an archive: their octets, where they were and who they are from, as the operator who took them said.

What no operator vouches for is put in as received from whoever it claims, without a name of the directory, marked so;
nobody can answer it, and no message joins its conversation.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

import msgspec

from gateway.domain.address import MailAddress
from gateway.domain.card import Card
from gateway.domain.errors import Conflict, InvalidValue, MalformedContent, NotFound, SealBroken
from gateway.domain.exchange import Exchange, ExchangeState
from gateway.domain.filing_outcome import SendingOutcome
from gateway.domain.mailbox import (
    SEEN,
    SYSTEM_FLAGS,
    BlobKey,
    ContentState,
    FolderId,
    MessageId,
    SpecialUse,
    ThreadId,
    VaultId,
)
from gateway.domain.mime import Kind, attachments, scan_message
from gateway.ports.store import Priority, Tx
from gateway.services.delivery.message_records import Records, records_of
from gateway.services.export.message_files import EXCHANGES, FORM, SHEET
from gateway.services.restoring.archive_opening import MAX_FILE
from gateway.services.restoring.restored_content import (
    UNVERIFIED,
    Instant,
    Restoring,
    decoded_sheet,
    number_of,
    pieces_of,
)

KIND = "messages"
_FLAGS = 40
_IN_PLACES = 20
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_UNWRITABLE = (ValueError, LookupError, AttributeError, TypeError, MessageError)
"""What the library of the language raises for headers that some senders write."""


class _Place(msgspec.Struct, frozen=True):
    folder: str
    use: str
    flags: str
    at: Instant


class _Message(msgspec.Struct, frozen=True):
    id: str
    file: str
    only_words: bool
    at: Instant
    sender: str
    recipient: str
    places: list[_Place]
    card: msgspec.Raw
    sending: tuple[int, int, bool] | None = None


class _Sheet(msgspec.Struct, frozen=True):
    form: int
    thread: str
    messages: list[_Message]


class _Exchange(msgspec.Struct, frozen=True):
    address: str
    name: str
    state: ExchangeState
    changed_at: Instant | None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class _Read:
    mid: MessageId
    thread: ThreadId
    said: _Message
    records: Records
    blob: BlobKey


async def check_messages(into: Restoring) -> None:
    """Read every sheet and take nothing. Raises `MalformedContent`, `LimitExceeded`."""
    for name in into.sheets("messages/", SHEET):
        for said in (await into.store.aside(partial(_sheet, into, name))).messages:
            number_of(said.id)
            if into.is_trusted or said.only_words:
                _card(said)
    if into.is_trusted and EXCHANGES in into.archive:
        for one in await into.store.aside(partial(_exchanges, into)):
            _address(one)


async def restore_messages(into: Restoring) -> None:
    """Put in every message that is not there, the oldest conversation first; then who may write to whom.

    One of which nobody vouches and that bears a program is left out, as it is when it comes by mail (E96).
    """
    for name in into.sheets("messages/", SHEET):
        sheet = await into.store.aside(partial(_sheet, into, name))
        for said in sheet.messages:
            await _restore(into, sheet, said)
    if into.is_trusted and EXCHANGES in into.archive:
        await _restore_exchanges(into)


def _sheet(into: Restoring, name: str) -> _Sheet:
    sheet = decoded_sheet(into.archive.read(name), _Sheet, "a conversation")
    if sheet.form > FORM:
        raise MalformedContent("a later version of Pli made this archive: update this one first")
    number_of(sheet.thread)
    return sheet


async def _restore(into: Restoring, sheet: _Sheet, said: _Message) -> None:
    if said.file not in into.archive:
        into.lacking["files"] += 1
        return
    raw = await into.store.aside(lambda: _octets(into, said))
    mid = MessageId(into.number("message", number_of(said.id), hashlib.sha256(raw).digest()))
    if await into.store.read(lambda tx: _is_there(tx, into.vault, mid)):
        into.count(KIND, is_new=False)
        return
    thread = number_of(sheet.thread)
    claimed = thread if into.is_trusted else into.number("thread", thread, sheet.thread.encode())
    read = await into.store.aside(lambda: _read(into, said, raw, mid, ThreadId(claimed)))
    if read is None:
        into.refused[KIND] += 1
        return
    into.count(KIND, is_new=await into.store.write(lambda tx: _put(tx, into, read), priority=Priority.BULK))


def _is_there(tx: Tx, vault: VaultId, mid: MessageId) -> bool:
    try:
        return tx.mail.state_of(vault, mid) is not None
    except SealBroken:
        return True


def _octets(into: Restoring, said: _Message) -> bytes:
    octets = into.archive.read(said.file, MAX_FILE)
    return _wrapped(said, octets.decode("utf-8", "replace")) if said.only_words else octets


def _wrapped(said: _Message, words: str) -> bytes:
    """Make a message of words alone: the rest is kept from the person, and is in no archive."""
    card = _card(said)
    letter = EmailMessage(policy=SMTP)
    for name, value in (("From", card.sender), ("To", ", ".join(card.to)), ("Subject", card.subject)):
        _put_header(letter, name, " ".join(value.split()))
    letter["Date"] = said.at
    _put_header(letter, "Message-ID", "".join(card.message_id.split()))
    letter.set_content(words, cte="base64")
    return bytes(letter)


def _put_header(letter: EmailMessage, name: str, value: str) -> None:
    """Write a header; leave out one that cannot be written, as a sender made it: its card says it anyway."""
    tried = EmailMessage(policy=SMTP)
    try:
        tried[name] = value
        tried.as_bytes()
    except _UNWRITABLE:
        return
    if value:
        letter[name] = value


def _card(said: _Message) -> Card:
    try:
        return Card.from_json(bytes(said.card))
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedContent("a message of the archive cannot be read: it is none that Pli made") from error


def _read(into: Restoring, said: _Message, raw: bytes, mid: MessageId, thread: ThreadId) -> _Read | None:
    scanned = scan_message(raw)
    records = records_of(raw, scanned, lambda _: None, None)
    if not into.is_trusted:
        if any(item.kind is Kind.PROGRAM for item in attachments(scanned)):
            return None
        # A day that no calendar has, or that is to come, would stand first for ever.
        said = msgspec.structs.replace(said, at=min(max(said.at, _FIRST), into.at))
        card = replace(records.card, detail=UNVERIFIED.capitalize(), kind="", no_reply=True)
    elif said.only_words:
        parts = {name: getattr(records.card, name) for name in ("text_section", "html_section", "attachments")}
        card = replace(_card(said), **parts)
    else:
        card = _card(said)
    records = replace(records, card=card, summary=replace(records.summary, card=card.to_json()))
    return _Read(mid=mid, thread=thread, said=said, records=records, blob=into.blobs.put(raw))


def _put(tx: Tx, into: Restoring, read: _Read) -> bool:
    vault, mid, said = into.vault, read.mid, read.said
    into.require_open(tx)
    if _is_there(tx, vault, mid):
        return False
    tx.blobs.attach(vault, read.blob)
    path = (said.sender, said.recipient) if into.is_trusted else ("", "")
    content = read.records.content(mid, read.blob, read.thread, ContentState.VISIBLE, said.at, path)
    tx.mail.add_content(content, vault)
    if into.is_trusted:
        _in_places(tx, vault, read)
    else:
        inbox = tx.mail.folder_by_use(vault, SpecialUse.INBOX).id
        tx.mail.add_entry(vault, inbox, mid, frozenset({SEEN}), said.at)
    tx.audit.append(vault, into.actor.event(into.at, "message.restored", objects=(f"message:{mid:x}",)))
    tx.changed(vault)
    return True


def _in_places(tx: Tx, vault: VaultId, read: _Read) -> None:
    said, mid, card = read.said, read.mid, read.records.card
    is_sent = False
    for place in said.places[:_IN_PLACES]:
        folder, use = _folder(tx, vault, place)
        is_sent = is_sent or use is SpecialUse.SENT
        tx.mail.add_entry(vault, folder, mid, _flags(place.flags), place.at)
    if card.message_id:
        party = said.recipient if is_sent else card.correspondent or card.sender
        tx.mail.note_message_id(vault, card.message_id, read.thread, mid, party=party)
        if is_sent:
            tx.mail.note_sent(vault, card.message_id, read.thread, mid)
    if said.sending is not None:
        delivered, recipients, failed = said.sending
        tx.mail.note_outcome(vault, mid, SendingOutcome(delivered=delivered, recipients=recipients, failed=failed))


def _flags(text: str) -> frozenset[str]:
    flags = text.split()[:_FLAGS]
    return frozenset(flag for flag in flags if flag in SYSTEM_FLAGS or not flag.startswith("\\"))


def _folder(tx: Tx, vault: VaultId, place: _Place) -> tuple[FolderId, SpecialUse]:
    use = next((one for one in SpecialUse if one.value == place.use), SpecialUse.NONE)
    if use is not SpecialUse.NONE:
        try:
            return tx.mail.folder_by_use(vault, use).id, use
        except NotFound:
            pass
    name = place.folder[:200] or "INBOX"
    found = tx.mail.folder(vault, name)
    try:
        return (found or tx.mail.create_folder(vault, name, use)).id, use
    except Conflict:
        return tx.mail.folder_by_use(vault, SpecialUse.INBOX).id, use


async def _restore_exchanges(into: Restoring) -> None:
    for some in pieces_of(await into.store.aside(partial(_exchanges, into)), 100):
        added = await into.store.write(lambda tx, some=some: _put_exchanges(tx, into, some), priority=Priority.BULK)  # type: ignore[misc]  # bound now
        into.count("correspondents", is_new=True, many=added)
        into.count("correspondents", is_new=False, many=len(some) - added)


def _exchanges(into: Restoring) -> list[_Exchange]:
    return decoded_sheet(into.archive.read(EXCHANGES), list[_Exchange], "the list of correspondents")


def _address(one: _Exchange) -> MailAddress:
    try:
        return MailAddress.parse(one.address)
    except InvalidValue as error:
        raise MalformedContent("a correspondent of the archive has no mail address") from error


def _put_exchanges(tx: Tx, into: Restoring, some: list[_Exchange]) -> int:
    added = 0
    into.require_open(tx)
    for one in some:
        address = _address(one)
        if tx.exchanges.get(into.vault, address) is None:
            tx.exchanges.put(into.vault, Exchange(address, one.state, one.name, one.changed_at))
            added += 1
    return added
