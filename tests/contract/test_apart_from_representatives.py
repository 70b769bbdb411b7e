"""Who wrote, what is planned and what is reminded of, when nobody who represents may know of it (STD §4.5)."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.access import Actor, Audience
from gateway.domain.account import Session, Space, digest_of
from gateway.domain.agenda.events import AgendaEvent, EventAnswer
from gateway.domain.errors import NotFound
from gateway.domain.filing_outcome import FILED, FilingOutcome
from gateway.domain.mailbox import MessageId
from gateway.domain.mandates import MandateKind
from gateway.domain.space import SpaceState
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, representative_of
from gateway.services.representation.endings import MandateEndings
from tests.builders.agenda import MONDAY, a_calendar
from tests.builders.archives import files_of, made
from tests.builders.family import a_child, a_mandate
from tests.builders.letters import a_letter
from tests.builders.patient_site import CLAIRE, PatientSite, patient_site

REMINDED = ("BEGIN:VALARM", "TRIGGER:-PT1H", "END:VALARM")


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[PatientSite]:
    async with patient_site(ram, policy=PolicySettings(patient_replies=PatientReplies.CONTACT)) as made:
        yield made


async def _child(site: PatientSite) -> tuple[Space, Actor, Actor]:
    """Give a child, as themself and as whoever represents them."""
    child = await a_child(site.at.store, site.camille, state=SpaceState.ACTIVE)
    mandated = representative_of(site.camille, MandateKind.MINOR, child.vault, "web")
    await a_mandate(site.at.store, child, site.camille)
    return child, holder_of(child, "web"), mandated


async def _planned(site: PatientSite, space: Space, uid: str, *, apart: bool) -> AgendaEvent:
    """Have a message bring an appointment; apart when it brought what is not for representatives too."""
    calendar = a_calendar(*REMINDED, UID=uid)
    mid = await site.receive(a_letter(CLAIRE, files=(("rdv.ics", calendar),)), space=space)
    if apart:
        await _withhold(site, space, mid)
    found = await site.at.store.read(lambda tx: tx.agendas.invitation(space.vault, mid))
    assert found is not None
    event = await site.at.store.read(lambda tx: tx.agendas.get(space.vault, found.events[0]))
    assert event is not None
    return event


async def _withhold(site: PatientSite, space: Space, mid: MessageId) -> None:
    outcome = FilingOutcome(
        code=FILED, sender="a@b.example", recipient="c@d.example", message_id="<x@b.example>", subject="", asked=False,
        blob=b"", delivered=True, withheld_from=Audience.REPRESENTATIVES,
    )  # fmt: skip
    await site.at.store.write(lambda tx: tx.mail.note_outcome(space.vault, mid, outcome))


async def test_entry_that_is_apart_is_neither_read_nor_answered(site: PatientSite) -> None:
    child, own, guardian = await _child(site)
    event, shown = [await _planned(site, child, f"rdv-{one}@cabinet.example", apart=one) for one in (True, False)]
    agenda, answers = site.services.agenda, site.services.invitation_answers
    days = MONDAY.date(), MONDAY.date()
    assert {one.event.id for one in await agenda.between(own, *days)} == {event.id, shown.id}
    assert {one.event.id for one in await agenda.between(guardian, *days)} == {shown.id}
    with pytest.raises(NotFound):
        await answers.answer(guardian, event.id, event.version, EventAnswer.ACCEPTED)


async def test_archive_is_for_whoever_asked_and_holds_what_they_may_see(site: PatientSite) -> None:
    child, own, guardian = await _child(site)
    exports, store, now = site.services.exports, site.at.store, site.at.clock.now()
    for actor in (own, guardian):
        home = actor.home
        assert home is not None
        session = Session(
            digest=_browser(actor), vault=home, kind="web", created=now, used=now, expires=now + timedelta(hours=1)
        )
        await store.write(partial(_opened, session=session))
    await _planned(site, child, "rdv@cabinet.example", apart=True)
    assert await exports.ask(own, _browser(own))
    assert await made(site) == 1
    assert await exports.present(guardian) is None
    with pytest.raises(NotFound):
        await exports.open(guardian, _browser(guardian))
    await exports.remove(guardian)
    assert await _planned_in_archive(site, own) == 1
    assert await exports.ask(guardian, _browser(guardian))
    assert await made(site) == 1
    assert await _planned_in_archive(site, guardian) == 0
    assert await exports.present(own) is None
    # Whoever acts no more when it is made has none.
    await exports.remove(guardian)
    assert await exports.ask(guardian, _browser(guardian))
    await MandateEndings(store, site.at.clock).renounce(site.camille.vault, child.vault)
    assert await made(site) == 1
    assert await site.trace("export.failed", child.vault) != []


def _browser(actor: Actor) -> bytes:
    return digest_of(f"browser of {actor.home}")


def _opened(tx: Tx, *, session: Session) -> None:
    tx.spaces.save_session(session)


async def _planned_in_archive(site: PatientSite, actor: Actor) -> int:
    opened = await site.services.exports.open(actor, _browser(actor))
    assert opened is not None
    files = files_of(b"".join([piece async for piece in opened.pieces]))
    return len(json.loads(files["agenda/agenda.json"])["entries"])
