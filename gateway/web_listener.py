"""The web listener: the patient's pages, and the FHIR face below ``/fhir/``, behind one TLS socket.

Part of the composition root. The two faces are applications apart: neither's sessions, errors nor headers
concern the other.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from certs import contexts
from dossier_bridge import fhir_api
from gateway.domain.errors import ConfigurationError
from gateway.ports import Clock, Store
from gateway.services.conversations import Conversations
from gateway.services.document_access import DocumentAccess
from gateway.services.message_parts import MessageParts
from gateway.services.new_messages import NewMessages
from gateway.services.patient_sign_in import PatientSignIn
from gateway.services.record_queries import RecordQueries
from gateway.services.replies import Replies
from gateway.services.sign_in_trace import SignInTrace
from webmail.app import make_app
from webmail.service import PatientSpace, StoredSessions
from webmail.settings import WebSettings

_HANDSHAKE_SECONDS = 10
_DRAIN_SECONDS = 10
_BACKLOG = 512


@dataclass(frozen=True, slots=True)
class WebServices:
    """What both faces call."""

    store: Store
    clock: Clock
    sign_ins: SignInTrace
    patients: PatientSignIn
    conversations: Conversations
    replies: Replies
    new_messages: NewMessages
    parts: MessageParts
    documents: DocumentAccess


@dataclass(frozen=True, slots=True)
class WebPlace:
    """Where the web is: the interface, the port (0 takes a free one), and the origin that browsers see."""

    host: str
    port: int
    hostname: str
    origin: str = ""


@asynccontextmanager
async def serving_web(
    services: WebServices,
    place: WebPlace,
    pair: contexts.KeyPair,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[int]:
    """Serve until the context ends, and give the port; then end live streams and let pages under way finish."""
    tls = contexts.following(lambda: contexts.web(pair), (pair.certificate, pair.key), monotonic)
    with _listening_socket(place.host, place.port) as listener:
        port = int(listener.getsockname()[1])
        site = _site(services, place.origin or f"https://{place.hostname}:{port}")
        runner = web.AppRunner(site, access_log=None, handler_cancellation=True, shutdown_timeout=_DRAIN_SECONDS)
        await runner.setup()
        assert runner.server is not None  # noqa: S101 - set up above
        try:
            server = await asyncio.get_running_loop().create_server(
                runner.server, sock=listener, ssl=tls, ssl_handshake_timeout=_HANDSHAKE_SECONDS, backlog=_BACKLOG
            )
            try:
                yield port
            finally:
                server.close()
        finally:
            await runner.cleanup()


def _site(services: WebServices, origin: str) -> web.Application:
    space = PatientSpace(
        services.store,
        services.patients,
        services.conversations,
        services.replies,
        services.new_messages,
        services.parts,
        services.documents,
    )
    face = fhir_api.make_app(
        fhir_api.FhirServices(
            services.store,
            services.clock,
            services.sign_ins,
            RecordQueries(services.store, services.clock),
            services.documents,
        ),
        f"{origin}/fhir",
    )
    sessions = StoredSessions(services.store, services.clock)
    settings = WebSettings(origin, code_lifetime=services.patients.code_lifetime)
    return make_app(space, sessions, services.clock, settings, beside={"/fhir/": face})


def _listening_socket(host: str, port: int) -> socket.socket:
    """Listen before anything else is made: the origin of links needs the port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        # The protocol is named: without it, asyncio leaves Nagle's delay on.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigurationError(f'[web] host "{host}" is no address of this machine') from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"[web] port {port} on {host} cannot be used ({error.strerror}): stop what uses it, or set another"
        ) from error
    listener.setblocking(False)
    return listener
