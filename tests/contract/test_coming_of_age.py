"""The day on which a child is 18: rights end at midnight where they live, both are told, contacts part (A22)."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.account import Space
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import NoticeKind
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.services.space.addressees import addressee_of
from gateway.services.space.space_keeper import SpaceKeeper
from gateway.store.backend.migrate import downgrade, migrate
from tests.builders.family import NEARLY_OF_AGE, a_child
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, ManualClock, StoreAt, a_number, a_space, store_at

PARIS = ("35000", datetime(2026, 3, 2, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))
REUNION = ("97410", datetime(2026, 3, 2, 20, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))
TAHITI = ("98713", datetime(2026, 3, 3, 10, tzinfo=UTC), datetime(2026, 3, 3, 23, tzinfo=UTC))
"""A postal code, midnight there, and the first midnight in Paris from then on, when both are told."""
SECOND = timedelta(seconds=1)


async def _family(at: StoreAt, postal_code: str) -> tuple[Space, Space]:
    parent = await a_space(at.store, email="parent@courriel.example")
    child = await a_child(
        at.store, parent, first_name="Tom", born=NEARLY_OF_AGE, state=SpaceState.ACTIVE, postal_code=postal_code
    )
    child = replace(child, email=parent.email, phone="+33600000018")
    mandate = KeptMandate(
        vault=child.vault, number=a_number(), kind=MandateKind.MINOR, state=MandateState.ACCEPTED, home=parent.vault,
        name="Jeanne", begun=NOON, changed=NOON,
    )  # fmt: skip
    await at.store.write(lambda tx: tx.spaces.save(child))
    await at.store.write(lambda tx: tx.mandates.save(mandate))
    return parent, child


async def _keep(at: StoreAt, when: datetime) -> None:
    async def never(*_: object) -> None:
        raise AssertionError("nothing is erased")

    await SpaceKeeper(at.store, ManualClock(when), never).keep()


async def test_child_whose_space_is_older_than_the_rule_is_seen_to_after_the_upgrade(ram: Path) -> None:
    async with store_at(ram) as at:
        parent = await a_space(at.store)
        child = await a_child(
            at.store, parent, first_name="Tom", born=NEARLY_OF_AGE, state=SpaceState.ACTIVE, postal_code=PARIS[0]
        )
    downgrade(at.paths.database, "pli2")
    with closing(sqlite3.connect(at.paths.database)) as database, database:
        database.execute("DELETE FROM deadline")  # as the version before left a space of which nothing was due
    migrate(at.paths.database)
    async with store_at(ram) as at:
        await _keep(at, PARIS[2] - SECOND)
        assert not (await at.store.read(lambda tx: tx.spaces.space(child.vault))).of_age
        assert await at.store.read(lambda tx: tx.spaces.due(NOON.date(), 10)) == []
        await _keep(at, PARIS[2])
        assert (await at.store.read(lambda tx: tx.spaces.space(child.vault))).of_age


async def _contact(at: StoreAt, child: Space, when: datetime) -> str | None:
    addressee = await at.store.read(lambda tx: addressee_of(tx, child.vault, when))
    reached = addressee.reached(None)
    return reached[1] if reached else None


@pytest.mark.parametrize(("postal_code", "midnight", "kept"), [PARIS, REUNION, TAHITI])
async def test_both_are_told_and_nothing_goes_to_the_guardian_from_midnight_on(
    ram: Path, postal_code: str, midnight: datetime, kept: datetime
) -> None:
    async with store_at(ram) as at:
        parent, child = await _family(at, postal_code)
        await _keep(at, kept - SECOND)
        assert await _contact(at, child, midnight - SECOND) == parent.email
        assert await _contact(at, child, midnight) == child.phone
        assert [one.state for one in await at.store.read(lambda tx: tx.mandates.all_of(child.vault))] == [
            MandateState.ACCEPTED
        ]
        await _keep(at, kept)
        await _keep(at, kept + SECOND)
        after = await at.store.read(lambda tx: tx.spaces.space(child.vault))
        assert (after.email, after.phone, after.of_age) == ("", child.phone, True)
        assert [one.state for one in await at.store.read(lambda tx: tx.mandates.all_of(child.vault))] == [
            MandateState.ENDED
        ]
        far = NOON + timedelta(days=9)
        steps = await at.store.write(lambda tx: tx.outbox.lease(far, far, 9, holder=A_WORKER))
        told = [step.payload for step in steps if isinstance(step.payload, TellHolder)]
        assert sorted((one.kind.value, one.to) for one in told) == [
            (NoticeKind.CAME_OF_AGE.value, ""), (NoticeKind.REPRESENTATION_ENDED.value, parent.email),
        ]  # fmt: skip


async def test_grown_up_whom_the_import_gives_a_representative_keeps_their_contact(ram: Path) -> None:
    async with store_at(ram) as at:
        tutor = await a_space(at.store, email="tuteur@courriel.example")
        grown = replace(await a_space(at.store), email=tutor.email, guardians=(tutor.identity.ins.value,))
        await at.store.write(lambda tx: tx.spaces.save(grown))
        assert await _contact(at, grown, NOON) == tutor.email
        await _keep(at, NOON)
        assert await _contact(at, grown, NOON) == tutor.email
