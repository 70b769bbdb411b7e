"""« Mes données »: a person asks for the archive of their space, waits, downloads it for some days (E20, F94).

One archive a space at a time. Asking needs a proof of a short while ago, as does taking it away with one: an open
session that somebody left behind must not be enough to carry a whole record off.
"""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import AccessRefused, NotFound, SealBroken
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import BlobKey, BlobRef, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.openpgp import KeyFault, OpenPgpKey
from gateway.domain.outbox import Step
from gateway.domain.own_export import KEPT_FOR, ExportState, OwnExport
from gateway.domain.space import may_sign_in
from gateway.domain.step_payloads import MakeExport, UnlinkBlob
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.openpgp import OpenPgp
from gateway.ports.store import Priority, Store, Tx
from gateway.services.access.actors import holder_of, system_in
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.export.archive_encryption import encrypted
from gateway.services.export.archive_files import ExportSource, Resources
from gateway.services.export.archive_making import PackedArchive, pack_archive
from gateway.services.export.signing import fingerprint_of, public_pem, signing_key
from gateway.services.outbox.steps import Finish, add_step, nothing, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.recent_proof import is_recent
from gateway.services.space.telling import tell_holder
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
            return _in_time(tx.own_exports.get(actor.vault), now)

        return await self._store.read(look)

    @traces_refusals
    async def read_key(self, actor: Actor, session: bytes, data: bytes) -> OpenPgpKey | KeyFault | None:
        """Read the key that an archive is to be encrypted to; None when a fresh proof is needed first."""
        now = self._clock.now()

        def permit(tx: Tx) -> bool:
            allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
            return is_recent(tx, actor.vault, session, now)

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
            if not is_recent(tx, actor.vault, session, now):
                return False
            there = _in_time(tx.own_exports.get(actor.vault), now)
            if there is not None and there.state is ExportState.ASKED:
                return True
            _remove(tx, actor.vault, now)
            export = OwnExport(
                vault=actor.vault, number=number, state=ExportState.ASKED, asked_at=now, until=now + KEPT_FOR,
                key=key.data if key else b"", fingerprint=key.fingerprint if key else "",
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
            export = _in_time(tx.own_exports.get(actor.vault), now)
            if export is None or export.state is not ExportState.READY:
                raise NotFound("there is no archive of this space")
            if not is_recent(tx, actor.vault, session, now):
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
            if _remove(tx, actor.vault, now):
                tx.audit.append(actor.vault, actor.event(now, "export.removed"))

        await self._store.write(remove)

    def _pieces(self, keys: list[BlobKey]) -> AsyncGenerator[bytes, None]:
        return taken_aside(self._read(keys), self._store)

    def _read(self, keys: list[BlobKey]) -> Iterator[bytes]:
        for key in keys:
            yield from stored(self._blobs, key)


class ExportMaking:
    """Makes archives; handles `StepKind.EXPORT`."""

    def __init__(
        self, store: Store, blobs: Blobs, clock: Clock, resources: Resources, operator: str, openpgp: OpenPgp
    ) -> None:
        self._openpgp = openpgp
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._resources = resources
        self._operator = operator

    async def make(self, step: Step) -> Finish:
        """Make the archive that is waited for; nothing when nobody waits any more, or may not have it."""
        number, now = payload_of(step, MakeExport).number, self._clock.now()
        try:
            source = await self._store.read(partial(self._source, vault=step.vault, number=number, now=now))
            if source is None:
                return nothing
            packed = await pack_archive(source, self._operator)
            asked = await self._store.read(lambda tx: _asked(tx, step.vault, number))
            if asked is not None and asked.fingerprint:
                packed = await encrypted(packed, asked, self._store, self._blobs, self._openpgp)
        except (NotFound, AccessRefused):
            # What was packed is nobody's, and swept.
            if await self._store.read(lambda tx: _is_open(tx, step.vault)):
                raise  # one file went away meanwhile: made anew, and told when it cannot be
            return await self.give_up(step)
        return partial(_keep, vault=step.vault, number=number, packed=packed, now=self._clock.now())

    async def give_up(self, step: Step) -> Finish:
        """Say that no archive could be made."""
        number = payload_of(step, MakeExport).number
        return partial(_fail, vault=step.vault, number=number, now=self._clock.now())

    def _source(self, tx: Tx, *, vault: VaultId, number: int, now: datetime) -> ExportSource | None:
        if _asked(tx, vault, number) is None:
            return None
        space = tx.spaces.space(vault)
        if not may_sign_in(space.state):
            raise NotFound("the space was closed meanwhile")
        actor = holder_of(space, "export")
        allow(tx, actor, Action.EXPORT, SpacePart.SPACE, now)
        return ExportSource(
            store=self._store,
            blobs=self._blobs,
            clock=self._clock,
            actor=actor,
            patient=space.identity,
            at=now,
            resources=self._resources,
        )


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


def _in_time(export: OwnExport | None, now: datetime) -> OwnExport | None:
    return export if export is not None and now < export.until else None


def _is_open(tx: Tx, vault: VaultId) -> bool:
    state = tx.spaces.state(vault)
    return state is not None and may_sign_in(state)


def _asked(tx: Tx, vault: VaultId, number: int) -> OwnExport | None:
    export = tx.own_exports.get(vault)
    return export if export and export.number == number and export.state is ExportState.ASKED else None


def _keep(tx: Tx, *, vault: VaultId, number: int, packed: PackedArchive, now: datetime) -> None:
    export = _asked(tx, vault, number)
    if export is None:
        return
    if not _is_open(tx, vault):
        _fail(tx, vault=vault, number=number, now=now)
        return
    for key in packed.pieces:
        tx.blobs.attach(vault, key)
    until = now + KEPT_FOR
    pieces = tuple(key.ref for key in packed.pieces)
    ready = replace(
        export,
        state=ExportState.READY,
        made_at=now,
        until=until,
        size=packed.size,
        damaged=packed.damaged,
        pieces=pieces,
    )
    tx.own_exports.save(ready)
    tx.audit.append(vault, system_in(vault).event(now, "export.made"))
    tell_holder(tx, vault, NoticeKind.EXPORT_READY, now, until=day_in_words(local_day(until)))
    tx.changed(vault)


def _fail(tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
    if (export := _asked(tx, vault, number)) is not None:
        tx.own_exports.save(replace(export, state=ExportState.FAILED))
        tx.audit.append(vault, system_in(vault).event(now, "export.failed", outcome="failed"))
        tx.changed(vault)


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
