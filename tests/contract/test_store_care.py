"""Acts of care in the store, on both databases: listed along their days, replaced under their number, removed."""

from dataclasses import replace
from datetime import date, timedelta

from gateway.domain.care_history import CareKind
from gateway.ports.store import Tx
from tests.builders.store import StoreAt, a_space
from tests.builders.web_care import an_act

TODAY = date(2026, 3, 2)


async def test_acts_are_listed_replaced_counted_and_removed(at: StoreAt) -> None:
    vault, other = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    kinds = (CareKind.VISIT, CareKind.DISPENSING, CareKind.VISIT, CareKind.STAY)
    acts = [an_act(10 + n, kind, TODAY - timedelta(days=n // 2)) for n, kind in enumerate(kinds)]
    changed = replace(acts[1], kind=CareKind.VACCINATION, until=TODAY, source=7)

    def write(tx: Tx) -> None:
        for act in acts:
            tx.care_acts.put(vault, act)
        tx.care_acts.put(vault, changed)
        tx.care_acts.put(other, acts[0])

    await at.store.write(write)
    await at.store.write(lambda tx: tx.care_acts.remove(vault, 13))

    def look(tx: Tx) -> None:
        assert tx.care_acts.get(vault, 11) == changed
        assert tx.care_acts.get(vault, 13) is None
        assert [act.id for act in tx.care_acts.listed(vault, date.min, 9)] == [11, 10, 12]
        assert [act.id for act in tx.care_acts.listed(vault, date.min, 1, before=(TODAY, 11))] == [10]
        assert [act.id for act in tx.care_acts.listed(vault, date.min, 9, kind=CareKind.VISIT)] == [10, 12]
        assert tx.care_acts.counts(vault, TODAY) == {CareKind.VISIT: 1, CareKind.VACCINATION: 1}
        assert set(tx.care_acts.outdated(TODAY, 9)) == {vault}

    await at.store.read(look)
    assert await at.store.write(lambda tx: tx.care_acts.remove_before(vault, TODAY, 9)) == 1
    assert await at.store.read(lambda tx: tx.care_acts.outdated(TODAY, 9)) == []
    assert [act.id for act in await at.store.read(lambda tx: tx.care_acts.listed(other, TODAY, 9))] == [10]
