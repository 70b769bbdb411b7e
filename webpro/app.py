"""Put the console together: the list of its folders. Opens no socket and reads no setting file."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aiohttp import web

from gateway.ports.clock import Clock
from webmail.entrance import SiteEntrance
from webmail.feature import Feature, feature_in
from webmail.page_context import context_of_pages
from webmail.pages_app import pages_app
from webmail.sessions import SessionStore
from webmail.settings import WebSettings
from webmail.static_files import add_static
from webpro.services import ConsoleServices

FOLDER = Path(str(files("webpro")))
PREFIX: Final = "/pro"
ENTRANCE: Final = SiteEntrance(home="/pro/", sign_in="/pro/connexion", cookie="__Host-pli-pro")
IDLE: Final = timedelta(hours=2)
"""A console that nobody used for so long is locked (FACTS d10)."""
LIFETIME: Final = timedelta(hours=12)

_NOTHING: Mapping[str, web.Application] = MappingProxyType({})
_FOLDERS = (
    "sign_in", "patients", "record", "emergency", "documents", "images", "results", "measures",
    "vaccinations", "profile",
)
FEATURES = tuple(feature_in(folder, "webpro") for folder in _FOLDERS)
"""The folders of the console, in the order of their tabs; a new one is added here, and nowhere else."""
CARD = feature_in("card", "webpro")
"""What is served where a browser shows its certificate, and nowhere else."""


def over(services: ConsoleServices) -> Callable[[Feature], object]:
    """Give what a folder asks of the services, by its own adapter."""
    return lambda feature: feature.adapter(services) if feature.adapter else None


def console_settings(settings: WebSettings) -> WebSettings:
    """Give the settings of the console: those of the site, with its own end of sessions."""
    return replace(settings, idle_timeout=IDLE, session_lifetime=LIFETIME)


def make_console(
    answering: Callable[[Feature], object], sessions: SessionStore, clock: Clock, settings: WebSettings
) -> web.Application:
    """Make the application for below `PREFIX`; see `webmail.pages_app.pages_app`."""
    return _of(FEATURES, answering, sessions, clock, console_settings(settings))


def make_card_door(
    answering: Callable[[Feature], object],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    beside: Mapping[str, web.Application] = _NOTHING,
) -> web.Application:
    """Make what a listener that asks for certificates serves: the way into the console, on an origin of its own.

    `settings` say that origin; `beside` are doors of other sites, by their path.
    """
    return _of((CARD,), answering, sessions, clock, console_settings(settings), add_static, beside)


def _of(
    features: tuple[Feature, ...],
    answering: Callable[[Feature], object],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    add_files: Callable[[web.Application], None] = lambda _: None,
    beside: Mapping[str, web.Application] = _NOTHING,
) -> web.Application:
    context = context_of_pages(features, sessions, clock, settings, entrance=ENTRANCE, folder=FOLDER)
    return pages_app(features, answering, context, beside, add_files)
