"""Take an archive back (E83): opened, judged, its space found, then every part of it, in small transactions.

Each is safe to do twice, since everything bears the number that it has in the archive, or one made of its content. So
after a kill the same command goes on where it was, and ends whole; and a second run adds nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from gateway.domain.account import Space
from gateway.domain.local_days import local_day
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store
from gateway.services.access.actors import operator_of
from gateway.services.restoring.archive_opening import OpenedArchive
from gateway.services.restoring.archive_trust import ArchiveTrust, SignedBy, signed_by
from gateway.services.restoring.kept_apart import keep_log, keep_unbelieved
from gateway.services.restoring.restored_content import UNVERIFIED, Restoring
from gateway.services.restoring.restored_documents import restore_documents
from gateway.services.restoring.restored_entries import (
    restore_agenda,
    restore_care,
    restore_measures,
    restore_order,
    restore_profile,
)
from gateway.services.restoring.restored_messages import restore_messages
from gateway.services.restoring.whose_space import destination_of
from gateway.services.space.provisioning import Provisioning


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Restored:
    """What was taken back; counts by kind, and how many files the archive names and does not hold."""

    space: Space
    is_new: bool
    signed: SignedBy
    added: Mapping[str, int]
    there: Mapping[str, int]
    lacking: int

    @property
    def is_trusted(self) -> bool:
        """Say whether an operator vouches for it."""
        return self.signed.trust is ArchiveTrust.OPERATOR


class ArchiveRestoring:
    """Takes archives back; `trusted` are fingerprints of operators' keys, this one's own among them."""

    def __init__(
        self, store: Store, blobs: Blobs, clock: Clock, provisioning: Provisioning, trusted: Collection[str]
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._provisioning = provisioning
        self._trusted = frozenset(trusted)

    async def restore(self, file: BinaryIO, into: str | None = None, *, erased_too: bool = False) -> Restored:
        """Take an archive back into the space of its person, or into the one that is named.

        Raises:
            ArchiveRefused: it is somebody else's, or no operator vouches for it and no space is named.
            MalformedContent, LimitExceeded: it is cut, or none that Pli made; nothing was taken from it.
            NotFound, Conflict: there is no such space, or nothing may be put into it.
        """
        archive = await self._store.aside(lambda: OpenedArchive(file))
        signed = await self._store.aside(lambda: signed_by(archive, self._trusted))
        goal = await destination_of(
            archive, signed, into, self._store, self._provisioning, erased_too=erased_too
        )
        vault = goal.space.vault
        restoring = Restoring(
            store=self._store,
            blobs=self._blobs,
            archive=archive,
            vault=vault,
            actor=operator_of(vault),
            is_trusted=signed.trust is ArchiveTrust.OPERATOR,
            operator=signed.operator,
            at=self._clock.now(),
        )
        await self._all(restoring, signed)
        return Restored(
            space=goal.space,
            is_new=goal.is_new,
            signed=signed,
            added=restoring.added,
            there=restoring.there,
            lacking=restoring.lacking.total(),
        )

    async def _all(self, restoring: Restoring, signed: SignedBy) -> None:
        await restore_messages(restoring)
        await restore_documents(restoring)
        if restoring.is_trusted:
            for restore in (restore_profile, restore_measures, restore_care, restore_agenda, restore_order):
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
