"""A message that brought what is not for representatives is in no list, count or trace of theirs (STD §4.5)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.access import Actor, Audience
from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.domain.filing_outcome import FILED, FilingOutcome
from gateway.domain.mailbox import MessageId, SpecialUse
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, representative_of
from gateway.services.access.withheld_messages import known_exchanges, withheld_messages
from gateway.services.agenda.link_reading import LinkRefusal
from gateway.services.agenda.reminder_keeper import ReminderKeeper
from gateway.services.happenings.notification_centre import happenings_in, unread_in
from gateway.services.trace.shown_lines import withheld_from
from tests.builders.agenda import MONDAY, a_calendar, an_entry
from tests.builders.family import a_child
from tests.builders.letters import a_letter
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, LABORATORY, PAUL, PatientSite, patient_site
from tests.builders.store import a_number

OTHERS, HOLDER = Audience.REPRESENTATIVES | Audience.PATIENT, Audience.PATIENT


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram) as made:
        yield made


async def withhold(site: PatientSite, mid: MessageId, who: Audience, space: Space | None = None) -> None:
    outcome = FilingOutcome(
        code=FILED, sender="a@b.example", recipient="c@d.example", message_id="<x@b.example>", subject="", asked=False,
        blob=b"", delivered=True, withheld_from=who,
    )  # fmt: skip
    await site.at.store.write(lambda tx: tx.mail.note_outcome((space or site.camille).vault, mid, outcome))


async def tutor(site: PatientSite) -> Actor:
    """Let Louis act for Camille."""
    now = site.at.clock.now()
    mandate = KeptMandate(
        vault=site.camille.vault, number=a_number(), kind=MandateKind.TUTELLE, state=MandateState.ACCEPTED,
        home=site.louis.vault, name="Louis", begun=now, changed=now,
    )  # fmt: skip
    await site.at.store.write(lambda tx: tx.mandates.save(mandate))
    return representative_of(site.louis, MandateKind.TUTELLE, site.camille.vault, "web")


async def test_lists_and_counts_of_representatives_leave_it_out_and_get_it_back(site: PatientSite) -> None:
    vault, store = site.camille.vault, site.at.store
    shown = await site.receive(a_letter(CLAIRE, subject="Bonjour"))
    site.at.clock.advance(timedelta(minutes=1))
    hidden = await site.receive(a_letter(PAUL, subject="À part"))
    await withhold(site, hidden, Audience.REPRESENTATIVES)

    async def seen_by(who: Audience) -> tuple[int, ...]:
        def look(tx: Tx) -> tuple[int, ...]:
            mail = tx.mail
            inbox = mail.folder_by_use(vault, SpecialUse.INBOX)
            threads = mail.latest_threads(vault, 9, who=who)
            return (
                len(threads),
                len(mail.later_threads(vault, 9, threads[-1], who)),
                mail.unseen(vault, inbox.id, who),
                len(mail.entries(vault, inbox.id, 1, 99, who=who)),
                len(mail.summaries(vault, inbox.id, 1, 99, who=who)),
                len(mail.thread_entries(vault, mail.content(vault, hidden).thread, who=who)),
                mail.thread_counts(vault, mail.content(vault, hidden).thread, who)[0],
            )

        return await store.read(look)

    assert await seen_by(OTHERS) == (1, 0, 1, 1, 1, 0, 0)
    assert await seen_by(HOLDER) == (2, 1, 2, 2, 2, 1, 1)
    guardian = await tutor(site)
    thread = await store.read(lambda tx: tx.mail.content(vault, hidden).thread)
    names = await store.read(lambda tx: withheld_messages(tx, guardian))
    assert names == {f"message:{hidden:x}", f"thread:{thread:x}"}
    assert await store.read(lambda tx: withheld_messages(tx, site.actor)) == frozenset()
    with pytest.raises(NotFound):
        await site.parts.whole_text(guardian, hidden)
    await withhold(site, hidden, Audience.NOBODY)
    assert await seen_by(OTHERS) == await seen_by(HOLDER)
    assert await store.read(lambda tx: tx.integrity.faults(vault)) == []
    assert shown != hidden


async def test_whoever_wrote_nothing_else_is_not_known_to_representatives(site: PatientSite) -> None:
    await site.receive(a_letter(CLAIRE, subject="Bonjour"))
    for sender in (PAUL, LABORATORY):
        hidden = await site.receive(a_letter(sender, subject="À part"), sender)
        await withhold(site, hidden, Audience.REPRESENTATIVES)
    guardian = await tutor(site)

    async def known(actor: Actor) -> tuple[set[str], bool]:
        exchanges = await site.at.store.read(lambda tx: known_exchanges(tx, actor))
        parties = await site.services.care_circle.known(actor)
        return {str(one.correspondent) for one in exchanges}, LABORATORY.name in {one.label for one in parties}

    claire, paul = str(CLAIRE.address), str(PAUL.address)
    assert await known(site.actor) == ({claire, paul}, True)
    assert await known(guardian) == ({claire}, False)
    await site.receive(a_letter(LABORATORY, subject="Facture"), LABORATORY)
    assert await known(guardian) == ({claire}, True)


async def test_link_to_an_agenda_shows_no_more_than_pages_and_ends_with_the_mandate(site: PatientSite) -> None:
    vault, services = site.camille.vault, site.services
    hidden = await site.receive(a_letter(PAUL, subject="À part"))
    await withhold(site, hidden, Audience.REPRESENTATIVES)
    for title, message in (("Consultation intime", hidden), ("Vaccin", None)):
        await an_entry(site, id=a_number(), title=title, message=message)
    theirs = await services.agenda_links.make(await tutor(site), says_all=True, seen=frozenset())
    mine = await services.agenda_links.mine(site.actor)
    own = await services.agenda_links.make(site.actor, says_all=True, seen=frozenset(one.name for one in mine))

    async def followed(secret: str) -> list[bool] | LinkRefusal:
        found = await services.agenda_reading.calendar(secret, "192.0.2.1")
        return found if isinstance(found, LinkRefusal) else [word in found for word in (b"Vaccin", b"intime")]

    assert await followed(theirs) == [True, False]
    (mandate,) = await site.at.store.read(lambda tx: tx.mandates.all_of(vault))
    await site.at.store.write(lambda tx: tx.mandates.save(replace(mandate, state=MandateState.ENDED)))
    assert await followed(theirs) is LinkRefusal.UNKNOWN
    assert await followed(own) == [True, True]


async def test_reminder_of_an_entry_that_is_withheld_tells_no_representative(site: PatientSite) -> None:
    store, clock = site.at.store, site.at.clock
    child = await a_child(store, site.louis, state=SpaceState.ACTIVE)
    alarm = a_calendar("BEGIN:VALARM", "TRIGGER:-PT1H", "END:VALARM")
    mid = await site.receive(a_letter(CLAIRE, files=(("rdv.ics", alarm),)), CLAIRE, child)
    await withhold(site, mid, Audience.REPRESENTATIVES, child)
    clock.advance(MONDAY - timedelta(hours=1) - clock.now())
    await store.write(lambda tx: tx.outbox.lease(clock.now(), clock.now() + timedelta(hours=1), 99, holder=A_WORKER))
    assert await ReminderKeeper(store, clock).keep() == 1
    # The child has no contact of their own.
    waiting = await store.write(
        lambda tx: tx.outbox.lease(clock.now(), clock.now() + timedelta(hours=1), 99, holder=A_WORKER)
    )
    assert [step.payload for step in waiting if isinstance(step.payload, TellHolder)] == []
    guardian = representative_of(site.louis, MandateKind.MINOR, child.vault, "web")
    (line,) = await site.trace("agenda.reminder", child.vault)

    async def seen_by(actor: Actor) -> tuple[bool, int, bool]:
        def look(tx: Tx) -> tuple[bool, int, bool]:
            kinds, shown = {one.kind for one in happenings_in(tx, actor)}, withheld_from(tx, actor).shown(line)
            return "agenda.reminder" in kinds, unread_in(tx, actor), shown is not None

        return await store.read(look)

    assert await seen_by(guardian) == (False, 0, False)
    assert await seen_by(holder_of(child, "web")) == (True, 2, True)


async def test_row_that_somebody_took_away_is_named_and_its_words_stay_closed(site: PatientSite) -> None:
    hidden = await site.receive(a_letter(PAUL, subject="À part"))
    await withhold(site, hidden, Audience.REPRESENTATIVES)
    guardian = await tutor(site)
    site.at.behind_its_back("DELETE FROM withheld_message")
    assert [fault.table for fault in await site.at.store.read(lambda tx: tx.integrity.faults(site.camille.vault))] == [
        "withheld_message"
    ]
    with pytest.raises(NotFound):
        await site.parts.whole_text(guardian, hidden)
