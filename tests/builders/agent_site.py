"""Agents of the invented world, and their browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from certs.authority import Issued, Subject
from certs.peer import spki_sha256
from gateway.domain.agents import AgentKey
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.services.agents.agent_register import AgentRegister
from gateway.services.space.operator_acts import found
from tests.builders.console_site import ConsoleBrowser, card_of, console_browser
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
