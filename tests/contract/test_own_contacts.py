"""The holder of a space changes where they are told: by a code that is read there; every contact before is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor
from gateway.domain.account import Session, Space
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.step_payloads import TellHolder
from gateway.services.access.actors import holder_of
from gateway.services.sign_in.patient_sign_in import SignInSettings
from gateway.services.sign_in.recent_proof import LASTS, note_proof
from gateway.services.space.own_contacts import ContactFault, OwnContacts
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import PatientSite, patient_site

OLD, NEW, PHONE = "jeanne@courriel.example", "camille@autre.example", "+33600000012"
HERE, THERE, LINK, OTHERS = (bytes([n] * 32) for n in (1, 2, 3, 4))


@dataclass(frozen=True)
class ContactSite:
    """Camille, signed in here and there, with a link to a new password on its way; Louis is signed in as well."""

    site: PatientSite
    seen: set[int] = field(default_factory=set)

    @property
    def own(self) -> OwnContacts:
        """Give the service."""
        return self.site.services.contacts

    @property
    def camille(self) -> Actor:
        """Give Camille."""
        return holder_of(self.site.camille, "web")

    async def space(self) -> Space:
        """Give her space as it is now."""
        return await self.site.at.store.read(lambda tx: tx.spaces.space(self.site.camille.vault))

    async def has(self, **fields: str) -> None:
        """Give her other contacts."""
        space = replace(await self.space(), **fields)  # type: ignore[arg-type]  # fields of the caller
        await self.site.at.store.write(lambda tx: tx.spaces.save(space))

    async def told(self) -> list[TellHolder]:
        """Give what was to be told since the last time."""
        now = self.site.at.clock.now()
        steps = await self.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
        fresh = [step for step in steps if step.id not in self.seen]
        self.seen.update(step.id for step in fresh)
        return [step.payload for step in fresh if isinstance(step.payload, TellHolder)]

    async def code(self, contact: str = NEW, channel: Channel = Channel.EMAIL, session: bytes = HERE) -> str:
        """Ask for a code, and read it."""
        assert await self.own.send_code(self.camille, channel, contact, session) == contact
        sent = next(told for told in await self.told() if told.kind is NoticeKind.CONTACT_CODE)
        assert (sent.channel, sent.to) == (channel, contact)
        return sent.values["code"]


@pytest.fixture
async def contacts(ram: Path) -> AsyncIterator[ContactSite]:
    async with patient_site(ram, SignInSettings(codes_a_day=8)) as site:
        now = site.at.clock.now()
        for digest, vault, kind in (
            (HERE, site.camille.vault, "web"),
            (THERE, site.camille.vault, "web"),
            (LINK, site.camille.vault, "reset"),
            (OTHERS, site.louis.vault, "web"),
        ):
            row = Session(
                digest=digest, vault=vault, kind=kind, created=now, used=now, expires=now + timedelta(hours=8)
            )
            await site.at.store.write(lambda tx, one=row: tx.spaces.save_session(one))  # type: ignore[misc]
        yield ContactSite(site)


async def test_contact_counts_once_its_code_is_right(contacts: ContactSite) -> None:
    code = await contacts.code()
    assert (await contacts.space()).email == OLD
    assert await contacts.own.confirm(contacts.camille, Channel.EMAIL, NEW, code, HERE) is None
    assert (await contacts.space()).email == NEW
    (told,) = await contacts.told()
    assert (told.kind, told.to, told.values) == (NoticeKind.CONTACT_CHANGED, OLD, {"new": "c•••@•••"})
    (event,) = await contacts.site.trace("contact.changed")
    assert (event.detail, event.role) == ("email", "patient")


async def test_every_contact_that_there_was_is_told_of_one_that_is_added(contacts: ContactSite) -> None:
    code = await contacts.code(PHONE, Channel.SMS)
    assert await contacts.own.confirm(contacts.camille, Channel.SMS, PHONE, code, HERE) is None
    assert [(told.to, told.values["new"][-2:]) for told in await contacts.told()] == [(OLD, "12")]
    code = await contacts.code()
    contacts.site.at.clock.advance(timedelta(minutes=1))
    assert await contacts.own.confirm(contacts.camille, Channel.EMAIL, NEW, code, HERE) is None
    assert {told.to for told in await contacts.told()} == {OLD, PHONE}


async def test_links_to_a_new_password_end_that_went_to_what_there_was(contacts: ContactSite) -> None:
    code = await contacts.code()
    await contacts.own.confirm(contacts.camille, Channel.EMAIL, NEW, code, HERE)
    left = await contacts.site.at.store.read(lambda tx: tx.spaces.sessions_of(contacts.site.camille.vault))
    assert {one.digest for one in left} == {HERE, THERE}


@pytest.mark.parametrize(
    ("channel", "contact", "session", "fault"), [
        (Channel.EMAIL, "x@y.example", HERE, ContactFault.WRONG_CODE),
        (Channel.SMS, NEW, HERE, ContactFault.WRONG_CODE),
        (Channel.EMAIL, NEW, THERE, ContactFault.CODE_OVER),  # there is none in that session
    ],
)  # fmt: skip
async def test_code_is_of_one_contact_and_one_session(
    contacts: ContactSite, channel: Channel, contact: str, session: bytes, fault: ContactFault
) -> None:
    code = await contacts.code()
    answer = await contacts.own.confirm(contacts.camille, channel, contact, code, session)
    assert (answer, (await contacts.space()).email) == (fault, OLD)
    assert {event.outcome for event in await contacts.site.trace("contact.code")} == {"sent", fault.value}


async def test_code_is_good_once_for_some_minutes_and_some_tries(contacts: ContactSite) -> None:
    confirm, me = contacts.own.confirm, contacts.camille
    code = await contacts.code()
    assert await confirm(me, Channel.EMAIL, NEW, code, HERE) is None
    assert await confirm(me, Channel.EMAIL, NEW, code, HERE) is ContactFault.CODE_OVER
    contacts.site.at.clock.advance(timedelta(minutes=1))
    code = await contacts.code(PHONE, Channel.SMS)
    wrong = [await confirm(me, Channel.SMS, PHONE, "x", HERE) for _ in range(6)]
    assert wrong[0] is ContactFault.WRONG_CODE
    assert wrong[-1] is ContactFault.CODE_OVER
    assert await confirm(me, Channel.SMS, PHONE, code, HERE) is ContactFault.CODE_OVER
    contacts.site.at.clock.advance(timedelta(minutes=1))
    code = await contacts.code(PHONE, Channel.SMS)
    contacts.site.at.clock.advance(timedelta(minutes=10))
    assert await confirm(me, Channel.SMS, PHONE, code, HERE) is ContactFault.CODE_OVER
    assert (await contacts.space()).phone == ""


async def test_code_that_is_typed_many_times_at_once_counts_once(contacts: ContactSite) -> None:
    code = await contacts.code()
    answers = await asyncio.gather(
        *(contacts.own.confirm(contacts.camille, Channel.EMAIL, NEW, code, HERE) for _ in range(20))
    )
    assert sorted(map(str, answers)) == sorted(["None", *[str(ContactFault.CODE_OVER)] * 19])


async def test_codes_are_bounded_in_time_and_number(contacts: ContactSite) -> None:
    send, me = contacts.own.send_code, contacts.camille
    await contacts.code()
    assert await send(me, Channel.EMAIL, NEW, HERE) is ContactFault.TOO_SOON
    for _ in range(7):
        contacts.site.at.clock.advance(timedelta(seconds=31))
        await contacts.code()
    contacts.site.at.clock.advance(timedelta(seconds=31))
    assert await send(me, Channel.EMAIL, NEW, HERE) is ContactFault.TOO_MANY_CODES


@pytest.mark.parametrize(
    ("channel", "typed", "fault"),
    [
        (Channel.EMAIL, "camille", ContactFault.CONTACT),
        (Channel.SMS, "01 02 03 04 05", ContactFault.CONTACT),
        (Channel.EMAIL, OLD, ContactFault.SAME),
    ],
)
async def test_what_is_no_new_contact_gets_no_code(
    contacts: ContactSite, channel: Channel, typed: str, fault: ContactFault
) -> None:
    assert await contacts.own.send_code(contacts.camille, channel, typed, HERE) is fault
    assert await contacts.told() == []


async def test_open_session_alone_changes_nothing(contacts: ContactSite) -> None:
    contacts.site.at.clock.advance(LASTS)
    await contacts.has(phone=PHONE)
    me = contacts.camille
    assert (await contacts.own.contacts(me, HERE)).may_change is False
    assert await contacts.own.send_code(me, Channel.EMAIL, NEW, HERE) is ContactFault.PROOF_TOO_OLD
    assert await contacts.own.remove(me, Channel.EMAIL, HERE) is ContactFault.PROOF_TOO_OLD
    assert await contacts.own.send_code(me, Channel.EMAIL, NEW, OTHERS) is ContactFault.PROOF_TOO_OLD
    now = contacts.site.at.clock.now()
    await contacts.site.at.store.write(lambda tx: note_proof(tx, me.vault, HERE, now))
    assert (await contacts.own.contacts(me, HERE)).may_change is True
    assert await contacts.own.send_code(me, Channel.EMAIL, NEW, HERE) == NEW


async def test_contact_is_taken_away_and_both_are_told(contacts: ContactSite) -> None:
    await contacts.has(phone=PHONE)
    assert await contacts.own.remove(contacts.camille, Channel.EMAIL, HERE) is None
    space = await contacts.space()
    assert (space.email, space.phone) == ("", PHONE)
    told = await contacts.told()
    assert {(one.kind, one.to) for one in told} == {
        (NoticeKind.CONTACT_REMOVED, OLD), (NoticeKind.CONTACT_REMOVED, PHONE),
    }  # fmt: skip
    assert told[0].values["gone"] == "j•••@•••"
    assert [event.detail for event in await contacts.site.trace("contact.removed")] == ["email"]
    assert await contacts.own.remove(contacts.camille, Channel.EMAIL, HERE) is None
    assert await contacts.told() == []


async def test_last_contact_stays(contacts: ContactSite) -> None:
    assert await contacts.own.remove(contacts.camille, Channel.EMAIL, HERE) is ContactFault.LAST_CONTACT
    assert (await contacts.space()).email == OLD
