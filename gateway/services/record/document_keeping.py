"""A patient keeps their documents in order: own title and date, pins, folders, hidden or shown (F54, E16, E21).

A document itself is never altered: what its patient calls it stands beside what its author wrote. Only what they
added themselves can be deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.document_lists import DocumentFolder
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.access.permitted import permitted_document
from gateway.services.random_numbers import random_number

MAX_FOLDERS = 100
MAX_PINNED = 30
HIDDEN_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What a patient calls a document, which date they give it, and the revision that the form was filled from."""

    title: str
    day: date | None
    revision: int


class DocumentKeeping:
    """Changes what a patient chose for the documents of one space at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def rename(self, actor: Actor, number: int, own: OwnWords) -> None:
        """Keep title and date of the patient's own; empty ones give back those of the document.

        Raises:
            NotFound: there is no such document for whoever asks.
            ChangedMeanwhile: it was renamed since the form was shown.
        """

        def change(tx: Tx, _: FiledDocument) -> str:
            before = tx.document_lists.choice(actor.vault, number)
            if (before.title, before.day) == (own.title, own.day):
                return ""
            if before.revision != own.revision:
                raise ChangedMeanwhile("the document was renamed since")
            tx.document_lists.choose(actor.vault, number, replace(before, title=own.title, day=own.day))
            tx.document_lists.forget_words(actor.vault, number)
            return "document.renamed"

        await self._changed(actor, number, change)

    @traces_refusals
    async def pin(self, actor: Actor, number: int, *, pinned: bool) -> None:
        """Let a document stand first, or no more. Raises `NotFound`, or `Conflict` when too many do."""

        def change(tx: Tx, _: FiledDocument) -> str:
            before = tx.document_lists.choice(actor.vault, number)
            if before.pinned == pinned:
                return ""
            if pinned and len(tx.document_lists.pinned(actor.vault, MAX_PINNED)) >= MAX_PINNED:
                raise Conflict("as many documents are pinned as may be")
            tx.document_lists.choose(actor.vault, number, replace(before, pinned=pinned))
            return "document.pinned" if pinned else "document.unpinned"

        await self._changed(actor, number, change)

    @traces_refusals
    async def move(self, actor: Actor, number: int, folder: int | None) -> None:
        """Put a document into a folder of the patient's own, or into none. Raises `NotFound`."""

        def change(tx: Tx, _: FiledDocument) -> str:
            before = tx.document_lists.choice(actor.vault, number)
            if folder is not None:
                _folder(tx, actor, folder)
            if before.folder == folder:
                return ""
            tx.document_lists.choose(actor.vault, number, replace(before, folder=folder))
            return "document.moved"

        await self._changed(actor, number, change)

    @traces_refusals
    async def hide(self, actor: Actor, number: int, *, hidden: bool) -> None:
        """Hide a document from professionals but its sender, or show it to those who may read the space (F54)."""

        def change(tx: Tx, document: FiledDocument) -> str:
            return _hidden(tx, actor, document, hidden=hidden)

        await self._changed(actor, number, change)

    @traces_refusals
    async def hide_all(self, actor: Actor, *, hidden: bool) -> int:
        """Hide or show every document, and say how many changed; new ones follow `hide_by_default` (E16).

        Done in pieces, each with its line in the trace, so that nobody's mail waits for a full space.
        """
        now = self._clock.now()

        def look(tx: Tx) -> list[int]:
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
            return tx.documents.numbers(actor.vault, actor.audience)

        numbers, changed = await self._store.read(look), 0
        for start in range(0, len(numbers), HIDDEN_AT_ONCE):
            piece = numbers[start : start + HIDDEN_AT_ONCE]
            changed += await self._store.write(partial(self._hide_piece, actor, piece, hidden))
        return changed

    def _hide_piece(self, actor: Actor, piece: Sequence[int], hidden: bool, tx: Tx) -> int:
        now, vault = self._clock.now(), actor.vault
        allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
        found = tx.documents.numbered(vault, actor.audience, piece)
        changed = [document.id for document in found if _hidden(tx, actor, document, hidden=hidden)]
        if changed:
            objects = tuple(f"document:{number:x}" for number in changed)
            action = "document.hidden" if hidden else "document.shown"
            tx.audit.append(vault, actor.event(now, action, objects=objects, detail="all at once"))
            tx.changed(vault)
        return len(changed)

    @traces_refusals
    async def hides_by_default(self, actor: Actor) -> bool:
        """Say whether new documents are hidden from professionals but who sent them (E16)."""
        now = self._clock.now()

        def look(tx: Tx) -> bool:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now)
            return tx.spaces.space(actor.vault).hides_documents

        return await self._store.read(look)

    @traces_refusals
    async def hide_by_default(self, actor: Actor, *, hidden: bool) -> None:
        """Choose whether new documents are hidden from professionals but who sent them (E16)."""
        now, vault = self._clock.now(), actor.vault

        def change(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
            space = tx.spaces.space(vault)
            if space.hides_documents != hidden:
                tx.spaces.save(replace(space, hides_documents=hidden))
                detail = "new ones hidden" if hidden else "new ones shown"
                tx.audit.append(vault, actor.event(now, "documents.default", detail=detail))

        await self._store.write(change)

    @traces_refusals
    async def delete(self, actor: Actor, number: int) -> bool:
        """Delete a document that the patient added; False when there is no such document, as after the first time.

        One that somebody sent is not theirs to delete: `NotFound`. Its files are let go, and swept once nobody holds
        them.
        """
        now, vault = self._clock.now(), actor.vault

        def change(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
            if not tx.documents.numbered(vault, actor.audience, [number]):
                return False
            document = permitted_document(tx, actor, number, now)
            if not document.is_own:
                raise NotFound("only what the patient added can be deleted")
            tx.documents.take_away(vault, number)
            tx.document_lists.forget(vault, number)
            for file in document.files:
                tx.blobs.detach(vault, file.blob)
            space, room = tx.spaces.space(vault), sum(file.size for file in document.files)
            tx.spaces.save(replace(space, added_bytes=max(space.added_bytes - room, 0)))
            tx.audit.append(vault, actor.event(now, "document.deleted", objects=(f"document:{number:x}",)))
            tx.changed(vault)
            return True

        return await self._store.write(change)

    @traces_refusals
    async def folders(self, actor: Actor) -> Sequence[DocumentFolder]:
        """List the folders that the patient made."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[DocumentFolder]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.LIST, SpacePart.DOCUMENTS, now)
            return tx.document_lists.folders(actor.vault)

        return await self._store.read(look)

    @traces_refusals
    async def save_folder(self, actor: Actor, name: str, number: int | None = None) -> bool:
        """Make a folder, or rename one; False when there are as many as may be. Raises `NotFound`."""
        new = random_number()

        def change(tx: Tx) -> str:
            folders = tx.document_lists.folders(actor.vault)
            if number is None and len(folders) >= MAX_FOLDERS:
                return ""
            known = _folder(tx, actor, number).number if number is not None else new
            if number is None and any(one.name.casefold() == name.casefold() for one in folders):
                return "known"  # sent twice: there is one of that name
            tx.document_lists.save_folder(actor.vault, DocumentFolder(known, name))
            return "folder.renamed" if number is not None else "folder.added"

        return bool(await self._of_folders(actor, change))

    @traces_refusals
    async def drop_folder(self, actor: Actor, number: int) -> None:
        """Take a folder away; its documents stay. Raises `NotFound`."""

        def change(tx: Tx) -> str:
            tx.document_lists.drop_folder(actor.vault, _folder(tx, actor, number).number)
            return "folder.removed"

        await self._of_folders(actor, change)

    async def _of_folders(self, actor: Actor, change: Callable[[Tx], str]) -> str:
        now, vault = self._clock.now(), actor.vault

        def changed(tx: Tx) -> str:
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now)
            action = change(tx)
            if "." in action:
                tx.audit.append(vault, actor.event(now, action))
            return action

        return await self._store.write(changed)

    async def _changed(self, actor: Actor, number: int, change: Callable[[Tx, FiledDocument], str]) -> None:
        """Find a document, change what belongs to it, and leave the line of it, in one transaction."""
        now, vault = self._clock.now(), actor.vault

        def changed(tx: Tx) -> None:
            document = permitted_document(tx, actor, number, now)
            allow(tx, actor, Action.CHANGE, SpacePart.DOCUMENTS, now, document)
            if action := change(tx, document):
                tx.audit.append(vault, actor.event(now, action, objects=(f"document:{number:x}",)))
                tx.changed(vault)

        await self._store.write(changed)


def _hidden(tx: Tx, actor: Actor, document: FiledDocument, *, hidden: bool) -> str:
    others = document.hidden_from & ~Audience.PROFESSIONALS
    after = others | Audience.PROFESSIONALS if hidden else others
    if after == document.hidden_from:
        return ""
    tx.documents.withhold(actor.vault, document.id, after)
    return "document.hidden" if hidden else "document.shown"


def _folder(tx: Tx, actor: Actor, number: int) -> DocumentFolder:
    found: Iterable[DocumentFolder] = tx.document_lists.folders(actor.vault)
    for folder in found:
        if folder.number == number:
            return folder
    raise NotFound("there is no such folder")
