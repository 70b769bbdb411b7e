"""Lead the lives of the demonstration into their spaces: results by deposit, letters by SMTP, the rest as its holder.

It is done before anybody looks. Laboratories deposit at once, each its own, the earliest first.
"""

import asyncio
import re
import ssl
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import count

import aiohttp

from gateway.core import Core
from gateway.demonstration.lives.invitations import invitation
from gateway.demonstration.lives.laboratory_tests import report_of
from gateway.demonstration.lives.life import LaboratoryVisit, Life, working_day
from gateway.demonstration.lives.told_lives import LIVES
from gateway.demonstration.mail import Sender, letter, submit
from gateway.demonstration.world import World, vault_of
from gateway.domain.access import Actor
from gateway.domain.agenda.drafts import EventDraft
from gateway.domain.local_days import PLACE, local_day
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.agenda.own_agenda import OwnAgenda
from gateway.services.profile.first_visit import FirstVisit
from gateway.services.profile.measure_writing import MeasureWriting
from gateway.services.profile.profile_writing import ProfileWriting
from gateway.services.random_numbers import random_number

_DRAINED = 20.0
_GLANCE = 0.02
_AGO = re.compile(r"\{-(\d+)\}")


async def lead_lives(world: World, it: Core, deposit_port: int, submission_port: int) -> None:
    """Fill the spaces, and wait until nothing of it is left to be done."""
    now = datetime.now(UTC)
    visits = defaultdict[str, list[tuple[Life, LaboratoryVisit]]](list)
    for life in LIVES:
        for visit in life.visits:
            visits[str(visit.laboratory.address)].append((life, visit))
    async with asyncio.TaskGroup() as tasks:
        for address, own in visits.items():
            tasks.create_task(_deposit(world, deposit_port, world.senders[address], own, now))
        for life in LIVES:
            tasks.create_task(_note(it, life, now))
        tasks.create_task(asyncio.to_thread(_write, world, submission_port, now))
    await _drained(it)


async def _deposit(
    world: World, port: int, sender: Sender, visits: list[tuple[Life, LaboratoryVisit]], now: datetime
) -> None:
    context = await asyncio.to_thread(_context, world, sender)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as client:
        for life, visit in sorted(visits, key=lambda one: -one[1].days):
            data = report_of(life.patient, visit, now - timedelta(days=visit.days))
            address = f"https://localhost:{port}/patients/{life.patient.address}/documents"
            headers = {"Content-Type": "text/xml", "From": sender.address}
            async with client.post(address, data=data, headers=headers, raise_for_status=True):
                pass


def _context(world: World, sender: Sender) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(world.authority))
    context.load_cert_chain(sender.certificate, sender.key)
    return context


async def _note(it: Core, life: Life, now: datetime) -> None:
    """Write what its holder writes: profile, measures, appointments."""
    vault = await vault_of(it, life.patient.address)
    actor, today = holder_of(await it.store.read(lambda tx: tx.spaces.space(vault)), "web"), local_day(now)
    await FirstVisit(it.store, it.clock).end(actor)
    profile, measures = ProfileWriting(it.store, it.clock), MeasureWriting(it.store, it.clock)
    for entry in life.entries:
        typed = {name: _dated(text, today) for name, text in entry.fields.items()}
        _kept(await profile.save(actor, entry.section, random_number(), 0, typed))
    for day in life.measures:
        numbers = {f"valeur_{place + 1}" if place else "valeur": text for place, text in enumerate(day.numbers)}
        typed = numbers | {"jour": f"{today - timedelta(days=day.days):%d/%m/%Y}", "heure": "8:00"}
        _kept(await measures.save(actor, day.kind, random_number(), 0, typed))
    await _plan(OwnAgenda(it.store, it.clock), actor, life, today)


async def _plan(agenda: OwnAgenda, actor: Actor, life: Life, today: date) -> None:
    for event in life.events:
        if event.sender is None:
            start = datetime.combine(working_day(today, event.ahead), event.at)
            draft = EventDraft(
                title=event.title, start=start, end=start + timedelta(minutes=event.minutes), place=event.place,
                people=event.people, bring=event.bring, reminder=1440,
            )  # fmt: skip
            _kept(await agenda.add(actor, random_number(), draft))


def _write(world: World, port: int, now: datetime) -> None:
    """Have professionals write letters and invitations; blocks."""
    numbers = count(1)
    for life in LIVES:
        to = life.patient.address
        sent = [(one.sender, letter(one.sender, to, one.subject, one.text, now)) for one in life.letters]
        sent += [
            (event.sender, invitation(event, event.sender, to, local_day(now), PLACE, next(numbers)))
            for event in life.events
            if event.sender
        ]
        for sender, raw in sent:
            user = str(sender.address)
            submit(port, world.authority, user, world.passwords[user], [to], raw)


def _dated(text: str, today: date) -> str:
    return _AGO.sub(lambda days: f"{today - timedelta(days=int(days[1])):%d/%m/%Y}", text)


def _kept(found: object) -> None:
    """Raise where what was typed is not kept: the table above is wrong."""
    faults = getattr(found, "faults", None) if found is not None else None
    if faults:
        raise ValueError(f"an invented life is not kept: {faults}")


async def _drained(it: Core) -> None:
    def waiting(tx: Tx) -> int:
        return tx.outbox.counts()["waiting"]

    async with asyncio.timeout(_DRAINED):
        while await it.store.read(waiting):  # noqa: ASYNC110 - what empties the outbox tells nobody
            await asyncio.sleep(_GLANCE)
