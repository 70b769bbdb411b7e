"""New lines of folders: messages shown there for the first time, each with a UID of its own."""

from datetime import datetime

from sqlalchemy import update

from gateway.domain.errors import NotFound
from gateway.domain.instants import micros_of
from gateway.domain.mailbox import (
    SEEN,
    Entry,
    Flags,
    FolderId,
    MessageId,
    ModSeq,
    SpecialUse,
    ThreadId,
    Uid,
    VaultId,
    flags_text,
)
from gateway.store import schema
from gateway.store.backend.sql import parameter
from gateway.store.rows import entry_statements as sql
from gateway.store.rows.folders import FolderRows
from gateway.store.rows.noted_changes import NotedChanges

_F = schema.folder
_vault = parameter("vault")
_ALLOCATE_BY_USE = (
    update(_F)
    .where(_F.c.vault == _vault, _F.c.special_use == parameter("use"))
    .values(uid_next=_F.c.uid_next + 1, modseq=_F.c.modseq + 1)
    .returning(_F.c.folder, _F.c.uid_next - 1, _F.c.modseq, _F.c.uid_validity, _F.c.name)
)


class NewLineRows(FolderRows):
    """Folders of one vault at a time, and what is shown in them."""

    _noted: NotedChanges
    _touched: set[VaultId]

    def add_entry(self, vault: VaultId, folder: FolderId, mid: MessageId, flags: Flags, at: datetime) -> Entry:
        """Show a message in a folder; `at` becomes its INTERNALDATE."""
        return self._show(vault, folder, self.allocate(vault, folder, 1), mid, flags, at)

    def add_entry_by_use(self, vault: VaultId, use: SpecialUse, mid: MessageId, flags: Flags, at: datetime) -> Entry:
        """Show a message in the folder of a special use. Raises `NotFound`."""
        folder, uid, modseq = self._allocate_by_use(vault, use)
        return self._show(vault, folder, (uid, modseq), mid, flags, at)

    def _show(
        self, vault: VaultId, folder: FolderId, place: tuple[Uid, ModSeq], mid: MessageId, flags: Flags, at: datetime
    ) -> Entry:
        (uid, modseq), text, micros = place, flags_text(flags), micros_of(at)
        row = self._runner.row(
            sql.SHOW,
            vault=vault,
            mid=mid,
            new_folder=folder,
            new_uid=uid,
            new_modseq=modseq,
            new_flags=text,
            new_seen=int(SEEN in flags),
            new_internal_date=micros,
        )
        if row is None:
            raise NotFound(f"vault {vault:x} has no message {mid:x}")
        self._runner.run(sql.SHOW_WIRE, vault=vault, mid=mid, new_folder=folder, new_uid=uid)
        entry = Entry(uid, mid, modseq, text, micros, row[0], ThreadId(row[1]))
        self._note_shown(vault, folder, entry)
        return entry

    def _note_shown(self, vault: VaultId, folder: FolderId, entry: Entry) -> None:
        self._learn(vault, folder, entry.flags)
        self._noted.shown(vault, folder, entry)
        self._touched.add(vault)

    def _allocate_by_use(self, vault: VaultId, use: SpecialUse) -> tuple[FolderId, Uid, ModSeq]:
        """As `allocate` for one message, in the folder of a special use, which it gives as well."""
        rows = self._runner.rows(_ALLOCATE_BY_USE, vault=vault, use=use.value)
        for number, uid, modseq, validity, name in rows:
            if self._record(vault, number, use.value, validity, name).special_use == use.value:
                return FolderId(number), Uid(uid), ModSeq(modseq)
        # A row that was bent has passed over a number, which is never missed; what is sealed says where it goes.
        folder = self.folder_by_use(vault, use).id
        return folder, *self.allocate(vault, folder, 1)

    def _learn(self, vault: VaultId, folder: FolderId, flags: str) -> None:
        if keywords := {flag for flag in flags.split() if not flag.startswith("\\")}:
            self.learn_keywords(vault, folder, keywords)
