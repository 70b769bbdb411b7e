"""Erasing a space for good (A17, F28): its end is one commit, then its key is destroyed, then all that it owned goes.

Safe to be killed between any two steps. The first commit leaves a step of the operator's, which needs no key of the
space; it does again what may not have been done. What stays is a tombstone: a number, a keyed digest, an instant.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from gateway.domain.access import Actor, Role
from gateway.domain.account import due_event
from gateway.domain.address import PatientAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import NotFound
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import OPERATOR, BlobRef, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import EraseSpace, TellHolder, UnlinkBlob
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.outbox.steps import Finish, add_step, nothing, payload_of
from gateway.services.random_numbers import random_number
from gateway.services.space.addressees import AT_ONCE, Addressee, addressee_of
from gateway.services.space.moves import move

_log = structlog.get_logger("pli.space")
_RESUMED_AFTER = timedelta(minutes=1)
"""When another takes over what was not brought to its end: whoever asked is doing it meanwhile."""
_AGAIN_AFTER = timedelta(hours=1)
"""When is looked once more: what was under way at the first moment may have left a row behind."""


async def _leave_to_the_sweeper(_blobs: Sequence[BlobRef]) -> None:
    """Remove no octets: the sweeper does, a day later."""


async def _keep_notices(_contacts: Collection[str]) -> None:
    """Forget no notices: none are kept here."""


async def _keep_proofs(_vault: VaultId) -> None:
    """Forget no proof: none is kept here."""


class Erasure:
    """Ends spaces; handles `StepKind.ERASE`."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        unlink: Callable[[Sequence[BlobRef]], Awaitable[object]] = _leave_to_the_sweeper,
        forget_notices: Callable[[Collection[str]], Awaitable[None]] = _keep_notices,
        forget_proof: Callable[[VaultId], Awaitable[None]] = _keep_proofs,
    ) -> None:
        """`unlink` removes octets that no vault holds any more.

        `forget_notices` removes what was written for the contacts that it is given, and is still kept; `forget_proof`
        the proof of an earlier refusal.
        """
        self._store = store
        self._clock = clock
        self._unlink = unlink
        self._forget_notices = forget_notices
        self._forget_proof = forget_proof

    async def erase(
        self,
        vault: VaultId,
        reason: str,
        actor: Actor,
        *,
        event: SpaceEvent = SpaceEvent.ERASURE_REQUESTED,
        only_when_due: bool = False,
    ) -> None:
        """Erase a space; one that is erased already, or on the way to it, ends the same.

        With `only_when_due`, a space of which `event` is not due any more stays: its holder may have come back.
        On return its key is destroyed, and its rows are gone. `reason` is the operator's own word, never content.

        Raises:
            NotFound: there never was such a space.
            Conflict: its state does not allow the event.
            StoreUnavailable: it could not be ended; ask again. What was begun goes on by itself.
        """
        now = self._clock.now()
        begin = partial(_begin, vault=vault, reason=reason, actor=actor, event=event, now=now)
        if await self._store.write(lambda tx: (not only_when_due or _is_due(tx, vault, event, now)) and begin(tx)):
            await self._end(vault)

    async def resume(self, step: Step) -> Finish:
        """Bring an erasure to its end, and look once more an hour later."""
        told, now = payload_of(step, EraseSpace), self._clock.now()
        await self._end(VaultId(told.space))
        await self._forget_proof(VaultId(told.space))
        if not told.again:
            return partial(_look_again, told=told, due=now + _AGAIN_AFTER)
        await self._forget_notices(told.contacts)
        return nothing

    async def _end(self, vault: VaultId) -> None:
        # After a kill they are not known any more: the sweeper finds them a day later.
        held = await self._store.read(lambda tx: tx.blobs.of(vault))
        await self._store.destroy_vault(vault)
        await self._unlink(held)
        _log.info("space.erased", vault=f"{vault:x}")


def _begin(tx: Tx, *, vault: VaultId, reason: str, actor: Actor, event: SpaceEvent, now: datetime) -> bool:
    if tx.erasures.of(vault) is not None:
        return True
    if tx.spaces.state(vault) in {None, SpaceState.ERASED}:
        raise NotFound(f"there is no space {vault:x}")
    addressee = addressee_of(tx, vault, now)
    space = move(tx, vault, event, now, actor, detail=reason)
    tx.spaces.drop_sessions(vault)
    # By the person's number, whatever stands in the address: an import asks for it.
    tx.erasures.add(vault, PatientAddress(space.identity.ins, space.address.domain).mail, now)
    for blob in tx.quarantine.drop_of(vault):
        add_step(tx, _of_operator(UnlinkBlob(blob=blob.id), now))
    told = _tell(tx, addressee, now)
    contacts = tuple(contact for contact in {space.email, space.phone, told} if contact)
    add_step(tx, _of_operator(EraseSpace(space=vault, contacts=contacts), now + _RESUMED_AFTER))
    tx.audit.append(OPERATOR, _line(vault, reason, actor, event, now))
    return True


def _is_due(tx: Tx, vault: VaultId, event: SpaceEvent, now: datetime) -> bool:
    # Of one whose end has begun there is a tombstone, and perhaps no key.
    return tx.erasures.of(vault) is not None or due_event(tx.spaces.space(vault), local_day(now)) is event


def _tell(tx: Tx, addressee: Addressee, now: datetime) -> str:
    """Tell the holder by a step of the operator's: those of the space go with it; give where, empty for nowhere."""
    # Of who died nobody is told: the contact is theirs, perhaps another's by now. The operator's trace says it (A21).
    contact = None if addressee.space.state is SpaceState.DECEASED else addressee.reached(None, AT_ONCE)
    if contact is None:
        return ""
    told = TellHolder(kind=NoticeKind.SPACE_ERASED, values=addressee.named, channel=contact[0], to=contact[1])
    add_step(tx, _of_operator(told, now))
    return contact[1]


def _line(vault: VaultId, reason: str, actor: Actor, event: SpaceEvent, now: datetime) -> AuditEvent:
    """Make the line of the operator's trace: it outlives the person, so it names nobody but who runs the gateway."""
    ours = actor.role in {Role.OPERATOR, Role.SYSTEM}
    return AuditEvent(
        at=now,
        actor=actor.account if ours else actor.role.value,
        action="space.erased",
        outcome=event.value,
        objects=(f"vault:{vault:x}",),
        detail=reason if ours else "",
    )


def _of_operator(payload: EraseSpace | TellHolder | UnlinkBlob, due: datetime) -> Step:
    return Step(vault=OPERATOR, id=random_number(), payload=payload, due=due)


def _look_again(tx: Tx, *, told: EraseSpace, due: datetime) -> None:
    again = EraseSpace(space=told.space, contacts=told.contacts, again=True)
    add_step(tx, _of_operator(again, due))
