"""The one way a space changes its state: its dates, its line in the trace, and the end of its sessions, in one commit.

Called inside the caller's transaction, with the vault only: the space is read there, so that no decision is written
over another. What else an event does (a notice, a proof, an account) is added by its caller to the same transaction.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState, may_sign_in, next_state, restored
from gateway.domain.step_payloads import ShowLegacyRecord
from gateway.ports.store import Tx
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number

DATED = frozenset({SpaceState.SUSPENDED, SpaceState.CLOSED, SpaceState.DECEASED})
"""States whose first day decides what happens later."""
_PUT_AN_END = frozenset({SpaceState.SUSPENDED, SpaceState.DECEASED})


def move(
    tx: Tx,
    vault: VaultId,
    event: SpaceEvent,
    now: datetime,
    actor: Actor,
    *,
    detail: str = "",
    **changes: Any,  # Any: fields of `Space` of several types, checked by `replace`
) -> Space:
    """Move a space by an event, and give it as it is now.

    `actor` is whose act it is and `detail` why, for the trace: never content. `changes` are fields of `Space` that the
    event sets besides, such as `notified_on`.

    Raises:
        NotFound: there is no such space.
        Conflict: it cannot happen in the state that the space is in.
    """
    space = tx.spaces.space(vault)
    state = next_state(space.state, event)
    dates: dict[str, Any] = {
        "changed_on": local_day(now) if state in DATED else None,
        "before": _before(space, event, state),
        # Who asked to be erased and dies meanwhile is erased as they asked.
        "erase_on": space.erase_on if state is SpaceState.DECEASED else None,
    }
    moved = replace(space, **{"state": state, **dates, **changes})
    _settle(tx, space, moved, now, actor, f"space.{event.value}", detail)
    return moved


def _before(space: Space, event: SpaceEvent, state: SpaceState) -> tuple[tuple[SpaceState, date | None], ...]:
    if state in _PUT_AN_END:
        return (*space.before, (space.state, space.changed_on))
    # Closed because nobody objected to its suspension: its holder alone may not open it again (E33).
    return space.before if event is SpaceEvent.NOBODY_OBJECTED else ()


def restore(tx: Tx, vault: VaultId, now: datetime, actor: Actor, *, detail: str = "") -> Space:
    """Take back a suspension, or a death recorded by mistake, and give the space as it is now: as it was, days too.

    Raises:
        NotFound: there is no such space.
        Conflict: it was neither suspended nor recorded as deceased.
    """
    space = tx.spaces.space(vault)
    before, since = space.before[-1] if space.before else (None, None)
    back = replace(space, state=restored(space.state, before), before=space.before[:-1], changed_on=since)
    _settle(tx, space, back, now, actor, "space.restored", detail)
    return back


def _settle(tx: Tx, space: Space, moved: Space, now: datetime, actor: Actor, action: str, detail: str) -> None:
    tx.spaces.save(moved)
    if may_sign_in(space.state) and not may_sign_in(moved.state):
        tx.spaces.drop_sessions(space.vault)
    tx.audit.append(space.vault, actor.event(now, action, moved.state.value, detail=detail))
    if moved.state is SpaceState.ACTIVE and tx.documents.before_activation(space.vault, -1, 1):
        add_step(tx, Step(vault=space.vault, id=random_number(), payload=ShowLegacyRecord(), due=now))
