"""A space moves in one commit: state, dates, trace, sessions (A9b, A21, E33)."""

from datetime import date, timedelta

import pytest

from gateway.domain.account import Session, Space, digest_of
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import operator_of, system_in
from gateway.services.space.moves import move, restore
from tests.builders.store import NOON, StoreAt, a_space

TODAY = NOON.date()


async def _moved(at: StoreAt, space: Space, event: SpaceEvent, **changes: object) -> Space:
    actor = operator_of(space.vault)
    return await at.store.write(
        lambda tx: move(tx, space.vault, event, NOON, actor, detail="demande écrite", **changes)
    )


async def _trace(at: StoreAt, space: Space) -> list[AuditEvent]:
    """Give the lines, newest first."""
    return await at.store.read(lambda tx: tx.audit.events(space.vault))


async def test_move_is_saved_with_what_its_caller_sets(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.CREATED)
    moved = await _moved(at, space, SpaceEvent.NOTICE_DELIVERED, notified_on=date(2026, 11, 3))
    assert (moved.state, moved.notified_on, moved.changed_on) == (SpaceState.NOTIFIED, date(2026, 11, 3), None)
    assert await at.store.read(lambda tx: tx.spaces.space(space.vault)) == moved


async def test_move_leaves_a_line_with_who_why_and_what_it_is_now(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.NOTIFIED)
    await at.store.write(
        lambda tx: move(tx, space.vault, SpaceEvent.SIX_WEEKS_PASSED, NOON, system_in(space.vault), detail="day 43")
    )
    line = (await _trace(at, space))[0]
    assert (line.action, line.outcome, line.detail) == ("space.six_weeks_passed", "open", "day 43")
    assert (line.actor, line.role) == ("pli", "system")


@pytest.mark.parametrize("event", [SpaceEvent.SUSPENDED, SpaceEvent.CLOSED, SpaceEvent.DIED])
async def test_state_whose_day_matters_has_its_day(at: StoreAt, event: SpaceEvent) -> None:
    space = await a_space(at.store)
    assert (await _moved(at, space, event)).changed_on == TODAY


async def test_move_that_cannot_happen_changes_nothing(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.OPPOSED)
    with pytest.raises(Conflict, match="opposed cannot be closed"):
        await _moved(at, space, SpaceEvent.CLOSED)
    assert await at.store.read(lambda tx: tx.spaces.space(space.vault)) == space
    assert not [event for event in await _trace(at, space) if event.action == "space.closed"]


async def test_no_space_is_not_found(at: StoreAt) -> None:
    with pytest.raises(NotFound):
        await at.store.write(lambda tx: move(tx, VaultId(9), SpaceEvent.DIED, NOON, system_in(VaultId(9))))


async def test_sessions_end_with_the_right_to_sign_in(at: StoreAt) -> None:
    space, digest = await a_space(at.store), digest_of("open browser")
    session = Session(
        digest=digest, vault=space.vault, kind="web", created=NOON, used=NOON, expires=NOON + timedelta(days=1)
    )
    await at.store.write(lambda tx: tx.spaces.save_session(session))
    await _moved(at, space, SpaceEvent.SUSPENDED)
    assert await at.store.read(lambda tx: tx.spaces.session(digest)) is None


async def test_attempt_that_is_under_way_outlives_the_opening_of_its_space(at: StoreAt) -> None:
    space, digest = await a_space(at.store, SpaceState.NOTIFIED), digest_of("card shown")
    attempt = Session(
        digest=digest, vault=space.vault, kind="activation", created=NOON, used=NOON, expires=NOON + timedelta(hours=1)
    )
    await at.store.write(lambda tx: tx.spaces.save_session(attempt))
    await _moved(at, space, SpaceEvent.SIX_WEEKS_PASSED)
    assert await at.store.read(lambda tx: tx.spaces.session(digest)) is not None


async def test_space_that_was_closed_after_a_suspension_says_so_and_no_other_does(at: StoreAt) -> None:
    suspected, left = await a_space(at.store), await a_space(at.store)
    await _moved(at, suspected, SpaceEvent.SUSPENDED)
    assert (await _moved(at, suspected, SpaceEvent.NOBODY_OBJECTED)).before == ((SpaceState.ACTIVE, None),)
    assert (await _moved(at, left, SpaceEvent.CLOSED)).before == ()
    assert (await _moved(at, left, SpaceEvent.REOPENED)).before == ()


async def test_move_takes_a_pending_erasure_back(at: StoreAt) -> None:
    space = await a_space(at.store)
    await _moved(at, space, SpaceEvent.CLOSED, erase_on=date(2027, 1, 1))
    reopened = await _moved(at, space, SpaceEvent.REOPENED)
    assert (reopened.state, reopened.changed_on, reopened.erase_on) == (SpaceState.ACTIVE, None, None)


@pytest.mark.parametrize("event", [SpaceEvent.SUSPENDED, SpaceEvent.DIED])
async def test_restored_space_is_as_it_was(at: StoreAt, event: SpaceEvent) -> None:
    space = await a_space(at.store)
    await _moved(at, space, event)

    def back(tx: Tx) -> Space:
        return restore(tx, space.vault, NOON, operator_of(space.vault), detail="erreur")

    assert await at.store.write(back) == space
    assert (await _trace(at, space))[0].action == "space.restored"
    with pytest.raises(Conflict):
        await at.store.write(back)


async def test_suspended_space_of_somebody_said_to_have_died_is_suspended_again_and_then_restored(at: StoreAt) -> None:
    space = await a_space(at.store)
    suspended = await _moved(at, space, SpaceEvent.SUSPENDED)
    await _moved(at, space, SpaceEvent.DIED)
    later, operator = NOON + timedelta(days=9), operator_of(space.vault)
    for expected in (suspended, space):
        assert await at.store.write(lambda tx: restore(tx, space.vault, later, operator)) == expected


async def test_pending_erasure_outlives_its_holder(at: StoreAt) -> None:
    space = await a_space(at.store)
    closed = await _moved(at, space, SpaceEvent.CLOSED, erase_on=date(2026, 4, 1))
    assert (await _moved(at, space, SpaceEvent.DIED)).erase_on == date(2026, 4, 1)
    assert await at.store.write(lambda tx: restore(tx, space.vault, NOON, operator_of(space.vault))) == closed
