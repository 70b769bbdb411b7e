"""The trace of a vault: order, secrecy, and a hundred ways to tamper with it that are all found.

What is not found, because nothing outside the database says otherwise, is stated by a test too.
"""

import random
from collections.abc import Callable

import pytest

from gateway.domain.audit import AuditEvent
from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx
from tests.builders.store import NOON, StoreAt, a_mailbox

LENGTH = 20
SEEDS = range(25)


def _event(number: int) -> AuditEvent:
    return AuditEvent(at=NOON, actor="patient", action="document.read", objects=(f"document:{number:x}",))


async def _traced(at: StoreAt, length: int = LENGTH) -> VaultId:
    vault = await a_mailbox(at.store)

    def trace(tx: Tx) -> None:
        for number in range(length):
            tx.audit.append(vault, _event(number))

    await at.store.write(trace)
    return vault


def _edit(at: StoreAt, vault: VaultId, dice: random.Random) -> None:
    column = dice.choice(["at", "record", "hash"])
    changed = "at + 1" if column == "at" else f"substr({column}, 2)"
    at.behind_its_back(
        f"UPDATE audit SET {column} = {changed} WHERE vault = ? AND seq = ?", vault, dice.randint(1, LENGTH)
    )


def _delete(at: StoreAt, vault: VaultId, dice: random.Random) -> None:
    at.behind_its_back("DELETE FROM audit WHERE vault = ? AND seq = ?", vault, dice.randint(1, LENGTH))


def _swap(at: StoreAt, vault: VaultId, dice: random.Random) -> None:
    one, other = dice.sample(range(1, LENGTH + 1), 2)
    for source, target in ((one, 0), (other, one), (0, other)):
        at.behind_its_back("UPDATE audit SET seq = ? WHERE vault = ? AND seq = ?", target, vault, source)


def _truncate(at: StoreAt, vault: VaultId, dice: random.Random) -> None:
    at.behind_its_back("DELETE FROM audit WHERE vault = ? AND seq > ?", vault, dice.randrange(LENGTH))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tamper", [_edit, _delete, _swap, _truncate])
async def test_tampering_is_found(
    at: StoreAt, tamper: Callable[[StoreAt, VaultId, random.Random], None], seed: int
) -> None:
    vault = await _traced(at)
    tamper(at, vault, random.Random(seed))
    with pytest.raises(SealBroken):
        await at.store.read(lambda tx: tx.audit.verify(vault))


async def test_trace_cut_with_its_head_moved_back_is_found(at: StoreAt) -> None:
    # Whoever can write the database can compute hashes, not the keyed digest of the head.
    vault = await _traced(at)
    at.behind_its_back("DELETE FROM audit WHERE vault = ? AND seq > 5", vault)
    at.behind_its_back(
        "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit WHERE vault = ? AND seq = 5) WHERE vault = ?",
        vault,
        vault,
    )
    with pytest.raises(SealBroken):
        await at.store.read(lambda tx: tx.audit.verify(vault))


async def test_head_that_is_gone_is_found(at: StoreAt) -> None:
    vault = await _traced(at)
    at.behind_its_back("DELETE FROM audit_head WHERE vault = ?", vault)
    with pytest.raises(SealBroken):
        await at.store.read(lambda tx: tx.audit.verify(vault))


async def test_trace_put_back_whole_to_an_earlier_state_is_not_found(at: StoreAt) -> None:
    # The limit of a chain that lives beside its head; signed checkpoints outside the database are for that.
    vault = await _traced(at, 5)
    (head,) = at.behind_its_back("SELECT * FROM audit_head WHERE vault = ?", vault)
    await at.store.write(lambda tx: tx.audit.append(vault, _event(6)))
    at.behind_its_back("DELETE FROM audit WHERE vault = ? AND seq > 5", vault)
    at.behind_its_back("DELETE FROM audit_head WHERE vault = ?", vault)
    at.behind_its_back("INSERT INTO audit_head VALUES (?, ?, ?, ?)", *head)
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == 5


async def test_sound_trace_gives_its_length(at: StoreAt) -> None:
    vault = await _traced(at)
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == LENGTH


async def test_long_trace_of_one_transaction_is_sound_in_each_of_its_vaults(at: StoreAt) -> None:
    vaults = [await a_mailbox(at.store) for _ in range(3)]

    def trace(tx: Tx) -> None:
        for number in range(3 * 37):
            tx.audit.append(vaults[number % 3], _event(number))

    await at.store.write(trace)
    found = await at.store.read(lambda tx: [tx.audit.events(vault) for vault in vaults])
    for first, events in enumerate(found):
        assert [event.objects for event in events] == [_event(n).objects for n in range(108 + first, -1, -3)]
    assert await at.store.read(lambda tx: [tx.audit.verify(vault) for vault in vaults]) == [37] * 3


async def test_empty_trace_is_sound(at: StoreAt) -> None:
    vault = await _traced(at, 0)
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == 0


async def test_events_are_read_newest_first(at: StoreAt) -> None:
    vault = await _traced(at, 3)
    assert await at.store.read(lambda tx: tx.audit.events(vault, 2)) == [_event(2), _event(1)]


async def test_event_of_a_transaction_that_failed_leaves_no_gap(at: StoreAt) -> None:
    vault = await _traced(at, 1)

    def fail(tx: Tx) -> None:
        tx.audit.append(vault, _event(9))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await at.store.write(fail)
    await at.store.write(lambda tx: tx.audit.append(vault, _event(2)))
    assert await at.store.read(lambda tx: tx.audit.verify(vault)) == 2
