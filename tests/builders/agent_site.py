"""Agents of the invented world, and their browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from certs.authority import Issued, Subject
from certs.peer import spki_sha256
from gateway.demonstration.invented_people import DemoPatient
from gateway.domain.account import Space
from gateway.domain.agents import AgentKey
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.services.agents.agent_register import AgentRegister
from gateway.services.representation.dependants import Dependants
from gateway.services.space.operator_acts import found
from tests.builders.console_site import ConsoleBrowser, card_of, console_browser
from tests.builders.family import a_child
from tests.builders.running_world import Site
from tests.builders.web_world import FixedClock
from webagent.app import make_agents_site
from webmail.sessions import MemorySessions
from webmail.settings import WebSettings

DOOR = "/agent/connexion/certificat"


def agents_app() -> web.Application:
    """Make the agents' site without services, to look at its routes, as they are below its prefix."""
    outer = web.Application()
    settings = WebSettings(origin="https://pli.example")
    outer.add_subapp("/agent/", make_agents_site(lambda _: None, MemorySessions(), FixedClock(), settings))
    return outer


def register_of(site: Site) -> AgentRegister:
    """Give who keeps the agents."""
    return AgentRegister(site.running.core.store, site.running.core.clock)


async def added_agent(site: Site, name: str) -> Issued:
    """Add an agent, and give the certificate by which they come in."""
    made = card_of(site, Subject(common_name=name))
    key = AgentKey(spki_sha256(made.certificate), made.certificate.not_valid_after_utc)
    await register_of(site).add(name, key)
    return made


@asynccontextmanager
async def agent_browser(site: Site, name: str) -> AsyncIterator[ConsoleBrowser]:
    """Add an agent, and give their browser, signed in."""
    async with console_browser(site, await added_agent(site, name), DOOR) as browser:
        assert (await browser.come_in()).place == "/agent/"
        yield browser


async def trace_of(site: Site, who: str) -> tuple[VaultId, list[AuditEvent]]:
    """Give the space of a person, by their number, and the last lines of its trace, the newest first."""
    store = site.running.core.store
    vault = await store.read(lambda tx: found(tx, who))
    return vault, list(await store.read(lambda tx: tx.audit.events(vault, 20)))


async def space_of(site: Site, who: DemoPatient) -> Space:
    """Give the space of a person of the world."""
    return await site.running.core.store.read(lambda tx: tx.spaces.space(found(tx, who.identity.ins.value)))


async def denied_child(site: Site, parent: DemoPatient, first_name: str) -> Space:
    """Make a child of whom somebody says that they are not the legal representative."""
    core, home = site.running.core, await space_of(site, parent)
    child = await a_child(core.store, home, first_name=first_name, state=SpaceState.NOTIFIED)
    await Dependants(core.store, core.clock, core.terms).deny(home.vault, child.vault)
    return child
