"""Versions of entries of the profile: coded rows, written once; a section is found by a keyed digest."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ClauseElement, func, select

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.profile import EntryAuthor, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import PROFILE as CODED_PROFILE
from gateway.store.seal.profile_record import ProfileRecord
from gateway.store.seal.records import PROFILE
from gateway.store.seal.sealer import Sealer

_E = schema.profile_entry
_later = _E.alias("later")
_mine = (_E.c.vault == parameter("vault"), _E.c.section == parameter("section"))
_this = (*_mine, _E.c.entry == parameter("entry"))
_COLUMNS = CODED_PROFILE.selected()
_LAST = (
    select(func.max(_later.c.revision))
    .where(_later.c.vault == _E.c.vault, _later.c.section == _E.c.section, _later.c.entry == _E.c.entry)
    .scalar_subquery()
)
_ADD = insert(_E)
_NEWEST = select(*_COLUMNS).where(*_mine, _E.c.revision == _LAST)
_GET = select(*_COLUMNS).where(*_this).order_by(_E.c.revision.desc()).limit(1)
_VERSIONS = select(*_COLUMNS).where(*_this).order_by(_E.c.revision.desc())


class ProfileRows:
    """Implements `gateway.ports.profile.Profile`."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def add(self, vault: VaultId, entry: ProfileEntry) -> None:
        """Write one version."""
        record = ProfileRecord(
            section=entry.section.value,
            revision=entry.revision,
            state=entry.state.value,
            fields=dict(entry.fields),
            written_by=entry.written_by.value,
            written_at=entry.written_at.isoformat(),
            is_locked=entry.is_locked,
            place=entry.place,
            links=entry.links,
            source=entry.source,
            author=(entry.author.name, entry.author.detail, entry.author.address) if entry.author else None,
            responsible=entry.author.responsible if entry.author else "",
        )
        row = {
            "vault": vault,
            "section": self._digest(vault, entry.section),
            "entry": entry.id,
            "revision": entry.revision,
            "record": PROFILE.seal(self._sealer, vault, entry.id, record),
        }
        self._runner.run(_ADD, **self._coded.stamped(CODED_PROFILE, row))

    def newest(self, vault: VaultId, section: ProfileSection) -> Sequence[ProfileEntry]:
        """List the entries of a section in their newest versions; those that do not open are told of and left out."""
        found = []
        for row in self._rows(_NEWEST, vault, section):
            try:
                found.append(self._entry(vault, row))
            except SealBroken:
                self._sealer.tell_damage(vault, "profile entry", row[2])
        return found

    def get(self, vault: VaultId, section: ProfileSection, entry: int) -> ProfileEntry | None:
        """Read the newest version of an entry."""
        return next(iter(self._opened(_GET, vault, section, entry)), None)

    def versions(self, vault: VaultId, section: ProfileSection, entry: int) -> Sequence[ProfileEntry]:
        """List every version of an entry."""
        return self._opened(_VERSIONS, vault, section, entry)

    def _opened(
        self, statement: ClauseElement, vault: VaultId, section: ProfileSection, entry: int
    ) -> list[ProfileEntry]:
        with self._sealer.telling(vault, "profile entry", entry):
            return [self._entry(vault, row) for row in self._rows(statement, vault, section, entry=entry)]

    def _rows(self, statement: ClauseElement, vault: VaultId, section: ProfileSection, **more: int) -> list[Row]:
        found = self._runner.rows(statement, vault=vault, section=self._digest(vault, section), **more)
        return self._coded.sound(CODED_PROFILE, found)

    def _entry(self, vault: VaultId, row: Row) -> ProfileEntry:
        record = PROFILE.open(self._sealer, vault, row[2], row[4])
        return ProfileEntry(
            section=ProfileSection(record.section),
            id=row[2],
            revision=record.revision,
            state=EntryState(record.state),
            fields=record.fields,
            written_by=Writer(record.written_by),
            written_at=datetime.fromisoformat(record.written_at),
            is_locked=record.is_locked,
            place=record.place,
            links=record.links,
            source=record.source,
            author=EntryAuthor(*record.author, record.responsible) if record.author else None,
        )

    def _digest(self, vault: VaultId, section: ProfileSection) -> bytes:
        return self._sealer.digest("profile", vault.to_bytes(8, "big"), section.value.encode())[:16]
