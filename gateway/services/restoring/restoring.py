"""Take an archive back (E83): opened, judged, its space found, then every part of it, in small transactions.

Each is safe to do twice, since everything bears the number that it has in the archive, or one made of its content. So
after a kill the same command goes on where it was, and ends whole; and a second run adds nothing. Every sheet is looked
at before anything is taken: one that cannot be read refuses the archive, and no half of it arrives.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from gateway.domain.account import Space
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.access.actors import operator_of
from gateway.services.filing.added_documents import MAX_ADDED_BYTES
from gateway.services.restoring.archive_opening import OpenedArchive
from gateway.services.restoring.archive_trust import ArchiveTrust, SignedBy, signed_by
from gateway.services.restoring.kept_apart import keep_log, keep_unbelieved
from gateway.services.restoring.restored_content import UNVERIFIED, Restoring
from gateway.services.restoring.restored_documents import check_documents, restore_documents
from gateway.services.restoring.restored_entries import (
    check_entries,
    restore_agenda,
    restore_care,
    restore_measures,
    restore_order,
    restore_privacy,
    restore_profile,
)
from gateway.services.restoring.restored_goals import check_goals, restore_goals
from gateway.services.restoring.restored_messages import check_messages, restore_messages
from gateway.services.restoring.restored_requests import check_requests, restore_requests
from gateway.services.restoring.whose_space import destination_of
from gateway.services.space.provisioning import Provisioning

_BELIEVED = (
    restore_profile, restore_measures, restore_care, restore_agenda, restore_order, restore_privacy, restore_requests,
    restore_goals,
)  # fmt: skip
"""What is put back of an archive that an operator vouches for, beside messages and documents."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Restored:
    """What was taken back: counts by kind, of files that the archive names and lacks, and of what bears a program."""

    space: Space
    is_new: bool
    signed: SignedBy
    added: Mapping[str, int]
    there: Mapping[str, int]
    lacking: int
    refused: int

    @property
    def is_trusted(self) -> bool:
        """Say whether an operator vouches for it."""
        return self.signed.trust is ArchiveTrust.OPERATOR


class ArchiveRestoring:
    """Takes archives back."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        clock: Clock,
        provisioning: Provisioning,
        trusted: Collection[str],
        max_added_bytes: int = MAX_ADDED_BYTES,
    ) -> None:
        """Take what it works on; `trusted` are fingerprints of operators' keys, this one's own among them.

        `max_added_bytes` is the room in one space for all that its patient adds.
        """
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._provisioning = provisioning
        self._trusted = frozenset(trusted)
        self._max_added_bytes = max_added_bytes

    async def restore(self, file: BinaryIO, into: str | None = None, *, erased_too: bool = False) -> Restored:
        """Take an archive back into the space of its person, or into the one that is named.

        Raises:
            ArchiveRefused: it is somebody else's, or no operator vouches for it and no space is named.
            MalformedContent, LimitExceeded: it is cut, or none that Pli made; nothing was taken from it. Or the space
                is full: what was taken until then stays.
            NotFound, Conflict: there is no such space, or nothing may be put into it.
        """
        archive = await self._store.aside(lambda: OpenedArchive(file))
        signed = await self._store.aside(lambda: signed_by(archive, self._trusted))
        read = self._restoring(archive, signed)
        if into is not None or read.is_trusted:
            for check in (check_messages, check_documents, check_entries, check_requests, check_goals):
                await check(read)
        goal = await destination_of(
            archive, signed, into, self._store, self._provisioning, erased_too=erased_too
        )
        restoring = replace(read, vault=goal.space.vault, actor=operator_of(goal.space.vault))
        await self._all(restoring, signed)
        return Restored(
            space=goal.space,
            is_new=goal.is_new,
            signed=signed,
            added=restoring.added,
            there=restoring.there,
            lacking=restoring.lacking.total(),
            refused=restoring.refused.total(),
        )

    def _restoring(self, archive: OpenedArchive, signed: SignedBy) -> Restoring:
        """Begin, for no space yet."""
        return Restoring(
            store=self._store,
            blobs=self._blobs,
            archive=archive,
            vault=VaultId(0),
            actor=operator_of(VaultId(0)),
            is_trusted=signed.trust is ArchiveTrust.OPERATOR,
            operator=signed.operator,
            at=self._clock.now(),
            max_added_bytes=self._max_added_bytes,
        )

    async def _all(self, restoring: Restoring, signed: SignedBy) -> None:
        await restore_messages(restoring)
        await restore_documents(restoring)
        if restoring.is_trusted:
            for restore in _BELIEVED:
                await restore(restoring)
        else:
            await keep_unbelieved(restoring)
        await keep_log(restoring)
        if not restoring.added.total():
            return
        made = f" {local_day(signed.made_at).isoformat()}" if signed.made_at else ""
        detail = f"{signed.operator}{made}" if restoring.is_trusted else UNVERIFIED
        event = restoring.actor.event(restoring.at, "archive.restored", detail=detail)
        vault = restoring.vault

        await self._store.write(lambda tx: tx.audit.append(vault, event))
