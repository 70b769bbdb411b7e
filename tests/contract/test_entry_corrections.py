"""A patient asks whoever confirmed an entry to put it right; it stays, with the answer beside it (E52)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.care_party import mailbox_name
from gateway.domain.errors import AccessRefused, NotFound
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_links import EntryName
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.services.access.actors import holder_of
from gateway.services.profile.profile_reading import ProfileReading
from gateway.services.profile.profile_writing import ProfileWriting
from gateway.services.profile.vaccination_confirmations import VaccinationConfirmations
from gateway.services.requests.entry_corrections import EntryCorrections
from gateway.services.requests.own_requests import OwnRequests, RequestFault
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE
from tests.builders.record_readers import reader_at
from tests.builders.request_desk import RequestDesk, request_desk
from tests.builders.store import a_number

ADDRESS = str(CLAIRE.address)
WORDS, VACCINATIONS = "C’était en 2020.", ProfileSection.VACCINATIONS


@dataclass(frozen=True)
class Confirmed:
    """A vaccination of Camille's that Claire confirmed, with her in Camille's space."""

    desk: RequestDesk
    claire: Actor
    number: int

    @property
    def name(self) -> EntryName:
        return EntryName(VACCINATIONS, self.number)

    @property
    def corrections(self) -> EntryCorrections:
        return EntryCorrections(self.desk.site.at.store, self.desk.site.at.clock)

    @property
    def confirmations(self) -> VaccinationConfirmations:
        return VaccinationConfirmations(self.desk.site.at.store, self.desk.site.at.clock)

    @property
    def writing(self) -> ProfileWriting:
        return ProfileWriting(self.desk.site.at.store, self.desk.site.at.clock)

    async def ask(self) -> RightsRequest:
        """Ask Claire, and let the message go."""
        made = await self.corrections.ask(self.desk.site.actor, self.name, WORDS)
        assert isinstance(made, RightsRequest)
        await self.desk.post()
        return made

    async def versions(self) -> list[ProfileEntry]:
        reading = ProfileReading(self.desk.site.at.store, self.desk.site.at.clock)
        return list(await reading.versions(self.desk.site.actor, VACCINATIONS, self.number))


@pytest.fixture
async def confirmed(ram: Path) -> AsyncIterator[Confirmed]:
    """Have Claire confirm what Camille wrote."""
    async with request_desk(ram) as desk:
        reader = await reader_at(desk.site.at, "claire.console@medecin.mssante.fr")
        await reader.open(desk.site.camille)
        names = reader.me.identifiers | {mailbox_name(CLAIRE.address)}
        claire = replace(reader.in_space(desk.site.camille), account=ADDRESS, identifiers=names)
        one = Confirmed(desk, claire, a_number())
        await one.writing.save(desk.site.actor, VACCINATIONS, one.number, 0, {"nom": "Tétanos", "date": "2021"})
        await one.confirmations.confirm(one.claire, one.number, 1, is_right=True)
        yield one


async def test_who_confirmed_stands_in_the_record_and_is_written_to(confirmed: Confirmed) -> None:
    author = (await confirmed.versions())[0].author
    assert author is not None
    assert (author.name, author.detail, author.address) == ("Dr Claire Martin", "Cabinet des Lilas", ADDRESS)
    request = await confirmed.ask()
    (message,) = confirmed.desk.letterbox.taken
    assert (message["To"], request.to, request.title) == (ADDRESS, "Dr Claire Martin", "Tétanos")
    text = message.get_content()
    for words in (WORDS, "Vaccination confirmée : Tétanos", "à la page des vaccins", "2 avril 2026"):
        assert words in text, words


async def test_answer_at_the_console_stands_beside_the_entry_and_both_versions_stay(confirmed: Confirmed) -> None:
    request, site = await confirmed.ask(), confirmed.desk.site
    other = replace(confirmed.claire, identifiers=frozenset({"mail:other@medecin.mssante.fr"}))
    before = await confirmed.versions()
    with pytest.raises(NotFound):  # somebody else was asked
        await confirmed.corrections.answer(replace(confirmed.claire, identifiers=frozenset({
            "rpps:810000000011"})), request.number, "Non.")  # fmt: skip
    with pytest.raises(AccessRefused):  # nobody else is let in
        await confirmed.corrections.answer(other, request.number, "Non.")
    for words, fault in ((" ", RequestFault.NO_WORDS), ("x" * 1001, RequestFault.TOO_LONG)):
        assert await confirmed.corrections.answer(confirmed.claire, request.number, words) is fault
    assert await confirmed.corrections.answer(confirmed.claire, request.number, "Le carnet dit 2021.") is None
    with pytest.raises(NotFound):  # it waits no more
        await confirmed.corrections.answer(confirmed.claire, request.number, "Encore.")
    (vaccination,) = await confirmed.confirmations.listed(confirmed.claire)
    (stands,) = await confirmed.corrections.standing(site.actor, confirmed.name)
    assert vaccination.annotations == (stands,)
    assert (stands.state, stands.words, stands.answer) == (RequestState.ANSWERED, WORDS, "Le carnet dit 2021.")
    assert await confirmed.versions() == before
    assert len(await site.trace("correction.answered")) == 1


async def test_answer_by_mail_ends_it_and_names_its_conversation(confirmed: Confirmed) -> None:
    request = await confirmed.ask()
    answers = str(confirmed.desk.letterbox.taken[0]["Message-ID"])
    mid = await confirmed.desk.site.receive(a_letter(CLAIRE, answers=answers), CLAIRE)
    ended = await confirmed.desk.now(request)
    assert (ended.state, ended.thread) == (RequestState.ANSWERED, int(mid))


async def test_taking_the_confirmation_back_answers_it_and_the_patient_changes_the_entry(confirmed: Confirmed) -> None:
    request, site = await confirmed.ask(), confirmed.desk.site
    await confirmed.confirmations.confirm(confirmed.claire, confirmed.number, 2, is_right=False)
    ended = await confirmed.desk.now(request)
    assert (ended.state, ended.answered_by, ended.answer) == (RequestState.ANSWERED, "Dr Claire Martin", "")
    assert ended.taken_back
    await confirmed.writing.save(site.actor, VACCINATIONS, confirmed.number, 3, {"nom": "Tétanos", "date": "2020"})
    assert [one.fields["date"] for one in await confirmed.versions()] == ["2020", "2021", "2021", "2021"]
    with pytest.raises(NotFound):  # nothing is confirmed any more
        await confirmed.corrections.of(site.actor, confirmed.name)
    assert len(await confirmed.corrections.standing(site.actor, confirmed.name)) == 1


async def test_another_professional_takes_a_confirmation_back_when_the_patient_contests_it(
    confirmed: Confirmed,
) -> None:
    site = confirmed.desk.site
    paul = replace(
        confirmed.claire, account="paul@medecin.mssante.fr", person="Dr Paul Roche",
        identifiers=frozenset({"mail:paul@medecin.mssante.fr", "rpps:810000000011"}),
    )  # fmt: skip
    before = await confirmed.versions()
    (shown,) = await confirmed.confirmations.listed(paul)
    (of_claire,) = await confirmed.confirmations.listed(confirmed.claire)
    assert (shown.may_take_back, of_claire.may_take_back) == (False, True)
    with pytest.raises(AccessRefused, match="ACC-18"):
        await confirmed.confirmations.confirm(paul, confirmed.number, 2, is_right=False)
    assert await confirmed.versions() == before
    assert len(await site.trace("access.refused")) == 1
    await confirmed.confirmations.confirm(paul, confirmed.number, 2, is_right=True)  # it is already
    assert await confirmed.versions() == before
    request = await confirmed.ask()
    (shown,) = await confirmed.confirmations.listed(paul)
    assert shown.may_take_back
    await confirmed.confirmations.confirm(paul, confirmed.number, 2, is_right=False)
    ended = await confirmed.desk.now(request)
    assert (ended.to, ended.answered_by, ended.taken_back) == ("Dr Claire Martin", "Dr Paul Roche", True)


async def test_delegate_confirms_and_answers_for_a_professional_who_is_asked(confirmed: Confirmed) -> None:
    site, claire = confirmed.desk.site, confirmed.claire
    lea = replace(claire, person="Léa Roux", responsible="Dr Claire Martin")
    await confirmed.confirmations.confirm(claire, confirmed.number, 2, is_right=False)
    await confirmed.confirmations.confirm(lea, confirmed.number, 3, is_right=True)
    author = (await confirmed.versions())[0].author
    assert author is not None
    assert (author.named, author.address) == ("Léa Roux, pour Dr Claire Martin", ADDRESS)
    request = await confirmed.ask()
    assert (request.to, request.to_address) == ("Dr Claire Martin", ADDRESS)
    assert "confirmé en votre nom" in confirmed.desk.letterbox.taken[0].get_content()
    await confirmed.corrections.answer(lea, request.number, "Le carnet dit 2021.")
    ended = await confirmed.desk.now(request)
    assert (ended.answered_by, ended.taken_back) == ("Léa Roux, pour Dr Claire Martin", False)
    (line,) = await site.trace("correction.answered")
    assert (line.person, line.responsible) == ("Léa Roux", "Dr Claire Martin")
    again = await confirmed.ask()
    await confirmed.confirmations.confirm(claire, confirmed.number, 4, is_right=False)  # whoever she acted for may
    assert (await confirmed.desk.now(again)).answered_by == "Dr Claire Martin"


async def test_patient_who_notes_that_the_answer_came_has_taken_nothing_back(confirmed: Confirmed) -> None:
    request, own = await confirmed.ask(), OwnRequests(confirmed.desk.site.at.store, confirmed.desk.site.at.clock)
    await own.note_answer(confirmed.desk.site.actor, request.number)
    ended = await confirmed.desk.now(request)
    assert (ended.state, ended.taken_back) == (RequestState.ANSWERED, False)
    assert (await confirmed.versions())[0].is_locked


async def test_whoever_was_blocked_is_not_written_to_and_the_operator_sees_it(confirmed: Confirmed) -> None:
    site = confirmed.desk.site
    blocked = PartyChoice(
        number=1, names=frozenset({mailbox_name(CLAIRE.address)}), label="", standing=PartyStanding.BLOCKED
    )
    await site.at.store.write(lambda tx: tx.patient_choices.put(site.camille.vault, PatientChoices(parties=(blocked,))))
    request = await confirmed.ask()
    assert confirmed.desk.letterbox.taken == []
    assert (await confirmed.desk.now(request)).undelivered


async def test_faults_ask_nothing(confirmed: Confirmed) -> None:
    site, ask = confirmed.desk.site, confirmed.corrections.ask
    await confirmed.ask()
    assert await ask(site.actor, confirmed.name, WORDS) is RequestFault.ASKED_ALREADY
    assert await ask(site.actor, confirmed.name, " ") is RequestFault.NO_WORDS
    assert await ask(site.actor, confirmed.name, "x" * 1001) is RequestFault.TOO_LONG
    unconfirmed = EntryName(ProfileSection.ALLERGIES, (await site.write_allergy()).id)
    for actor, name in (
        (site.actor, unconfirmed), (site.actor, EntryName(VACCINATIONS, 12345)),
        (holder_of(site.louis, "web"), confirmed.name),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await ask(actor, name, WORDS)
        with pytest.raises(NotFound):
            await confirmed.corrections.of(actor, name)
    with pytest.raises(AccessRefused):  # a visitor asks nothing for the patient
        await ask(confirmed.claire, confirmed.name, WORDS)
