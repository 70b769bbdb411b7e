"""The search of the console: one place for each date that is typed, whether or not there is somebody."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.identity import BirthDate
from gateway.services.console.own_patients import OwnPatients
from tests.builders.store import a_space, store_at

BORN = BirthDate(1990, 5, 12)


@pytest.mark.parametrize("known", [BORN, BirthDate(1990, 5, 0), BirthDate(1990, 0, 0)])
async def test_two_dates_never_lead_to_one_place(ram: Path, known: BirthDate) -> None:
    async with store_at(ram) as at:
        space = await a_space(at.store)
        identity = replace(space.identity, traits=replace(space.identity.traits, birth_date=known))
        await at.store.write(lambda tx: tx.spaces.save(replace(space, identity=identity)))
        patients, number = OwnPatients(at.store, at.clock), space.identity.ins.value
        days = ((month, day) for month in (0, 5, 6) for day in (0, 12, 13) if month or not day)
        typed = [known, *(BirthDate(1990, month, day) for month, day in days)]
        places = {str(one): await patients.find(number, one) for one in typed}
        assert places[str(known)] == space.vault
        assert len(set(places.values())) == len(places)
