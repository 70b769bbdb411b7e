"""Put the agents' site together: the list of its folders. Opens no socket and reads no setting file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

from aiohttp import web

from gateway.ports.clock import Clock
from webagent.services import AgentServices
from webmail.entrance import SiteEntrance
from webmail.feature import Feature, feature_in
from webmail.page_context import context_of_pages
from webmail.pages_app import pages_app
from webmail.sessions import SessionStore
from webmail.settings import WebSettings

FOLDER = Path(str(files("webagent")))
ENTRANCE: Final = SiteEntrance(home="/agent/", sign_in="/agent/connexion", cookie="__Host-pli-agent")
IDLE: Final = timedelta(minutes=30)
"""An agent's session that nobody used for so long is locked: desks stand in the open."""
LIFETIME: Final = timedelta(hours=10)

_FOLDERS = ("sign_in", "persons", "queue")
FEATURES = tuple(feature_in(folder, "webagent") for folder in _FOLDERS)
"""The folders of the site, in the order of their tabs; a new one is added here, and nowhere else."""
CERTIFICATE = feature_in("certificate", "webagent")
"""What is served where a browser shows its certificate, and nowhere else."""


def over(services: AgentServices) -> Callable[[Feature], object]:
    """Give what a folder asks of the services, by its own adapter."""
    return lambda feature: feature.adapter(services) if feature.adapter else None


def make_agents_site(
    answering: Callable[[Feature], object], sessions: SessionStore, clock: Clock, settings: WebSettings
) -> web.Application:
    """Make the application for below ``/agent/``; see `webmail.pages_app.pages_app`."""
    return _of(FEATURES, answering, sessions, clock, settings)


def make_certificate_door(
    answering: Callable[[Feature], object], sessions: SessionStore, clock: Clock, settings: WebSettings
) -> web.Application:
    """Make the same for a listener that asks for certificates: the way in; `settings` say its origin."""
    return _of((CERTIFICATE,), answering, sessions, clock, settings)


def _of(
    features: tuple[Feature, ...],
    answering: Callable[[Feature], object],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
) -> web.Application:
    own = replace(settings, idle_timeout=IDLE, session_lifetime=LIFETIME)
    context = context_of_pages(features, sessions, clock, own, entrance=ENTRANCE, folder=FOLDER)
    return pages_app(features, answering, context, {})
