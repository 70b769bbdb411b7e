"""Folders of a mailbox, changed by its owner: make, rename with inferiors, delete, subscribe.

A subscription goes with its folder under a new name, and outlives it: a program that keeps its list here finds what it
wrote (RFC 3501 §6.3.6), until it unsubscribes.

A folder's parents always exist: making one makes those above it, and one with inferiors is not deleted. A
folder keeps its number, and so its UIDVALIDITY and UIDs, under any name (RFC 3501 §2.3.1.1).
"""

from collections.abc import Collection

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, LimitExceeded, NotFound
from gateway.domain.mailbox import Folder, FolderId, SpecialUse, Uid, VaultId
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.mailbox.owner import CHUNK, Owner, unlink
from gateway.services.random_numbers import random_number

MAX_FOLDERS = 1_000
MAX_NAME_BYTES = 1_000
MAX_LEVELS = 20


class FolderExists(Conflict):
    """The name is taken."""


class FolderHasInferiors(Conflict):
    """Folders stand below it."""


class TooManyFolders(LimitExceeded):
    """The mailbox has `MAX_FOLDERS` already."""


class FolderNameTooLong(LimitExceeded):
    """A name is longer than `MAX_NAME_BYTES`, or has more than `MAX_LEVELS`."""


class MailboxFolders:
    """Changes folders of one mailbox."""

    def __init__(self, store: Store, clock: Clock, owner: Owner) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner

    async def create(self, name: str) -> None:
        """Make a folder and those above it. Raises `FolderExists`, `LimitExceeded`."""
        vault, event = self._owner.vault, self._event("folder.created")

        def make(tx: Tx) -> None:
            _make(tx, vault, name)
            tx.audit.append(vault, event)
            tx.changed(vault)

        await self._store.write(make)

    async def delete(self, name: str) -> FolderId:
        """Delete a folder with its messages, and give its number.

        Raises:
            NotFound: there is none.
            FolderHasInferiors: folders stand below it (RFC 5530 §3, HASCHILDREN).
            Conflict: it has a special use: mail is filed there.
        """
        vault = self._owner.vault
        folder = await self._store.read(lambda tx: _deletable(tx, vault, name))
        while await self._empty(folder.id, CHUNK):
            pass
        event, now = self._event("folder.deleted"), self._clock.now()
        # What arrives between the last chunk and the deletion is little.
        steps = [random_number() for _ in range(CHUNK)]

        def delete(tx: Tx) -> None:
            folder = _deletable(tx, vault, name)
            late = tx.mail.entries(vault, folder.id, 1, 2**32)
            if late:
                tx.audit.append(vault, self._owner.event(now, "message.expunged", [entry.mid for entry in late]))
            if folder.subscribed:
                tx.mail.keep_absent_subscriptions(vault, [*_absent(tx, vault, {name}), name])
            unlink(tx, vault, tx.mail.delete_folder(vault, folder.id), steps, now)
            tx.audit.append(vault, event)
            tx.changed(vault)

        await self._store.write(delete)
        return folder.id

    async def rename(self, name: str, new_name: str) -> None:
        """Rename a folder and all below it; of INBOX, move the messages out instead (RFC 3501 §6.3.5).

        Raises:
            NotFound: there is none.
            FolderExists: the new name, or one below it, is taken.
            Conflict: the new name stands below the old one.
            LimitExceeded: the new name is too long or too deep.
        """
        vault, event = self._owner.vault, self._event("folder.renamed")
        if name == "INBOX":
            await self._empty_inbox_into(new_name)
            return

        def rename(tx: Tx) -> None:
            folder = tx.mail.folder(vault, name)
            if folder is None:
                raise NotFound("there is no such folder")
            if new_name.startswith(f"{name}/"):
                raise Conflict("a folder cannot stand below itself")
            folders = tx.mail.folders(vault)
            moved = [each for each in folders if each.id == folder.id or each.name.startswith(f"{name}/")]
            names = {each.name for each in folders}
            wanted = {each.id: new_name + each.name[len(name) :] for each in moved}
            if names & set(wanted.values()):
                raise FolderExists("the new name is taken")
            _make_parents(tx, vault, new_name, names)
            tx.mail.keep_absent_subscriptions(vault, _absent(tx, vault, wanted.values()))
            for number, wished in wanted.items():
                _check(wished)
                tx.mail.rename_folder(vault, number, wished)
            tx.audit.append(vault, event)
            tx.changed(vault)

        await self._store.write(rename)

    async def subscribe(self, name: str, subscribed: bool) -> None:
        """Set the subscription; one that is to end may be to a folder that is gone, or never was. Raises `NotFound`."""
        vault = self._owner.vault

        def change(tx: Tx) -> None:
            folder = tx.mail.folder(vault, name)
            if folder is None and subscribed:
                raise NotFound("there is no such folder")
            if folder is None:
                tx.mail.keep_absent_subscriptions(vault, _absent(tx, vault, {name}))
            elif folder.subscribed is not subscribed:
                tx.mail.subscribe(vault, folder.id, subscribed)

        await self._store.write(change)

    async def _empty(self, folder: FolderId, limit: int) -> bool:
        """Remove the first messages for good; False when there is none left."""
        vault, now = self._owner.vault, self._clock.now()
        steps = [random_number() for _ in range(limit)]

        def empty(tx: Tx) -> bool:
            entries = tx.mail.entries(vault, folder, 1, 2**32, limit)
            if entries:
                tx.audit.append(vault, self._owner.event(now, "message.expunged", [entry.mid for entry in entries]))
                unlink(tx, vault, tx.mail.expunge(vault, folder, [entry.uid for entry in entries]), steps, now)
            return bool(entries)

        return await self._store.write(empty)

    async def _empty_inbox_into(self, new_name: str) -> None:
        vault, event = self._owner.vault, self._event("folder.created")

        def make(tx: Tx) -> tuple[FolderId, FolderId]:
            target = _make(tx, vault, new_name)
            tx.audit.append(vault, event)
            return tx.mail.folder_by_use(vault, SpecialUse.INBOX).id, target.id

        inbox, target = await self._store.write(make)
        now = self._clock.now()

        def move(tx: Tx) -> bool:
            entries = tx.mail.entries(vault, inbox, 1, 2**32, CHUNK)
            if entries:
                uids: list[Uid] = [entry.uid for entry in entries]
                tx.audit.append(vault, self._owner.event(now, "message.moved", [entry.mid for entry in entries]))
                tx.mail.copy(vault, inbox, uids, target)
                tx.mail.expunge(vault, inbox, uids)
            return bool(entries)

        while await self._store.write(move):
            pass

    def _event(self, action: str) -> AuditEvent:
        return self._owner.event(self._clock.now(), action)


def _absent(tx: Tx, vault: VaultId, names: Collection[str]) -> list[str]:
    """Give the subscriptions to folders that are gone, without those to some names."""
    return [name for name in tx.mail.absent_subscriptions(vault) if name not in names]


def _make(tx: Tx, vault: VaultId, name: str) -> Folder:
    _check(name)
    names = {folder.name for folder in tx.mail.folders(vault)}
    if name in names:
        raise FolderExists("the name is taken")
    _make_parents(tx, vault, name, names)
    tx.mail.keep_absent_subscriptions(vault, _absent(tx, vault, {name, *_parents_of(name)}))
    return tx.mail.create_folder(vault, name)


def _make_parents(tx: Tx, vault: VaultId, name: str, names: set[str]) -> None:
    missing = [above for above in _parents_of(name) if above not in names]
    if len(names) + len(missing) >= MAX_FOLDERS:
        raise TooManyFolders("too many folders")
    for above in missing:
        tx.mail.create_folder(vault, above)


def _parents_of(name: str) -> list[str]:
    levels = name.split("/", MAX_LEVELS)  # of a name that was not checked yet, no more than may be
    return ["/".join(levels[:depth]) for depth in range(1, len(levels))]


def _check(name: str) -> None:
    if len(name.encode()) > MAX_NAME_BYTES or name.count("/") >= MAX_LEVELS:
        raise FolderNameTooLong("the name is too long or too deep")


def _deletable(tx: Tx, vault: VaultId, name: str) -> Folder:
    folder = tx.mail.folder(vault, name)
    if folder is None:
        raise NotFound("there is no such folder")
    if folder.special_use is not SpecialUse.NONE:
        raise Conflict("mail is filed in this folder")
    if any(each.name.startswith(f"{folder.name}/") for each in tx.mail.folders(vault)):
        raise FolderHasInferiors("folders stand below it")
    return folder
