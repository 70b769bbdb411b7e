"""Folders of a vault and the counters under their row lock: UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ."""

from collections.abc import Callable, Iterable
from functools import partial

from msgspec.structs import replace
from sqlalchemy import BigInteger, cast, delete, func, select, update

from gateway.domain.errors import Conflict, LimitExceeded, NotFound, SealBroken
from gateway.domain.mailbox import (
    Folder,
    FolderId,
    FolderStatus,
    ModSeq,
    SpecialUse,
    Uid,
    UidValidity,
    VaultId,
)
from gateway.domain.stand_ins import damaged_folder_name
from gateway.ports.clock import Clock
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import FOLDER as FOLDER_ROW
from gateway.store.seal.records import FOLDER, FolderRecord
from gateway.store.seal.sealer import Sealer

_USES = frozenset(use.value for use in SpecialUse)
_F, _E = schema.folder, schema.entry
_vault, _folder = parameter("vault"), parameter("folder")
_COLUMNS = (_F.c.folder, _F.c.special_use, _F.c.name, _F.c.uid_validity, _F.c.uid_next, _F.c.modseq, _F.c.subscribed)
_this = (_F.c.vault == _vault, _F.c.folder == _folder)

_ALL = select(*_COLUMNS).where(_F.c.vault == _vault).order_by(_F.c.folder)
_BY_USE = select(*_COLUMNS).where(_F.c.vault == _vault, _F.c.special_use == parameter("special_use"))
_NUMBERED = select(func.coalesce(func.max(_F.c.folder), 0), func.coalesce(func.max(_F.c.uid_validity), 0)).where(
    _F.c.vault == _vault
)
_MODSEQ = select(_F.c.modseq).where(*_this)
_INSERT = insert(_F)
_GET = select(*FOLDER_ROW.selected()).where(*_this)
_CHANGED = ("name", "subscribed", "version", "code")
_SAVE = update(_F).where(*_this).values({name: parameter(f"new_{name}") for name in _CHANGED})
_RENEW = update(_F).where(*_this).values(uid_validity=parameter("validity"))
_DELETE = delete(_F).where(*_this)
# PostgreSQL sums 64-bit integers to decimals.
_octets = cast(func.coalesce(func.sum(_E.c.size), 0), BigInteger)
_FLAGS = select(_E.c.flags).where(_E.c.vault == _vault, _E.c.folder == _folder).distinct()
_STATUS = select(func.count(), func.count().filter(_E.c.seen == 0), _octets).where(
    _E.c.vault == _vault, _E.c.folder == _folder
)
# The row lock of the folder is what orders UIDs and MODSEQs; every writer of entries passes here first.
_ALLOCATE = (
    update(_F)
    .where(*_this)
    .values(uid_next=_F.c.uid_next + parameter("count"), modseq=_F.c.modseq + 1)
    .returning(_F.c.uid_next - parameter("count"), _F.c.modseq)
)


MAX_KEYWORDS = 500
"""Keywords of a folder: SELECT lists them all."""
MAX_ABSENT = 200
"""Subscriptions to folders that are gone; the oldest are forgotten first."""


class FolderRows:
    """Folders of one vault at a time."""

    def __init__(self, runner: Runner, sealer: Sealer, clock: Clock, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded
        self._clock = clock

    def create_folder(self, vault: VaultId, name: str, special_use: SpecialUse = SpecialUse.NONE) -> Folder:
        """Create; raises `Conflict` when the name exists."""
        if self.folder(vault, name) is not None:
            raise Conflict("a folder of this name exists")
        # Neither number ever returns, not even for a folder that takes a deleted one's name (RFC 3501 §2.3.1.1): the
        # sealed head remembers them. Rows count where it does not open.
        highest, validity = self._runner.rows(_NUMBERED, vault=vault)[0]
        now = int(self._clock.now().timestamp())
        numbered, fresh = self._coded.number_folder(vault, highest, validity, now)
        number = FolderId(numbered)
        record = FolderRecord(
            name=name, special_use=special_use.value, uid_validity=fresh, keywords=(), recent_from=1
        )
        values = {
            "vault": vault,
            "folder": number,
            "special_use": special_use.value,
            "name": FOLDER.seal(self._sealer, vault, number, record),
            "uid_validity": fresh,
            "subscribed": 1,
        }
        self._runner.run(_INSERT, **self._coded.stamped(FOLDER_ROW, values), uid_next=1, modseq=1)
        return Folder(
            id=number,
            name=name,
            special_use=special_use,
            uid_validity=UidValidity(fresh),
            uid_next=Uid(1),
            highest_modseq=ModSeq(1),
            keywords=(),
            recent_from=Uid(1),
        )

    def folders(self, vault: VaultId) -> list[Folder]:
        """List folders, INBOX first, then by name."""
        found = [self._folder_of(vault, row) for row in self._runner.rows(_ALL, vault=vault)]
        return sorted(found, key=lambda folder: (folder.special_use is not SpecialUse.INBOX, folder.name))

    def folder(self, vault: VaultId, name: str) -> Folder | None:
        """Find by exact name; INBOX in any case (RFC 3501 §5.1)."""
        if name.upper() == "INBOX":
            return self._used(vault, SpecialUse.INBOX)
        return next((folder for folder in self.folders(vault) if folder.name == name), None)

    def highest_modseq(self, vault: VaultId, folder: FolderId) -> ModSeq | None:
        """Give a folder's modification sequence, without opening anything; None when it is gone."""
        row = self._runner.row(_MODSEQ, vault=vault, folder=folder)
        return None if row is None else ModSeq(_number(row[0]))

    def folder_by_use(self, vault: VaultId, use: SpecialUse) -> Folder:
        """Find the folder of a special use. Raises `NotFound`."""
        found = self._used(vault, use)
        if found is None:
            raise NotFound(f"vault {vault:x} has no {use.name.lower()} folder")
        return found

    def rename_folder(self, vault: VaultId, folder: FolderId, name: str) -> None:
        """Rename this folder alone. Raises `Conflict` when the name exists."""
        taken = self.folder(vault, name)
        if taken is not None and taken.id != folder:
            raise Conflict("a folder of this name exists")
        self._change(vault, folder, lambda known: replace(known, name=name), mends=True)

    def subscribe(self, vault: VaultId, folder: FolderId, subscribed: bool) -> None:
        """Set the subscription."""
        self._change(vault, folder, lambda known: known, subscribed=subscribed)

    def absent_subscriptions(self, vault: VaultId) -> tuple[str, ...]:
        """List names that are subscribed to though their folders are gone, the latest last."""
        for number, use, name, validity, *_ in self._runner.rows(_ALL, vault=vault):
            known = self._record(vault, number, use, validity, name)
            if known.special_use == SpecialUse.INBOX.value:
                return known.absent
        return ()

    def keep_absent_subscriptions(self, vault: VaultId, names: Iterable[str]) -> None:
        """Set that list: INBOX keeps it, for it is always there."""
        inbox, kept = self._used(vault, SpecialUse.INBOX), tuple(names)[-MAX_ABSENT:]
        if inbox is not None and kept != self.absent_subscriptions(vault):
            self._change(vault, inbox.id, lambda known: replace(known, absent=kept))

    def learn_keywords(self, vault: VaultId, folder: FolderId, names: Iterable[str]) -> None:
        """Note keywords of a folder that it had not. Raises `LimitExceeded` when there are too many."""
        row = self._runner.row(_GET, vault=vault, folder=folder)
        if row is None:
            return
        _, _, use, sealed, validity, *_ = row
        known = self._record(vault, folder, use, validity, sealed).keywords
        before = self.keywords_borne(vault, folder) if known is None else known
        has = {name.lower() for name in before}
        fresh = {name.lower(): name for name in names if name.lower() not in has}
        if len(before) + len(fresh) > MAX_KEYWORDS and fresh:
            raise LimitExceeded("too many keywords in a folder")
        if fresh or known is None:
            kept = (*before, *sorted(fresh.values()))
            self._change(vault, folder, lambda record: replace(record, keywords=kept))

    def keywords_borne(self, vault: VaultId, folder: FolderId) -> tuple[str, ...]:
        """Look through the messages of a folder for their keywords."""
        found: dict[str, str] = {}
        for (flags,) in self._runner.rows(_FLAGS, vault=vault, folder=folder):
            for flag in flags.split() if isinstance(flags, str) else ():
                if not flag.startswith("\\"):
                    found.setdefault(flag.lower(), flag)
        return tuple(sorted(found.values())[:MAX_KEYWORDS])

    def note_recent(self, vault: VaultId, folder: FolderId, recent_from: Uid) -> None:
        """Note that messages below a UID have been told of as recent; what was noted higher stays."""
        self._change(
            vault, folder, lambda known: replace(known, recent_from=max(recent_from, known.recent_from or 0))
        )

    def _change(
        self,
        vault: VaultId,
        folder: FolderId,
        changed: Callable[[FolderRecord], FolderRecord],
        *,
        subscribed: bool | None = None,
        mends: bool = False,
    ) -> None:
        row = self._runner.row(_GET, vault=vault, folder=folder)
        if row is None:
            return
        # The code is over what the row should say: one that was bent stays so, and is named.
        _, _, use, sealed, was_valid, was_subscribed, *_ = row
        before = self._record(vault, folder, use, was_valid, sealed)
        known = changed(before)
        # A record that does not open is written over by what names it anew, and by nothing else.
        if known != before and (mends or self._opens(vault, folder, sealed)):
            sealed = FOLDER.seal(self._sealer, vault, folder, known)
        values = {
            "vault": vault,
            "folder": folder,
            "special_use": known.special_use,
            "name": sealed,
            "uid_validity": known.uid_validity,
            "subscribed": int(was_subscribed if subscribed is None else subscribed),
        }
        stamped = self._coded.stamped(FOLDER_ROW, values)
        saved = {f"new_{key}": stamped[key] for key in _CHANGED}
        self._runner.run(_SAVE, vault=vault, folder=folder, **saved)

    def renew_validity(self, vault: VaultId) -> int:
        """Give every folder of a vault a UIDVALIDITY that none has had, and say how many there are."""
        rows, now = self._runner.rows(_ALL, vault=vault), int(self._clock.now().timestamp())
        for row in rows:
            fresh = self._coded.next_validity(vault, row[3], now)
            self._change(vault, FolderId(row[0]), partial(_with_validity, fresh), mends=True)
            self._runner.run(_RENEW, vault=vault, folder=row[0], validity=fresh)
        return len(rows)

    def status(self, vault: VaultId, folder: FolderId) -> FolderStatus:
        """Count messages, unseen ones and octets."""
        return FolderStatus(*self._runner.rows(_STATUS, vault=vault, folder=folder)[0])

    def allocate(self, vault: VaultId, folder: FolderId, count: int) -> tuple[Uid, ModSeq]:
        """Lock the folder, take `count` UIDs and one MODSEQ; gives the first UID. Raises `NotFound`."""
        row = self._runner.row(_ALLOCATE, vault=vault, folder=folder, count=count)
        if row is None:
            raise NotFound("this folder is gone")
        return Uid(row[0]), ModSeq(row[1])

    def drop(self, vault: VaultId, folder: FolderId) -> None:
        """Delete the folder's row."""
        self._runner.run(_DELETE, vault=vault, folder=folder)
        self._coded.dropped(FOLDER_ROW, vault, folder)

    def _used(self, vault: VaultId, use: SpecialUse) -> Folder | None:
        rows = self._runner.rows(_BY_USE, vault=vault, special_use=use.value)
        for folder in (self._folder_of(vault, row) for row in rows):
            if folder.special_use is use:
                return folder
        # The column only finds it sooner: what is sealed says what a folder is for.
        return next((folder for folder in self.folders(vault) if folder.special_use is use), None)

    def _folder_of(self, vault: VaultId, row: Row) -> Folder:
        number, use, name, validity, uid_next, modseq, subscribed = row
        known = self._record(vault, number, use, validity, name)
        return Folder(
            id=FolderId(number),
            name=known.name,
            special_use=SpecialUse(known.special_use),
            uid_validity=UidValidity(known.uid_validity),
            # Something that is no number is named by `pli verify`, and must not cost the other folders.
            uid_next=Uid(_number(uid_next)),
            highest_modseq=ModSeq(_number(modseq)),
            subscribed=bool(subscribed),
            keywords=known.keywords,
            # What a record does not say is taken as told: a mailbox of years must not turn recent as a whole.
            recent_from=Uid(known.recent_from if known.recent_from is not None else _number(uid_next)),
        )

    def _opens(self, vault: VaultId, number: int, sealed: bytes) -> bool:
        try:
            FOLDER.open(self._sealer, vault, number, sealed)
        except SealBroken:
            return False
        return True

    def _record(self, vault: VaultId, number: int, use: str, validity: int, sealed: bytes) -> FolderRecord:
        """Give what is sealed of a folder; its row is believed where nothing else says it."""
        try:
            found = FOLDER.open(self._sealer, vault, number, sealed)
            if found.special_use is not None:
                return found
            name = found.name
        except SealBroken:
            self._sealer.tell_damage(vault, "folder", number)
            name = ""
        known = use if use in _USES else SpecialUse.NONE.value
        return FolderRecord(
            name=name or damaged_folder_name(number, SpecialUse(known)), special_use=known, uid_validity=validity
        )


def _number(column: object) -> int:
    return column if isinstance(column, int) else 1


def _with_validity(validity: int, record: FolderRecord) -> FolderRecord:
    return replace(record, uid_validity=validity)
