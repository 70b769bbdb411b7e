"""The medical profile: entries, versions, two tabs, what was sent twice, what is nobody else's (F29 to F41)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.mailbox import VaultId
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_checks import CheckedFields, FieldFault
from gateway.domain.row_faults import RowFaultKind
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.profile.first_visit import FirstVisit
from gateway.services.profile.profile_reading import ProfileReading
from gateway.services.profile.profile_writing import MOST_ENTRIES, ProfileWriting
from tests.builders.store import NOON, StoreAt, a_number, a_space

ALLERGIES, LATEX = ProfileSection.ALLERGIES, {"nom": "Latex"}


@dataclass(frozen=True)
class OwnProfile:
    """Somebody's profile, read and written by themself."""

    at: StoreAt
    space: Space

    @property
    def actor(self) -> Actor:
        """Give its holder."""
        return holder_of(self.space, "web")

    @property
    def writing(self) -> ProfileWriting:
        """Give what changes it."""
        return ProfileWriting(self.at.store, self.at.clock)

    @property
    def reading(self) -> ProfileReading:
        """Give what reads it."""
        return ProfileReading(self.at.store, self.at.clock)

    async def add(self, fields: Mapping[str, str] = LATEX, section: ProfileSection = ALLERGIES) -> ProfileEntry:
        """Keep a new entry."""
        self.at.clock.advance(timedelta(seconds=1))
        found = await self.writing.save(self.actor, section, a_number(), 0, fields)
        assert isinstance(found, ProfileEntry)
        return found

    async def put(self, entry: ProfileEntry) -> None:
        """Write a version as others than the holder do."""
        await self.at.store.write(lambda tx: tx.profile.add(self.space.vault, entry))

    async def names(self, section: ProfileSection = ALLERGIES) -> list[str]:
        """List what stands in a section."""
        return [one.fields["nom"] for one in (await self.reading.section(self.actor, section)).current]


@pytest.fixture
async def own(at: StoreAt) -> OwnProfile:
    return OwnProfile(at, await a_space(at.store))


async def trace(at: StoreAt, vault: VaultId) -> list[tuple[str, tuple[str, ...]]]:
    events = await at.store.read(lambda tx: tx.audit.events(vault))
    return [(event.action, event.objects) for event in events if event.action.startswith("profile.")]


async def test_entry_is_kept_changed_deleted_and_taken_back_in_versions(own: OwnProfile) -> None:
    first = await own.add()
    changed = await own.writing.save(own.actor, ALLERGIES, first.id, 1, {"nom": "Latex", "gravite": "grave"})
    assert isinstance(changed, ProfileEntry)
    await own.writing.delete(own.actor, ALLERGIES, first.id, 2)
    assert await own.names() == []
    await own.writing.restore(own.actor, ALLERGIES, first.id, 3)
    assert await own.names() == ["Latex"]
    versions = await own.reading.versions(own.actor, ALLERGIES, first.id)
    assert [(one.revision, one.state) for one in versions] == [
        (4, EntryState.KEPT), (3, EntryState.DELETED), (2, EntryState.KEPT), (1, EntryState.KEPT),
    ]  # fmt: skip
    name = (f"profile:allergies/{first.id:x}",)
    assert [line for line in reversed(await trace(own.at, own.space.vault)) if line[1] == name] == [
        ("profile.added", name), ("profile.changed", name), ("profile.deleted", name), ("profile.changed", name),
        ("profile.read", name),
    ]  # fmt: skip


async def test_second_tab_is_told_and_nothing_is_lost(own: OwnProfile) -> None:
    first = await own.add()
    await own.writing.save(own.actor, ALLERGIES, first.id, 1, {"nom": "Latex naturel"})
    with pytest.raises(ChangedMeanwhile):
        await own.writing.save(own.actor, ALLERGIES, first.id, 1, {"nom": "Arachide"})
    with pytest.raises(ChangedMeanwhile):
        await own.writing.delete(own.actor, ALLERGIES, first.id, 1)
    assert await own.names() == ["Latex naturel"]


async def test_form_sent_twice_is_done_once(own: OwnProfile) -> None:
    first = await own.add()
    assert await own.writing.save(own.actor, ALLERGIES, first.id, 0, LATEX) == first
    for _ in range(2):
        await own.writing.save(own.actor, ALLERGIES, first.id, 1, {"nom": "Arachide"})
    for _ in range(2):
        await own.writing.delete(own.actor, ALLERGIES, first.id, 2)
    assert len(await own.reading.versions(own.actor, ALLERGIES, first.id)) == 3


async def test_what_is_typed_into_a_form_that_was_sent_is_not_dropped(own: OwnProfile) -> None:
    first = await own.add()
    with pytest.raises(ChangedMeanwhile):
        await own.writing.save(own.actor, ALLERGIES, first.id, 0, {"nom": "Arachide"})
    await own.writing.delete(own.actor, ALLERGIES, first.id, 1)
    with pytest.raises(ChangedMeanwhile):
        await own.writing.save(own.actor, ALLERGIES, first.id, 0, LATEX)
    with pytest.raises(NotFound):
        await own.writing.save(own.actor, ALLERGIES, STATEMENT, 0, LATEX)


async def test_faults_are_told_and_nothing_is_kept(own: OwnProfile) -> None:
    told = await own.writing.save(own.actor, ALLERGIES, a_number(), 0, {"nom": "Latex", "debut": "1912"})
    assert isinstance(told, CheckedFields)
    assert told.faults == {"debut": FieldFault.BEFORE_BIRTH}
    assert await own.names() == []


async def test_what_a_professional_confirmed_stays_as_it_is(own: OwnProfile) -> None:
    vaccine = ProfileEntry(
        section=ProfileSection.VACCINATIONS, id=a_number(), revision=1, state=EntryState.KEPT, fields={"nom": "ROR"},
        written_by=Writer.PROFESSIONAL, written_at=NOON, is_locked=True, links=("document:2a",), source=42,
    )  # fmt: skip
    await own.put(vaccine)
    with pytest.raises(Conflict):
        await own.writing.save(own.actor, ProfileSection.VACCINATIONS, vaccine.id, 1, {"nom": "Autre"})
    with pytest.raises(Conflict):
        await own.writing.delete(own.actor, ProfileSection.VACCINATIONS, vaccine.id, 1)
    assert await own.reading.versions(own.actor, ProfileSection.VACCINATIONS, vaccine.id) == [vaccine]


async def test_one_treating_doctor_at_most_also_when_one_is_taken_back(own: OwnProfile) -> None:
    doctor = {"nom": "Dr Ana Modèle", "role": "traitant"}
    first = await own.add(doctor, ProfileSection.PROFESSIONALS)
    told = await own.writing.save(own.actor, ProfileSection.PROFESSIONALS, a_number(), 0, doctor)
    assert isinstance(told, CheckedFields)
    assert told.faults == {"role": FieldFault.TAKEN}
    await own.writing.delete(own.actor, ProfileSection.PROFESSIONALS, first.id, 1)
    await own.add(doctor, ProfileSection.PROFESSIONALS)
    with pytest.raises(Conflict):
        await own.writing.restore(own.actor, ProfileSection.PROFESSIONALS, first.id, 2)


async def test_one_blood_group_at_most(own: OwnProfile) -> None:
    await own.add({"groupe": "o-plus"}, ProfileSection.BLOOD_GROUP)
    told = await own.writing.save(own.actor, ProfileSection.BLOOD_GROUP, a_number(), 0, {"groupe": "a-plus"})
    assert isinstance(told, CheckedFields)
    assert told.faults == {"groupe": FieldFault.TAKEN}


async def test_section_takes_so_many_entries_and_no_more(own: OwnProfile) -> None:
    one = await own.add()

    def fill(tx: Tx) -> None:
        for _ in range(MOST_ENTRIES - 1):
            tx.profile.add(own.space.vault, replace(one, id=a_number()))

    await own.at.store.write(fill)
    told = await own.writing.save(own.actor, ALLERGIES, a_number(), 0, LATEX)
    assert isinstance(told, CheckedFields)
    assert told.faults == {"nom": FieldFault.FULL}


async def test_contacts_stand_in_the_order_that_was_chosen(own: OwnProfile) -> None:
    names = ("Anne", "Bruno", "Chloé")
    last = [await own.add({"nom": name}, ProfileSection.CONTACTS) for name in names][-1]
    for _ in range(3):
        await own.writing.raise_up(own.actor, ProfileSection.CONTACTS, last.id)
    assert await own.names(ProfileSection.CONTACTS) == ["Chloé", "Anne", "Bruno"]
    with pytest.raises(NotFound):
        await own.writing.raise_up(own.actor, ProfileSection.CONTACTS, a_number())
    with pytest.raises(NotFound):
        await own.writing.raise_up(own.actor, ALLERGIES, (await own.add()).id)


async def test_treatments_that_are_over_stand_apart(own: OwnProfile) -> None:
    await own.add({"nom": "Ancien", "fin": "2025"}, ProfileSection.TREATMENTS)
    await own.add({"nom": "Présent", "fin": "2026"}, ProfileSection.TREATMENTS)
    found = await own.reading.section(own.actor, ProfileSection.TREATMENTS)
    assert [one.fields["nom"] for one in found.past] == ["Ancien"]
    assert await own.names(ProfileSection.TREATMENTS) == ["Présent"]
    assert found.count == 2


async def test_nothing_to_declare_holds_until_there_is_something(own: OwnProfile) -> None:
    for _ in range(2):
        await own.writing.declare_nothing(own.actor, ALLERGIES, said=True)
    assert (await own.reading.section(own.actor, ALLERGIES)).says_nothing
    entry = await own.add()
    with pytest.raises(Conflict):
        await own.writing.declare_nothing(own.actor, ALLERGIES, said=True)
    await own.writing.delete(own.actor, ALLERGIES, entry.id, 1)
    assert not (await own.reading.section(own.actor, ALLERGIES)).says_nothing
    with pytest.raises(NotFound):
        await own.writing.declare_nothing(own.actor, ProfileSection.WISHES, said=True)
    with pytest.raises(NotFound):
        await own.reading.versions(own.actor, ALLERGIES, STATEMENT)


async def test_first_visit_is_over_once_for_all(own: OwnProfile) -> None:
    visit = FirstVisit(own.at.store, own.at.clock)
    assert await visit.is_due(own.actor)
    for _ in range(2):
        await visit.end(own.actor)
    assert not await visit.is_due(own.actor)
    assert all(not one.count for one in (await own.reading.overview(own.actor)).values())


async def test_entry_of_somebody_else_is_not_there(own: OwnProfile) -> None:
    entry = await own.add()
    other = OwnProfile(own.at, await a_space(own.at.store))
    with pytest.raises(NotFound):
        await other.reading.versions(other.actor, ALLERGIES, entry.id)
    with pytest.raises(NotFound):
        await other.writing.save(other.actor, ALLERGIES, entry.id, 1, LATEX)
    with pytest.raises(NotFound):
        await own.writing.delete(own.actor, ProfileSection.ILLNESSES, entry.id, 1)


async def test_version_that_was_taken_out_or_put_elsewhere_is_found(own: OwnProfile) -> None:
    entry = await own.add()
    vault = own.space.vault
    assert await own.at.store.read(lambda tx: tx.integrity.faults(vault)) == []
    own.at.behind_its_back("UPDATE profile_entry SET revision = 2 WHERE entry = ?", entry.id)
    assert await own.names() == []
    found = await own.at.store.read(lambda tx: tx.integrity.faults(vault))
    assert (RowFaultKind.BENT, "profile_entry") in {(fault.kind, fault.table) for fault in found}
    own.at.behind_its_back("DELETE FROM profile_entry WHERE entry = ?", entry.id)
    found = await own.at.store.read(lambda tx: tx.integrity.faults(vault))
    assert [(fault.kind, fault.table) for fault in found] == [(RowFaultKind.MISSING, "profile_entry")]
