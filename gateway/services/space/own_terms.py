"""The terms of use of one space: which its holder accepted, and whether those of today are still to be asked (E91).

Whoever has not accepted them reads, saves, closes and erases as before: care is no hostage (docs/decisions.md).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.local_days import local_day
from gateway.domain.terms_of_use import TermsOfUse, TermsVersion
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsStanding:
    """Where somebody stands: the version of today, and what they accepted, when; empty and None for nothing yet."""

    current: TermsVersion
    accepted: str
    accepted_at: datetime | None

    @property
    def is_due(self) -> bool:
        """Say whether the terms of today are still to be accepted."""
        return self.accepted != self.current.name


class OwnTerms:
    """Says what was accepted, and keeps what is accepted now."""

    def __init__(self, store: Store, clock: Clock, terms: TermsOfUse) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms

    def are_due(self, space: Space) -> bool:
        """Say whether the holder of a space is to be asked."""
        return space.terms != self.current.name

    @property
    def current(self) -> TermsVersion:
        """Give the version of today."""
        return self._terms.current(local_day(self._clock.now()))

    def version(self, name: str) -> TermsVersion | None:
        """Give a version, of today or before."""
        return self._terms.version(name)

    @traces_refusals
    async def standing(self, actor: Actor) -> TermsStanding:
        """Say where the holder stands."""
        now = self._clock.now()

        def look(tx: Tx) -> Space:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return tx.spaces.space(actor.vault)

        space = await self._store.read(look)
        return TermsStanding(current=self.current, accepted=space.terms, accepted_at=space.terms_at)

    @traces_refusals
    async def accept(self, actor: Actor, version: str) -> bool:
        """Keep that a version was accepted, with a line in the trace; False when it is not that of today.

        Accepted twice, the first time counts.
        """
        now = self._clock.now()

        def keep(tx: Tx) -> bool:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if version != self.current.name:
                return False
            accept_in(tx, tx.spaces.space(actor.vault), version, now, actor)
            return True

        return await self._store.write(keep)


def accept_in(tx: Tx, space: Space, version: str, now: datetime, actor: Actor) -> None:
    """Keep in the caller's transaction that a version was accepted, unless it was before."""
    if space.terms != version:
        tx.spaces.save(replace(space, terms=version, terms_at=now))
        tx.audit.append(space.vault, actor.event(now, "terms.accepted", detail=version))
