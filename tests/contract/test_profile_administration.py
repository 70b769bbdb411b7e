"""A patient entrusts the profile to one professional, who writes in it by name, until either ends it (E15)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.errors import AccessRefused, Conflict, NotFound
from gateway.domain.measures import MeasureKind
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_links import EntryName, MeasureName
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.profile.administered import ProfileAdministration
from gateway.services.profile.entry_links import EntryLinks
from gateway.services.profile.profile_writing import ProfileWriting
from gateway.services.profile.vaccination_confirmations import VaccinationConfirmations
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from tests.builders.patient_site import PatientSite, patient_site
from tests.builders.record_readers import Reader, reader_at
from tests.builders.store import NOON, a_number

ALLERGIES, LATEX = ProfileSection.ALLERGIES, {"nom": "Latex"}
VACCINATIONS = ProfileSection.VACCINATIONS
RPPS, OTHER = "rpps:810000000011", "rpps:810000000099"


def allowed(number: int, *names: str) -> PartyChoice:
    """Make somebody whom Camille authorised."""
    return PartyChoice(
        number=number, names=frozenset(names), label=f"Dr {number}", standing=PartyStanding.ALLOWED, since=NOON
    )


@dataclass(frozen=True)
class Entrusting:
    """Camille, who authorised Claire, another doctor and an organisation; Claire is in her record."""

    site: PatientSite
    reader: Reader

    @property
    def claire(self) -> Actor:
        return self.reader.in_space(self.site.camille)

    @property
    def circle(self) -> CareCircle:
        return self.site.services.care_circle

    @property
    def kept(self) -> ProfileAdministration:
        return ProfileAdministration(self.site.at.store, self.site.at.clock)

    @property
    def writing(self) -> ProfileWriting:
        return ProfileWriting(self.site.at.store, self.site.at.clock)

    async def entrust(self, name: str = RPPS, *, with_profile: bool = True) -> None:
        """Have Camille entrust the profile to whoever has a name."""
        known = await self.circle.known(self.site.actor)
        (party,) = [one for one in known if name in one.names]
        await self.circle.entrust(self.site.actor, party.reference, with_profile=with_profile)

    async def write(self, actor: Actor | None = None, section: ProfileSection = ALLERGIES) -> ProfileEntry:
        """Add an allergy, as Claire when nobody else is named."""
        saved = await self.writing.save(actor or self.claire, section, a_number(), 0, LATEX)
        assert isinstance(saved, ProfileEntry)
        return saved


@pytest.fixture
async def it(ram: Path) -> AsyncIterator[Entrusting]:
    async with patient_site(ram) as site:
        choices = PatientChoices(parties=(allowed(1, RPPS), allowed(2, OTHER), allowed(3, "finess:350000011")))
        await site.at.store.write(lambda tx: tx.patient_choices.put(site.camille.vault, choices))
        reader = await reader_at(site.at)
        await reader.open(site.camille)
        yield Entrusting(site, reader)


async def test_whom_the_profile_is_entrusted_to_writes_by_name_and_nobody_else_does(it: Entrusting) -> None:
    with pytest.raises(AccessRefused, match="ACC-17"):
        await it.write()
    await it.entrust()
    entry = await it.write()
    assert entry.author is not None
    assert (entry.written_by, entry.author.name) == (Writer.PROFESSIONAL, "Dr Claire Martin")
    told = await it.site.at.store.read(lambda tx: tx.happenings.told(it.site.camille.vault, 5))
    assert told[0].action == "profile.added"
    changed = await it.writing.save(it.site.actor, ALLERGIES, entry.id, 1, {"nom": "Latex", "remarque": "Gants"})
    assert isinstance(changed, ProfileEntry)
    assert changed.author is None
    with pytest.raises(AccessRefused, match="ACC-17"):  # a colleague of hers, or her delegate
        await it.write(replace(it.claire, responsible="Dr Claire Martin", person="Agnès Petit"))
    await it.writing.delete(it.claire, ALLERGIES, entry.id, 2)
    (line, *_) = await it.site.trace("profile.deleted")
    assert (line.person, line.organisation) == ("Dr Claire Martin", "Cabinet des Lilas")
    await it.writing.restore(it.site.actor, ALLERGIES, entry.id, 3)
    newest = await it.site.at.store.read(lambda tx: tx.profile.get(it.site.camille.vault, ALLERGIES, entry.id))
    assert newest is not None
    assert newest.state is EntryState.KEPT


async def test_what_is_the_patients_own_stays_theirs(it: Entrusting) -> None:
    await it.entrust()
    entry = await it.write()
    for section in (ProfileSection.WISHES, ProfileSection.CONTACTS, ProfileSection.SYNTHESIS):
        with pytest.raises(NotFound):
            await it.write(section=section)
    shown = await it.kept.sections(it.claire)
    assert ALLERGIES in shown
    assert ProfileSection.WISHES not in shown
    await it.site.confirm_allergy(entry.id)
    name = EntryName(ALLERGIES, entry.id)
    with pytest.raises(Conflict):  # the confirmation goes first
        await it.writing.delete(it.claire, ALLERGIES, entry.id, 2)
    for refused in (
        it.writing.restore(it.claire, ALLERGIES, entry.id, 1),
        it.writing.declare_nothing(it.claire, ALLERGIES, said=True),
        EntryLinks(it.site.at.store, it.site.at.clock).link(it.claire, name, MeasureName(MeasureKind.WEIGHT)),
        SynthesisReading(it.site.at.store, it.site.at.clock).choose(it.claire, frozenset()),
    ):
        with pytest.raises(AccessRefused):
            await refused


async def test_form_of_an_entry_whose_document_was_hidden_meanwhile_writes_nothing(it: Entrusting) -> None:
    await it.entrust()
    store, vault, document = it.site.at.store, it.site.camille.vault, await it.site.file()
    told = ProfileEntry(
        section=ALLERGIES, id=a_number(), revision=1, state=EntryState.KEPT, fields=LATEX, written_by=Writer.DOCUMENT,
        written_at=NOON, source=document.id,
    )  # fmt: skip
    await store.write(lambda tx: tx.profile.add(vault, told))
    assert await it.kept.entry(it.claire, ALLERGIES, told.id) == told  # the form
    choices = await store.read(lambda tx: tx.patient_choices.get(vault))
    hidden = tuple(replace(one, hidden=frozenset({document.id})) for one in choices.parties)
    await store.write(lambda tx: tx.patient_choices.put(vault, replace(choices, parties=hidden)))
    with pytest.raises(NotFound):
        await it.writing.save(it.claire, ALLERGIES, told.id, 1, LATEX)
    assert await store.read(lambda tx: tx.profile.get(vault, ALLERGIES, told.id)) == told


async def test_whoever_keeps_the_profile_takes_back_what_another_confirmed(it: Entrusting) -> None:
    await it.entrust()
    saved = await it.writing.save(it.site.actor, VACCINATIONS, a_number(), 0, {"nom": "Tétanos", "date": "2021"})
    assert isinstance(saved, ProfileEntry)
    confirmations = VaccinationConfirmations(it.site.at.store, it.site.at.clock)
    other = replace(it.claire, account="paul.roche@medecin.mssante.fr", person="Dr Paul Roche")
    await confirmations.confirm(other, saved.id, 1, is_right=True)
    with pytest.raises(AccessRefused, match="ACC-18"):  # her delegate
        await confirmations.confirm(replace(it.claire, responsible="Dr Claire"), saved.id, 2, is_right=False)
    await confirmations.confirm(it.claire, saved.id, 2, is_right=False)
    newest = await it.site.at.store.read(lambda tx: tx.profile.get(it.site.camille.vault, VACCINATIONS, saved.id))
    assert newest is not None
    assert not newest.is_locked


async def test_one_person_keeps_it_who_is_authorised(it: Entrusting) -> None:
    await it.entrust()
    with pytest.raises(Conflict):  # an organisation is no person
        await it.entrust("finess:350000011")
    await it.entrust(OTHER)
    with pytest.raises(AccessRefused, match="ACC-17"):
        await it.write()
    assert len(await it.site.trace("profile.administrator-withdrawn")) == 1
    known = await it.circle.known(it.site.actor)
    assert [one.label for one in known if one.administers] == ["Dr 2"]


async def test_either_side_ends_it_and_a_consent_withdrawn_ends_it_too(it: Entrusting) -> None:
    await it.entrust()
    await it.kept.give_up(it.claire)
    with pytest.raises(AccessRefused, match="ACC-17"):
        await it.kept.sections(it.claire)
    assert await it.reader.may_read(it.site.camille)
    await it.entrust()
    await it.entrust(with_profile=False)
    with pytest.raises(AccessRefused, match="ACC-17"):
        await it.write()
    await it.entrust()
    (party,) = [one for one in await it.circle.known(it.site.actor) if RPPS in one.names]
    for standing in (PartyStanding.BLOCKED, PartyStanding.ALLOWED):
        await it.circle.choose(it.site.actor, party.reference, standing)
        with pytest.raises(AccessRefused):
            await it.write()
