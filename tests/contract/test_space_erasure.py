"""Erasure: nothing but a tombstone stays, whatever moment it is killed at; and what runs forgets (F28, A17)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.account import Account, SecretKind, Session, digest_of
from gateway.domain.errors import KeyUnavailable, NotFound, StoreUnavailable
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import ERASURES, OPERATOR, BlobRef, MessageId, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import EraseSpace, TellHolder, UnlinkBlob
from gateway.papers.proof_files import ProofFiles
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, operator_of, system_in
from gateway.services.outbox.steps import finished
from gateway.services.space.erasure import Erasure
from gateway.services.space.forgetting import ErasedForgotten
from gateway.services.space.moves import move
from gateway.store import schema
from gateway.store.renamed_files import draft_of
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_content, a_space, an_outcome, shown

KEPT = {"audit", "audit_head", "erased", "head_moved"}
HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process ends here."""


async def _lived_in(at: StoreAt) -> VaultId:
    """Make a space with a message, a sign-in, a session and a code."""
    space = await a_space(at.store)
    vault = space.vault
    session = Session(digest=digest_of("x"), vault=vault, kind="web", created=NOON, used=NOON, expires=NOON + HOUR)
    account = Account("jeanne", vault, SecretKind.CHOSEN, b"hash")
    await at.store.write(lambda tx: shown(tx, vault, a_content(mid=7)))
    await at.store.write(lambda tx: tx.spaces.save_account(account))
    await at.store.write(lambda tx: tx.spaces.save_session(session))
    return vault


def _left(at: StoreAt, vault: VaultId) -> set[str]:
    tables = [table.name for table in schema.metadata.sorted_tables if "vault" in table.c]
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name} WHERE vault = {int(vault)})" for name in tables)
    return {row[0] for row in at.behind_its_back(" UNION ALL ".join(asked))}


async def _waiting(at: StoreAt) -> Sequence[Step]:
    now = at.clock.now()
    steps = await at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step for step in steps if isinstance(step.payload, EraseSpace)]


async def _done_by_the_worker(at: StoreAt) -> int:
    """Do the steps of erasures that are due, now and later; give how many."""
    done = 0
    for _ in range(3):
        at.clock.advance(2 * HOUR)
        for step in await _waiting(at):
            finish = await Erasure(at.store, at.clock).resume(step)
            await at.store.write(partial(finished, step=step, finish=finish))
            done += 1
    return done


async def test_nothing_but_a_tombstone_and_a_trace_stays(at: StoreAt) -> None:
    vault, neighbour = await _lived_in(at), (await a_space(at.store)).vault
    address = await at.store.read(lambda tx: tx.spaces.space(vault).address.mail)
    await Erasure(at.store, at.clock).erase(vault, "letter of 2 March", operator_of(vault))
    assert _left(at, vault) == KEPT
    assert await at.store.read(lambda tx: tx.erasures.at(address)) == NOON
    assert await at.store.read(lambda tx: tx.spaces.resolve(address)) is None
    assert await at.store.read(lambda tx: tx.spaces.account("jeanne")) is None
    assert await at.store.read(lambda tx: tx.spaces.state(neighbour)) is SpaceState.ACTIVE
    with pytest.raises(KeyUnavailable):
        await at.store.read(lambda tx: tx.audit.events(vault))


async def test_octets_that_only_it_held_are_handed_over_for_removal(at: StoreAt) -> None:
    removed: list[BlobRef] = []

    async def unlink(blobs: Sequence[BlobRef]) -> None:
        removed.extend(blobs)

    vault, kept, aside = await _lived_in(at), at.blobs.put(b"un document"), at.blobs.put(b"un autre")

    def come(tx: Tx) -> None:
        tx.blobs.attach(vault, kept)
        tx.mail.note_outcome(vault, MessageId(8), an_outcome("904"))
        tx.quarantine.add(MessageId(8), "904", aside, an_outcome("904"), NOON)

    await at.store.write(come)
    await Erasure(at.store, at.clock, unlink).erase(vault, "", operator_of(vault))
    assert removed == [kept.ref]
    assert await at.store.read(lambda tx: tx.quarantine.count()) == 0
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 50, holder=A_WORKER))
    assert [step.payload for step in steps if isinstance(step.payload, UnlinkBlob)] == [UnlinkBlob(blob=aside.ref.id)]


async def test_erased_again_it_stays_erased(at: StoreAt) -> None:
    vault = await _lived_in(at)
    for _ in range(2):
        await Erasure(at.store, at.clock).erase(vault, "twice", operator_of(vault))
    lines = await at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert [line.action for line in lines].count("space.erased") == 1


async def test_space_that_never_was_is_not_found(at: StoreAt) -> None:
    with pytest.raises(NotFound):
        await Erasure(at.store, at.clock).erase(VaultId(3), "", operator_of(VaultId(3)))


async def test_ten_years_are_an_event_of_their_own(at: StoreAt) -> None:
    vault = (await a_space(at.store, SpaceState.CLOSED)).vault
    await Erasure(at.store, at.clock).erase(vault, "", system_in(vault), event=SpaceEvent.TEN_YEARS_PASSED)
    assert (await at.store.read(lambda tx: tx.audit.events(OPERATOR)))[0].outcome == "ten_years_passed"


async def test_holder_is_told_by_a_step_that_outlives_the_space(at: StoreAt) -> None:
    space = await a_space(at.store, email="jeanne@exemple.fr")
    await Erasure(at.store, at.clock).erase(space.vault, "", holder_of(space, "web"))
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 50, holder=A_WORKER))
    (told,) = [step.payload for step in steps if isinstance(step.payload, TellHolder)]
    assert (told.kind, told.to) == (NoticeKind.SPACE_ERASED, "jeanne@exemple.fr")


async def _told(at: StoreAt) -> list[TellHolder]:
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 50, holder=A_WORKER))
    return [step.payload for step in steps if isinstance(step.payload, TellHolder)]


async def test_representative_is_told_of_the_space_of_a_child(at: StoreAt) -> None:
    mother, space = await a_space(at.store, email="mere@exemple.fr"), await a_space(at.store, given_names=("LÉO",))
    traits = replace(space.identity.traits, birth_date=BirthDate(2015, 3, 2))
    child = replace(
        space, identity=replace(space.identity, traits=traits), guardians=(mother.identity.ins.value,)
    )
    await at.store.write(lambda tx: tx.spaces.save(child))
    await Erasure(at.store, at.clock).erase(space.vault, "", holder_of(child, "web"))
    (told,) = await _told(at)
    assert (told.to, told.values) == ("mere@exemple.fr", {"child": "Léo"})


async def test_nobody_is_told_of_the_erasure_of_who_died_and_the_operator_reads_it(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    await at.store.write(lambda tx: move(tx, vault, SpaceEvent.DIED, NOON, operator_of(vault)))
    await Erasure(at.store, at.clock).erase(vault, "", system_in(vault), event=SpaceEvent.TEN_YEARS_PASSED)
    assert await _told(at) == []
    (line,) = await at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert (line.action, line.outcome, line.objects) == ("space.erased", "ten_years_passed", (f"vault:{vault:x}",))


async def test_proof_of_an_earlier_refusal_goes_with_the_space(at: StoreAt, tmp_path: Path) -> None:
    files, vault = ProofFiles(tmp_path), (await a_space(at.store, SpaceState.OPPOSED)).vault
    proof = await files.put(vault, b"%PDF-1.7")
    half = draft_of(proof)
    half.write_bytes(b"%PDF")  # of a process that died
    erasure = Erasure(at.store, at.clock, forget_proof=files.forget)
    await erasure.erase(vault, "letter of 2 March", operator_of(vault))
    at.clock.advance(HOUR)
    for step in await _waiting(at):
        await erasure.resume(step)
    assert list(tmp_path.iterdir()) == []


def _killed_at(at: StoreAt, monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Callable[[], bool]:
    """End the process before or after its write number `number`; give what says whether it came to that."""
    engine: Any = at.store
    engine = engine._engine
    write, calls = engine.write, [0]

    async def counted(fn: Any, priority: Any, **options: Any) -> object:
        calls[0] += 1
        if calls[0] == number and not after:
            raise Killed
        result = await write(fn, priority, **options)
        if calls[0] == number:
            raise Killed
        return result

    monkeypatch.setattr(engine, "write", counted)
    return lambda: calls[0] >= number


def _is_begun(tx: Tx, vault: VaultId) -> bool:
    return tx.erasures.of(vault) is not None


@pytest.mark.timeout(90)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_between_any_two_steps_it_is_brought_to_its_end(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    number, was_killed = 1, True
    while was_killed:
        vault = await _lived_in(at)
        with monkeypatch.context() as patched:
            came = _killed_at(at, patched, number, after=after)
            try:
                await Erasure(at.store, at.clock).erase(vault, "", operator_of(vault))
            except Killed:
                was_killed = True
            else:
                was_killed = came()
        begun = await at.store.read(partial(_is_begun, vault=vault))
        assert begun == (number > 1 or after)
        if begun:
            assert await _done_by_the_worker(at) >= 2
        else:
            await Erasure(at.store, at.clock).erase(vault, "", operator_of(vault))
        assert _left(at, vault) == KEPT
        number += 9 if at.paths.server else 1  # a server takes its time
    assert number > 25  # one write a table at least


async def test_killed_before_its_key_is_destroyed_it_is_brought_to_its_end(
    at: StoreAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = await _lived_in(at)
    with monkeypatch.context() as patched:

        def failing(_self: object, _vault: VaultId) -> None:
            raise StoreUnavailable("the key store cannot be written")

        patched.setattr("gateway.store.seal.keys.KeyStore.destroy", failing)
        with pytest.raises(StoreUnavailable):
            await Erasure(at.store, at.clock).erase(vault, "", operator_of(vault))
    # Nobody comes in meanwhile, and nobody writes to it.
    assert await at.store.read(lambda tx: tx.spaces.state(vault)) is SpaceState.ERASED
    await _done_by_the_worker(at)
    assert _left(at, vault) == KEPT


async def test_row_that_came_late_goes_an_hour_later(at: StoreAt) -> None:
    vault = await _lived_in(at)
    await Erasure(at.store, at.clock).erase(vault, "", operator_of(vault))
    late = Session(digest=digest_of("late"), vault=vault, kind="web", created=NOON, used=NOON, expires=NOON + HOUR)
    await at.store.write(lambda tx: tx.spaces.save_session(late))
    assert _left(at, vault) > KEPT
    await _done_by_the_worker(at)
    assert _left(at, vault) == KEPT


async def test_notices_that_are_kept_are_forgotten_an_hour_later(at: StoreAt) -> None:
    forgotten: list[str] = []

    async def forget(contacts: Any) -> None:
        forgotten.extend(contacts)

    space = await a_space(at.store, email="jeanne@exemple.fr")
    erasure = Erasure(at.store, at.clock, forget_notices=forget)
    await erasure.erase(space.vault, "", operator_of(space.vault))
    for again in (False, True):
        told = EraseSpace(space=space.vault, contacts=("jeanne@exemple.fr",), again=again)
        await erasure.resume(Step(vault=OPERATOR, id=5, payload=told, due=NOON))
        assert forgotten == (["jeanne@exemple.fr"] if again else [])


async def test_tombstone_that_was_put_there_says_nothing(at: StoreAt) -> None:
    space = await a_space(at.store)
    at.behind_its_back("INSERT INTO erased VALUES (?, ?, ?, ?)", space.vault, bytes(16), 1, bytes(16))
    assert await at.store.read(lambda tx: tx.erasures.of(space.vault)) is None
    assert not await at.store.read(lambda tx: tx.erasures.since(NOON - 40_000 * timedelta(days=1)))


async def test_what_runs_is_told_and_forgets(at: StoreAt) -> None:
    vault, forgotten = await _lived_in(at), list[VaultId]()
    looking = ErasedForgotten(at.store, at.clock, (forgotten.extend,))
    await looking.look()
    with at.store.subscribe(ERASURES) as news:
        await Erasure(at.store, at.clock).erase(vault, "", operator_of(vault))
        await news.wait()
    await looking.look()
    assert forgotten == [vault]
