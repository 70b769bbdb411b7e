"""« Mes données »: a person asks for the archive of their space, waits, downloads it for some days (E20, F94).

One archive a space at a time, for whoever asked: a representative's holds what they may see. Asking needs a proof of a
short while ago, as does taking it away: an open session that somebody left behind must not carry a whole record off.
"""

from collections.abc import AsyncGenerator, Iterator
from datetime import datetime
from functools import partial

import structlog

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.domain.openpgp import KeyFault, OpenPgpKey
from gateway.domain.outbox import Step
from gateway.domain.own_export import KEPT_FOR, ExportState, OwnExport
from gateway.domain.step_payloads import MakeExport, UnlinkBlob
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.openpgp import OpenPgp
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.export.signing import fingerprint_of, public_pem, signing_key
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.recent_proof import is_recent
from gateway.services.stored_octets import OpenedFile, stored, taken_aside

_log = structlog.get_logger("pli.export")
_BATCH = 100


class OwnExports:
    """Archives as their owners see them."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock, openpgp: OpenPgp) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._openpgp = openpgp

    def signed_by(self) -> tuple[str, bytes]:
        """Give the fingerprint of the key by which archives are signed, and that key (PEM), for whoever checks one."""
        key = signing_key(self._store).public_key()
        return fingerprint_of(key), public_pem(key)

    @traces_refusals
    async def present(self, actor: Actor) -> OwnExport | None:
        """Give the archive of a space, or the one that is being made; None when there is none."""
        now = self._clock.now()

        def look(tx: Tx) -> OwnExport | None:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return _theirs(tx, actor, now)

        return await self._store.read(look)

    @traces_refusals
    async def read_key(self, actor: Actor, session: bytes, data: bytes) -> OpenPgpKey | KeyFault | None:
        """Read the key that an archive is to be encrypted to; None when a fresh proof is needed first."""
        now = self._clock.now()

        def permit(tx: Tx) -> bool:
            allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
            return _is_proved(tx, actor, session, now)

        if not await self._store.read(permit):
            return None
        return await self._openpgp.read_key(data)

    @traces_refusals
    async def ask(self, actor: Actor, session: bytes, key: OpenPgpKey | None = None) -> bool:
        """Have an archive made, encrypted to a key if one is given; False when a fresh proof is needed first.

        One that is being made is not begun again.
        """
        now, number = self._clock.now(), random_number()

        def ask(tx: Tx) -> bool:
            allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
            if not _is_proved(tx, actor, session, now):
                return False
            there = _theirs(tx, actor, now)
            if there is not None and there.state is ExportState.ASKED:
                return True
            _remove(tx, actor.vault, now)
            export = OwnExport(
                vault=actor.vault, number=number, state=ExportState.ASKED, asked_at=now, until=now + KEPT_FOR,
                key=key.data if key else b"", fingerprint=key.fingerprint if key else "",
                asked_by=_asker(actor),
            )  # fmt: skip
            tx.own_exports.save(export)
            add_step(tx, Step(vault=actor.vault, id=number, payload=MakeExport(number=number), due=now))
            detail = f"OpenPGP {key.fingerprint}" if key else ""
            tx.audit.append(actor.vault, actor.event(now, "export.asked", detail=detail))
            return True

        return await self._store.write(ask)

    @traces_refusals
    async def open(self, actor: Actor, session: bytes) -> OpenedFile | None:
        """Open the archive for download; None when a fresh proof is needed first. Raises `NotFound`."""
        now = self._clock.now()

        def find(tx: Tx) -> tuple[OwnExport, list[BlobKey]] | None:
            allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
            export = _theirs(tx, actor, now)
            if export is None or export.state is not ExportState.READY:
                raise NotFound("there is no archive of this space")
            if not _is_proved(tx, actor, session, now):
                return None
            tx.audit.append(actor.vault, actor.event(now, "export.downloaded"))
            return export, [tx.blobs.open(actor.vault, ref) for ref in export.pieces]

        if (found := await self._store.write(find)) is None:
            return None
        export, keys = found
        name = f"mes-donnees-{local_day(export.made_at or now).isoformat()}.zip"
        if export.fingerprint:
            return OpenedFile(f"{name}.gpg", "application/octet-stream", export.size, self._pieces(keys))
        return OpenedFile(name, "application/zip", export.size, self._pieces(keys))

    @traces_refusals
    async def remove(self, actor: Actor) -> None:
        """Remove the archive before its day, or stop its making; nothing happens when there is none."""
        now = self._clock.now()

        def remove(tx: Tx) -> None:
            allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
            if _may_remove(tx, actor, now) and _remove(tx, actor.vault, now):
                tx.audit.append(actor.vault, actor.event(now, "export.removed"))

        await self._store.write(remove)

    def _pieces(self, keys: list[BlobKey]) -> AsyncGenerator[bytes, None]:
        return taken_aside(self._read(keys), self._store)

    def _read(self, keys: list[BlobKey]) -> Iterator[bytes]:
        for key in keys:
            yield from stored(self._blobs, key)


async def remove_old_exports(store: Store, clock: Clock) -> int:
    """Remove archives whose days are over; give how many."""
    now, count = clock.now(), 0
    while over := await store.read(lambda tx: tx.own_exports.over(now, _BATCH)):
        for vault in over:
            count += await store.write(partial(_end, vault=vault, now=now), priority=Priority.BULK)
    if count:
        _log.info("export.removed", archives=count)
    return count


def _end(tx: Tx, *, vault: VaultId, now: datetime) -> bool:
    if not _remove(tx, vault, now):
        return False
    tx.audit.append(vault, system_in(vault).event(now, "export.removed"))
    return True


def _theirs(tx: Tx, actor: Actor, now: datetime) -> OwnExport | None:
    """Give the archive that an actor asked for: one that another did may hold what is withheld from them."""
    export = tx.own_exports.get(actor.vault)
    return export if export is not None and now < export.until and export.asked_by == _asker(actor) else None


def _may_remove(tx: Tx, actor: Actor, now: datetime) -> bool:
    try:
        return _theirs(tx, actor, now) is not None
    except SealBroken:  # nobody will have it
        return True


def _asker(actor: Actor) -> VaultId | None:
    return actor.home if actor.home != actor.vault else None


def _is_proved(tx: Tx, actor: Actor, session: bytes, now: datetime) -> bool:
    return is_recent(tx, actor.home or actor.vault, session, now)


def _remove(tx: Tx, vault: VaultId, now: datetime) -> bool:
    try:
        export = tx.own_exports.get(vault)
    except SealBroken:
        # Its pieces are not known: they go with the space.
        tx.own_exports.drop(vault)
        return True
    if export is None:
        return False
    for ref in export.pieces:
        _let_go(tx, vault, ref, now)
    tx.own_exports.drop(vault)
    return True


def _let_go(tx: Tx, vault: VaultId, ref: BlobRef, now: datetime) -> None:
    if tx.blobs.detach(vault, ref):
        add_step(tx, Step(vault=vault, id=random_number(), payload=UnlinkBlob(blob=ref.id), due=now))
