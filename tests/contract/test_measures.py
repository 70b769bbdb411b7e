"""Measures: kept, corrected, deleted, taken back; two tabs, one form sent twice, very many of them (F36, E22, E89)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.measure_checks import CheckedMeasure, MeasureFault
from gateway.domain.measures import Measure, MeasuredValue, MeasureKind, MeasureVersion
from gateway.domain.profile import Writer
from gateway.domain.row_faults import RowFaultKind
from gateway.growth.growth_files import GrowthFiles
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.profile import measure_writing
from gateway.services.profile.measure_reading import DRAWN, PAGE, MeasurePeriod, MeasureReading, MeasureSeries
from gateway.services.profile.measure_writing import MeasureWriting
from tests.builders.store import NOON, StoreAt, a_number, a_space

WEIGHT, PRESSURE = MeasureKind.WEIGHT, MeasureKind.BLOOD_PRESSURE


@dataclass(frozen=True)
class OwnMeasures:
    """Somebody's measures, read and written by themself."""

    at: StoreAt
    space: Space

    @property
    def actor(self) -> Actor:
        """Give their holder."""
        return holder_of(self.space, "web")

    @property
    def writing(self) -> MeasureWriting:
        """Give what changes them."""
        return MeasureWriting(self.at.store, self.at.clock)

    @property
    def reading(self) -> MeasureReading:
        """Give what reads them."""
        return MeasureReading(self.at.store, self.at.clock, GrowthFiles(Path("/nowhere")))

    async def add(self, value: str = "72", kind: MeasureKind = WEIGHT, days: int = 1, **more: str) -> Measure:
        """Keep a new measure of some days ago."""
        day = (self.at.clock.now() - timedelta(days=days)).date().isoformat()
        found = await self.writing.save(self.actor, kind, a_number(), 0, {"valeur": value, "jour": day} | more)
        assert isinstance(found, Measure)
        return found

    async def correct(self, measure: Measure, value: str, filled_from: int = 1) -> Measure | CheckedMeasure:
        """Correct a weight."""
        typed = {"valeur": value, "jour": measure.now.value.at.date().isoformat()}
        return await self.writing.save(self.actor, WEIGHT, measure.id, filled_from, typed)

    async def fill(self, count: int, kind: MeasureKind = WEIGHT, step: timedelta = timedelta(minutes=5)) -> None:
        """Write many, each one step before the one before."""

        def write(tx: Tx) -> None:
            for place in range(count):
                value = MeasuredValue(
                    at=NOON - step * place, is_timed=True, numbers=(Decimal(place % 50 + 50),), unit="kg"
                )
                now = MeasureVersion(value=value, written_by=Writer.PATIENT, written_at=NOON)
                tx.measures.add(self.space.vault, Measure(id=a_number(), kind=kind, now=now))

        await self.at.store.write(write)

    async def series(self, kind: MeasureKind = WEIGHT, period: MeasurePeriod = MeasurePeriod.ALL) -> MeasureSeries:
        """Read the page of a kind."""
        return await self.reading.series(self.actor, kind, period)

    async def values(self) -> list[str]:
        """List the weights that stand."""
        return [str(one.now.value.numbers[0]) for one in (await self.series()).listed]

    async def trace(self) -> list[str]:
        """List what the trace says of measures."""
        events = await self.at.store.read(lambda tx: tx.audit.events(self.space.vault))
        return [event.action for event in reversed(events) if event.action.startswith("measure")]


@pytest.fixture
async def own(at: StoreAt) -> OwnMeasures:
    return OwnMeasures(at, await a_space(at.store))


async def test_several_measures_a_day_are_listed_the_newest_first(own: OwnMeasures) -> None:
    for value, hour in (("72", "8:00"), ("73", "20:00"), ("72,5", "12:00")):
        await own.add(value, heure=hour)
    assert await own.values() == ["73", "72.5", "72"]
    lines = await own.reading.overview(own.actor)
    last = {line.kind: line.last.now.value.numbers for line in lines if line.last}
    assert last == {WEIGHT: (Decimal(73),)}


async def test_correction_keeps_the_old_value_and_deletion_can_be_taken_back(own: OwnMeasures) -> None:
    first = await own.add("47")
    corrected = await own.correct(first, "72")
    assert isinstance(corrected, Measure)
    assert corrected.is_corrected
    await own.writing.delete(own.actor, WEIGHT, first.id, 2)
    assert await own.values() == []
    assert [one.id for one in (await own.series()).deleted] == [first.id]
    await own.writing.restore(own.actor, WEIGHT, first.id, 3)
    assert await own.values() == ["72"]
    read = await own.reading.read(own.actor, WEIGHT, first.id)
    assert [str(said.value.numbers[0]) for said in read.earlier] == ["47", "72", "72"]
    assert [line for line in await own.trace() if line != "measures.listed"] == [
        "measure.added", "measure.corrected", "measure.deleted", "measure.restored", "measure.read",
    ]  # fmt: skip


async def test_second_tab_is_told_and_nothing_is_lost(own: OwnMeasures) -> None:
    first = await own.add()
    await own.correct(first, "73")
    with pytest.raises(ChangedMeanwhile):
        await own.correct(first, "74")
    with pytest.raises(ChangedMeanwhile):
        await own.writing.delete(own.actor, WEIGHT, first.id, 1)
    assert await own.values() == ["73"]


async def test_form_sent_twice_is_done_once(own: OwnMeasures) -> None:
    first = await own.add()
    typed = {"valeur": "72", "jour": first.now.value.at.date().isoformat()}
    assert await own.writing.save(own.actor, WEIGHT, first.id, 0, typed) == first
    for _ in range(2):
        await own.correct(first, "73")
    await own.correct(first, "73", filled_from=2)
    for _ in range(2):
        await own.writing.delete(own.actor, WEIGHT, first.id, 2)
    assert (await own.reading.read(own.actor, WEIGHT, first.id)).version == 3


async def test_what_is_typed_into_a_form_that_was_sent_is_not_dropped(own: OwnMeasures) -> None:
    first = await own.add()
    typed = {"valeur": "73", "jour": first.now.value.at.date().isoformat()}
    with pytest.raises(ChangedMeanwhile):
        await own.writing.save(own.actor, WEIGHT, first.id, 0, typed)
    await own.writing.delete(own.actor, WEIGHT, first.id, 1)
    with pytest.raises(ChangedMeanwhile):
        await own.writing.save(own.actor, WEIGHT, first.id, 0, typed | {"valeur": "72"})


async def test_what_cannot_be_is_told_and_nothing_is_kept(own: OwnMeasures) -> None:
    day = {"jour": NOON.date().isoformat()}
    told = await own.writing.save(own.actor, WEIGHT, a_number(), 0, day | {"valeur": "1000"})
    assert isinstance(told, CheckedMeasure)
    assert told.faults == {"valeur": MeasureFault.IMPOSSIBLE}
    with pytest.raises(NotFound):
        await own.writing.save(own.actor, MeasureKind.BMI, a_number(), 0, day | {"valeur": "24"})
    assert await own.values() == []


async def test_so_many_a_day_and_so_many_corrections_and_no_more(
    own: OwnMeasures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_writing, "MOST_A_DAY", 20)
    monkeypatch.setattr(measure_writing, "MOST_VERSIONS", 5)
    await own.fill(20, step=timedelta(seconds=1))
    told = await own.writing.save(
        own.actor, WEIGHT, a_number(), 0, {"valeur": "72", "jour": NOON.date().isoformat()}
    )
    assert isinstance(told, CheckedMeasure)
    assert told.faults == {"valeur": MeasureFault.FULL}
    one = await own.add(days=9)
    for version in range(1, 5):
        assert isinstance(await own.correct(one, str(72 + version % 2), version), Measure)
    assert isinstance(await own.correct(one, "90", 5), CheckedMeasure)


async def test_page_and_curve_read_their_piece_of_very_many(own: OwnMeasures) -> None:
    await own.fill(320, step=timedelta(minutes=15))
    found = await own.series()
    assert (len(found.listed), found.is_thinned) == (PAGE, True)
    assert len(found.drawn) <= DRAWN
    instants = [one.now.value.at for one in found.drawn]
    assert (instants[0], instants[-1] <= NOON - timedelta(days=3)) == (NOON, True)
    seen = [one.id for one in found.listed]
    while found.more is not None:
        found = await own.reading.series(own.actor, WEIGHT, MeasurePeriod.MONTH, found.more)
        seen += [one.id for one in found.listed]
    assert len(seen) == len(set(seen)) == 320
    month = await own.reading.series(own.actor, WEIGHT, MeasurePeriod.MONTH, seen[-1])
    assert (list(month.listed), month.more, month.last is not None) == ([], None, True)


async def test_curve_of_a_month_has_the_month(own: OwnMeasures) -> None:
    for days in (5, 20, 100, 900):
        await own.add(days=days)
    counts = [len((await own.series(period=period)).drawn) for period in MeasurePeriod]
    assert counts == [2, 3, 4]


async def test_body_mass_is_computed_and_never_kept(own: OwnMeasures) -> None:
    await own.add("170", MeasureKind.HEIGHT, 400)
    await own.add("72", days=3)
    weight = await own.add("80", days=2)
    found = await own.series(MeasureKind.BMI)
    assert [str(one.now.value.numbers[0]) for one in found.listed] == ["27.7", "24.9"]
    assert found.last is not None
    assert found.last.id == weight.id
    assert found.deleted == []
    more = await own.reading.series(own.actor, MeasureKind.BMI, MeasurePeriod.ALL, weight.id)
    assert len(more.listed) == 1


async def test_goal_is_kept_by_its_version(own: OwnMeasures) -> None:
    for _ in range(2):
        assert await own.writing.aim(own.actor, WEIGHT, 0, {"a": "70"}) == {}
    with pytest.raises(ChangedMeanwhile):
        await own.writing.aim(own.actor, WEIGHT, 0, {"a": "71"})
    assert await own.writing.aim(own.actor, WEIGHT, 1, {"a": "x"}) == {"a": MeasureFault.NO_NUMBER}
    await own.writing.aim(own.actor, PRESSURE, 0, {"a": "135", "a_2": "85"})
    goal = await own.reading.goal(own.actor, WEIGHT)
    assert goal is not None
    assert (goal.bounds, goal.version) == (((None, Decimal(70)),), 1)
    assert (await own.trace()).count("measure.aimed") == 2


async def test_measure_of_somebody_else_or_of_another_kind_is_not_there(own: OwnMeasures) -> None:
    one = await own.add()
    other = OwnMeasures(own.at, await a_space(own.at.store))
    with pytest.raises(NotFound):
        await other.reading.read(other.actor, WEIGHT, one.id)
    with pytest.raises(NotFound):
        await other.correct(one, "73")
    with pytest.raises(NotFound):
        await other.reading.series(other.actor, WEIGHT, MeasurePeriod.ALL, one.id)
    for number in (one.id, a_number()):
        with pytest.raises(NotFound):
            await own.writing.delete(own.actor, PRESSURE, number, 1)
    with pytest.raises(NotFound):
        await own.writing.save(own.actor, PRESSURE, one.id, 0, {"valeur": "128", "valeur_2": "79"})


async def test_measure_that_was_bent_taken_out_or_damaged_is_found(own: OwnMeasures) -> None:
    one, vault = await own.add(), own.space.vault
    assert await own.at.store.read(lambda tx: tx.integrity.faults(vault)) == []
    own.at.behind_its_back("UPDATE measure SET measured = 7 WHERE measure = ?", one.id)
    assert await own.values() == []
    with pytest.raises(NotFound):
        await own.reading.read(own.actor, WEIGHT, one.id)
    found = await own.at.store.read(lambda tx: tx.integrity.faults(vault))
    assert (RowFaultKind.BENT, "measure") in {(fault.kind, fault.table) for fault in found}
    own.at.behind_its_back("DELETE FROM measure WHERE measure = ?", one.id)
    found = await own.at.store.read(lambda tx: tx.integrity.faults(vault))
    assert [(fault.kind, fault.table) for fault in found] == [(RowFaultKind.MISSING, "measure")]
