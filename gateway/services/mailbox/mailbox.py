"""A mailbox as its owner's mail client sees it: sign in, open a folder, read rows, learn what changed.

Reading only; `folders` and `messages` change it. Rows are read in a store thread by a function
of the caller's, so that what it makes of them (octets for the wire, the result of a search) costs the event
loop nothing. No MIME is parsed here: what a message looks like was worked out when it was stored.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, TypeVar

from gateway.domain.access import Actor
from gateway.domain.errors import NotFound
from gateway.domain.line_tests import LineTest
from gateway.domain.listed_lines import ListedLines
from gateway.domain.mailbox import (
    Entry,
    Folder,
    FolderId,
    FolderStatus,
    ModSeq,
    Uid,
)
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.directory import EntryOf
from gateway.ports.news import Subscription
from gateway.ports.store import Store, Tx
from gateway.services.mailbox.changes import Span
from gateway.services.mailbox.folders import MailboxFolders
from gateway.services.mailbox.header_pages import HeaderPages
from gateway.services.mailbox.line_pages import LinePages
from gateway.services.mailbox.message_rows import Row, Want, wanted_rows
from gateway.services.mailbox.messages import MailboxMessages
from gateway.services.mailbox.owner import Owner
from gateway.services.mailbox.recent_messages import RecentMessages
from gateway.services.sign_in.app_passwords import AppPasswords

T = TypeVar("T")


Take: TypeAlias = Callable[[Iterator[Row]], T]
"""Makes something of rows, in a store thread; pure."""


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A folder at one instant.

    Attributes:
        uids: every UID, ascending, four octets each.
        first_unseen: its UID; None when there is none.
        keywords: those that its messages bear or have borne.
    """

    folder: Folder
    uids: "array[int]"
    first_unseen: Uid | None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """What changed in a folder.

    Attributes:
        highest: the folder's modification sequence at this instant; the next question begins there.
        changed: entries that are new or have other flags, ascending by UID.
        vanished: UIDs that are gone, ascending, those that came and went in between included.
    """

    highest: ModSeq
    changed: list[Entry]
    vanished: list[Uid]


class OpenMailbox:
    """The mailbox of one sign-in.

    Attributes:
        folders: makes, renames, deletes and subscribes to folders.
        messages: changes flags, copies, moves, expunges and appends.
        header_pages: searches headers.
        line_pages: makes lists quicker that are asked for again.
        still_stands: says whether the sign-in still counts.
        recent: what sessions of this process are told of as recent.
    """

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        clock: Clock,
        entry_of: EntryOf,
        owner: Owner,
        still_stands: Callable[[], bool] = lambda: True,
        recent: RecentMessages | None = None,
    ) -> None:
        self.recent = recent or RecentMessages()
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self.owner = owner
        self.still_stands = still_stands
        self.folders = MailboxFolders(store, clock, owner)
        self.messages = MailboxMessages(store, blobs, clock, entry_of, owner)
        self.header_pages = HeaderPages(store, owner.vault)
        self.line_pages = LinePages(store, owner.vault)

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Subscribe to news of this mailbox; do so before `open`."""
        return self._store.subscribe(self.owner.vault)

    async def open(self, name: str) -> OpenFolder:
        """Read a folder with all its UIDs, from one snapshot. Raises `NotFound`."""
        vault = self.owner.vault

        def look(tx: Tx) -> OpenFolder:
            folder = tx.mail.folder(vault, name)
            if folder is None:
                raise NotFound("there is no such folder")
            uids = tx.mail.uids(vault, folder.id)
            known = folder.keywords
            keywords = tx.mail.keywords_borne(vault, folder.id) if known is None else known
            return OpenFolder(folder, uids, tx.mail.first_unseen(vault, folder.id) if uids else None, keywords)

        return await self._store.read(look)

    async def left(self, opened: Folder) -> None:
        """Write down what a session was told of a folder that it had selected for reading and writing, if anything."""
        vault, told = self.owner.vault, self.recent.leave(self.owner.vault, opened.id)

        def note(tx: Tx) -> None:
            if told > opened.recent_from:
                tx.mail.note_recent(vault, opened.id, told)
            if opened.keywords is None:
                tx.mail.learn_keywords(vault, opened.id, ())

        if told > opened.recent_from or opened.keywords is None:
            await self._store.write(note)

    async def count_recent(self, folder: Folder) -> int:
        """Count the messages of a folder that nobody was told of."""
        vault, first = self.owner.vault, self.recent.first(self.owner.vault, folder)
        if first >= folder.uid_next:
            return 0
        return await self._store.read(lambda tx: len(tx.mail.entries(vault, folder.id, first, 2**32)))

    async def absent_subscriptions(self) -> tuple[str, ...]:
        """List names that are subscribed to though their folders are gone."""
        vault = self.owner.vault
        return await self._store.read(lambda tx: tx.mail.absent_subscriptions(vault))

    async def status(self, name: str) -> tuple[Folder, FolderStatus]:
        """Count a folder. Raises `NotFound`."""
        vault = self.owner.vault

        def look(tx: Tx) -> tuple[Folder, FolderStatus]:
            folder = tx.mail.folder(vault, name)
            if folder is None:
                raise NotFound("there is no such folder")
            return folder, tx.mail.status(vault, folder.id)

        return await self._store.read(look)

    async def all_folders(self, counted: Callable[[Folder], bool]) -> list[tuple[Folder, FolderStatus | None]]:
        """List every folder, INBOX first, counting those that are asked for."""
        vault = self.owner.vault

        def look(tx: Tx) -> list[tuple[Folder, FolderStatus | None]]:
            return [
                (folder, tx.mail.status(vault, folder.id) if counted(folder) else None)
                for folder in tx.mail.folders(vault)
            ]

        return await self._store.read(look)

    async def changes(
        self, folder: FolderId, changed_since: ModSeq, vanished_since: ModSeq | None
    ) -> FolderChanges | None:
        """Say what changed; vanished UIDs only since a given point; None when the folder is gone."""
        vault = self.owner.vault

        def look(tx: Tx) -> FolderChanges | None:
            now = tx.mail.highest_modseq(vault, folder)
            if now is None:
                return None
            changed = tx.mail.changed_since(vault, folder, changed_since) if now > changed_since else []
            asked = vanished_since is not None and now > vanished_since
            vanished = tx.mail.vanished_since(vault, folder, vanished_since or ModSeq(0)) if asked else []
            return FolderChanges(now, changed, vanished)

        return await self._store.read(look)

    async def uids(self, folder: FolderId, test: LineTest) -> "array[int]":
        """List the UIDs of lines that are as asked, ascending."""
        return await self._store.read(lambda tx: tx.mail.uids(self.owner.vault, folder, test))

    async def rows(self, folder: FolderId, spans: Sequence[Span], want: Want, take: Take[T]) -> T:
        """Read messages by spans of UIDs and give what `take` makes of them, all in a store thread."""
        vault = self.owner.vault
        return await self._store.read(
            lambda tx: take(row for low, high in spans for row in wanted_rows(tx, vault, folder, low, high, want))
        )

    async def lines(
        self, folder: FolderId, spans: Sequence[Span], take: Callable[[list[ListedLines]], T], *, wires: bool
    ) -> T:
        """Read UIDs and flags, and what goes on the wire if wanted, by column; give what `take` makes of it."""
        vault = self.owner.vault
        return await self._store.read(
            lambda tx: take([tx.mail.listed(vault, folder, low, high, wires=wires) for low, high in spans])
        )

    async def looked_at(self, action: str, folder: FolderId) -> None:
        """Write the trace of a list or a search, before its answer; what was looked for is not kept."""
        event = replace(self.owner.event(self._clock.now(), action), objects=(f"folder:{folder:x}",))
        await self._store.write(lambda tx: tx.audit.append(self.owner.vault, event))

    async def off_loop(self, work: Callable[[Blobs], T]) -> T:
        """Run `work`, which reads octets of messages, in a worker thread."""
        return await self._store.aside(lambda: work(self._blobs))


class Mailboxes:
    """Opens mailboxes to those who prove that they are theirs."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        entry_of: EntryOf,
        clock: Clock,
        passwords: AppPasswords,
    ) -> None:
        """Bind.

        Args:
            store: messages and sign-ins.
            blobs: their octets.
            entry_of: finds a sender in the directory, None when not known now; for messages that are appended.
            clock: dates what is appended without a date.
            passwords: checks sign-ins.
        """
        self._store = store
        self._blobs = blobs
        self._entry_of = entry_of
        self._clock = clock
        self._passwords = passwords
        self._recent = RecentMessages()

    async def sign_in(self, login: str, password: str, source: str) -> OpenMailbox | None:
        """Give the mailbox; None for an unknown login and a wrong password alike. Raises `StoreUnavailable`."""
        found = await self._passwords.sign_in(login, password, "imap", source)
        if found is None:
            return None
        stands = partial(self._passwords.still_stands, found)
        return self._opened(Owner(found.actor), stands)

    def of(self, actor: Actor) -> OpenMailbox:
        """Give the mailbox of somebody who is known already."""
        return self._opened(Owner(actor), lambda: True)

    def _opened(self, owner: Owner, stands: Callable[[], bool]) -> OpenMailbox:
        return OpenMailbox(self._store, self._blobs, self._clock, self._entry_of, owner, stands, self._recent)
