"""The console of professionals beside the patients' pages, and the listener at which browsers show certificates.

Part of the composition root. Both make sessions of the same store; only the listener asks for a certificate, so that no
patient's browser is ever asked for one.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aiohttp import web

from gateway import listening
from gateway.web.connection import WebLimits
from webmail.settings import WebSettings
from webpro.app import make_card_door, make_console, over
from webpro.services import ConsoleServices
from webpro.sign_in.stored_sessions import ConsoleSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Where browsers show certificates; `tls` gives the context."""

    port: listening.ListeningPort
    tls: Callable[[], ssl.SSLContext]
    limits: WebLimits


def card_origin_of(settings: WebSettings, place: CardPlace | None) -> str:
    """Give where certificates are shown: the host of the pages, and a port beside theirs; empty for nowhere."""
    host = urlsplit(settings.origin).hostname or ""
    name = f"[{host}]" if ":" in host else host
    return f"https://{name}:{place.port.number}" if place else ""


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
