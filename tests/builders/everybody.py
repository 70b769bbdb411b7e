"""Everybody around one patient, each signed in as their face wants it, over a whole gateway that serves.

Roles are made by the store, not by pages. One that is new is added to `_made`, with the parts that it may be told of.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import pytest
from aiohttp import web

from gateway.demonstration.invented_people import PROFESSIONALS
from gateway.demonstration.mail import submit
from gateway.domain.access import Action, Actor, Right, Role, SpacePart
from gateway.domain.account import Space, digest_of
from gateway.domain.console import entry_by_certificate
from gateway.domain.directory import CertificateBinding, DirectoryEntry, MailboxKind
from gateway.domain.mandates import MandateKind, MandateState
from gateway.domain.patient_choices import PartyChoice, PartyStanding, PatientChoices
from gateway.domain.record_openings import OpenedBy
from gateway.policy.access.standing import BELONGS
from gateway.ports.store import Store
from gateway.services.access.actors import holder_of, professional_at_console
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.openings.record_openings import AskedOpening, OpenRecord, RecordOpenings
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.representation.acting import ActingFor
from gateway.services.sign_in.application_tokens import issue_token
from gateway.services.sign_in.mailbox_standing import standing_in
from tests.builders.family import a_mandate
from tests.builders.marked_space import (
    APART,
    HIDDEN,
    IDENTITY,
    MARKS,
    MarkedSpace,
    a_day_ago,
    a_marked_letter,
    mark,
    marked_space,
)
from tests.builders.running_world import Site, running_world
from tests.builders.store import a_space, newest
from webmail.references import person_of
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings
from webmail.sign_in.stored_sessions import StoredSessions
from webpro.app import ENTRANCE
from webpro.professional import professional_of
from webpro.sign_in.stored_sessions import ConsoleSessions

CLAIRE, PAUL, SOFIA = PROFESSIONALS
THEO: Final = replace(
    CLAIRE, address=replace(CLAIRE.address, local="theo.inconnu"), identifier="810000000045", name="Dr Théo Inconnu"
)
CARERS: Final = (
    SpacePart.DOCUMENTS, SpacePart.MESSAGES, SpacePart.PROFILE, SpacePart.CARE_HISTORY, SpacePart.AGENDA,
    SpacePart.TRACE,
)  # fmt: skip
"""What a carer may be given a right on: one of them has each, and nothing else."""


_NOTHING: Final = frozenset[str]()
_ALL: Final = frozenset(MARKS)
_DOCUMENTS: Final = frozenset({"documents", APART, HIDDEN, IDENTITY})


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One of those around.

    Attributes:
        headers: what their browser or program sends.
        sees: of which parts of Ada's space they may be told, by the names of marks.
        changes: of which parts they may change anything.
    """

    headers: Mapping[str, str]
    sees: frozenset[str] = _NOTHING
    changes: frozenset[str] = _NOTHING


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """Ada, everybody around her, and the applications that are served."""

    site: Site
    ada: MarkedSpace
    people: Mapping[str, Somebody]
    applications: tuple[web.Application, ...]

    @property
    def store(self) -> Store:
        """Give the store of the gateway."""
        return self.site.running.core.store


@asynccontextmanager
async def everybody() -> AsyncIterator[Everybody]:
    """Serve the invented world with Ada and everybody around her until the block ends."""
    with _noted_applications() as applications:
        async with running_world() as site:
            ada = await marked_space(site.running.core, CLAIRE)
            ada.references.update(await _letter_of(site, ada.space))
            people = await _professionals(site, ada.space) | await _on_the_patients_side(site, ada.space)
            circle = CareCircle(site.running.core.store, site.running.core.clock, site.running.core.trust.entry)
            party = (await circle.known(holder_of(ada.space, "web")))[0]
            ada.references["professionnel"] = party.reference
            yield Everybody(site=site, ada=ada, people=people, applications=tuple(applications))


@contextmanager
def _noted_applications() -> Iterator[list[web.Application]]:
    """Note every application that is served meanwhile, whoever serves it."""
    noted, setup = list[web.Application](), web.AppRunner.setup

    async def note(runner: web.AppRunner) -> None:
        noted.append(runner.app)
        await setup(runner)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web.AppRunner, "setup", note)
        yield noted


async def _letter_of(site: Site, ada: Space) -> dict[str, str]:
    """Have her doctor write to her, and give how routes call it."""
    user, to = str(CLAIRE.address), str(ada.address.mail)
    port, authority, password = site.post.submission, site.authority, site.world.passwords[user]
    store = site.running.core.store
    with store.subscribe(ada.vault) as news:
        await asyncio.to_thread(submit, port, authority, user, password, [to], a_marked_letter(CLAIRE, to))
        while not (found := await store.read(lambda tx: newest(tx, ada.vault))):
            await news.wait()
    ((_, entry, _),) = found
    thread = (await store.read(lambda tx: tx.mail.latest_threads(ada.vault, 1)))[0].thread
    return {"message": f"{entry.mid:x}", "conversation": f"{thread:x}"}


# ---------------------------------------------------------------- patients, and whoever acts for Ada


async def _on_the_patients_side(site: Site, ada: Space) -> dict[str, Somebody]:
    everything, louis = _ALL - {"sign-in"}, await _person(site, "louis")
    hers = await _browser(site, ada, mark("sign-in"))
    people = {
        "nobody": Somebody(headers={}),
        "patient": Somebody(headers=hers, sees=_ALL | {"relatives"}, changes=_ALL),
        "other patient": Somebody(headers=await _browser(site, louis)),
        "application of another": Somebody(headers=await _program(site, louis)),
        "application": Somebody(headers=await _program(site, ada), sees=_DOCUMENTS),
        "calendar of another": Somebody(headers=await _calendar(site, louis)),
        "calendar": Somebody(headers=await _calendar(site, ada), sees=frozenset({"agenda"})),
    }
    guardian = await _representative(site, ada, "guardian", MandateKind.TUTELLE, None)
    people["guardian"] = Somebody(headers=guardian, sees=everything - {APART}, changes=everything - {APART})
    former = await _representative(site, ada, "former", MandateKind.TUTELLE, None)
    await _end_last_mandate(site, ada)
    people["former guardian"] = Somebody(headers=former, sees=frozenset({IDENTITY}))
    for part in CARERS:
        given = frozenset(one for one in BELONGS[Role.CARER] if one.part is part)
        headers = await _representative(site, ada, part.value, MandateKind.CARER, given)
        seen = frozenset({part.value, IDENTITY}) | ({HIDDEN} if part is SpacePart.DOCUMENTS else set())
        people[f"carer with {part.value}"] = Somebody(headers=headers, sees=seen, changes=seen)
    reading = frozenset(one for one in BELONGS[Role.CARER] if one.action in (Action.LIST, Action.READ))
    headers = await _representative(site, ada, "reader", MandateKind.CARER, reading)
    seen = frozenset({HIDDEN, IDENTITY, *(part.value for part in CARERS)})
    people["carer who reads"] = Somebody(headers=headers, sees=seen)
    return people


async def _person(site: Site, name: str) -> Space:
    return await a_space(site.running.core.store, birth_name=f"Proche-{name}", given_names=("Max",))


async def _browser(site: Site, space: Space, device: str = "") -> dict[str, str]:
    it = site.running.core
    sessions = Sessions(StoredSessions(it.store, it.clock, it.terms), it.clock, WebSettings(origin=site.web))
    return {"Cookie": f"{SESSION_COOKIE}={await sessions.open(person_of(space), device)}"}


async def _representative(
    site: Site, ada: Space, name: str, kind: MandateKind, rights: frozenset[Right] | None
) -> dict[str, str]:
    it, home = site.running.core, await _person(site, name)
    mandate = await a_mandate(it.store, ada, home, kind, at=a_day_ago())
    until = it.clock.now() + timedelta(days=30) if kind is MandateKind.CARER else None
    await it.store.write(lambda tx: tx.mandates.save(replace(mandate, rights=rights, until=until)))
    headers = await _browser(site, home)
    token = headers["Cookie"].partition("=")[2]
    await ActingFor(it.store, it.clock).begin(digest_of(token), home.vault, ada.vault)
    return headers


async def _end_last_mandate(site: Site, ada: Space) -> None:
    it = site.running.core
    mandates = await it.store.read(lambda tx: tx.mandates.all_of(ada.vault))
    (former,) = [one for one in mandates if "former" in one.name.casefold()]
    ended = replace(former, state=MandateState.ENDED, changed=it.clock.now())
    await it.store.write(lambda tx: tx.mandates.save(ended))


async def _program(site: Site, space: Space) -> dict[str, str]:
    """Give what a program sends that holds a token of the space, to whichever face."""
    it = site.running.core
    return {"Authorization": f"Bearer {await issue_token(it.store, it.clock, space.vault, timedelta(days=1))}"}


async def _calendar(site: Site, space: Space) -> dict[str, str]:
    """Give what a calendar program sends that holds the secret of a link."""
    it = site.running.core
    secret = await AgendaSubscriptions(it.store, it.clock).make(
        holder_of(space, "web"), says_all=True, seen=frozenset()
    )
    return {"Authorization": f"Basic {b64encode(f'agenda:{secret}'.encode()).decode()}"}


# ---------------------------------------------------------------- professionals


async def _professionals(site: Site, ada: Space) -> dict[str, Somebody]:
    it = site.running.core
    await it.local_mailboxes.add(THEO)
    binding = CertificateBinding(CLAIRE.address, bytes(range(32)), it.clock.now() + timedelta(days=1), "Léa Roux")
    await it.mailbox_certificates.bind(binding)
    while it.directory.console_binding(binding.spki_sha256) is None or it.directory.entry(THEO.address) is None:
        await asyncio.sleep(0)  # told by a file, which is looked at once a second
    choices = PatientChoices(parties=(
        _choice(1, CLAIRE, PartyStanding.ALLOWED), _choice(2, PAUL, PartyStanding.BLOCKED),
        _choice(3, SOFIA, PartyStanding.ALLOWED),
    ))  # fmt: skip
    await it.store.write(lambda tx: tx.patient_choices.put(ada.vault, choices))
    shown = frozenset({IDENTITY, "documents", "profile", "care-history", APART})
    own = shown | {"messages"}
    people = {
        "professional allowed": Somebody(headers=await _console(site, ada, CLAIRE, opens=True), sees=own, changes=own),
        "delegate": Somebody(headers=await _console(site, ada, CLAIRE, binding), sees=own, changes=own),
        "professional blocked": Somebody(headers=await _console(site, ada, PAUL)),
        "professional unknown": Somebody(headers=await _console(site, ada, THEO)),
        "professional who left": Somebody(headers=await _console(site, ada, SOFIA, opens=True)),
    }
    known = it.local_mailboxes.find(SOFIA.address, frozenset({MailboxKind.PERSON}))
    await it.mailbox_endings.suspend(known, "a quitté le cabinet")
    standing = standing_in(it.directory.standings)
    while standing(SOFIA.address) == 0:
        await asyncio.sleep(0)
    return people


def _choice(number: int, party: DirectoryEntry, standing: PartyStanding) -> PartyChoice:
    names = frozenset({f"rpps:{party.identifier}", f"mail:{party.address}"})
    label = f"{party.name} {mark('rights')}"
    return PartyChoice(number=number, names=names, label=label, standing=standing, since=a_day_ago())


async def _console(
    site: Site, ada: Space, holder: DirectoryEntry, bound: CertificateBinding | None = None, *, opens: bool = False
) -> dict[str, str]:
    it = site.running.core
    key, delegate = (bound.spki_sha256.hex(), bound.delegate) if bound else ("", "")
    entry = entry_by_certificate(holder, key, standing_in(it.directory.standings)(holder.address) or 0, delegate)
    found = await it.store.read(lambda tx: tx.spaces.resolve(holder.address))
    assert found is not None
    actor = professional_at_console(found[0], entry)
    if opens:
        await _open(site, replace(actor, vault=ada.vault))
    sessions = Sessions(
        ConsoleSessions(it.store, it.clock, it.professionals), it.clock, WebSettings(origin=site.web)
    )
    return {"Cookie": f"{ENTRANCE.cookie}={await sessions.open(professional_of(actor, entry))}"}


async def _open(site: Site, actor: Actor) -> None:
    it = site.running.core
    opened = await RecordOpenings(it.store, it.clock).open(actor, AskedOpening(how=OpenedBy.CONSENT))
    assert isinstance(opened, OpenRecord), opened
