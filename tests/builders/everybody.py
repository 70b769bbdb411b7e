"""Everybody around one patient, each signed in as their face wants it, over a whole gateway that serves.

Roles are made by the store, not by pages. One that is new is added here, with the parts that it may be told of.
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

from gateway.demonstration.mail import submit
from gateway.domain.access import Action, Right, Role, SpacePart
from gateway.domain.account import Space, digest_of
from gateway.domain.mandates import MandateKind, MandateState
from gateway.policy.access.standing import BELONGS
from gateway.services.access.actors import holder_of
from gateway.services.agenda.subscriptions import AgendaSubscriptions
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.representation.acting import ActingFor
from gateway.services.sign_in.application_tokens import issue_token
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
from tests.builders.professionals_around import CLAIRE, agents_around, professionals_around
from tests.builders.running_world import Site, running_world
from tests.builders.somebody import Somebody
from tests.builders.store import a_space, newest
from webmail.references import person_of
from webmail.sessions import SESSION_COOKIE, Sessions
from webmail.settings import WebSettings
from webmail.sign_in.stored_sessions import StoredSessions

CARERS: Final = (
    SpacePart.DOCUMENTS, SpacePart.MESSAGES, SpacePart.PROFILE, SpacePart.CARE_HISTORY, SpacePart.AGENDA,
    SpacePart.TRACE,
)  # fmt: skip
"""What a carer may be given a right on: one of them has each, and nothing else."""
_ALL: Final = frozenset(MARKS)
_DOCUMENTS: Final = frozenset({"documents", APART, HIDDEN, IDENTITY})


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """Ada, everybody around her, a document of somebody else, and the applications that are served."""

    site: Site
    ada: MarkedSpace
    people: Mapping[str, Somebody]
    other_document: str
    applications: tuple[web.Application, ...]


@asynccontextmanager
async def everybody() -> AsyncIterator[Everybody]:
    """Serve the invented world with Ada and everybody around her until the block ends."""
    with _noted_applications() as applications:
        async with running_world() as site:
            ada = await marked_space(site.running.core)
            ada.references.update(await _letter_of(site, ada.space))
            people = await _on_the_patients_side(site, ada.space)
            people |= await professionals_around(site, ada.space) | await agents_around(site, ada.space)
            ada.references["aidant"] = ada.references["mandat"] = await _a_carer(site, ada.space)
            circle = CareCircle(site.running.core.store, site.running.core.clock, site.running.core.trust.entry)
            party = (await circle.known(holder_of(ada.space, "web")))[0]
            ada.references["professionnel"] = party.reference
            bea = await marked_space(site.running.core)
            yield Everybody(
                site=site, ada=ada, people=people, applications=tuple(applications),
                other_document=bea.references["document"],
            )  # fmt: skip


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
        seen = frozenset({part.value, IDENTITY}) | ({HIDDEN, "mandate"} if part is SpacePart.DOCUMENTS else set())
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


async def _a_carer(site: Site, ada: Space) -> str:
    """Give how her pages call the carer who reads her documents, and how that one's call the mandate."""
    mandates = await site.running.core.store.read(lambda tx: tx.mandates.all_of(ada.vault))
    found = next(one for one in mandates if "documents" in one.name.casefold())
    return f"{found.number:x}"


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
