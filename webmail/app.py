"""Put the web space together: the list of its folders. Opens no socket and reads no setting file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from gateway.ports.clock import Clock
from webmail.feature import Feature, feature_in
from webmail.page_context import context_of_pages
from webmail.pages_app import pages_app
from webmail.services import SpaceServices
from webmail.sessions import SessionStore
from webmail.settings import WebSettings
from webmail.static_files import add_static

_FOLDERS = (
    "sign_in",
    "recovery",
    "safety",
    "home",
    "messages",
    "documents",
    "images",
    "results",
    "measures",
    "synthesis",
    "care",
    "sharing",
    "access_codes",
    "profile",
    "agenda",
    "live",
    "preferences",
    "relatives",
    "carers",
    "privacy",
    "rights",
    "delays",
    "happenings",
    "help",
    "leaving",
    "guest",
    "activation",
    "terms",
    "drafts",
    "own_contacts",
    "own_data",
    "activity",
)
FEATURES = tuple(map(feature_in, _FOLDERS))
"""The folders of the site, in the order of their tabs; a new one is added here, and nowhere else."""

_NOTHING: Mapping[str, web.Application] = MappingProxyType({})


def over(services: SpaceServices) -> Callable[[Feature], object]:
    """Give what a feature asks of the services, by its own adapter."""
    return lambda feature: feature.adapter(services) if feature.adapter else None


def make_app(
    answering: Callable[[Feature], object],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    beside: Mapping[str, web.Application] = _NOTHING,
) -> web.Application:
    """Make the application; it must be served over TLS, at the origin its settings say.

    `answering` gives what implements the port of a feature: `over` the services, or a fake.
    Applications `beside` the pages, by their path, keep their own sessions, errors and headers.
    """
    of_features = {path: make(FEATURES, clock, settings) for one in FEATURES for path, make in one.beside.items()}
    context = context_of_pages(FEATURES, sessions, clock, settings)
    return pages_app(FEATURES, answering, context, {**beside, **of_features}, add_static)
