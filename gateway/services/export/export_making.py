"""Make the archive that somebody waits for: of all that they may see, when they may still have it."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.errors import AccessRefused, NotFound
from gateway.domain.local_days import day_in_words, local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.own_export import KEPT_FOR, ExportState, OwnExport
from gateway.domain.space import may_sign_in
from gateway.domain.step_payloads import MakeExport
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.openpgp import OpenPgp
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of, representative_of, system_in
from gateway.services.access.mandate_titles import mandate_in_effect
from gateway.services.access.permission import allow
from gateway.services.export.archive_encryption import encrypted
from gateway.services.export.archive_files import ExportSource, Resources
from gateway.services.export.archive_making import PackedArchive, pack_archive
from gateway.services.outbox.steps import Finish, nothing, payload_of
from gateway.services.space.notices import contact_of
from gateway.services.space.telling import tell_contact, tell_holder

_FACE = "export"


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
            if await self._store.read(lambda tx: _may_have(tx, step.vault, number, now)):
                raise  # one file went away meanwhile: made anew, and told when it cannot be
            return await self.give_up(step)
        return partial(_keep, vault=step.vault, number=number, packed=packed, now=self._clock.now())

    async def give_up(self, step: Step) -> Finish:
        """Say that no archive could be made."""
        number = payload_of(step, MakeExport).number
        return partial(_fail, vault=step.vault, number=number, now=self._clock.now())

    def _source(self, tx: Tx, *, vault: VaultId, number: int, now: datetime) -> ExportSource | None:
        asked = _asked(tx, vault, number)
        if asked is None:
            return None
        space = tx.spaces.space(vault)
        if not may_sign_in(space.state):
            raise NotFound("the space was closed meanwhile")
        actor = _reader(tx, space, asked, now)
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


def _reader(tx: Tx, space: Space, asked: OwnExport, now: datetime) -> Actor:
    """Give whoever asked, as they read. Raises `NotFound` when they act for nobody here any more."""
    if asked.asked_by is None:
        return holder_of(space, _FACE)
    home, mandate = tx.spaces.space(asked.asked_by), mandate_in_effect(tx, asked.asked_by, space, now)
    if mandate is None:
        raise NotFound("whoever asked does not act for this person any more")
    return representative_of(home, mandate.kind, space.vault, _FACE)


def _may_have(tx: Tx, vault: VaultId, number: int, now: datetime) -> bool:
    """Say whether an archive is waited for by somebody who may have it."""
    asked = _asked(tx, vault, number)
    if asked is None or not _is_open(tx, vault):
        return False
    return asked.asked_by is None or mandate_in_effect(tx, asked.asked_by, tx.spaces.space(vault), now) is not None


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
    if not _may_have(tx, vault, number, now):
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
    _tell(tx, export, now, day_in_words(local_day(until)))
    tx.changed(vault)


def _tell(tx: Tx, export: OwnExport, now: datetime, until: str) -> None:
    if export.asked_by is None:
        tell_holder(tx, export.vault, NoticeKind.EXPORT_READY, now, until=until)
    else:
        contact = contact_of(tx.spaces.space(export.asked_by))
        tell_contact(tx, export.vault, contact, NoticeKind.EXPORT_READY, now, until=until)


def _fail(tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
    if (export := _asked(tx, vault, number)) is not None:
        tx.own_exports.save(replace(export, state=ExportState.FAILED))
        tx.audit.append(vault, system_in(vault).event(now, "export.failed", outcome="failed"))
        tx.changed(vault)
