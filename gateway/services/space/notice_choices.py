"""What a person chooses to be told outside the gateway, kind by kind (E30).

Only kinds of `OPTIONAL` can be switched off. Codes, new devices, closing and erasure are told whatever was chosen.
"""

from dataclasses import replace

from gateway.domain.access import Action, Actor, SpacePart
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals

OPTIONAL = ("message", "document", "reminder", "record-opened")
"""Kinds of notices that may be switched off, as `gateway.domain.account.Space.muted` names them."""


class NoticeChoices:
    """Reads and keeps what the holder of a space wants to be told."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def chosen(self, actor: Actor) -> dict[str, bool]:
        """Say of each kind that can be switched off whether it is on."""
        now = self._clock.now()

        def look(tx: Tx) -> tuple[str, ...]:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            return tx.spaces.space(actor.vault).muted

        muted = await self._store.read(look)
        return {kind: kind not in muted for kind in OPTIONAL}

    @traces_refusals
    async def choose(self, actor: Actor, wanted: frozenset[str]) -> None:
        """Switch on what is `wanted`, and off every other kind of `OPTIONAL`; nothing else changes."""
        now, vault = self._clock.now(), actor.vault
        muted = tuple(kind for kind in OPTIONAL if kind not in wanted)

        def keep(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            space = tx.spaces.space(vault)
            if space.muted != muted:
                tx.spaces.save(replace(space, muted=muted))
                tx.audit.append(vault, actor.event(now, "notices.chosen", detail=_told(muted)))

        await self._store.write(keep)


def _told(muted: tuple[str, ...]) -> str:
    return f"off: {', '.join(muted)}" if muted else "all on"
