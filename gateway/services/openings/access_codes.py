"""The patient's side of a visit: codes made for one professional each, and who may read now (A1, F76).

A code is shown once and kept as a digest. Guesses are counted in the transaction that compares, so tries in parallel
are counted one after another; the last wrong one ends the code.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.care_party import own_names
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.record_openings import (
    CODE_DIGITS,
    MOST_CODES,
    AccessCode,
    CodeLife,
    OpenedBy,
    OpenFor,
    RecordOpening,
)
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.random_numbers import random_number

_SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MadeCode:
    """What is shown once: the digits, and until when they may be used."""

    digits: str
    until: datetime
    opens: OpenFor


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccess:
    """Codes that may still be used, and openings in force, the newest first."""

    codes: Sequence[AccessCode]
    openings: Sequence[RecordOpening]


class AccessCodes:
    """Makes codes, lists what is open, ends it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def given(self, actor: Actor) -> GivenAccess:
        """List what lets professionals in now, standing consents apart."""
        now = self._clock.now()

        def look(tx: Tx) -> GivenAccess:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            openings = [one for one in tx.record_openings.openings(actor.vault) if one.is_in_force(now)]
            return GivenAccess(
                codes=sorted(usable_codes(tx, actor.vault, now), key=lambda one: one.made, reverse=True),
                openings=sorted(openings, key=lambda one: one.made, reverse=True),
            )

        return await self._store.read(look)

    @traces_refusals
    async def make(self, actor: Actor, life: CodeLife, opens: OpenFor) -> MadeCode:
        """Make a code, whose digits are in the answer alone. Raises `Conflict` when there are as many as may be."""
        now, number, salt = self._clock.now(), random_number(), secrets.token_bytes(_SALT)
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        code = AccessCode(
            vault=actor.vault, number=number, made=now, until=now + life.lasts, opens=opens, salt=salt,
            digest=_digest(salt, digits),
        )  # fmt: skip

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.ADD, SpacePart.RIGHTS, now)
            usable = {one.number for one in usable_codes(tx, actor.vault, now)}
            if len(usable) >= MOST_CODES:
                raise Conflict("there are as many access codes as may be")
            for old in tx.record_openings.codes(actor.vault):
                if old.number not in usable:
                    tx.record_openings.drop_code(actor.vault, old.number)
            tx.record_openings.save_code(code)
            event = actor.event(now, "access-code.made", objects=(f"access-code:{number:x}",), detail=opens.value)
            tx.audit.append(actor.vault, event)

        await self._store.write(make)
        return MadeCode(digits=digits, until=code.until, opens=opens)

    @traces_refusals
    async def cancel(self, actor: Actor, number: int) -> None:
        """Take a code back before anybody used it. Raises `NotFound`."""
        now = self._clock.now()

        def cancel(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            if number not in {one.number for one in tx.record_openings.codes(actor.vault)}:
                raise NotFound("there is no such code")
            tx.record_openings.drop_code(actor.vault, number)
            event = actor.event(now, "access-code.cancelled", objects=(f"access-code:{number:x}",))
            tx.audit.append(actor.vault, event)

        await self._store.write(cancel)

    @traces_refusals
    async def end(self, actor: Actor, number: int) -> None:
        """End an opening at once: whoever reads is refused at their next page. Raises `NotFound`."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.RIGHTS, now)
            opening = next((one for one in tx.record_openings.openings(actor.vault) if one.number == number), None)
            if opening is None or not opening.is_in_force(now):
                raise NotFound("there is no such opening")
            tx.record_openings.drop_opening(actor.vault, number)
            objects = (f"opening:{number:x}",)
            tx.audit.append(actor.vault, actor.event(now, "opening.ended", objects=objects, detail=opening.who))

        await self._store.write(end)


def usable_codes(tx: Tx, vault: VaultId, now: datetime) -> list[AccessCode]:
    """List the codes of a space that may be used now."""
    return [one for one in tx.record_openings.codes(vault) if now < one.until and one.tries_left > 0]


def spend(tx: Tx, actor: Actor, digits: str, now: datetime) -> RecordOpening | None:
    """Spend the code that these digits are, and open the space of `actor.vault` to them; None when they are no code.

    Every code that is not it loses one try. Nothing is asked of the rules of access: whoever reads afterwards is.
    """
    vault = actor.vault
    for code in usable_codes(tx, vault, now):
        if hmac.compare_digest(code.digest, _digest(code.salt, digits)):
            tx.record_openings.drop_code(vault, code.number)
            return opened(tx, actor, OpenedBy.CODE, now, now + code.opens.lasts)
    for code in usable_codes(tx, vault, now):
        tx.record_openings.save_code(replace(code, tries_left=code.tries_left - 1))
    return None


def opened(tx: Tx, actor: Actor, how: OpenedBy, now: datetime, ends: datetime, reason: str = "") -> RecordOpening:
    """Open the space of `actor.vault` to them until an instant, in the place of what they had by the same way.

    It is theirs alone: whoever practises in the same organisation has no part in it.
    """
    by = own_names(actor.identifiers)
    for old in tx.record_openings.openings(actor.vault):
        is_theirs = old.how is how and not old.by.isdisjoint(by)
        if not old.is_in_force(now) or is_theirs:
            tx.record_openings.drop_opening(actor.vault, old.number)
    opening = RecordOpening(
        vault=actor.vault, number=random_number(), how=how, by=by, who=actor.named,
        organisation=actor.organisation, made=now, ends=ends, reason=reason,
    )  # fmt: skip
    tx.record_openings.save_opening(opening)
    return opening


def _digest(salt: bytes, digits: str) -> bytes:
    return sha256(salt + digits.encode("ascii", "replace")).digest()
