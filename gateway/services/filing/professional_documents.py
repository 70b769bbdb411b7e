"""A professional adds a document to a record that is open to them (F100): read, sealed, filed, told in one transaction.

Whose it is says the record in which it is added: the patient is chosen there, never typed. A file that names somebody
else is refused. It is the professional's own document, as one that they send: they go on reading it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from gateway.domain.access import NOT_YET, Action, Actor, Audience, SpacePart
from gateway.domain.account import Space
from gateway.domain.document import DocumentNote, Participant, ReadDocument
from gateway.domain.mailbox import BlobKey
from gateway.domain.outbox import Step
from gateway.domain.timestamp import Timestamp
from gateway.domain.withholdings import HOLD
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.readers import Readers
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.filing.added_files import AddFault
from gateway.services.filing.added_reading import Added, AddedReading, NewDocument, checksum_of
from gateway.services.filing.filed_documents import (
    FileOctets,
    Origin,
    document_notice,
    file_all,
    files_of,
    is_bare,
    written_document,
)
from gateway.services.filing.hidden_copies import apart_from_hidden
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number


class ProfessionalDocuments:
    """Files what professionals add."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        readers: Readers | None,
        clock: Clock,
        accepted_oids: frozenset[str],
        hold: timedelta = HOLD,
    ) -> None:
        """`hold` is how long what is presented first may be withheld from the patient (A27)."""
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._reading = AddedReading(store, readers, clock, accepted_oids)
        self._hold = hold

    @traces_refusals
    async def add(self, actor: Actor, new: NewDocument) -> Added | AddFault:
        """File a document in the space in which the actor acts, or say why not; it is committed on return."""
        space = await self._store.read(lambda tx: self._permitted(tx, actor))
        read = await self._reading.read(new.file, space.identity, actor.account)
        if isinstance(read, AddFault):
            return read
        read = _as_theirs(read, new, actor)
        files = files_of(read)
        keys = await self._store.aside(lambda: self._blobs.put_many([file.data for file in files]))
        origin = Origin(
            vault=actor.vault, mid=None, sender=actor.account, issuer="", actor=actor.account,
            at=self._clock.now(), recipient=str(space.address.mail), hold=self._hold,
            sender_name=actor.named,
        )  # fmt: skip
        return await self._store.write(lambda tx: self._file(tx, actor, origin, read, files, keys))

    def _permitted(self, tx: Tx, actor: Actor) -> Space:
        allow(tx, actor, Action.ADD, SpacePart.DOCUMENTS, self._clock.now())
        return tx.spaces.space(actor.vault)

    def _file(
        self, tx: Tx, actor: Actor, origin: Origin, read: ReadDocument,
        files: Sequence[FileOctets], keys: Sequence[BlobKey],
    ) -> Added:  # fmt: skip
        self._permitted(tx, actor)
        written = written_document(read, files, keys, origin)
        filed, known = apart_from_hidden(tx, actor, written.filed)
        withheld = file_all(tx, origin, [replace(written, filed=filed)])
        if known is not None:
            return Added(known.id, was_there=True)
        number = filed.id
        event = actor.event(origin.at, "document.added", objects=(f"document:{number:x}",))
        tx.audit.append(actor.vault, event)
        is_withheld = bool(withheld & Audience.PATIENT)
        if not withheld & NOT_YET:
            notice = document_notice(withheld)
            add_step(tx, Step(vault=actor.vault, id=random_number(), payload=notice, due=origin.at))
        return Added(number, is_withheld=is_withheld)


def _as_theirs(read: ReadDocument, new: NewDocument, actor: Actor) -> ReadDocument:
    """Give what is said of it: title, kind and day as they were chosen; a bare file is named, and by whom it is."""
    entry = replace(
        read.entry,
        title=new.title or read.entry.title,
        category=new.category,
        effective_time=Timestamp(f"{new.day:%Y%m%d}") if new.day else read.entry.effective_time,
    )
    if is_bare(read):
        author = Participant(
            name=actor.responsible or actor.person, profession=actor.profession, organisation=actor.organisation
        )
        # The same file of two professionals is a document of each: neither learns that the other's is there.
        checksum = hashlib.sha256(f"{actor.account} {checksum_of(read)}".encode()).hexdigest()
        # The record in which it is added says whose it is.
        notes = tuple(note for note in entry.notes if note is not DocumentNote.IDENTITY_UNVERIFIED)
        entry = replace(entry, unique_id=f"urn:pli:console:{checksum}", authors=(author,), notes=notes)
    return replace(read, entry=entry)
