"""A professional opens records: by a code that is spent once, counted in the transaction that decides (A1, A23)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.cli.arguments import instant
from gateway.domain.access_settings import AccessSettings
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.care_contact import ContactWay
from gateway.domain.errors import AccessUndecided, Conflict, NotFound
from gateway.domain.exchange import Exchange, ExchangeState
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.patient_choices import EmergencyConsent, PartyChoice, PartyStanding, PatientChoices
from gateway.domain.record_openings import (
    CODE_TRIES,
    LONGEST_EMERGENCY,
    LONGEST_REASON,
    MOST_CODES,
    CodeLife,
    OpenedBy,
    OpenFor,
    end_of_day,
)
from gateway.domain.step_payloads import ReaderStopped, TellHolder
from gateway.domain.synthesis import SynthesisPart
from gateway.policy.access import reasons
from gateway.services.access.actors import holder_of
from gateway.services.openings.incidents import Incidents
from gateway.services.openings.paused_openings import PAUSED_LASTS, PausedOpening, PausedOpenings
from gateway.services.openings.reader_alarm import ReaderAlarm
from gateway.services.openings.reading_budget import OWN_AFTER
from gateway.services.openings.record_openings import AskedOpening, OpenRecord
from gateway.services.synthesis.synthesis_reading import SynthesisReading
from tests.builders.outbox import A_WORKER
from tests.builders.record_readers import ADDRESS, Reader, a_reader, reader_at
from tests.builders.store import a_mailbox, a_space

FEW = AccessSettings(readings_a_day=2)


@pytest.fixture
async def reader(ram: Path) -> AsyncIterator[Reader]:
    async with a_reader(ram, FEW) as opened:
        yield opened


async def actions(reader: Reader, vault: VaultId) -> list[str]:
    return [event.action for event in await reader.at.store.read(lambda tx: tx.audit.events(vault))]


async def steps(reader: Reader) -> list[Step]:
    now = reader.at.clock.now()
    return await reader.at.store.write(lambda tx: tx.outbox.lease(now, now + timedelta(minutes=5), 99, holder=A_WORKER))


async def test_code_opens_the_record_once_until_its_end_and_the_patient_is_told(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    digits = await reader.code_of(space, opens=OpenFor.HOUR)
    assert not await reader.may_read(space)
    opened = await reader.open(space, code=f"{digits[:4]} {digits[4:]}")
    assert opened == OpenRecord(how=OpenedBy.CODE, ends=reader.at.clock.now() + timedelta(hours=1))
    assert await reader.may_read(space)
    told = [step.payload for step in await steps(reader) if isinstance(step.payload, TellHolder)]
    assert [one.kind for one in told] == [NoticeKind.RECORD_OPENED]
    assert (await actions(reader, space.vault))[:2] == ["record.opened", "access-code.used"]
    (contact,) = await reader.at.store.read(lambda tx: tx.patient_choices.contacts(space.vault, 10))
    assert (contact.label, contact.way) == ("Dr Claire Martin", ContactWay.ACCESS)
    other = replace(reader.in_space(space), account="luc@x.example", identifiers=frozenset({"mail:luc@x.example"}))
    again = await reader.openings.open(other, AskedOpening(how=OpenedBy.CODE, code=digits))
    assert again is reasons.NO_CONSENT
    reader.at.clock.advance(timedelta(hours=1))
    assert not await reader.may_read(space)


async def test_patient_ends_an_opening_at_once_and_takes_a_code_back(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    patient = holder_of(space, "web")
    await reader.open(space)
    opening = (await reader.codes.given(patient)).openings[0]
    await reader.codes.end(patient, opening.number)
    assert not await reader.may_read(space)
    with pytest.raises(NotFound):
        await reader.codes.end(patient, opening.number)
    digits = await reader.code_of(space)
    await reader.codes.cancel(patient, (await reader.codes.given(patient)).codes[0].number)
    assert await reader.open(space, code=digits) is reasons.NO_CONSENT


@pytest.mark.parametrize("typed", ["1234567", "123456789", "abcdefgh", "１２３４５６７８", "' OR 1", "\x00" * 99])
async def test_what_can_be_no_code_uses_no_try(reader: Reader, typed: str) -> None:
    space = await a_space(reader.at.store)
    digits = await reader.code_of(space)
    for _ in range(CODE_TRIES):
        assert await reader.open(space, code=typed) is reasons.NO_CONSENT
    assert isinstance(await reader.open(space, code=digits), OpenRecord)


async def test_guesses_in_parallel_use_the_tries_of_a_code(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    digits = await reader.code_of(space)
    wrong = f"{(int(digits) + 1) % 10**8:08}"
    answers = await asyncio.gather(*(reader.open(space, code=wrong) for _ in range(CODE_TRIES)))
    assert set(answers) == {reasons.NO_CONSENT}
    assert (await reader.codes.given(holder_of(space, "web"))).codes == []
    # Whoever guesses is stopped, tells nobody from somebody by it, and uses no code up any more.
    nobody = AskedOpening(how=OpenedBy.CODE, code=digits)
    assert await reader.openings.open(replace(reader.me, vault=VaultId(1 << 61 | 999)), nobody) is reasons.STOPPED
    assert await reader.open(space) is reasons.STOPPED
    assert len((await reader.codes.given(holder_of(space, "web"))).codes) == 1
    assert len([step for step in await steps(reader) if isinstance(step.payload, ReaderStopped)]) == 1


async def test_holder_of_two_mailboxes_has_one_count_and_an_incident_lists_both(reader: Reader) -> None:
    begun, address = reader.at.clock.now(), "claire.martin2@medecin.mssante.fr"
    second = await a_mailbox(reader.at.store, address, name="Dr Claire Martin")
    names = reader.me.identifiers | {f"mail:{address}"}
    there = replace(reader.me, account=address, vault=second, home=second, reader=reader.me.home, identifiers=names)
    other = replace(reader, me=there)
    spaces = [await a_space(reader.at.store) for _ in range(3)]
    assert isinstance(await reader.open(spaces[0]), OpenRecord)
    assert isinstance(await other.open(spaces[1]), OpenRecord)
    assert await reader.may_read(spaces[1]) is True
    assert await other.open(spaces[2], reason="urgence") is reasons.SECOND_FACTOR
    reader.at.clock.advance(timedelta(seconds=1))
    both = [MailAddress.parse(ADDRESS), MailAddress.parse(address)]
    period = begun, reader.at.clock.now()
    for account in both:
        found = await Incidents(reader.at.store, reader.at.clock).reached(account, *period, both)
        assert {one.vault for one in found} == {spaces[0].vault, spaces[1].vault}


async def test_guesses_at_nobody_are_counted_like_others(reader: Reader) -> None:
    for number in range(5):
        nobody = replace(reader.me, vault=VaultId(1 << 61 | number))
        answer = await reader.openings.open(nobody, AskedOpening(how=OpenedBy.CODE, code="12345678"))
        assert answer is reasons.NO_CONSENT
    assert await reader.open(await a_space(reader.at.store)) is reasons.STOPPED


async def test_an_exchange_that_has_just_begun_spares_no_place_of_the_day(reader: Reader) -> None:
    space, address = await a_space(reader.at.store), MailAddress.parse(ADDRESS)
    begun = Exchange(address, ExchangeState.OPEN, "Dr Claire Martin", reader.at.clock.now())
    await reader.at.store.write(lambda tx: tx.exchanges.put(space.vault, begun))

    async def counted() -> int:
        state = await reader.at.store.read(lambda tx: tx.record_openings.reader_state(reader.me.vault))
        return state.opened if state else 0

    await reader.open(space, code=await reader.code_of(space, opens=OpenFor.MONTH))
    assert await counted() == 1
    reader.at.clock.advance(OWN_AFTER)
    assert isinstance(await reader.open(space, OpenedBy.CONSENT), OpenRecord)
    assert await counted() == 0


async def test_a_code_is_over_at_its_end_and_there_are_few(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    codes = [await reader.code_of(space, CodeLife.HOUR) for _ in range(MOST_CODES)]
    with pytest.raises(Conflict):
        await reader.code_of(space)
    reader.at.clock.advance(timedelta(hours=1))
    assert await reader.open(space, code=codes[0]) is reasons.NO_CONSENT
    assert isinstance(await reader.open(space), OpenRecord)


async def test_a_record_must_be_opened_again_on_the_next_day(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    await reader.open(space, code=await reader.code_of(space, opens=OpenFor.MONTH))
    reader.at.clock.advance(timedelta(days=1))
    assert not await reader.may_read(space)
    assert isinstance(await reader.open(space, OpenedBy.CONSENT), OpenRecord)
    assert await reader.may_read(space)


async def test_openings_in_parallel_count_and_beyond_the_number_a_factor_and_a_reason_are_asked(reader: Reader) -> None:
    spaces = [await a_space(reader.at.store) for _ in range(5)]
    codes = [await reader.code_of(space) for space in spaces]
    answers = await asyncio.gather(
        *(reader.open(space, code=code) for space, code in zip(spaces, codes, strict=True))
    )
    assert sorted(isinstance(answer, OpenRecord) for answer in answers) == [False] * 3 + [True] * 2
    assert {answer for answer in answers if not isinstance(answer, OpenRecord)} == {reasons.SECOND_FACTOR}
    waiting = [space for space, answer in zip(spaces, answers, strict=True) if not isinstance(answer, OpenRecord)]
    now = reader.at.clock.now()
    again = OpenedBy.CONSENT
    assert await reader.open(waiting[0], again, reason="garde") is reasons.SECOND_FACTOR
    assert await reader.open(waiting[0], again, proved_at=now) is reasons.SECOND_FACTOR
    assert isinstance(await reader.open(waiting[0], again, reason="garde", proved_at=now), OpenRecord)
    # One factor serves one opening.
    assert await reader.open(waiting[1], again, reason="garde", proved_at=now) is reasons.SECOND_FACTOR
    assert not await reader.may_read(waiting[1])


async def test_beyond_twice_the_number_all_is_stopped_the_operator_alarmed_and_each_told(reader: Reader) -> None:
    spaces = [await a_space(reader.at.store) for _ in range(5)]
    for number, space in enumerate(spaces):
        reader.at.clock.advance(timedelta(milliseconds=100))
        proved = reader.at.clock.now() if number >= 2 else None
        answer = await reader.open(space, reason="garde", proved_at=proved)
        assert isinstance(answer, OpenRecord) == (number < 4)
    assert answer is reasons.STOPPED
    assert [await reader.may_read(space) for space in spaces] == [False] * 5
    # Once, however often it is tried.
    assert await reader.open(spaces[4], OpenedBy.CONSENT, "garde", proved_at=reader.at.clock.now()) is reasons.STOPPED
    found = [step for step in await steps(reader) if isinstance(step.payload, ReaderStopped)]
    assert len(found) == 1
    alarm = ReaderAlarm(reader.at.store, reader.at.clock, "alerte@operateur.example")
    for _ in range(2):
        for effect in (await alarm.tell(found[0])).work().elsewhere:
            await reader.at.store.write(effect)
    told = [(step.vault, step.payload) for step in await steps(reader) if isinstance(step.payload, TellHolder)]
    suspected = [vault for vault, payload in told if payload.kind is NoticeKind.READER_STOPPED]
    assert sorted(suspected) == sorted(space.vault for space in spaces[:4])
    assert [payload.to for vault, payload in told if vault == OPERATOR] == ["alerte@operateur.example"]
    assert "reading.suspected" in await actions(reader, spaces[0].vault)
    assert (await actions(reader, OPERATOR))[0] == "reading.alarm"
    said = next(payload.values for vault, payload in told if vault == OPERATOR)
    period = instant(said["since"]), instant(said["until"])
    found_again = await Incidents(reader.at.store, reader.at.clock).reached(MailAddress.parse(ADDRESS), *period)
    assert [one.vault for one in found_again] == [space.vault for space in spaces[:4]]
    # Done a third time, when everybody's notice is gone, it tells nobody again.
    reader.at.behind_its_back("DELETE FROM outbox WHERE vault <> ?", OPERATOR)
    for effect in (await alarm.tell(found[0])).work().elsewhere:
        await reader.at.store.write(effect)
    assert reader.at.behind_its_back("SELECT 1 FROM outbox WHERE vault <> ?", OPERATOR) == []


async def test_what_waits_for_a_fresh_sign_in_is_theirs_and_over_in_ten_minutes(reader: Reader) -> None:
    paused = PausedOpenings(reader.at.store, reader.at.clock)
    asked = PausedOpening(
        person=VaultId(1 << 61 | 5), how=OpenedBy.BREAK_GLASS, reason="é" * 900, lasts=timedelta(hours=4)
    )
    token = await paused.pause(reader.me, asked)
    assert await paused.paused(reader.me, token) == replace(asked, reason="é" * LONGEST_REASON)
    other = (await reader_at(reader.at, address="luc.morel@medecin.mssante.fr")).me
    for actor, found in ((other, token), (reader.me, token[:-1]), (reader.me, "")):
        assert await paused.paused(actor, found) is None
    reader.at.clock.advance(PAUSED_LASTS)
    assert await paused.paused(reader.me, token) is None


async def test_whoever_bends_the_rows_of_a_budget_opens_nothing_more(reader: Reader) -> None:
    first, second = await a_space(reader.at.store), await a_space(reader.at.store)
    await reader.open(first)
    reader.at.behind_its_back("DELETE FROM reader_state")
    with pytest.raises(AccessUndecided):
        await reader.open(second)
    assert not await reader.may_read(first)


async def test_a_code_that_was_used_and_is_put_back_opens_nothing(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    digits = await reader.code_of(space)
    kept = reader.at.behind_its_back("SELECT vault, number, record, version, code FROM access_code")[0]
    await reader.open(space, code=digits)
    patient = holder_of(space, "web")
    await reader.codes.end(patient, (await reader.codes.given(patient)).openings[0].number)
    columns = "vault, number, record, version, code"
    reader.at.behind_its_back(f"INSERT INTO access_code ({columns}) VALUES (?, ?, ?, ?, ?)", *kept)
    assert await reader.open(space, code=digits) is reasons.NO_CONSENT


async def consented(reader: Reader, space: Space, *consents: EmergencyConsent) -> None:
    choices = PatientChoices(emergency=frozenset(consents))
    await reader.at.store.write(lambda tx: tx.patient_choices.put(space.vault, choices))


async def test_emergency_takes_consent_reason_and_end_and_runs_out(reader: Reader) -> None:
    space, kind = await a_space(reader.at.store), OpenedBy.BREAK_GLASS
    assert await reader.open(space, kind, reason="malaise", lasts=timedelta(hours=1)) is reasons.NO_EMERGENCY
    await consented(reader, space, EmergencyConsent.SERVICES)
    assert await reader.open(space, kind, reason="malaise", lasts=timedelta(hours=1)) is reasons.NO_EMERGENCY
    await consented(reader, space, EmergencyConsent.BREAK_GLASS)
    assert await reader.open(space, kind, reason=" ", lasts=timedelta(hours=1)) is reasons.NO_EMERGENCY
    assert await reader.open(space, kind, reason="malaise") is reasons.NO_EMERGENCY
    assert not await reader.may_read(space)
    opened = await reader.open(space, kind, reason="malaise", lasts=timedelta(days=30))
    assert opened == OpenRecord(how=kind, ends=reader.at.clock.now() + LONGEST_EMERGENCY, reason="malaise")
    assert await reader.may_read(space)
    told = [step.payload.kind for step in await steps(reader) if isinstance(step.payload, TellHolder)]
    assert told == [NoticeKind.EMERGENCY_OPENING]
    line = (await reader.at.store.read(lambda tx: tx.audit.events(space.vault)))[0]
    assert (line.action, line.purpose, line.reason, line.detail) == ("record.opened", "ETREAT", "malaise", kind.value)
    await consented(reader, space)
    assert not await reader.may_read(space)
    await consented(reader, space, EmergencyConsent.BREAK_GLASS)
    reader.at.clock.advance(timedelta(hours=12))
    reader.at.clock.advance(timedelta(hours=12))
    assert not await reader.may_read(space)


async def test_emergency_service_comes_by_its_own_consent_whatever_it_asks_for(ram: Path) -> None:
    rescue = AccessSettings(emergency_organisations=frozenset({"350000022"}))
    async with a_reader(ram, rescue) as reader:
        samu = replace(reader, me=replace(reader.me, organisation_id="350000022"))
        space, asked, other = await a_space(reader.at.store), OpenedBy.BREAK_GLASS, OpenedBy.SERVICES
        hour = timedelta(hours=1)
        await consented(reader, space, EmergencyConsent.BREAK_GLASS)
        assert await samu.open(space, asked, reason="malaise", lasts=hour) is reasons.NO_EMERGENCY
        await consented(reader, space, EmergencyConsent.SERVICES)
        assert await reader.open(space, other, reason="malaise", lasts=hour) is reasons.NO_EMERGENCY
        opened = await samu.open(space, asked, reason="malaise", lasts=hour)
        assert isinstance(opened, OpenRecord)
        assert opened.how is OpenedBy.SERVICES
        # In another capacity she is no emergency service, and reads nothing by that opening.
        assert (await samu.may_read(space), await reader.may_read(space)) == (True, False)


async def test_emergency_goes_on_after_midnight_and_to_its_end(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    await consented(reader, space, EmergencyConsent.BREAK_GLASS)
    before = end_of_day(reader.at.clock.now()) - timedelta(minutes=30)
    reader.at.clock.advance(before - reader.at.clock.now())
    await reader.open(space, OpenedBy.BREAK_GLASS, reason="malaise", lasts=timedelta(hours=1))
    reader.at.clock.advance(timedelta(minutes=59))
    assert await reader.may_read(space)
    assert await reader.openings.what_is_open(reader.in_space(space)) is not None
    reader.at.clock.advance(timedelta(minutes=1))
    assert not await reader.may_read(space)


async def test_consent_stands_when_an_emergency_is_no_longer_consented_to(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    names = reader.me.identifiers
    allowed = PartyChoice(
        number=1, names=names, label="Dr", standing=PartyStanding.ALLOWED, since=reader.at.clock.now()
    )
    consents = PatientChoices(parties=(allowed,), emergency=frozenset({EmergencyConsent.BREAK_GLASS}))
    await reader.at.store.write(lambda tx: tx.patient_choices.put(space.vault, consents))
    await reader.open(space, OpenedBy.BREAK_GLASS, reason="malaise", lasts=timedelta(hours=1))
    withdrawn = replace(consents, emergency=frozenset())
    await reader.at.store.write(lambda tx: tx.patient_choices.put(space.vault, withdrawn))
    assert await reader.may_read(space)


async def test_what_is_open_to_one_is_open_to_no_colleague_of_the_same_organisation(reader: Reader) -> None:
    house, space = "finess:350000011", await a_space(reader.at.store)
    await consented(reader, space, EmergencyConsent.BREAK_GLASS)
    claire = replace(reader.in_space(space), identifiers=reader.me.identifiers | {house})
    colleague = replace(claire, account="luc@x.example", identifiers=frozenset({"mail:luc@x.example", house}))
    urgent = AskedOpening(how=OpenedBy.BREAK_GLASS, reason="malaise", lasts=timedelta(hours=1))
    for asked in (urgent, AskedOpening(how=OpenedBy.CODE, code=await reader.code_of(space))):
        assert isinstance(await reader.openings.open(claire, asked), OpenRecord)
        assert await reader.openings.open(colleague, AskedOpening(how=OpenedBy.CONSENT)) is reasons.NO_CONSENT
    # Nor are they one line of those in contact: whoever authorises her would let in the whole house.
    contacts = await reader.at.store.read(lambda tx: tx.patient_choices.contacts(space.vault, 9))
    assert [one.names for one in contacts] == [reader.me.identifiers]


async def test_nobody_there_reads_like_no_consent(reader: Reader) -> None:
    nobody = replace(reader.me, vault=VaultId(1 << 61 | 999))
    for how, answer in ((OpenedBy.CODE, reasons.NO_CONSENT), (OpenedBy.BREAK_GLASS, reasons.NO_EMERGENCY)):
        asked = AskedOpening(how=how, code="12345678", reason="malaise", lasts=timedelta(hours=1))
        assert await reader.openings.open(nobody, asked) is answer
    assert await reader.openings.what_is_open(nobody) is None


async def test_whoever_is_blocked_opens_nothing_and_what_is_open_closes(reader: Reader) -> None:
    space = await a_space(reader.at.store)
    await reader.open(space)
    blocked = PartyChoice(number=1, names=reader.me.identifiers, label="Dr", standing=PartyStanding.BLOCKED)
    await reader.at.store.write(lambda tx: tx.patient_choices.put(space.vault, PatientChoices(parties=(blocked,))))
    assert not await reader.may_read(space)
    digits = await reader.code_of(space)
    assert await reader.open(space, code=digits) is reasons.NO_CONSENT
    await reader.at.store.write(lambda tx: tx.patient_choices.put(space.vault, PatientChoices()))
    assert isinstance(await reader.open(space, code=digits), OpenRecord)


async def test_incident_lists_exactly_whose_records_were_reached_and_which_data(reader: Reader) -> None:
    spaces = [await a_space(reader.at.store) for _ in range(3)]
    first = reader.at.clock.now()
    for space in spaces[:2]:
        await reader.open(space)
    reading = SynthesisReading(reader.at.store, reader.at.clock)
    await reading.shown(reader.in_space(spaces[0]), (SynthesisPart.ALLERGIES,))
    assert await reader.open(spaces[2]) is reasons.SECOND_FACTOR
    reader.at.clock.advance(timedelta(hours=1))
    account = MailAddress.parse(ADDRESS)
    found = await Incidents(reader.at.store, reader.at.clock).reached(account, first, reader.at.clock.now())
    # The third gave a code that was used, and nothing of theirs was read.
    assert sorted(one.vault for one in found) == sorted(space.vault for space in spaces[:2])
    assert "profile:allergies" in next(one.data for one in found if one.vault == spaces[0].vault)
    later = reader.at.clock.now()
    assert await Incidents(reader.at.store, reader.at.clock).reached(account, later, later + timedelta(hours=1)) == []
