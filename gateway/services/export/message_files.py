"""Messages in an archive: each as its octets came or went (RFC 5322), a folder a conversation; and who writes to whom.

Of a message that bears what its patient may not read, only its words are given, as in the pages.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.card import Card
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.filing_outcome import SendingOutcome, kept_back, withholds_files
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import (
    THE_END,
    BlobKey,
    Content,
    Entry,
    Folder,
    FolderId,
    MessageId,
    SpecialUse,
    ThreadId,
    ThreadPlace,
)
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.access.withheld_messages import known_exchanges
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.export.archive_files import ArchiveFile, ExportSource, plain_name, whole
from gateway.services.stored_octets import stored, taken_aside

FORM = 1
"""Of the files that say where messages were; raised when an earlier version could not read them."""
SHEET = "conversation.json"
EXCHANGES = "messages/correspondants.json"
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class _Shown:
    mid: MessageId
    day: str
    content: Content
    card: Card
    is_sent: bool
    key: BlobKey
    only_words: bool
    sending: SendingOutcome | None
    places: list[dict[str, object]] = field(default_factory=list)

    @property
    def correspondent(self) -> str:
        card = self.card
        return card.correspondent_name or (", ".join(card.to) if self.is_sent else card.sender_name)


async def message_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give every visible message, the newest conversation first, the oldest message of each first."""
    parts = MessageParts(source.store, source.blobs, source.clock)
    before = THE_END
    while places := await _threads(source, before):
        for place in places:
            async for file in _conversation(source, place.thread, parts):
                yield file
        before = places[-1]
    exchanges = orjson.dumps(await source.store.read(lambda tx: _exchanges(tx, source)), option=orjson.OPT_INDENT_2)
    yield ArchiveFile(name=EXCHANGES, pieces=whole(exchanges), title="Vos correspondants")


def _exchanges(tx: Tx, source: ExportSource) -> list[dict[str, object]]:
    allow(tx, source.actor, Action.EXPORT, SpacePart.MESSAGES, source.at)
    return [
        {"address": str(one.correspondent), "name": one.name, "state": one.state.value, "changed_at": one.changed_at}
        for one in sorted(known_exchanges(tx, source.actor), key=lambda one: str(one.correspondent))
    ]


async def _threads(source: ExportSource, before: ThreadPlace) -> list[ThreadPlace]:
    def look(tx: Tx) -> list[ThreadPlace]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.MESSAGES, source.at)
        return tx.mail.latest_threads(source.actor.vault, _AT_ONCE, before, source.actor.audience)

    return await source.store.read(look)


async def _conversation(source: ExportSource, thread: ThreadId, parts: MessageParts) -> AsyncIterator[ArchiveFile]:
    shown = await source.store.read(lambda tx: _shown(tx, source, thread))
    if not shown:
        return
    first = shown[0]
    folder = f"messages/{first.day}_{plain_name(first.correspondent, 'correspondant')}_{thread:x}"
    group = f"{first.correspondent or 'Conversation'} – {first.card.subject or 'sans objet'}"
    told = []
    for place, one in enumerate(shown, 1):
        way, said = ("envoye", "Message envoyé") if one.is_sent else ("recu", "Message reçu")
        subject = one.card.subject or "sans objet"
        name, title = f"{folder}/{place:03}_{one.day}_{way}", f"{said} le {one.day} – {subject}"
        if one.only_words:
            name = f"{name}.txt"
            words = (await parts.texts(source.actor, [one.mid])).get(one.mid, "")
            yield ArchiveFile(name=name, pieces=whole(words.encode()), title=title, group=group)
        else:
            name = f"{name}.eml"
            octets = taken_aside(stored(source.blobs, one.key), source.store)
            yield ArchiveFile(name=name, pieces=octets, title=title, group=group)
        told.append(_told(one, name))
    sheet = {"form": FORM, "thread": f"{thread:x}", "messages": told}
    yield ArchiveFile(name=f"{folder}/{SHEET}", pieces=whole(orjson.dumps(sheet, option=orjson.OPT_INDENT_2)))


def _told(one: _Shown, file: str) -> dict[str, object]:
    """Say what is known of a message besides its octets, for `pli patients restore`."""
    sending = one.sending
    return {
        "id": f"{one.mid:x}",
        "file": file,
        "only_words": one.only_words,
        "at": one.content.internal_date,
        "sender": one.content.reverse_path,
        "recipient": one.content.recipient,
        "places": one.places,
        "sending": [sending.delivered, sending.recipients, sending.failed] if sending else None,
        "card": orjson.Fragment(one.card.to_json()),
    }


def _shown(tx: Tx, source: ExportSource, thread: ThreadId) -> list[_Shown]:
    vault = source.actor.vault
    allow(tx, source.actor, Action.EXPORT, SpacePart.MESSAGES, source.at)
    folders = {one.id: one for one in tx.mail.folders(vault)}
    found: dict[MessageId, _Shown] = {}
    for folder, entry, summary in tx.mail.thread_entries(vault, thread, who=source.actor.audience):
        try:
            one = found.get(entry.mid) or _one(tx, source, folders[folder], entry, Card.from_json(summary.card))
        except NotFound:
            continue
        except SealBroken:
            source.damaged.append(f"Message du {local_day(entry.internal_date).isoformat()} : il ne s’ouvre pas")
            continue
        found[entry.mid] = one
        one.places.append(_place(folders, folder, entry))
    return list(found.values())


def _place(folders: dict[FolderId, Folder], folder: FolderId, entry: Entry) -> dict[str, object]:
    where = folders[folder]
    use, at = where.special_use.value, entry.internal_date
    return {"folder": where.name, "use": use, "flags": entry.flags, "at": at}


def _one(tx: Tx, source: ExportSource, folder: Folder, entry: Entry, card: Card) -> _Shown:
    vault = source.actor.vault
    content, outcome = tx.mail.content(vault, entry.mid), tx.mail.outcome(vault, entry.mid)
    return _Shown(
        mid=entry.mid,
        day=local_day(entry.internal_date).isoformat(),
        content=content,
        card=card,
        is_sent=folder.special_use is SpecialUse.SENT,
        key=tx.blobs.open(vault, content.blob),
        only_words=withholds_files(outcome, source.actor.audience) or bool(kept_back(outcome)),
        sending=outcome if isinstance(outcome, SendingOutcome) else None,
    )
