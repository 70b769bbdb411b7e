"""The console of professionals beside the patients' pages, and the listener at which browsers show certificates.

Part of the composition root. Both make sessions of the same store; only the listener asks for a certificate, so that no
patient's browser is ever asked for one.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aiohttp import web

from gateway import listening
from gateway.domain.errors import ConfigurationError
from gateway.web.connection import WebLimits
from webmail.settings import WebSettings
from webpro.app import make_card_door, make_console, over
from webpro.services import ConsoleServices
from webpro.sign_in.stored_sessions import ConsoleSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Where browsers show certificates: interface and port (0 takes a free one); `tls` gives the context."""

    host: str
    port: int
    tls: Callable[[], ssl.SSLContext]
    limits: WebLimits


async def card_sockets(place: CardPlace | None, stack: AsyncExitStack) -> list[socket.socket]:
    """Listen there, before anything else is made: links need the port. Nothing where there is no such place."""
    if place is None:
        return []
    try:
        return [stack.enter_context(one) for one in await listening.bind(place.host, place.port)]
    except OSError as error:
        raise ConfigurationError(
            f"[pro] port {place.port} on {place.host} cannot be used ({error.strerror}): "
            "stop what uses it, or set another host or port"
        ) from error


def card_origin_of(settings: WebSettings, sockets: list[socket.socket]) -> str:
    """Give where certificates are shown: the host of the pages, and a port beside theirs; empty for nowhere."""
    host = urlsplit(settings.origin).hostname or ""
    name = f"[{host}]" if ":" in host else host
    return f"https://{name}:{listening.port_of(sockets)}" if sockets else ""


def console(services: ConsoleServices, settings: WebSettings) -> web.Application:
    """Make the pages of the console."""
    sessions = ConsoleSessions(services.store, services.clock, services.entry)
    return make_console(over(services), sessions, services.clock, settings)


def card_door(
    services: ConsoleServices, settings: WebSettings, beside: Mapping[str, web.Application]
) -> web.Application:
    """Make what the listener of certificates serves; `beside` are doors of other sites, by their path."""
    sessions = ConsoleSessions(services.store, services.clock, services.entry)
    own = replace(settings, origin=services.card_origin)
    return make_card_door(over(services), sessions, services.clock, own, beside)
