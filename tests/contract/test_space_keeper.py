"""What days do to spaces by themselves, at every edge of a day (F10, F26, E33, A17, A21)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.account import Space
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, NotFound, StoreUnavailable
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import Payload, TellHolder
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, system_in
from gateway.services.space.erasure import Erasure
from gateway.services.space.moves import move
from gateway.services.space.space_keeper import BATCH, Erase, Kept, SpaceKeeper
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, ManualClock, StoreAt, a_space, store_at

PARIS = ZoneInfo("Europe/Paris")
LAST_SECOND = time(23, 59, 59)



def _instant(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def erasing(at: StoreAt, clock: ManualClock) -> Erase:
    erasure = Erasure(at.store, clock)

    async def erase(vault: VaultId, event: SpaceEvent) -> None:
        await erasure.erase(vault, "its day has come", system_in(vault), event=event, only_when_due=True)

    return erase


async def kept_on(at: StoreAt, day: date, hour: time = time(), erase: Erase | None = None) -> Kept:
    """Run once at an hour in Paris."""
    clock = ManualClock(_instant(day, hour))
    return await SpaceKeeper(at.store, clock, erase or erasing(at, clock)).keep()


async def a_space_with(at: StoreAt, state: SpaceState, **fields: Any) -> Space:  # Any: fields of several types
    space = replace(await a_space(at.store, state), **fields)
    await at.store.write(lambda tx: tx.spaces.save(space))
    return space


async def state_of(at: StoreAt, space: Space) -> SpaceState | None:
    return await at.store.read(lambda tx: tx.spaces.state(space.vault))


async def trace_of(at: StoreAt, space: Space) -> list[AuditEvent]:
    return await at.store.read(lambda tx: tx.audit.events(space.vault))


async def told_of(at: StoreAt, space: Space) -> list[Payload]:
    """Give what the holder is to be told."""
    far = NOON + timedelta(days=5_000)
    steps = await at.store.write(lambda tx: tx.outbox.lease(far, far, 100, holder=A_WORKER))
    return [step.payload for step in steps if step.vault == space.vault]


EDGES = [
    (SpaceState.NOTIFIED, date(2026, 3, 2), date(2026, 4, 13), SpaceState.OPEN),
    (SpaceState.NOTIFIED, date(2026, 2, 15), date(2026, 3, 29), SpaceState.OPEN),  # the 42nd day has 23 hours
    (SpaceState.NOTIFIED, date(2026, 2, 14), date(2026, 3, 28), SpaceState.OPEN),  # the 43rd has
    (SpaceState.NOTIFIED, date(2026, 9, 13), date(2026, 10, 25), SpaceState.OPEN),  # the 42nd day has 25 hours
    (SpaceState.NOTIFIED, date(2026, 11, 19), date(2026, 12, 31), SpaceState.OPEN),
    (SpaceState.SUSPENDED, date(2026, 3, 2), date(2026, 4, 13), SpaceState.CLOSED),
    (SpaceState.SUSPENDED, date(2026, 2, 15), date(2026, 3, 29), SpaceState.CLOSED),
    (SpaceState.SUSPENDED, date(2026, 9, 13), date(2026, 10, 25), SpaceState.CLOSED),
]


@pytest.mark.parametrize(("state", "since", "last", "then"), EDGES)
async def test_space_stays_as_it_is_on_the_whole_42nd_day_and_moves_with_the_43rd(
    at: StoreAt, state: SpaceState, since: date, last: date, then: SpaceState
) -> None:
    space = await a_space_with(at, state, notified_on=since, changed_on=since)
    assert await kept_on(at, last, LAST_SECOND) == Kept()
    assert await state_of(at, space) is state
    done = await kept_on(at, last + timedelta(days=1))
    assert (done.opened, done.closed) == ((1, 0) if then is SpaceState.OPEN else (0, 1))
    assert await state_of(at, space) is then


@pytest.mark.parametrize(
    ("closed", "last"),
    [
        (date(2026, 3, 2), date(2036, 3, 1)),
        (date(2028, 2, 29), date(2038, 2, 28)),  # no 29 February ten years later: 1 March
        (date(2026, 3, 1), date(2036, 2, 29)),
        (date(2026, 1, 1), date(2035, 12, 31)),
        (date(2026, 3, 30), date(2036, 3, 29)),  # the day before the one that has 23 hours
        (date(2026, 10, 27), date(2036, 10, 26)),  # the last day has 25 hours
    ],
)
@pytest.mark.parametrize("state", [SpaceState.CLOSED, SpaceState.DECEASED])
async def test_space_is_erased_ten_years_after_its_end(
    at: StoreAt, state: SpaceState, closed: date, last: date
) -> None:
    space = await a_space_with(at, state, changed_on=closed)
    assert await kept_on(at, last, LAST_SECOND) == Kept()
    assert await state_of(at, space) is state
    assert await kept_on(at, last + timedelta(days=1)) == Kept(erased=1)
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.spaces.space(space.vault))
    assert await at.store.read(lambda tx: tx.spaces.resolve(space.address.mail)) is None


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 3, 30), date(2026, 10, 26)])
async def test_erasure_that_was_asked_for_is_carried_out_on_its_day(at: StoreAt, day: date) -> None:
    space = await a_space_with(at, SpaceState.CLOSED, changed_on=date(2026, 3, 2), erase_on=day)
    assert await kept_on(at, day - timedelta(days=1), LAST_SECOND) == Kept()
    assert await kept_on(at, day) == Kept(erased=1)
    assert await state_of(at, space) is None


async def test_space_that_opened_by_itself_says_so_in_its_trace(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2))
    await kept_on(at, date(2026, 4, 14))
    line = (await trace_of(at, space))[0]
    assert (line.actor, line.role, line.action, line.outcome) == ("pli", "system", "space.six_weeks_passed", "open")


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (SpaceState.NOTIFIED, NoticeKind.SPACE_OPENED),
        (SpaceState.SUSPENDED, NoticeKind.SPACE_CLOSED_UNOBJECTED),
    ],
)
async def test_holder_is_told_of_what_the_day_did(at: StoreAt, state: SpaceState, kind: NoticeKind) -> None:
    day = date(2026, 3, 2)
    space = await a_space_with(at, state, notified_on=day, changed_on=day)
    await kept_on(at, date(2026, 4, 14))
    assert await told_of(at, space) == [TellHolder(kind=kind)]


async def test_late_work_of_a_week_is_done_once(at: StoreAt) -> None:
    spaces = [
        await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2) + timedelta(days=day % 7))
        for day in range(14)
    ]
    assert await kept_on(at, date(2026, 4, 20)) == Kept(opened=14)
    assert await kept_on(at, date(2026, 4, 20)) == Kept()
    for space in spaces:
        assert len([line for line in await trace_of(at, space) if line.action == "space.six_weeks_passed"]) == 1


async def test_several_processes_do_each_thing_once(at: StoreAt) -> None:
    spaces = [await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2)) for _ in range(12)]
    runs = await asyncio.gather(*(kept_on(at, date(2026, 4, 14)) for _ in range(4)))
    assert sum(run.opened for run in runs) == 12
    assert not any(run.failed for run in runs)
    for space in spaces:
        assert len([line for line in await trace_of(at, space) if line.action == "space.six_weeks_passed"]) == 1


async def test_more_than_one_batch_is_done_in_one_run(ram: Path) -> None:
    async with store_at(ram) as at:
        for _ in range(BATCH + 5):
            await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2))
        assert await kept_on(at, date(2026, 4, 14)) == Kept(opened=BATCH + 5)


async def test_erasure_that_was_cut_off_is_done_by_the_next_run(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.CLOSED, changed_on=date(2026, 3, 2))

    async def killed(_vault: VaultId, _event: SpaceEvent) -> None:
        raise StoreUnavailable("the process ended here")

    with pytest.raises(StoreUnavailable):
        await kept_on(at, date(2036, 3, 2), erase=killed)
    assert await kept_on(at, date(2036, 3, 2)) == Kept(erased=1)
    assert await state_of(at, space) is None


async def test_day_that_was_bent_moves_nothing_and_is_put_right(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2))
    at.behind_its_back("UPDATE deadline SET day = 1 WHERE vault = ?", space.vault)
    assert await kept_on(at, date(2026, 3, 3)) == Kept()
    assert await state_of(at, space) is SpaceState.NOTIFIED
    assert await kept_on(at, date(2026, 4, 14)) == Kept(opened=1)


async def test_space_that_cannot_be_moved_keeps_none_of_the_others(at: StoreAt) -> None:
    broken = await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 1))
    await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2))
    at.behind_its_back("UPDATE space SET record = ? WHERE vault = ?", b"broken", broken.vault)
    assert await kept_on(at, date(2026, 4, 14)) == Kept(opened=1, failed={broken.vault})


async def test_erasure_that_fails_is_tried_again_at_the_next_run(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.CLOSED, changed_on=date(2026, 3, 2))

    async def failing(_vault: VaultId, _event: SpaceEvent) -> None:
        raise Conflict("not now")

    assert await kept_on(at, date(2036, 3, 2), erase=failing) == Kept(failed={space.vault})
    assert await kept_on(at, date(2036, 3, 2)) == Kept(erased=1)


async def test_space_whose_opening_was_stopped_does_not_open(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2), opening_stopped=True)
    assert await kept_on(at, date(2027, 4, 14)) == Kept()
    assert await state_of(at, space) is SpaceState.NOTIFIED


async def test_space_activated_meanwhile_is_left_alone(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=date(2026, 3, 2))

    def activate(tx: Tx) -> None:
        tx.spaces.save(replace(space, state=SpaceState.ACTIVE))

    await at.store.write(activate)
    assert await kept_on(at, date(2026, 4, 14)) == Kept()


async def test_holder_who_comes_back_while_the_erasure_begins_keeps_their_space(at: StoreAt) -> None:
    day = date(2026, 4, 1)
    space = await a_space_with(at, SpaceState.CLOSED, changed_on=date(2026, 3, 2), erase_on=day)
    now, actor = _instant(day), holder_of(space, "web")

    async def raced(vault: VaultId, event: SpaceEvent) -> None:
        await at.store.write(lambda tx: move(tx, vault, SpaceEvent.REOPENED, now, actor))
        await erasing(at, ManualClock(now))(vault, event)

    await kept_on(at, day, erase=raced)
    assert await state_of(at, space) is SpaceState.ACTIVE
