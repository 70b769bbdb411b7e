"""Messages in an archive: each as its octets came or went (RFC 5322), a folder a conversation.

Of a message that bears what its patient may not read, only its words are given, as in the pages.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from gateway.domain.access import Action, SpacePart
from gateway.domain.card import Card
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.filing_outcome import kept_back, withholds_files
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import THE_END, BlobKey, MessageId, SpecialUse, ThreadId, ThreadPlace
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.export.archive_files import ArchiveFile, ExportSource, plain_name, whole
from gateway.services.stored_octets import stored, taken_aside

_AT_ONCE = 50


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class _Shown:
    mid: MessageId
    day: str
    subject: str
    correspondent: str
    is_sent: bool
    key: BlobKey
    only_words: bool


async def message_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give every visible message, the newest conversation first, the oldest message of each first."""
    parts = MessageParts(source.store, source.blobs, source.clock)
    before = THE_END
    while places := await _threads(source, before):
        for place in places:
            async for file in _conversation(source, place.thread, parts):
                yield file
        before = places[-1]


async def _threads(source: ExportSource, before: ThreadPlace) -> list[ThreadPlace]:
    def look(tx: Tx) -> list[ThreadPlace]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.MESSAGES, source.at)
        return tx.mail.latest_threads(source.actor.vault, _AT_ONCE, before)

    return await source.store.read(look)


async def _conversation(source: ExportSource, thread: ThreadId, parts: MessageParts) -> AsyncIterator[ArchiveFile]:
    shown = await source.store.read(lambda tx: _shown(tx, source, thread))
    if not shown:
        return
    first = shown[0]
    folder = f"messages/{first.day}_{plain_name(first.correspondent, 'correspondant')}_{thread:x}"
    group = f"{first.correspondent or 'Conversation'} – {first.subject or 'sans objet'}"
    for place, one in enumerate(shown, 1):
        way, said = ("envoye", "Message envoyé") if one.is_sent else ("recu", "Message reçu")
        name, title = f"{folder}/{place:03}_{one.day}_{way}", f"{said} le {one.day} – {one.subject or 'sans objet'}"
        if one.only_words:
            words = (await parts.texts(source.actor, [one.mid])).get(one.mid, "")
            yield ArchiveFile(name=f"{name}.txt", pieces=whole(words.encode()), title=title, group=group)
        else:
            octets = taken_aside(stored(source.blobs, one.key), source.store)
            yield ArchiveFile(name=f"{name}.eml", pieces=octets, title=title, group=group)


def _shown(tx: Tx, source: ExportSource, thread: ThreadId) -> list[_Shown]:
    vault = source.actor.vault
    allow(tx, source.actor, Action.EXPORT, SpacePart.MESSAGES, source.at)
    sent = {one.id for one in tx.mail.folders(vault) if one.special_use is SpecialUse.SENT}
    found: dict[MessageId, _Shown] = {}
    for folder, entry, summary in tx.mail.thread_entries(vault, thread):
        if entry.mid in found:
            continue
        try:
            content, card = tx.mail.content(vault, entry.mid), Card.from_json(summary.card)
            outcome, key = tx.mail.outcome(vault, entry.mid), tx.blobs.open(vault, content.blob)
        except (NotFound, SealBroken):
            continue
        is_sent = folder in sent
        found[entry.mid] = _Shown(
            mid=entry.mid,
            day=local_day(entry.internal_date).isoformat(),
            subject=card.subject,
            correspondent=card.correspondent_name or (", ".join(card.to) if is_sent else card.sender_name),
            is_sent=is_sent,
            key=key,
            only_words=withholds_files(outcome, source.actor.audience) or bool(kept_back(outcome)),
        )
    return list(found.values())
