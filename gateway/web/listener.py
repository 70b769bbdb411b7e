"""The web listener: the patient's pages, and the faces below ``/fhir/`` and ``/caldav/``, behind one TLS socket.

Part of the composition root. The faces are applications apart: no one's sessions, errors or headers concern another.
"""

import logging
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from aiohttp import web

from certs import contexts
from gateway import listening
from gateway.caldav import api as caldav_api
from gateway.fhir import api as fhir_api
from gateway.health_links import api as health_links_api
from gateway.ports.clock import Clock
from gateway.services.record.record_queries import RecordQueries
from gateway.services.sharing.health_links import HealthLinks
from gateway.services.sign_in.sign_in_trace import SignInTrace
from gateway.shared_memory import Edge, SharedEdge, SharedMemory
from gateway.web.agents import AGENTS_PATH, agents_door, agents_site
from gateway.web.bare_answers import protocols_of
from gateway.web.connection import WebLimits, WebTalk, telling_connections
from gateway.web.console import CardPlace, card_door, card_origin_of, console
from webagent.services import AgentServices
from webmail.app import make_app, over
from webmail.security import headers_of_every_answer
from webmail.services import SpaceServices
from webmail.settings import WebSettings
from webmail.sign_in.stored_sessions import StoredSessions
from webpro.services import ConsoleServices

DEFAULT_LIMITS = WebLimits()
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServices:
    """What the faces call: what happens in a space or at the console, and what only the FHIR face needs besides.

    `memory` is what the processes share.
    """

    space: SpaceServices
    clock: Clock
    sign_ins: SignInTrace
    console: ConsoleServices | None = None
    agents: AgentServices | None = None
    memory: SharedMemory = field(default_factory=SharedMemory)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPlace:
    """Where the web is: its port, the origin that browsers see, and what people type.

    `telephone` and `postal` are where people find help without internet; either may be empty. `card` is where browsers
    show certificates, None where the settings open no such door.
    """

    port: listening.ListeningPort
    hostname: str
    origin: str = ""
    typed: str = ""
    telephone: str = ""
    postal: str = ""
    card: CardPlace | None = None


@dataclass(frozen=True, slots=True)
class WebPorts:
    """The ports of the pages, and of the place where browsers show certificates."""

    pages: int
    card: int | None


@asynccontextmanager
async def serving_web(
    services: WebServices,
    place: WebPlace,
    pair: contexts.KeyPair,
    limits: WebLimits = DEFAULT_LIMITS,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator["WebPorts"]:
    """Serve until the context ends, and give the ports; then end live streams and let requests under way finish."""
    tls = contexts.following(lambda: contexts.web(pair), (pair.certificate, pair.key), monotonic)
    async with AsyncExitStack() as stack:
        port = place.port.number
        origin = place.origin or f"https://{place.hostname}:{port}"
        life = services.space.patients.code_lifetime
        settings = WebSettings(
            origin=origin, typed=place.typed, telephone=place.telephone, postal=place.postal, code_lifetime=life
        )
        settings = replace(settings, concurrent_uploads=services.memory.share_of(settings.concurrent_uploads))
        headers = headers_of_every_answer(is_local=settings.is_local)
        services = _with_origins(services, settings, card_origin_of(settings, place.card))
        site = _site(services, settings)
        edge = services.memory.edge(Edge.WEB)
        await stack.enter_async_context(serving_site(site, place.port, lambda: tls, limits, headers, edge))
        if place.card is not None and services.console is not None:
            doors = {AGENTS_PATH: agents_door(services.agents, settings)} if services.agents else {}
            door = card_door(services.console, settings, doors)
            card, edge = place.card, services.memory.edge(Edge.CARD)
            await stack.enter_async_context(serving_site(door, card.port, card.tls, card.limits, headers, edge))
        yield WebPorts(port, place.card.port.number if place.card else None)


@asynccontextmanager
async def serving_site(
    site: web.Application,
    port: listening.ListeningPort,
    tls: Callable[[], ssl.SSLContext],
    limits: WebLimits,
    headers: Mapping[str, str] = _NO_HEADERS,
    edge: SharedEdge | None = None,
) -> AsyncIterator[None]:
    """Serve an application on a port, which is closed at the end.

    `tls` gives the context, at each connection. `headers` are those of answers that no application gives;
    `edge` is what all processes share.
    """
    runner = web.AppRunner(
        site,
        handler_cancellation=True,
        shutdown_timeout=limits.drain_timeout.total_seconds(),
    )
    await runner.setup()
    assert runner.server is not None  # noqa: S101 - set up above
    http = protocols_of(telling_connections(runner.server), headers, logging.getLogger("pli.web.requests"))
    listener = listening.Listener[WebTalk](limits, edge)
    listener.open(listening.Door("web", lambda client, _: WebTalk(http(), client, limits), tls), port)
    try:
        yield
    finally:
        # Tells live streams to end; requests then have their time before aiohttp is taken down.
        await runner.shutdown()
        await listener.close()
        await runner.cleanup()


def _with_origins(services: WebServices, settings: WebSettings, card_origin: str) -> WebServices:
    """Tell the sites where certificates are asked for where they are, and where certificates are shown."""
    console, agents = services.console, services.agents
    return replace(
        services,
        console=console and replace(console, site_origin=settings.origin, card_origin=card_origin),
        agents=agents and replace(agents, site_origin=settings.origin, card_origin=card_origin),
    )


def _site(services: WebServices, settings: WebSettings) -> web.Application:
    space, clock = services.space, services.clock
    face = fhir_api.make_app(
        fhir_api.FhirServices(
            store=space.store,
            clock=clock,
            sign_ins=services.sign_ins,
            queries=RecordQueries(space.store, clock),
            documents=space.documents,
        ),
        f"{settings.origin}/fhir",
    )
    sessions = StoredSessions(space.store, clock, space.terms)
    beside: dict[str, web.Application] = {
        "/fhir/": face,
        "/caldav/": caldav_api.make_app(space.agenda_reading),
        "/shl/": health_links_api.make_app(HealthLinks(space.store, clock, services.memory), f"{settings.origin}/shl/"),
        "/.well-known/": caldav_api.make_discovery(),
    }
    if services.console is not None:
        beside["/pro/"] = console(services.console, settings)
    if services.agents is not None:
        beside[AGENTS_PATH] = agents_site(services.agents, settings)
    return make_app(over(space), sessions, clock, settings, beside=beside)
