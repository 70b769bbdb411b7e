"""Steps of the outbox: leases, retries, parking; quarantine."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.filing_outcome import FilingOutcome
from gateway.domain.mailbox import OPERATOR, MessageId, VaultId
from gateway.domain.outbox import Step, StepKind, Urgency, WorkerId, urgency_of
from gateway.ports.store import Tx
from tests.builders.outbox import A_WORKER, ANOTHER_WORKER, a_step, earliest_due
from tests.builders.store import NOON, StoreAt, a_mailbox, a_number

LEASE = timedelta(minutes=1)


def _step(vault: VaultId, *, due_in: int = 0) -> Step:
    return a_step(vault, a_number(), StepKind.FILE, NOON + timedelta(minutes=due_in))


async def _added(at: StoreAt, *steps: Step) -> None:
    def add(tx: Tx) -> None:
        for step in steps:
            tx.outbox.add(step)

    await at.store.write(add)


async def _leased(at: StoreAt, minutes: float = 0, limit: int = 10) -> list[Step]:
    now = NOON + timedelta(minutes=minutes)
    return await at.store.write(lambda tx: tx.outbox.lease(now, now + LEASE, limit, holder=A_WORKER))


async def test_leased_step_is_the_one_that_was_added_with_one_attempt_more(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    steps = [a_step(vault, a_number(), kind, NOON) for kind in StepKind]
    await _added(at, *steps)
    leased = {step.kind: step for step in await _leased(at, limit=len(steps))}
    assert leased == {step.kind: replace(step, attempts=1, slow=urgency_of(step) is Urgency.SLOW) for step in steps}


async def test_step_added_twice_is_one(at: StoreAt) -> None:
    step = _step(await a_mailbox(at.store))
    await _added(at, step, step)
    await _added(at, step)
    assert await at.store.read(lambda tx: tx.outbox.counts()) == {"waiting": 1, "parked": 0}


async def test_step_of_a_transaction_that_failed_is_absent(at: StoreAt) -> None:
    step = _step(await a_mailbox(at.store))

    def fail(tx: Tx) -> None:
        tx.outbox.add(step)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await at.store.write(fail)
    assert await _leased(at) == []


async def test_leased_step_is_not_leased_again_while_the_lease_lasts(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    assert len(await _leased(at)) == 1
    assert await _leased(at, 0.9) == []


async def test_expired_lease_is_taken_again(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    assert [step.attempts for step in await _leased(at, 1)] == [2]


# ---------------------------------------------------------------- put off to the end of a transaction


async def test_step_put_off_is_there_after_the_transaction_and_wakes_the_worker(at: StoreAt) -> None:
    step = _step(await a_mailbox(at.store))
    with at.store.subscribe(OPERATOR) as news:
        await at.store.write(lambda tx: tx.outbox.put_off(step))
        async with asyncio.timeout(5):
            await news.wait()
    assert [leased.id for leased in await _leased(at)] == [step.id]


async def test_step_put_off_and_done_in_one_transaction_leaves_no_row(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    step, other = _step(vault), _step(vault)

    def begin_and_end(tx: Tx) -> bool:
        tx.outbox.put_off(step)
        tx.outbox.put_off(other)
        return tx.outbox.done(step) and not tx.outbox.done(step)

    assert await at.store.write(begin_and_end)
    assert [leased.id for leased in await _leased(at)] == [other.id]


async def test_step_put_off_by_a_transaction_that_failed_is_absent_from_the_next(at: StoreAt) -> None:
    step = _step(await a_mailbox(at.store))

    def fail(tx: Tx) -> None:
        tx.outbox.put_off(step)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await at.store.write(fail)
    assert await _leased(at) == []


# ---------------------------------------------------------------- leases taken back


async def _back_from_gone(at: StoreAt, minutes: float = 0, *, asks: WorkerId = ANOTHER_WORKER, alone: bool) -> int:
    now = NOON + timedelta(minutes=minutes)
    return await at.store.write(lambda tx: tx.outbox.recall_from_gone(now, asks, {asks} if alone else None))


async def _stays(at: StoreAt, worker: WorkerId, minutes: float, *, since: float = 0) -> None:
    now, until = NOON + timedelta(minutes=since), NOON + timedelta(minutes=minutes)
    await at.store.write(lambda tx: tx.outbox.stay(worker, now, until))


@pytest.fixture(params=[True, False], ids=["alone", "among others"])
def alone(request: pytest.FixtureRequest) -> bool:
    """Say whether whoever takes leases back can be the only one."""
    assert isinstance(request.param, bool)
    return request.param


async def test_step_of_a_worker_that_is_gone_is_taken_again_before_its_lease_ends(at: StoreAt, alone: bool) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    assert await _back_from_gone(at, alone=alone) == 1
    assert [step.attempts for step in await _leased(at)] == [2]


async def test_step_of_whoever_asks_is_not_taken_from_it(at: StoreAt, alone: bool) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    assert await _back_from_gone(at, asks=A_WORKER, alone=alone) == 0
    assert await _leased(at) == []


async def test_step_of_a_worker_that_is_there_is_taken_only_by_one_that_knows_itself_alone(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    await _stays(at, A_WORKER, 0.5)
    assert await _back_from_gone(at, 0.4, alone=False) == 0
    assert await _back_from_gone(at, 0.4, alone=True) == 1


async def test_step_of_a_worker_that_is_known_is_left_alone_though_it_said_nothing_here(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    known = frozenset({A_WORKER, ANOTHER_WORKER})
    assert await at.store.write(lambda tx: tx.outbox.recall_from_gone(NOON, ANOTHER_WORKER, known)) == 0


async def test_worker_is_gone_once_its_word_is_too_old(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    await _stays(at, A_WORKER, 0.2)
    await _stays(at, A_WORKER, 0.4, since=0.1)
    assert await _back_from_gone(at, 0.3, alone=False) == 0
    assert await _back_from_gone(at, 0.4, alone=False) == 1


async def test_worker_that_left_is_gone_at_once(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    await _stays(at, A_WORKER, 0.5)
    for _ in range(2):
        await at.store.write(lambda tx: tx.outbox.leave(A_WORKER))
    assert await _back_from_gone(at, alone=False) == 1


async def test_workers_that_are_gone_are_forgotten_by_those_that_stay(at: StoreAt) -> None:
    for number in range(1, 4):
        await _stays(at, WorkerId(number), number + 1, since=number)
    assert at.behind_its_back("SELECT worker FROM worker") == [(3,)]


async def test_taking_back_hastens_neither_a_retry_nor_what_was_never_begun_nor_what_is_parked(
    at: StoreAt, alone: bool
) -> None:
    vault = await a_mailbox(at.store)
    await _added(at, _step(vault), _step(vault))
    one, other = await _leased(at)
    await at.store.write(lambda tx: tx.outbox.park(one, "PLI-401"))
    await at.store.write(lambda tx: tx.outbox.retry(other, NOON + timedelta(minutes=5)))
    await _added(at, _step(vault, due_in=5))
    assert await _back_from_gone(at, alone=alone) == 0
    assert await _leased(at) == []


async def test_worker_takes_back_what_it_leased_without_learning_it(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)), _step(await a_mailbox(at.store)))
    one, other = await _leased(at)
    assert await at.store.write(lambda tx: tx.outbox.recall(NOON, A_WORKER, {(one.vault, one.id)})) == 1
    assert [step.id for step in await _leased(at)] == [other.id]


async def test_worker_takes_back_nothing_that_another_holds(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    await _leased(at)
    assert await at.store.write(lambda tx: tx.outbox.recall(NOON, ANOTHER_WORKER, frozenset())) == 0


# ---------------------------------------------------------------- due, done, tried again


async def test_step_that_is_not_due_waits(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store), due_in=5))
    assert await _leased(at, 4) == []
    assert len(await _leased(at, 5)) == 1


async def test_steps_are_leased_in_the_order_they_are_due(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    steps = [_step(vault, due_in=minutes) for minutes in (3, 1, 2)]
    await _added(at, *steps)
    assert [step.id for step in await _leased(at, 9, limit=2)] == [steps[1].id, steps[2].id]


async def test_done_step_is_gone_and_done_once(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    (step,) = await _leased(at)
    assert await at.store.write(lambda tx: tx.outbox.done(step))
    assert not await at.store.write(lambda tx: tx.outbox.done(step))
    assert await _leased(at, 60) == []


async def test_retried_step_is_due_when_it_was_asked(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    (step,) = await _leased(at)
    await at.store.write(lambda tx: tx.outbox.retry(step, NOON + timedelta(minutes=30)))
    assert await at.store.read(earliest_due) == NOON + timedelta(minutes=30)
    assert await _leased(at, 29) == []
    assert [again.attempts for again in await _leased(at, 30)] == [2]


async def test_worker_that_outlived_its_lease_cannot_give_the_step_back(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    (stale,) = await _leased(at)
    await _leased(at, 2)
    await at.store.write(lambda tx: tx.outbox.retry(stale, NOON))
    assert await _leased(at, 2.5) == []


async def test_worker_that_outlived_its_lease_cannot_park_the_step(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    (stale,) = await _leased(at)
    await _leased(at, 2)
    await at.store.write(lambda tx: tx.outbox.park(stale, "timeout"))
    assert await at.store.read(lambda tx: tx.outbox.counts()) == {"waiting": 1, "parked": 0}


async def test_parked_step_is_never_leased(at: StoreAt) -> None:
    await _added(at, _step(await a_mailbox(at.store)))
    (step,) = await _leased(at)
    await at.store.write(lambda tx: tx.outbox.park(step, "reader.failed"))
    assert await _leased(at, 10_000) == []
    assert await at.store.read(lambda tx: tx.outbox.counts()) == {"waiting": 0, "parked": 1}
    assert await at.store.read(earliest_due) is None


async def test_step_that_does_not_open_is_parked_and_stops_no_other(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    poison, sound = _step(vault), _step(vault)
    await _added(at, poison, sound)
    at.behind_its_back("UPDATE outbox SET payload = ? WHERE step = ?", bytes(40), poison.id)
    assert [step.id for step in await _leased(at)] == [sound.id]
    assert await at.store.read(lambda tx: tx.outbox.counts()) == {"waiting": 1, "parked": 1}


async def test_step_whose_row_says_another_kind_is_parked(at: StoreAt) -> None:
    step = _step(await a_mailbox(at.store))
    await _added(at, step)
    at.behind_its_back("UPDATE outbox SET kind = 'quarantine' WHERE step = ?", step.id)
    assert await _leased(at) == []
    assert await at.store.read(lambda tx: tx.outbox.counts()) == {"waiting": 0, "parked": 1}


async def test_quarantined_message_is_kept_once_under_the_operators_key(at: StoreAt) -> None:
    blob = at.blobs.put(b"document d'une autre personne")
    outcome = FilingOutcome(
        code="904", sender="", recipient="", message_id="", subject="", asked=False, blob=blob.ref.id
    )
    for _ in range(2):
        await at.store.write(lambda tx: tx.quarantine.add(MessageId(1), "904", blob, outcome, NOON))
    assert await at.store.read(lambda tx: tx.quarantine.count()) == 1
    assert await at.store.read(lambda tx: tx.blobs.open(OPERATOR, blob.ref)) == blob


# ---------------------------------------------------------------- urgency


def _of_kind(vault: VaultId, kind: StepKind, *, due_in: int = 0) -> Step:
    return a_step(vault, a_number(), kind, NOON + timedelta(minutes=due_in))


async def test_what_somebody_may_wait_for_goes_before_filing(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    filing, code = _of_kind(vault, StepKind.FILE, due_in=-5), _of_kind(vault, StepKind.CODE)
    await _added(at, filing, code)
    assert [step.id for step in await _leased(at)] == [code.id, filing.id]


async def test_filing_may_be_left_for_a_while_and_nothing_else(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    fresh, old = _of_kind(vault, StepKind.FILE), _of_kind(vault, StepKind.FILE, due_in=-2)
    code = _of_kind(vault, StepKind.CODE)
    await _added(at, fresh, old, code)
    leisurely = await at.store.write(
        lambda tx: tx.outbox.lease(NOON, NOON + LEASE, 10, leisure=timedelta(minutes=1), holder=A_WORKER)
    )
    assert [step.id for step in leisurely] == [code.id, old.id]
    assert [step.id for step in await _leased(at)] == [fresh.id]


async def test_next_due_is_that_of_the_earliest_step_however_urgent(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _added(at, _of_kind(vault, StepKind.FILE, due_in=1), _of_kind(vault, StepKind.NOTIFY, due_in=2))
    assert await at.store.read(earliest_due) == NOON + timedelta(minutes=1)


# ---------------------------------------------------------------- one for both


async def _added_unless_waiting(at: StoreAt, *steps: Step) -> int:
    def add(tx: Tx) -> None:
        for step in steps:
            tx.outbox.add(step, unless_waiting=True)

    await at.store.write(add)
    return (await at.store.read(lambda tx: tx.outbox.counts()))["waiting"]


async def test_one_waiting_step_does_for_two_of_its_kind_and_vault(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    assert await _added_unless_waiting(at, *(_of_kind(vault, StepKind.NOTIFY) for _ in range(3))) == 1


async def test_step_of_another_kind_or_vault_does_not_do_for_it(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    steps = _of_kind(one, StepKind.CODE), _of_kind(one, StepKind.NOTIFY), _of_kind(other, StepKind.NOTIFY)
    assert await _added_unless_waiting(at, *steps) == 3


async def test_step_that_has_begun_does_not_do_for_a_later_one(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _added_unless_waiting(at, _of_kind(vault, StepKind.NOTIFY))
    await _leased(at)
    assert await _added_unless_waiting(at, _of_kind(vault, StepKind.NOTIFY)) == 2
