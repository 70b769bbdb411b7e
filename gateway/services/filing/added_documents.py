"""A patient adds a document to their dossier (F51): judged by its octets, read, sealed, filed in one transaction.

It is the patient's own: nobody else vouches for it, and it replaces nothing that a professional sent. The same file
sent twice makes one document. What is acknowledged survives a power cut.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.account import Space
from gateway.domain.document import DocumentEntry, ReadDocument
from gateway.domain.dossier import DocumentFile, FiledDocument
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import BlobKey
from gateway.domain.timestamp import Timestamp
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import Added, AddedReading, NewDocument, checksum_of
from gateway.services.filing.filed_documents import files_of, is_bare
from gateway.services.filing.hidden_copies import apart_from_hidden
from gateway.services.random_numbers import random_number

MAX_ADDED_BYTES = 5_000_000_000
"""Room in one space, unless a setting says otherwise."""


class AddedDocuments:
    """Files what patients add."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers | None,
        clock: Clock,
        accepted_oids: frozenset[str],
        max_bytes: int = MAX_ADDED_BYTES,
    ) -> None:
        """Take what it works on; without `readers`, what must be read first cannot be added now.

        `max_bytes` is the room in one space for all that its patient adds.
        """
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._reading = AddedReading(store, readers, clock, accepted_oids)
        self._max_bytes = max_bytes

    @traces_refusals
    async def add(self, actor: Actor, new: NewDocument) -> Added | AddFault:
        """File a document, or say why not; it is committed on return."""
        space = await self._store.read(lambda tx: self._permitted(tx, actor))
        if space.added_bytes + len(new.file.data) > self._max_bytes:
            return AddFault.FULL
        read = await self._reading.read(new.file, space.identity, actor.account)
        if isinstance(read, AddFault):
            return read
        own = replace(read, entry=_own_entry(read, new))
        files = files_of(own)
        keys = await self._store.aside(lambda: self._blobs.put_many([file.data for file in files]))
        described = [
            DocumentFile(file.which, file.media_type, key.ref, key.size) for file, key in zip(files, keys, strict=True)
        ]
        filed = _filed(own, str(space.address.mail), described, self._clock.now())
        return await self._store.write(lambda tx: self._file(tx, actor, own, filed, keys))

    def _permitted(self, tx: Tx, actor: Actor) -> Space:
        allow(tx, actor, Action.ADD, SpacePart.DOCUMENTS, self._clock.now())
        return tx.spaces.space(actor.vault)

    def _file(
        self, tx: Tx, actor: Actor, read: ReadDocument, filed: FiledDocument, keys: Sequence[BlobKey]
    ) -> Added | AddFault:
        vault, space = actor.vault, self._permitted(tx, actor)
        filed, known = apart_from_hidden(tx, actor, filed)
        if known is not None:
            # Added before: the files that were written now stay unreferenced and are swept.
            return Added(known.id, was_there=True)
        room = sum(file.size for file in filed.files)
        if space.added_bytes + room > self._max_bytes:
            return AddFault.FULL
        # Asked here: the patient may have chosen otherwise while the file was read (E16).
        hidden_from = Audience.PROFESSIONALS if space.hides_documents else Audience.NOBODY
        if not tx.documents.add(vault, replace(filed, hidden_from=hidden_from), read.results):
            raise NotFound("the row of a document that was added before is not as it was left")
        tx.spaces.save(replace(space, added_bytes=space.added_bytes + room))
        tx.blobs.attach(vault, *keys)
        event = actor.event(filed.filed_at, "document.added", objects=(f"document:{filed.id:x}",))
        tx.audit.append(vault, event)
        tx.changed(vault)
        return Added(filed.id)


def _own_entry(read: ReadDocument, new: NewDocument) -> DocumentEntry:
    """Give what is said of a patient's own copy: its name is its own, so that it meets no professional's document."""
    return replace(
        read.entry,
        unique_id=f"urn:pli:added:{checksum_of(read)}",
        set_id="",
        version=None,
        replaces=(),
        title=new.title or read.entry.title,
        category=new.category,
        effective_time=Timestamp(f"{new.day:%Y%m%d}") if new.day else read.entry.effective_time,
    )


def _filed(read: ReadDocument, sender: str, files: Sequence[DocumentFile], now: datetime) -> FiledDocument:
    return FiledDocument(
        id=random_number(),
        mid=None,
        filed_at=now,
        dated=now,
        entry=read.entry,
        sha256=hashlib.sha256(read.original).digest(),
        sender=sender,
        identity_verified=not is_bare(read),
        result_count=read.results.count,
        has_alert=read.results.has_critical,
        files=tuple(files),
        seen=True,
        glance=read.results.glance,
        is_own=True,
    )
